#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_policy::{Context, Policy, PolicyKind, Principal, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const USER: &str = "arn:aws:iam::111122223333:user/team/alice";
const ROLE: &str = "arn:aws:iam::111122223333:role/app";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k-1";
const OTHER_KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k-2";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-aB3dE6";

fn call(service: &str, event: &str, resources: &[&str]) -> Value {
    json!({
        "userIdentity": {"type": "IAMUser", "arn": USER},
        "eventTime": "2026-11-24T15:04:05Z",
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": event,
        "awsRegion": "eu-west-1",
        "requestParameters": null,
        "resources": resources.iter().map(|arn| json!({"ARN": arn})).collect::<Vec<_>>(),
    })
}

fn with(mut call: Value, change: impl FnOnce(&mut Value)) -> Value {
    change(&mut call);
    call
}

fn by_service(call: Value) -> Value {
    with(call, |call| call["userIdentity"]["invokedBy"] = json!("secretsmanager.amazonaws.com"))
}

fn given(call: Value, parameters: Value) -> Value {
    with(call, |call| call["requestParameters"] = parameters)
}

fn document(principal: &str, calls: &[Value]) -> Result<Value, NoDocument> {
    let mut collected = LeastPrivilege::of(principal);
    for call in calls {
        collected.add(&AuditRecord::parse(call.to_string().as_bytes()).unwrap());
    }
    collected.document()
}

/// The statements for the calls of a user, each as actions, resources and the service that they are restricted to.
fn check(calls: &[Value], expected: &[(&[&str], &[&str], Option<&str>)]) {
    let document = document("alice", calls).unwrap();
    let expected: Vec<Value> = expected
        .iter()
        .map(|(actions, resources, via)| {
            let mut statement = json!({"Effect": "Allow", "Action": actions, "Resource": resources});
            if let Some(via) = via {
                statement["Condition"] = json!({"StringEquals": {"kms:ViaService": via}});
            }
            statement
        })
        .collect();
    assert_eq!(document["Statement"], json!(expected));
    Policy::parse(&document.to_string(), PolicyKind::Managed).unwrap();
}

const VIA: Option<&str> = Some("secretsmanager.eu-west-1.amazonaws.com");

#[test]
fn calls_with_the_same_resources_share_a_statement() {
    check(
        &[
            call("kms", "Encrypt", &[KEY]),
            call("kms", "Decrypt", &[KEY]),
            call("kms", "Decrypt", &[KEY]),
            call("kms", "ListKeys", &[]),
            call("secretsmanager", "ListSecrets", &[]),
            call("secretsmanager", "GetSecretValue", &[SECRET]),
        ],
        &[
            (&["kms:ListKeys", "secretsmanager:ListSecrets"], &["*"], None),
            (&["kms:Decrypt", "kms:Encrypt"], &[KEY], None),
            (&["secretsmanager:GetSecretValue"], &[SECRET], None),
        ],
    );
    check(
        &[call("kms", "Decrypt", &[KEY]), call("kms", "Decrypt", &[OTHER_KEY]), call("kms", "Encrypt", &[KEY])],
        &[(&["kms:Encrypt"], &[KEY], None), (&["kms:Decrypt"], &[KEY, OTHER_KEY], None)],
    );
    // Every resource covers each single one.
    check(
        &[call("secretsmanager", "GetRandomPassword", &[]), call("secretsmanager", "GetRandomPassword", &[SECRET])],
        &[(&["secretsmanager:GetRandomPassword"], &["*"], None)],
    );
}

#[test]
fn a_services_calls_are_allowed_through_the_service() {
    let read = by_service(call("kms", "Decrypt", &[KEY]));
    check(std::slice::from_ref(&read), &[(&["kms:Decrypt"], &[KEY], VIA)]);
    check(
        &[by_service(call("kms", "GenerateDataKey", &[KEY]))],
        &[(&["kms:Decrypt", "kms:GenerateDataKey"], &[KEY], VIA)],
    );
    // A permission without a condition is enough.
    check(&[read, call("kms", "Decrypt", &[KEY])], &[(&["kms:Decrypt"], &[KEY], None)]);
}

#[test]
fn calls_that_need_other_permissions_than_their_name() {
    check(
        &[call("kms", "ReEncrypt", &[KEY, OTHER_KEY])],
        &[(&["kms:ReEncryptFrom"], &[KEY], None), (&["kms:ReEncryptTo"], &[OTHER_KEY], None)],
    );
    check(&[call("kms", "ReEncrypt", &[KEY])], &[(&["kms:ReEncryptFrom", "kms:ReEncryptTo"], &[KEY], None)]);
    let tags = || json!({"tags": [{"tagKey": "a"}]});
    check(&[given(call("kms", "CreateKey", &[]), tags())], &[(&["kms:CreateKey", "kms:TagResource"], &["*"], None)]);
    check(&[given(call("kms", "CreateKey", &[]), json!({"tags": []}))], &[(&["kms:CreateKey"], &["*"], None)]);
    check(
        &[call("kms", "ReplicateKey", &[KEY])],
        &[(&["kms:CreateKey"], &["*"], None), (&["kms:ReplicateKey"], &[KEY], None)],
    );
    let new = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????";
    check(
        &[given(call("secretsmanager", "CreateSecret", &[SECRET]), tags())],
        &[(&["secretsmanager:CreateSecret", "secretsmanager:TagResource"], &[new], None)],
    );
    check(
        &[given(call("sts", "AssumeRole", &[ROLE]), json!({"tags": [{}], "sourceIdentity": "a"}))],
        &[(&["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"], &[ROLE], None)],
    );
    check(
        &[given(call("iam", "CreateRole", &[]), tags()), given(call("iam", "TagUser", &[]), tags())],
        &[(&["iam:CreateRole", "iam:TagRole", "iam:TagUser"], &["*"], None)],
    );
    assert_eq!(document("alice", &[call("sts", "GetCallerIdentity", &[])]), Err(NoDocument::NothingNeeded));
}

#[test]
fn a_user_needs_what_its_federated_users_do() {
    let by = |issuer: &str| {
        with(call("kms", "Decrypt", &[KEY]), |call| {
            call["userIdentity"] = json!({
                "type": "FederatedUser",
                "arn": "arn:aws:sts::111122223333:federated-user/guest",
                "sessionContext": {"sessionIssuer": {"arn": issuer}},
            });
        })
    };
    let calls = || [by("arn:aws:iam::111122223333:user/alice"), by("arn:aws:iam::111122223333:root")];
    let expected = json!({"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]});
    assert_eq!(document("alice", &calls()).unwrap()["Statement"], json!([expected]));
    assert_eq!(document("root", &calls()), Err(NoDocument::NoCalls));
}

#[test]
fn only_the_principals_successful_calls_count() {
    let role = with(call("kms", "Decrypt", &[KEY]), |call| {
        call["userIdentity"] = json!({
            "type": "AssumedRole",
            "arn": "arn:aws:sts::111122223333:assumed-role/app/one",
            "sessionContext": {"sessionIssuer": {"arn": ROLE}},
        });
    });
    let failed = with(call("kms", "Encrypt", &[KEY]), |call| call["errorCode"] = json!("AccessDeniedException"));
    let root = with(call("kms", "Encrypt", &[KEY]), |call| {
        call["userIdentity"] = json!({"type": "Root", "arn": "arn:aws:iam::111122223333:root"});
    });
    let namesake = with(call("kms", "Encrypt", &[KEY]), |call| {
        call["userIdentity"]["arn"] = json!("arn:aws:iam::444455556666:user/app");
    });
    let calls = [role, failed, root, call("kms", "Sign", &[KEY])];
    let actions = |principal: &str| document(principal, &calls).map(|found| found["Statement"][0]["Action"].clone());
    assert_eq!(actions(ROLE), Ok(json!(["kms:Decrypt"])));
    assert_eq!(actions("app"), Ok(json!(["kms:Decrypt"])));
    assert_eq!(actions("arn:aws:sts::111122223333:assumed-role/app/one"), Ok(json!(["kms:Decrypt"])));
    assert_eq!(actions(USER), Ok(json!(["kms:Sign"])));
    for unknown in ["bob", "root", "arn:aws:iam::111122223333:root", "arn:aws:sts::111122223333:assumed-role/app/two"] {
        assert_eq!(actions(unknown), Err(NoDocument::NoCalls), "{unknown}");
    }
    let both = document("app", &[calls.to_vec(), vec![namesake]].concat());
    assert!(matches!(both, Err(NoDocument::Several(Principals(names))) if names.len() == 2));
}

/// What a call needed, in the terms of the policy language.
fn is_allowed(document: &Value, action: &str, resource: &str, via: bool) -> bool {
    let policy = Policy::parse(&document.to_string(), PolicyKind::Managed).unwrap();
    let principal = Principal {
        account: "111122223333".into(),
        arn: USER.into(),
        role_arn: None,
        is_root: false,
        unique_id: "AIDAEXAMPLEEXAMPLE001".into(),
    };
    let mut context = Context::new();
    if via {
        context.set("kms:ViaService", "secretsmanager.eu-west-1.amazonaws.com");
    }
    !policy.evaluate(&Request { principal: &principal, action, resource, context: &context }).allows.is_empty()
}

#[test]
fn a_name_with_wildcards_stands_for_itself() {
    let odd = "arn:aws:iam::111122223333:role/a*b?c$/app";
    let document = document("alice", &[call("sts", "AssumeRole", &[odd])]).unwrap();
    assert!(is_allowed(&document, "sts:AssumeRole", odd, false));
    assert!(!is_allowed(&document, "sts:AssumeRole", "arn:aws:iam::111122223333:role/axxbyc$/app", false));
}

proptest! {
    /// The policy allows exactly the calls that were made.
    #[test]
    fn the_policy_allows_what_was_done_and_no_more(
        made in proptest::collection::btree_set((0_usize..4, 0_usize..3, any::<bool>()), 1..12)
    ) {
        let (events, keys) = (["Decrypt", "Encrypt", "Sign", "GenerateMac"], [KEY, OTHER_KEY, ROLE]);
        let calls: Vec<Value> = made
            .iter()
            .map(|(event, key, via)| {
                let call = call("kms", events[*event], &[keys[*key]]);
                if *via { by_service(call) } else { call }
            })
            .collect();
        let document = document("alice", &calls).unwrap();
        for (event, name) in events.iter().enumerate() {
            for (key, arn) in keys.iter().enumerate() {
                let action = format!("kms:{name}");
                let direct = made.contains(&(event, key, false));
                prop_assert_eq!(is_allowed(&document, &action, arn, false), direct);
                prop_assert_eq!(is_allowed(&document, &action, arn, true), direct || made.contains(&(event, key, true)));
            }
        }
    }
}
