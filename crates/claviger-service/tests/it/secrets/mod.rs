//! Secrets Manager, called as a client calls it.

mod access;
mod condition_keys;
mod deletion;
mod keys;
mod lists;
mod model;
mod orders;
mod policies;
mod replicas;
mod rotation;
mod rotation_trouble;
mod unstored_access;
mod values;

use serde_json::{Value, json};

use crate::kit::{HOME, World};

const ACCOUNT: &str = "000000000000";
const MISSING: &str = "Secrets Manager can't find the specified secret.";

fn token(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

fn ok(world: &World, operation: &str, body: Value) -> Value {
    world.secrets(HOME, operation, &body).unwrap_or_else(|e| panic!("{operation} {body}: {e}"))
}

/// Asserts a refusal's code and text. Modelled errors spell their member `Message`, all others `message`.
fn refused(world: &World, operation: &str, body: Value, code: &str, text: &str) {
    let error = world.secrets(HOME, operation, &body).expect_err(&format!("{operation} {body}"));
    let shared = ["ValidationException", "AccessDeniedException"].contains(&code);
    let member = if shared { "message" } else { "Message" };
    assert_eq!((error["__type"].as_str(), error[member].as_str()), (Some(code), Some(text)), "{operation} {body}");
}

fn create(world: &World, name: &str, value: &str) -> String {
    let body = json!({"Name": name, "SecretString": value, "ClientRequestToken": token(1)});
    ok(world, "CreateSecret", body)["ARN"].as_str().unwrap().to_owned()
}

fn put(world: &World, name: &str, n: u32, stages: &[&str]) -> Value {
    let mut body = json!({"SecretId": name, "SecretString": format!("v{n}"), "ClientRequestToken": token(n)});
    if !stages.is_empty() {
        body["VersionStages"] = json!(stages);
    }
    ok(world, "PutSecretValue", body)
}

fn describe(world: &World, name: &str) -> Value {
    ok(world, "DescribeSecret", json!({"SecretId": name}))
}

fn names(list: &Value) -> Vec<&str> {
    list["SecretList"].as_array().unwrap().iter().map(|s| s["Name"].as_str().unwrap()).collect()
}

fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}
