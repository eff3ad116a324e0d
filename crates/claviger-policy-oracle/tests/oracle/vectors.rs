//! The hand-written vectors of `crates/claviger-policy/tests/vectors`, for both evaluators. `README.md` there describes the form.

use std::collections::BTreeSet;
use std::path::Path;

use claviger_policy::{Principal, ResourceModel};
use claviger_policy_oracle::case::{Case, ContextEntry, GrantTo};
use claviger_policy_oracle::compare::product_decision;
use claviger_policy_oracle::decide::decide;
use serde_json::{Map, Value as Json, json};
use toml::de::{DeTable, DeValue};

const VECTORS_MIN: usize = 400;

#[test]
fn both_evaluators_decide_the_vectors_as_expected() {
    let mut wrong = Vec::new();
    for vector in vectors() {
        let case = case(&vector);
        let expected = text(&vector, "expect").unwrap_or_else(|| panic!("no expectation: {vector}"));
        let product = product_decision(&case).map_or_else(|refusal| refusal, |outcome| outcome.to_string());
        let oracle = decide(&case, None).to_string();
        if product != expected || oracle != expected {
            let name = text(&vector, "name").unwrap_or_default();
            wrong.push(format!("{name}\n  expected {expected}\n  product  {product}\n  oracle   {oracle}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_many_vectors_and_each_has_a_name_of_its_own_a_rule_and_a_source() {
    let vectors = vectors();
    assert!(vectors.len() >= VECTORS_MIN, "{} vectors", vectors.len());
    let mut names = BTreeSet::new();
    for vector in &vectors {
        for member in ["name", "rule", "source", "expect"] {
            assert!(text(vector, member).is_some_and(|text| !text.is_empty()), "{member} is missing: {vector}");
        }
        assert!(names.insert(text(vector, "name")), "the name stands twice: {vector}");
    }
    println!("{} vectors", vectors.len());
}

/// All vectors, each with the members of its rule and of its file that it does not have itself.
fn vectors() -> Vec<Json> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../claviger-policy/tests/vectors");
    let mut vectors = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let file = DeTable::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut file = table(file.get_ref());
        for rule in file.remove("rules").unwrap().as_array().unwrap() {
            let mut rule = over(&file, rule.as_object().unwrap());
            let own = rule.remove("vectors").unwrap_or_else(|| panic!("{}: {rule:?}", path.display()));
            vectors.extend(
                own.as_array().unwrap().iter().map(|vector| Json::Object(over(&rule, vector.as_object().unwrap()))),
            );
        }
    }
    vectors
}

fn over(below: &Map<String, Json>, above: &Map<String, Json>) -> Map<String, Json> {
    below.iter().chain(above).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn table(table: &DeTable<'_>) -> Map<String, Json> {
    table.iter().map(|(name, value)| (name.get_ref().to_string(), value_of(value.get_ref()))).collect()
}

fn value_of(value: &DeValue<'_>) -> Json {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => json!(number.as_str().parse::<i64>().unwrap()),
        DeValue::Float(number) => json!(number.as_str().parse::<f64>().unwrap()),
        DeValue::Boolean(truth) => json!(truth),
        DeValue::Array(values) => values.iter().map(|value| value_of(value.get_ref())).collect(),
        DeValue::Table(members) => Json::Object(table(members)),
        DeValue::Datetime(_) => panic!("dates are written as text"),
    }
}

fn text<'a>(vector: &'a Json, member: &str) -> Option<&'a str> {
    vector.get(member)?.as_str()
}

fn case(vector: &Json) -> Case {
    let principal = principal(text(vector, "principal").unwrap_or("ana"));
    let model = text(vector, "model").unwrap_or("identity");
    let (model, action, resource) = match model {
        "identity" => (ResourceModel::IdentityOnly, "kms:Decrypt", KEY),
        "key" => (ResourceModel::KeyPolicy, "kms:Decrypt", KEY),
        "secret" => (ResourceModel::Ordinary, "secretsmanager:GetSecretValue", SECRET),
        "trust" => (ResourceModel::Trust, "sts:AssumeRole", "arn:aws:iam::111122223333:role/target"),
        "own trust" => (ResourceModel::OwnTrust, "sts:AssumeRole", "arn:aws:iam::111122223333:role/admin"),
        _ => panic!("there is no model `{model}`"),
    };
    let policy = |member: &str| vector.get(member).map(|statements| document(vector, member, statements));
    let of_condition = vector.get("condition").map(|condition| {
        let statement = json!({"Condition": condition});
        let denying = json!(["allow", {"Effect": "Deny", "Condition": condition}]);
        document(vector, "identity", &if text(vector, "effect") == Some("Deny") { denying } else { json!([statement]) })
    });
    Case {
        principal,
        action: text(vector, "action").unwrap_or(action).to_owned(),
        resource: text(vector, "resource").unwrap_or(resource).to_owned(),
        resource_account: "111122223333".to_owned(),
        model,
        context: vector.get("context").and_then(Json::as_object).into_iter().flatten().map(entry).collect(),
        identity: of_condition.or_else(|| policy("identity")).into_iter().collect(),
        boundary: policy("boundary"),
        session: vector.get("session").map(|statements| match statements.as_array() {
            Some(statements) if statements.is_empty() => Vec::new(),
            _ => policy("session").into_iter().collect(),
        }),
        resource_policy: policy("resource_policy"),
        grant: text(vector, "grant").map(|to| match to {
            "principal" => GrantTo::Principal,
            "account" => GrantTo::Account,
            _ => panic!("there is no grant to `{to}`"),
        }),
    }
}

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/db-AbCdEf";

fn entry((name, value): (&String, &Json)) -> ContextEntry {
    match value {
        Json::Array(values) => {
            ContextEntry::many(name, values.iter().map(|value| value.as_str().unwrap().to_owned()).collect())
        }
        value => ContextEntry::one(name, value.as_str().unwrap()),
    }
}

/// A policy of these statements. What a statement leaves out is filled in: it allows every action on every resource.
fn document(vector: &Json, member: &str, statements: &Json) -> Json {
    let is_trust = member == "resource_policy" && text(vector, "model").is_some_and(|model| model.ends_with("trust"));
    let statements: Vec<Json> = statements.as_array().unwrap().iter().map(|short| statement(short, is_trust)).collect();
    match text(vector, "version").unwrap_or("2012-10-17") {
        "none" => json!({"Statement": statements}),
        version => json!({"Version": version, "Statement": statements}),
    }
}

fn statement(short: &Json, is_trust: bool) -> Json {
    let mut statement = short.as_object().cloned().unwrap_or_default();
    if let Some(words) = short.as_str() {
        let (effect, whom) = words.split_once(' ').unwrap_or((words, ""));
        match effect {
            "allow" => {}
            "deny" => drop(statement.insert("Effect".to_owned(), json!("Deny"))),
            "other" => drop(statement.insert("Action".to_owned(), json!("s3:GetObject"))),
            _ => panic!("`{words}` is no statement"),
        }
        if !whom.is_empty() {
            statement.insert("Principal".to_owned(), named(whom));
        }
    }
    let mut fill = |element: &str, value: &str| {
        if !statement.contains_key(element) && !statement.contains_key(&format!("Not{element}")) {
            statement.insert(element.to_owned(), json!(value));
        }
    };
    fill("Effect", "Allow");
    fill("Action", if is_trust { "sts:*" } else { "*" });
    if !is_trust {
        fill("Resource", "*");
    }
    // `Action = "none"` stands for a statement without the element.
    statement.retain(|element, value| !(matches!(element.as_str(), "Action" | "Resource") && value == "none"));
    Json::Object(statement)
}

/// The `Principal` element that the words of a short statement stand for.
fn named(whom: &str) -> Json {
    match whom {
        "everyone" => json!({"AWS": "*"}),
        "account" => json!({"AWS": "111122223333"}),
        "other account" => json!({"AWS": "444455556666"}),
        "admin role" => json!({"AWS": "arn:aws:iam::111122223333:role/admin"}),
        "ops role" => json!({"AWS": "arn:aws:iam::444455556666:role/ops"}),
        "secretsmanager" => json!({"Service": "secretsmanager.amazonaws.com"}),
        "oidc" => json!({"Federated": principal("oidc").arn}),
        name => json!({"AWS": principal(name).arn}),
    }
}

/// The principals that vectors name. All but `eve`, `ops` and `other root` are of the resource's account.
fn principal(name: &str) -> Principal {
    let (account, arn, role, id) = match name {
        "ana" => ("111122223333", "arn:aws:iam::111122223333:user/ana", None, "AIDAANAEXAMPLE0000001"),
        "bea" => ("111122223333", "arn:aws:iam::111122223333:user/team/bea", None, "AIDABEAEXAMPLE0000001"),
        "root" => ("111122223333", "arn:aws:iam::111122223333:root", None, "111122223333"),
        "admin" => (
            "111122223333",
            "arn:aws:sts::111122223333:assumed-role/admin/s1",
            Some("arn:aws:iam::111122223333:role/admin"),
            "AROAADMINEXAMPLE00001:s1",
        ),
        "reader" => (
            "111122223333",
            "arn:aws:sts::111122223333:assumed-role/reader/s1",
            Some("arn:aws:iam::111122223333:role/service/reader"),
            "AROAREADEREXAMPLE0001:s1",
        ),
        "fred" => ("111122223333", "arn:aws:sts::111122223333:federated-user/fred", None, "111122223333:fred"),
        "eve" => ("444455556666", "arn:aws:iam::444455556666:user/eve", None, "AIDAEVEEXAMPLE0000001"),
        "ops" => (
            "444455556666",
            "arn:aws:sts::444455556666:assumed-role/ops/s1",
            Some("arn:aws:iam::444455556666:role/ops"),
            "AROAOPSEXAMPLE0000001:s1",
        ),
        "other root" => ("444455556666", "arn:aws:iam::444455556666:root", None, "444455556666"),
        "secretsmanager" => ("111122223333", "secretsmanager.amazonaws.com", None, ""),
        "lambda" => ("111122223333", "lambda.amazonaws.com", None, ""),
        "oidc" => ("111122223333", "arn:aws:iam::111122223333:oidc-provider/token.example.com", None, ""),
        _ => panic!("there is no principal `{name}`"),
    };
    Principal {
        account: account.to_owned(),
        arn: arn.to_owned(),
        role_arn: role.map(str::to_owned),
        is_root: name.ends_with("root"),
        unique_id: id.to_owned(),
    }
}
