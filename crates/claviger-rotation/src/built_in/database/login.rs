//! The members of a secret that say how to log in.

use claviger_types::{RotationFailure, Sensitive};
use serde_json::Value;

use super::super::failed;
use crate::secret_value::SecretMembers;

/// What the values of the secrets of a kind of server look like.
pub(crate) struct Engine {
    /// What the member `engine` may be.
    pub(crate) names: &'static [&'static str],
    /// The port of a value that names none.
    pub(crate) port: u16,
    /// The longest name of a user, in bytes.
    pub(crate) name_bytes_max: usize,
}

impl Engine {
    /// Whether a user can have this name.
    pub(crate) fn has_room_for(&self, name: &str) -> bool {
        name.len() <= self.name_bytes_max
    }
}

/// Whether a connection uses TLS: the member `ssl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TlsUse {
    /// Absent: TLS, or none if the server has no TLS or its certificate is not acceptable. As AWS's templates do.
    Preferred,
    /// True: TLS with a certificate of the host's name, or no connection.
    Required,
    /// False: no TLS.
    None,
}

/// How to log in.
pub(crate) struct Login {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The database, if the value names one.
    pub(crate) dbname: Option<String>,
    pub(crate) username: String,
    pub(crate) password: Sensitive<String>,
    pub(crate) tls: TlsUse,
}

impl Login {
    /// Reads a value. `of` names it in a failure, such as `pending`.
    pub(crate) fn read(value: &Sensitive<String>, engine: &Engine, of: &str) -> Result<Login, RotationFailure> {
        Login::of_members(&members(value, of)?, engine, of)
    }

    pub(crate) fn of_members(members: &SecretMembers, engine: &Engine, of: &str) -> Result<Login, RotationFailure> {
        let wrong = |name: &str, why: &str| failed(format!("the member `{name}` of the {of} value {why}"));
        let text = |name: &str| {
            let text = members.text(name).filter(|text| !text.expose().is_empty() && !text.expose().contains('\0'));
            text.ok_or_else(|| wrong(name, "is missing or is not a string"))
        };
        if !engine.names.contains(&text("engine")?.expose().as_str()) {
            return Err(wrong("engine", &format!("is not `{}`", engine.names.join("` or `"))));
        }
        let port = match members.get("port") {
            None => engine.port,
            Some(_) => text("port")?.expose().parse().map_err(|_| wrong("port", "is not a port"))?,
        };
        let username = text("username")?.into_exposed();
        if !engine.has_room_for(&username) {
            return Err(wrong("username", "is too long for the database"));
        }
        let dbname = members.get("dbname").map(|_| text("dbname")).transpose()?;
        Ok(Login {
            host: text("host")?.into_exposed(),
            port,
            dbname: dbname.map(Sensitive::into_exposed),
            username,
            password: text("password")?,
            tls: tls_use(members.get("ssl")).ok_or_else(|| wrong("ssl", "is neither true nor false"))?,
        })
    }

    /// Refuses a value that is for another server than `other`.
    pub(crate) fn require_server_of(&self, other: &Login, of: &str) -> Result<(), RotationFailure> {
        if self.host.eq_ignore_ascii_case(&other.host) && self.port == other.port {
            return Ok(());
        }
        Err(failed(format!("the {of} value names another host or port than the current value")))
    }
}

/// Reads a value that must be a JSON object.
pub(crate) fn members(value: &Sensitive<String>, of: &str) -> Result<SecretMembers, RotationFailure> {
    SecretMembers::parse(value).ok_or_else(|| failed(format!("the {of} value is not a JSON object")))
}

fn tls_use(ssl: Option<&Value>) -> Option<TlsUse> {
    match ssl {
        None => Some(TlsUse::Preferred),
        Some(Value::Bool(true)) => Some(TlsUse::Required),
        Some(Value::Bool(false)) => Some(TlsUse::None),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Some(TlsUse::Required),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Some(TlsUse::None),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::built_in::database::{mysql, postgres};

    fn read(member: &str, value: Value) -> Result<Login, String> {
        let mut object = json!({"engine": "postgres", "host": "db.test", "username": "app", "password": "pw"});
        object[member] = value;
        Login::read(&Sensitive::new(object.to_string()), &postgres::ENGINE, "pending")
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn members_have_defaults() {
        let login = read("more", json!(1)).unwrap();
        assert_eq!((login.port, login.dbname, login.tls), (5432, None, TlsUse::Preferred));
        assert_eq!(read("port", json!(15432)).unwrap().port, 15432);
        assert_eq!(read("port", json!("15432")).unwrap().port, 15432);
        assert_eq!(read("ssl", json!("TRUE")).unwrap().tls, TlsUse::Required);
        assert_eq!(read("ssl", json!(false)).unwrap().tls, TlsUse::None);
        for engine in ["mysql", "mariadb"] {
            let value = json!({"engine": engine, "host": "db.test", "username": "app", "password": "pw"});
            let login = Login::read(&Sensitive::new(value.to_string()), &mysql::ENGINE, "current").unwrap();
            assert_eq!(login.port, 3306);
        }
        let failure = read("engine", json!("mariadb")).err().unwrap();
        assert!(failure.ends_with("the member `engine` of the pending value is not `postgres`"), "{failure}");
    }

    #[test]
    fn wrong_members_are_named_without_their_value() {
        for (member, value) in [
            ("engine", json!("mysql")),
            ("host", json!("")),
            ("username", json!("hidden".repeat(20))),
            ("username", json!("hid\0den")),
            ("password", json!(null)),
            ("port", json!("hidden")),
            ("port", json!(70000)),
            ("ssl", json!("hidden")),
        ] {
            let Err(failure) = read(member, value) else { panic!("{member}") };
            assert!(failure.contains(&format!("`{member}` of the pending value")), "{failure}");
            assert!(!failure.contains("hid"), "{failure}");
        }
    }
}
