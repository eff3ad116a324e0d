//! How a statement has a password.

use claviger_types::Sensitive;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::account::literal;

/// Which of the two servers it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavor {
    MariaDb,
    /// Whether it has roles: from 8.0 on.
    MySql {
        roles: bool,
    },
}

impl Flavor {
    /// Reads what `VERSION()` gives, such as `10.11.19-MariaDB-log` or `8.4.3`.
    pub(crate) fn of_version(version: &str) -> Flavor {
        if version.to_ascii_lowercase().contains("mariadb") {
            return Flavor::MariaDb;
        }
        let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        Flavor::MySql { roles: major.is_some_and(|major| major >= 8) }
    }

    /// A user changes its own password. Its way of logging in stays what it was.
    pub(crate) fn set_own(self, password: &Sensitive<String>) -> Zeroizing<String> {
        match self {
            // A server that does not keep this user's password as such a hash refuses it.
            Flavor::MariaDb => statement(&["SET PASSWORD = ", &hash(password)]),
            Flavor::MySql { .. } => statement(&["ALTER USER USER() IDENTIFIED BY ", &literal(password.expose())]),
        }
    }

    /// The clause of `CREATE USER` and `ALTER USER`.
    pub(crate) fn identified(self, password: &Sensitive<String>) -> Zeroizing<String> {
        match self {
            Flavor::MariaDb => statement(&["IDENTIFIED BY PASSWORD ", &hash(password)]),
            Flavor::MySql { .. } => statement(&["IDENTIFIED BY ", &literal(password.expose())]),
        }
    }
}

/// Parts put together, without a copy that is not wiped.
pub(crate) fn statement(parts: &[&str]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(parts.iter().map(|part| part.len()).sum()));
    parts.iter().for_each(|part| text.push_str(part));
    text
}

/// A literal with the hash of `mysql_native_password`: SHA-1 of the SHA-1 of the password.
fn hash(password: &Sensitive<String>) -> String {
    let once = Zeroizing::new(<[u8; 20]>::from(Sha1::digest(password.expose().as_bytes())));
    let twice = Sha1::digest(*once);
    let hex: String = twice.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("'*{hex}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_of_each_server() {
        let password = Sensitive::new("o'ld\\".to_owned());
        let mariadb = Flavor::of_version("10.11.19-MariaDB-0+deb12u1-log");
        assert_eq!(mariadb, Flavor::MariaDb);
        let set = mariadb.set_own(&Sensitive::new("new".to_owned()));
        assert_eq!(set.as_str(), "SET PASSWORD = '*6FE2B845E049CDA9EFED8CFAF265CD29622FD852'");
        assert!(mariadb.identified(&password).starts_with("IDENTIFIED BY PASSWORD '*"));
        for (version, roles) in [("8.4.3", true), ("9.1.0-commercial", true), ("5.7.44-log", false)] {
            let mysql = Flavor::of_version(version);
            assert_eq!(mysql, Flavor::MySql { roles }, "{version}");
            assert_eq!(mysql.set_own(&password).as_str(), "ALTER USER USER() IDENTIFIED BY 'o''ld\\'");
            assert_eq!(mysql.identified(&password).as_str(), "IDENTIFIED BY 'o''ld\\'");
        }
    }
}
