//! The functions for PostgreSQL, against a real server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use claviger_types::RotationStep;
use serde_json::{Value, json};

use crate::databases::{MASTER, SECOND, cutting_proxy, refusal};
use crate::kit::TOKEN;
use crate::postgres_server::{ADMIN_PASSWORD, Accepts, PostgresServer};
use crate::secrets::{Secrets, bound_to};

const SINGLE: &str = "postgres-single-user";
const ALTERNATING: &str = "postgres-alternating-users";
/// A name that would end its quotes.
const USER: &str = "app\"; DROP ROLE x; --'";

/// A secret for the role, with more members.
fn value(port: u16, user: &str, more: Value) -> Value {
    let mut value = json!({"engine": "postgres", "host": "127.0.0.1", "port": port, "username": user,
        "password": "first-password", "dbname": "postgres"});
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

fn create_role(server: &PostgresServer, user: &str) {
    server.sql(&format!("CREATE ROLE \"{}\" LOGIN PASSWORD 'first-password'", user.replace('"', "\"\"")));
}

/// Whether a label's value opens a session.
fn opens(server: &PostgresServer, secrets: &Secrets, label: &str) -> bool {
    let (user, password) = (secrets.member(label, "username"), secrets.member(label, "password"));
    server.sql_as(&user, &password, "SELECT 1").is_ok()
}

/// The test that says in the output of each run whether the other tests of this file run.
#[test]
fn there_is_a_server_to_test_with() {
    let Some(server) = PostgresServer::start(Accepts::Both) else { return };
    assert!(server.sql("SELECT version()").contains("PostgreSQL"));
}

#[test]
fn a_role_changes_its_own_password_with_and_without_tls() {
    for (accepts, host, more, binding_has_authority) in [
        (Accepts::Plain, "127.0.0.1", json!({"ssl": false}), false),
        (Accepts::Plain, "127.0.0.1", json!({}), false),
        (Accepts::Both, "127.0.0.1", json!({}), false),
        (Accepts::Tls, "localhost", json!({}), true),
        (Accepts::Tls, "localhost", json!({"ssl": true}), true),
    ] {
        let Some(server) = PostgresServer::start(accepts) else { return };
        create_role(&server, USER);
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
        let log = server.log();
        assert!(log.contains("SCRAM-SHA-256$"), "{log}");
        assert!(!log.contains(&secrets.member("AWSCURRENT", "password").replace('\'', "''")), "{log}");
        assert!(!log.contains(&secrets.member("AWSPREVIOUS", "password")), "{log}");
    }
}

#[test]
fn a_server_without_acceptable_tls_is_refused_where_tls_is_required() {
    let Some(server) = PostgresServer::start(Accepts::Both) else { return };
    create_role(&server, "app");
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
    let Some(plain) = PostgresServer::start(Accepts::Plain) else { return };
    create_role(&plain, "app");
    let secrets = Secrets::start(&value(plain.port, "app", json!({"ssl": true})).to_string());
    secrets.step(&bound_to(&secrets, SINGLE, &json!({})), RotationStep::CreateSecret, TOKEN).unwrap();
    let why = refusal(&secrets, SINGLE, RotationStep::SetSecret);
    assert!(why.contains("server does not support TLS"), "{why}");
}

#[test]
fn two_roles_take_turns_and_the_second_has_the_permissions_of_the_first() {
    let Some(server) = PostgresServer::start(Accepts::Plain) else { return };
    create_role(&server, USER);
    server.sql("CREATE TABLE t (a int); INSERT INTO t VALUES (7)");
    server.sql(&format!("GRANT SELECT ON t TO \"{}\"", USER.replace('"', "\"\"")));
    let secrets = Secrets::start(&value(server.port, USER, json!({"ssl": false, "masterarn": MASTER})).to_string());
    let master = value(server.port, "admin", json!({"password": ADMIN_PASSWORD}));
    secrets.state.lock().unwrap().others.insert(MASTER.to_owned(), master.to_string());
    let bindings = bound_to(&secrets, ALTERNATING, &json!({}));
    for (token, user) in
        [(TOKEN, format!("{USER}_clone")), (SECOND, USER.to_owned()), ("third-token", format!("{USER}_clone"))]
    {
        secrets.begin(token);
        secrets.rotate_twice(&bindings, token);
        assert_eq!(secrets.member("AWSCURRENT", "username"), user);
        // Both values open sessions until the next rotation.
        assert!(opens(&server, &secrets, "AWSCURRENT") && opens(&server, &secrets, "AWSPREVIOUS"));
        let password = secrets.member("AWSCURRENT", "password");
        assert_eq!(server.sql_as(&user, &password, "SELECT a FROM t").unwrap(), "7");
        assert!(!server.log().contains(&password.replace('\'', "''")));
    }
}

#[test]
fn the_previous_value_is_used_where_the_current_one_was_never_set() {
    let Some(server) = PostgresServer::start(Accepts::Plain) else { return };
    create_role(&server, "app");
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
fn values_for_another_server_or_another_role_are_refused() {
    let Some(server) = PostgresServer::start(Accepts::Plain) else { return };
    create_role(&server, "app");
    create_role(&server, "other");
    for (target, change, why) in [
        (SINGLE, json!({"host": "localhost"}), "the pending value names another host or port than the current value"),
        (SINGLE, json!({"port": 1}), "the pending value names another host or port than the current value"),
        (SINGLE, json!({"username": "other"}), "the pending value names another user than the current value"),
        (ALTERNATING, json!({"username": "other"}), "the pending value does not name the other user"),
        (
            ALTERNATING,
            json!({"username": "app_clone"}),
            "the master value names another host or port than the current value",
        ),
    ] {
        let more = json!({"masterarn": MASTER});
        let secrets = Secrets::start(&value(server.port, "app", more).to_string());
        let master = value(server.port, "admin", json!({"password": ADMIN_PASSWORD, "host": "elsewhere.invalid"}));
        secrets.state.lock().unwrap().others.insert(MASTER.to_owned(), master.to_string());
        let mut pending = value(server.port, "app", json!({"password": "new"}));
        pending.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        secrets.set_pending(&pending.to_string());
        assert_eq!(refusal(&secrets, target, RotationStep::SetSecret), why);
    }
    assert!(server.sql_as("other", "first-password", "SELECT 1").is_ok());
    assert_eq!(server.sql("SELECT count(*) FROM pg_roles WHERE rolname = 'app_clone'"), "0");
}

#[test]
fn a_step_whose_connection_breaks_after_the_change_can_be_repeated() {
    for target in [SINGLE, ALTERNATING] {
        let Some(server) = PostgresServer::start(Accepts::Plain) else { return };
        create_role(&server, "app");
        let breaks = Arc::new(AtomicBool::new(true));
        let port = cutting_proxy(server.port, vec!["ALTER ROLE", "CREATE ROLE"], b"ROLE\0", Arc::clone(&breaks));
        let secrets = Secrets::start(&value(port, "app", json!({"ssl": false, "masterarn": MASTER})).to_string());
        let master = value(port, "admin", json!({"password": ADMIN_PASSWORD, "ssl": false}));
        secrets.state.lock().unwrap().others.insert(MASTER.to_owned(), master.to_string());
        let bindings = bound_to(&secrets, target, &json!({}));
        secrets.step(&bindings, RotationStep::CreateSecret, TOKEN).unwrap();
        let why = refusal(&secrets, target, RotationStep::SetSecret);
        assert!(why.starts_with("the database refuses a statement") && !breaks.load(Ordering::SeqCst), "{why}");
        // The change was made, and the current label is where it was.
        assert!(opens(&server, &secrets, "AWSPENDING"));
        secrets.rotate_twice(&bindings, TOKEN);
        assert!(opens(&server, &secrets, "AWSCURRENT"));
    }
}
