//! What a user's connection does.

use claviger_types::RotationFailure;
use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{Conn, Error, Row, from_row_opt};

use super::super::super::failed;
use super::super::login::Login;
use super::super::{Connector, Session};
use super::account::{Account, literal};
use super::connection::reason;
use super::grants::{Copied, copied};
use super::password::{Flavor, statement};

/// The way of logging in whose hash this function makes. An empty name means the same.
const NATIVE: [&str; 2] = ["mysql_native_password", ""];

/// A user's connection. It says goodbye when it is dropped.
pub(crate) struct MySqlSession<'a> {
    connector: Connector<'a>,
    /// None while it is dropped.
    conn: Option<Conn>,
}

/// How an account logs in.
struct LoginRules {
    plugin: String,
    /// The clause `REQUIRE`.
    tls: String,
}

impl Session for MySqlSession<'_> {
    fn check(&mut self) -> Result<(), RotationFailure> {
        self.rows::<u64>("SELECT 1").map(|_| ())
    }

    fn set_own_password(&mut self, login: &Login) -> Result<(), RotationFailure> {
        self.account(login)?;
        let sql = self.flavor()?.set_own(&login.password);
        self.execute(&sql)
    }

    fn admit(&mut self, like: &mut Self, current: &Login, next: &Login) -> Result<(), RotationFailure> {
        let from = like.account(current)?;
        let to = from.named(&next.username);
        let flavor = self.flavor()?;
        let rules = self.login_rules(&from)?;
        self.create(&to, flavor, &rules, next)?;
        self.copy_permissions(&from, &to, flavor)?;
        self.execute(&format!("ALTER USER {} REQUIRE {}", to.sql(), rules.tls))?;
        let identified = flavor.identified(&next.password);
        self.execute(&statement(&["ALTER USER ", &to.sql(), " ", &identified, " ACCOUNT UNLOCK"]))
    }
}

impl<'a> MySqlSession<'a> {
    pub(crate) fn new(connector: Connector<'a>, conn: Conn) -> MySqlSession<'a> {
        MySqlSession { connector, conn: Some(conn) }
    }

    /// The account that the server has taken the session for.
    fn account(&mut self, login: &Login) -> Result<Account, RotationFailure> {
        let text = self.rows::<String>("SELECT CURRENT_USER()")?.pop();
        let account = text.and_then(|text| Account::parse(&text));
        // An anonymous account and an account behind a proxy account have another name.
        account
            .filter(|account| account.user == login.username)
            .ok_or_else(|| failed("the database has taken the user for another account"))
    }

    fn flavor(&mut self) -> Result<Flavor, RotationFailure> {
        let version = self.rows::<String>("SELECT VERSION()")?.pop();
        version.map(|version| Flavor::of_version(&version)).ok_or_else(|| failed("the database has no version"))
    }

    fn login_rules(&mut self, account: &Account) -> Result<LoginRules, RotationFailure> {
        let (user, host) = (literal(&account.user), literal(&account.host));
        let columns = "plugin, ssl_type, ssl_cipher, x509_issuer, x509_subject";
        let sql = format!("SELECT {columns} FROM mysql.user WHERE User = {} AND Host = {}", *user, *host);
        let row = self.rows::<(String, String, String, String, String)>(&sql)?.pop();
        let (plugin, kind, cipher, issuer, subject) = row.ok_or_else(|| failed("the user's account is not there"))?;
        let tls = match kind.as_str() {
            "" => "NONE".to_owned(),
            "ANY" => "SSL".to_owned(),
            "X509" => "X509".to_owned(),
            _ => {
                let given = [("CIPHER", cipher), ("ISSUER", issuer), ("SUBJECT", subject)];
                let given = given.iter().filter(|(_, value)| !value.is_empty());
                let clauses: Vec<String> = given.map(|(name, value)| format!("{name} {}", *literal(value))).collect();
                clauses.join(" AND ")
            }
        };
        Ok(LoginRules { plugin, tls })
    }

    /// Makes the account if it is not there. It is locked until the rest is done: its password is not yet the sign of that.
    fn create(
        &mut self,
        to: &Account,
        flavor: Flavor,
        rules: &LoginRules,
        next: &Login,
    ) -> Result<(), RotationFailure> {
        let identified = match flavor {
            Flavor::MariaDb if !NATIVE.contains(&rules.plugin.as_str()) => {
                return Err(failed("the user's account does not log in by mysql_native_password"));
            }
            Flavor::MariaDb => flavor.identified(&next.password),
            Flavor::MySql { .. } => {
                statement(&["IDENTIFIED WITH ", &literal(&rules.plugin), " BY ", &literal(next.password.expose())])
            }
        };
        self.execute(&statement(&["CREATE USER IF NOT EXISTS ", &to.sql(), " ", &identified, " ACCOUNT LOCK"]))
    }

    /// Gives an account what another one has. Nothing is taken from it.
    fn copy_permissions(&mut self, from: &Account, to: &Account, flavor: Flavor) -> Result<(), RotationFailure> {
        for row in self.rows::<String>(&format!("SHOW GRANTS FOR {}", from.sql()))? {
            match copied(&row, from, to) {
                Some(Copied::Statement(sql)) => self.execute(&sql)?,
                Some(Copied::Other) => {}
                None => return Err(failed("a permission of the user has an unknown form")),
            }
        }
        if flavor != (Flavor::MySql { roles: true }) {
            return Ok(());
        }
        // MySQL does not show them among the permissions.
        let (user, host) = (literal(&from.user), literal(&from.host));
        let columns = "DEFAULT_ROLE_USER, DEFAULT_ROLE_HOST";
        let sql = format!("SELECT {columns} FROM mysql.default_roles WHERE USER = {} AND HOST = {}", *user, *host);
        let roles = self.rows::<(String, String)>(&sql)?;
        let roles: Vec<String> = roles.into_iter().map(|(user, host)| Account { user, host }.sql()).collect();
        if roles.is_empty() {
            return Ok(());
        }
        self.execute(&format!("SET DEFAULT ROLE {} TO {}", roles.join(", "), to.sql()))
    }

    fn rows<T: FromRow>(&mut self, sql: &str) -> Result<Vec<T>, RotationFailure> {
        let rows: Vec<Row> = self.ask(async |conn| conn.query(sql).await)?;
        let rows: Result<Vec<T>, _> = rows.into_iter().map(from_row_opt).collect();
        rows.map_err(|_| failed("the database's answer has another form"))
    }

    fn execute(&mut self, sql: &str) -> Result<(), RotationFailure> {
        self.ask(async |conn| conn.query_drop(sql).await)
    }

    fn ask<T>(&mut self, ask: impl AsyncFnOnce(&mut Conn) -> Result<T, Error>) -> Result<T, RotationFailure> {
        let conn = self.conn.as_mut().ok_or_else(|| failed("the connection is closed"))?;
        match self.connector.in_time(ask(conn)) {
            Some(Ok(done)) => Ok(done),
            Some(Err(error)) => Err(failed(format!("the database refuses a statement: {}", reason(&error)))),
            None => Err(failed("the database does not answer in time")),
        }
    }
}

impl Drop for MySqlSession<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            let _ = self.connector.in_time(conn.disconnect());
        }
    }
}
