//! The functions for MySQL and MariaDB, against a real MariaDB.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use claviger_types::RotationStep;
use serde_json::{Value, json};

use crate::databases::{MASTER, SECOND, cutting_proxy, refusal};
use crate::kit::TOKEN;
use crate::mysql_imitation::MySqlImitation;
use crate::mysql_server::{ADMIN_PASSWORD, MySqlServer};
use crate::secrets::{Secrets, bound_to};

const SINGLE: &str = "mysql-single-user";
const ALTERNATING: &str = "mysql-alternating-users";
/// A name that would end its quotes.
const USER: &str = "app'; DROP USER x; -- @\"`\\";

/// A secret for the user, with more members.
fn value(port: u16, user: &str, more: Value) -> Value {
    let mut value = json!({"engine": "mariadb", "host": "127.0.0.1", "port": port, "username": user,
        "password": "first-password"});
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

/// The account as a statement names it, where a backslash has its meaning.
fn account(user: &str, host: &str) -> String {
    format!("'{}'@'{host}'", user.replace('\\', "\\\\").replace('\'', "''"))
}

fn create_user(server: &MySqlServer, user: &str, rules: &str) {
    server.sql(&format!("CREATE USER {} IDENTIFIED BY 'first-password' {rules}", account(user, "127.%")));
}

/// The secret of the master.
fn put_master(secrets: &Secrets, value: &Value) {
    secrets.state.lock().unwrap().others.insert(MASTER.to_owned(), value.to_string());
}

/// Whether a label's value opens a session.
fn opens(server: &MySqlServer, secrets: &Secrets, label: &str) -> bool {
    let (user, password) = (secrets.member(label, "username"), secrets.member(label, "password"));
    server.sql_as(&user, &password, "SELECT 1").is_ok()
}

/// No password is in the server's log of statements.
fn assert_silent(server: &MySqlServer, secrets: &Secrets) {
    let log = server.log("statements");
    for label in ["AWSCURRENT", "AWSPREVIOUS"] {
        let password = secrets.member(label, "password");
        assert!(!log.contains(&password) && !log.contains(&password.replace('\'', "''")), "{log}");
    }
}

/// The test that says in the output of each run whether the other tests of this file run.
#[test]
fn there_is_a_server_to_test_with() {
    let Some(server) = MySqlServer::start(false) else { return };
    assert!(server.sql("SELECT version()")[0].contains("MariaDB"));
}

#[test]
fn a_user_changes_its_own_password_with_and_without_tls() {
    for (with_tls, host, more, binding_has_authority) in [
        (false, "127.0.0.1", json!({"ssl": false}), false),
        (false, "127.0.0.1", json!({}), false),
        (true, "127.0.0.1", json!({}), false),
        (true, "localhost", json!({"engine": "mysql"}), true),
        (true, "localhost", json!({"ssl": true, "dbname": "information_schema"}), true),
    ] {
        let Some(server) = MySqlServer::start(with_tls) else { return };
        create_user(&server, USER, "");
        let mut first = value(server.port, USER, more.clone());
        first["host"] = json!(host);
        let secrets = Secrets::start(&first.to_string());
        let more = if binding_has_authority { json!({"caFile": server.authority()}) } else { json!({}) };
        let bindings = bound_to(&secrets, SINGLE, &more);
        for token in [TOKEN, SECOND] {
            secrets.begin(token);
            secrets.rotate_twice(&bindings, token);
            assert!(opens(&server, &secrets, "AWSCURRENT") && !opens(&server, &secrets, "AWSPREVIOUS"));
        }
        assert_silent(&server, &secrets);
        // What the function did is seen from the users' connections, of which TLS is a property.
        let by_tls = server.log("statements").contains("using SSL/TLS");
        assert_eq!(by_tls, binding_has_authority, "{}", server.log("statements"));
    }
}

#[test]
fn a_server_without_acceptable_tls_is_refused_where_tls_is_required() {
    let Some(server) = MySqlServer::start(true) else { return };
    create_user(&server, "app", "");
    // No authority; then an authority, but a certificate of another name.
    for (host, more) in [("localhost", json!({})), ("127.0.0.1", json!({"caFile": server.authority()}))] {
        let mut first = value(server.port, "app", json!({"ssl": true}));
        first["host"] = json!(host);
        let secrets = Secrets::start(&first.to_string());
        let bindings = bound_to(&secrets, SINGLE, &more);
        secrets.step(&bindings, RotationStep::CreateSecret, TOKEN).unwrap();
        let why = secrets.step(&bindings, RotationStep::SetSecret, TOKEN).unwrap_err().to_string();
        assert!(why.contains("invalid peer certificate"), "{why}");
        assert!(opens(&server, &secrets, "AWSCURRENT"));
    }
    let Some(plain) = MySqlServer::start(false) else { return };
    create_user(&plain, "app", "");
    let secrets = Secrets::start(&value(plain.port, "app", json!({"ssl": true})).to_string());
    secrets.step(&bound_to(&secrets, SINGLE, &json!({})), RotationStep::CreateSecret, TOKEN).unwrap();
    let why = refusal(&secrets, SINGLE, RotationStep::SetSecret);
    assert!(why.contains("server does not support TLS"), "{why}");
}

#[test]
fn two_users_take_turns_and_the_second_has_the_permissions_of_the_first() {
    let Some(server) = MySqlServer::start(true) else { return };
    create_user(&server, USER, "REQUIRE SSL");
    let first = account(USER, "127.%");
    for sql in [
        "CREATE DATABASE d",
        "CREATE TABLE d.t (a int)",
        "INSERT INTO d.t VALUES (7)",
        "CREATE ROLE reader",
        "GRANT SELECT ON d.* TO reader",
        &format!("GRANT reader TO {first}"),
        &format!("SET DEFAULT ROLE reader FOR {first}"),
        &format!("GRANT INSERT ON d.t TO {first} WITH GRANT OPTION"),
    ] {
        server.sql(sql);
    }
    let more = json!({"host": "localhost", "masterarn": MASTER});
    let secrets = Secrets::start(&value(server.port, USER, more).to_string());
    put_master(&secrets, &value(server.port, "admin", json!({"host": "LOCALHOST", "password": ADMIN_PASSWORD})));
    let bindings = bound_to(&secrets, ALTERNATING, &json!({"caFile": server.authority()}));
    let second = format!("{USER}_clone");
    for (token, user) in [(TOKEN, second.as_str()), (SECOND, USER), ("third-token", second.as_str())] {
        secrets.begin(token);
        secrets.rotate_twice(&bindings, token);
        assert_eq!(secrets.member("AWSCURRENT", "username"), user);
        // Without TLS the server refuses both users, so the sessions of the assertions below ask for none.
        for label in ["AWSCURRENT", "AWSPREVIOUS"] {
            assert!(!opens(&server, &secrets, label));
            let of = account(&secrets.member(label, "username"), "127.%");
            server.sql(&format!("ALTER USER {of} REQUIRE NONE"));
            assert!(opens(&server, &secrets, label));
        }
        let password = secrets.member("AWSCURRENT", "password");
        assert_eq!(server.sql_as(user, &password, "SELECT a FROM d.t LIMIT 1").unwrap(), ["7"]);
        server.sql_as(user, &password, "INSERT INTO d.t VALUES (8)").unwrap();
        assert!(server.sql_as(user, &password, "DELETE FROM d.t").is_err());
        let grants = server.sql(&format!("SHOW GRANTS FOR {}", account(user, "127.%"))).join("\n");
        assert!(grants.contains("INSERT ON `d`.`t`") && grants.contains("WITH GRANT OPTION"), "{grants}");
        assert!(!grants.contains("GRANT SELECT ON `d`.* TO `app"), "{grants}");
        for user in [USER, &second] {
            server.sql(&format!("ALTER USER IF EXISTS {} REQUIRE SSL", account(user, "127.%")));
        }
    }
    assert_silent(&server, &secrets);
}

#[test]
fn the_previous_value_is_used_where_the_current_one_was_never_set() {
    let Some(server) = MySqlServer::start(false) else { return };
    create_user(&server, "app", "");
    let secrets = Secrets::start(&value(server.port, "app", json!({"password": "never-set"})).to_string());
    let bindings = bound_to(&secrets, SINGLE, &json!({}));
    secrets.step(&bindings, RotationStep::CreateSecret, TOKEN).unwrap();
    let why = refusal(&secrets, SINGLE, RotationStep::SetSecret);
    assert_eq!(why, "the database accepts neither the pending, the current nor the previous value");
    assert_eq!(refusal(&secrets, SINGLE, RotationStep::TestSecret), "the database refuses the pending value");
    secrets.set_previous(&value(server.port, "app", json!({})).to_string());
    secrets.rotate_twice(&bindings, TOKEN);
    assert!(opens(&server, &secrets, "AWSCURRENT"));
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let Some(server) = MySqlServer::start(false) else { return };
    create_user(&server, "app", "");
    // Whoever has no account of the same name is this one.
    server.sql("CREATE USER ''@'%' IDENTIFIED BY 'first-password'");
    for (target, user, pending, why) in [
        (
            SINGLE,
            "app",
            json!({"host": "localhost"}),
            "the pending value names another host or port than the current value",
        ),
        (SINGLE, "app", json!({"username": "b"}), "the pending value names another user than the current value"),
        (
            SINGLE,
            "app",
            json!({"engine": "postgres"}),
            "the member `engine` of the pending value is not `mysql` or `mariadb`",
        ),
        (SINGLE, "any", json!({}), "the database has taken the user for another account"),
        (ALTERNATING, "app", json!({"username": "b"}), "the pending value does not name the other user"),
        (
            ALTERNATING,
            "app",
            json!({"username": "app_clone"}),
            "the master value names another host or port than the current value",
        ),
    ] {
        let secrets = Secrets::start(&value(server.port, user, json!({"masterarn": MASTER})).to_string());
        put_master(
            &secrets,
            &value(server.port, "admin", json!({"password": ADMIN_PASSWORD, "host": "elsewhere.invalid"})),
        );
        let mut new = value(server.port, user, json!({"password": "new"}));
        new.as_object_mut().unwrap().extend(pending.as_object().unwrap().clone());
        secrets.set_pending(&new.to_string());
        assert_eq!(refusal(&secrets, target, RotationStep::SetSecret), why);
    }
    assert_eq!(server.sql("SELECT count(*) FROM mysql.user WHERE User = 'app_clone'"), ["0"]);
}

#[test]
fn a_step_whose_connection_breaks_after_any_change_can_be_repeated() {
    let changes = ["CREATE USER", "GRANT INSERT", "REQUIRE NONE", "ACCOUNT UNLOCK"];
    let all = changes.iter().map(|change| (ALTERNATING, *change)).chain([(SINGLE, "SET PASSWORD")]);
    let Some(server) = MySqlServer::start(false) else { return };
    server.sql("CREATE DATABASE d");
    server.sql("CREATE TABLE d.t (a int)");
    for (n, (target, change)) in all.enumerate() {
        let user = format!("app{n}");
        create_user(&server, &user, "");
        server.sql(&format!("GRANT INSERT ON d.* TO {}", account(&user, "127.%")));
        let breaks = Arc::new(AtomicBool::new(true));
        let port = cutting_proxy(server.port, vec![change], b"\0", Arc::clone(&breaks));
        let secrets = Secrets::start(&value(port, &user, json!({"ssl": false, "masterarn": MASTER})).to_string());
        put_master(&secrets, &value(port, "admin", json!({"password": ADMIN_PASSWORD, "ssl": false})));
        let bindings = bound_to(&secrets, target, &json!({}));
        secrets.step(&bindings, RotationStep::CreateSecret, TOKEN).unwrap();
        let why = refusal(&secrets, target, RotationStep::SetSecret);
        assert!(why.starts_with("the database refuses a statement"), "{change}: {why}");
        assert!(!breaks.load(Ordering::SeqCst), "{change}");
        // The password is the last change. Before it, the pending value opens nothing, and the current one everything.
        let last = ["ACCOUNT UNLOCK", "SET PASSWORD"].contains(&change);
        assert_eq!(opens(&server, &secrets, "AWSPENDING"), last, "{change}");
        assert_eq!(opens(&server, &secrets, "AWSCURRENT"), target == ALTERNATING, "{change}");
        secrets.rotate_twice(&bindings, TOKEN);
        let password = secrets.member("AWSCURRENT", "password");
        let current = secrets.member("AWSCURRENT", "username");
        server.sql_as(&current, &password, "INSERT INTO d.t VALUES (1)").unwrap();
    }
}

#[test]
fn what_a_mysql_server_is_sent() {
    let server = MySqlImitation::default();
    let port = server.start();
    for (user, password) in [("app", "first-password"), ("admin", ADMIN_PASSWORD)] {
        server.0.lock().unwrap().accounts.insert(user.to_owned(), (password.to_owned(), false));
    }
    let opens = |secrets: &Secrets, label: &str| {
        server.opens(&secrets.member(label, "username"), &secrets.member(label, "password"))
    };
    let taken = || std::mem::take(&mut server.0.lock().unwrap().changes);
    let by = |user: &str, sql: String| (user.to_owned(), sql);

    let secrets = Secrets::start(&value(port, "app", json!({"engine": "mysql"})).to_string());
    secrets.rotate_twice(&bound_to(&secrets, SINGLE, &json!({})), TOKEN);
    assert!(opens(&secrets, "AWSCURRENT") && !opens(&secrets, "AWSPREVIOUS"));
    let password = secrets.member("AWSCURRENT", "password");
    let quoted = password.replace('\'', "''");
    assert_eq!(taken(), [by("app", format!("ALTER USER USER() IDENTIFIED BY '{quoted}'"))]);

    let more = json!({"engine": "mysql", "password": password, "masterarn": MASTER});
    let secrets = Secrets::start(&value(port, "app", more).to_string());
    put_master(&secrets, &value(port, "admin", json!({"engine": "mysql", "password": ADMIN_PASSWORD})));
    let bindings = bound_to(&secrets, ALTERNATING, &json!({}));
    for (token, other) in [(TOKEN, "'app_clone'@'10.0.%'"), (SECOND, "'app'@'10.0.%'")] {
        secrets.begin(token);
        secrets.rotate_twice(&bindings, token);
        assert!(opens(&secrets, "AWSCURRENT") && opens(&secrets, "AWSPREVIOUS"));
        let quoted = secrets.member("AWSCURRENT", "password").replace('\'', "''");
        let sent = [
            format!(
                "CREATE USER IF NOT EXISTS {other} IDENTIFIED WITH 'caching_sha2_password' BY '{quoted}' ACCOUNT LOCK"
            ),
            format!("GRANT USAGE ON *.* TO {other}"),
            format!("GRANT SELECT ON `shop`.* TO {other} WITH GRANT OPTION"),
            format!("GRANT `reader`@`%`,`writer`@`%` TO {other}"),
            format!("SET DEFAULT ROLE 'reader'@'%', 'writer'@'%' TO {other}"),
            format!("ALTER USER {other} REQUIRE ISSUER '/CN=a' AND SUBJECT '/CN=''b'"),
            format!("ALTER USER {other} IDENTIFIED BY '{quoted}' ACCOUNT UNLOCK"),
        ];
        assert_eq!(taken(), sent.map(|sql| by("admin", sql)));
    }
}
