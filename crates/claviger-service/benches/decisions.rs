//! How long a decision on a permission takes, and the verification of a signature: `cargo bench -p claviger-service --bench decisions`.
//!
//! Each line is the distribution of single calls, timed one by one; reading the clock is in it, and is shown in the first line. The policies
//! are compiled and the rows decoded before, as they are for a caller that has called before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement needs the clock, and prints its table"
)]

#[path = "../tests/it/kit.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod kit;

use std::hint::black_box;
use std::time::Instant;

use claviger_core::authorize;
use claviger_core::context::RequestInfo;
use claviger_core::outbound_calls::OutboundCalls;
use claviger_kms::{key_lookup, key_permissions};
use claviger_policy::{
    Context, Decision, Inputs, NamedPolicy, Policy, PolicyKind, PolicySet, Principal, Request, ResourceModel, decide,
};
use claviger_service::explain;
use claviger_sigv4::{Credentials, Expect, Parts, SigningKeys, claim, sign};
use claviger_store::Tx;
use claviger_store::tables::iam_table;
use claviger_types::{AccountId, Caller, CallerKind, Clock};
use serde_json::{Value, json};

use kit::{HOME, Keys, World, element};

const RUNS: usize = 200_000;
/// With the one that is made at the end.
const GRANTS: usize = 49_999;
const GROUPS: usize = 10;
const POLICIES_PER_GROUP: usize = 10;

fn main() {
    println!("| What | mean | p50 | p99 | goal |\n| --- | --- | --- | --- | --- |");
    report("reading the clock twice", "", || ());
    typical();
    in_a_region();
    signature();
}

/// Times single calls, after some that warm up.
fn report<T>(what: &str, goal: &str, mut work: impl FnMut() -> T) {
    (0..RUNS / 10).for_each(|_| drop(black_box(work())));
    let mut nanos: Vec<u64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            drop(black_box(work()));
            u64::try_from(start.elapsed().as_nanos()).unwrap()
        })
        .collect();
    nanos.sort_unstable();
    let mean = nanos.iter().sum::<u64>() as f64 / nanos.len() as f64;
    let micros = |nanos: f64| format!("{:.2} µs", nanos / 1000.0);
    let at = |part: usize| micros(nanos[nanos.len() * part / 100] as f64);
    println!("| {what} | {} | {} | {} | {goal} |", micros(mean), at(50), at(99));
}

fn document(statements: Vec<Value>) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// Five policies of four statements each, of which the last one allows, and a key policy that delegates to the account.
fn typical() {
    let statement = |n: usize| {
        let condition = json!({ "StringEquals": { "aws:PrincipalTag/team": format!("team-{n}") }, "Bool": { "aws:SecureTransport": "true" } });
        json!({ "Effect": "Allow", "Action": ["kms:Encrypt", "kms:GenerateDataKey*", "kms:Decrypt"], "Resource": format!("arn:aws:kms:*:111122223333:key/{n}*"), "Condition": condition })
    };
    let last = json!({ "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:*:111122223333:key/*", "Condition": { "StringLike": { "kms:EncryptionContext:app": "cart-*" } } });
    let mut statements: Vec<Value> = (0..19).map(statement).collect();
    statements.push(last);
    let policies = statements.chunks(4).enumerate().map(|(n, statements)| NamedPolicy {
        id: n.to_string().into(),
        policy: Policy::parse(&document(statements.to_vec()), PolicyKind::Identity).unwrap(),
    });
    let identity = PolicySet::new(policies.collect());
    let delegates =
        json!({ "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "kms:*", "Resource": "*" });
    let key_policy = Policy::parse(&document(vec![delegates]), PolicyKind::Key).unwrap();
    let mut context = Context::new();
    for (key, value) in [
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/ana"),
        ("aws:PrincipalAccount", "111122223333"),
        ("aws:SecureTransport", "true"),
        ("aws:PrincipalTag/team", "blue"),
        ("kms:EncryptionContext:app", "cart-7"),
        ("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT"),
    ] {
        context.set(key, value);
    }
    let principal = Principal {
        account: "111122223333".into(),
        arn: "arn:aws:iam::111122223333:user/ana".into(),
        role_arn: None,
        is_root: false,
        unique_id: "AIDAEXAMPLEEXAMPLE001".into(),
    };
    let inputs = Inputs {
        request: Request {
            principal: &principal,
            action: "kms:Decrypt",
            resource: "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            context: &context,
        },
        identity: &identity,
        boundary: None,
        session: None,
        resource: Some(&key_policy),
        resource_account: "111122223333",
        model: ResourceModel::KeyPolicy,
    };
    assert!(matches!(decide(&inputs), Decision::Allow { .. }));
    report("a decision, 5 policies with 20 statements", "3 µs", || decide(&inputs));
}

/// The whole step of a request, with 50,000 grants on the key and 100 policies on the caller.
fn in_a_region() {
    let world = World::new();
    let key = world.call(HOME, "TrentService.CreateKey", &json!({})).unwrap();
    let key = key["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
    let iam = |action: &str, parameters: &[(&str, &str)]| {
        world.query(&Keys::root(), HOME, "iam", action, parameters).unwrap()
    };
    iam("CreateUser", &[("UserName", "ana")]);
    for group in 0..GROUPS {
        let name = format!("group-{group}");
        iam("CreateGroup", &[("GroupName", &name)]);
        iam("AddUserToGroup", &[("GroupName", &name), ("UserName", "ana")]);
        for policy in 0..POLICIES_PER_GROUP {
            let statement = json!({ "Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": format!("arn:aws:kms:*:*:key/{group}{policy}*"), "Condition": { "StringEquals": { "aws:PrincipalTag/team": "blue" } } });
            let document = document(vec![statement]);
            let made = iam(
                "CreatePolicy",
                &[("PolicyName", &format!("policy-{group}-{policy}")), ("PolicyDocument", &document)],
            );
            let arn = element(&made, "Arn").unwrap().to_owned();
            iam("AttachGroupPolicy", &[("GroupName", &name), ("PolicyArn", &arn)]);
        }
    }
    for grantee in 0..GROUPS {
        iam(
            "CreateRole",
            &[
                ("RoleName", &format!("role-{grantee}")),
                (
                    "AssumeRolePolicyDocument",
                    &document(vec![
                        json!({"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}),
                    ]),
                ),
            ],
        );
    }
    let grant = |grantee: &str, n: usize| {
        let constraint = json!({ "EncryptionContextSubset": { "n": n.to_string() } });
        let body = json!({ "KeyId": key, "GranteePrincipal": grantee, "Operations": ["Encrypt", "GenerateDataKey"], "Constraints": constraint });
        world.call(HOME, "TrentService.CreateGrant", &body).unwrap();
    };
    for n in 0..GRANTS {
        // A tenth of them name the caller, with a constraint that its request does not meet.
        let grantee = if n % 10 == 0 { "user/ana".to_owned() } else { format!("role/role-{}", n % GROUPS) };
        grant(&format!("arn:aws:iam::000000000000:{grantee}"), n);
    }
    let node = world.node(HOME);
    let tx = || Tx::begin(node.store(), node.barrier(), node.random()).unwrap().with_cache(node.row_cache());
    let account = AccountId::dev();
    let user = iam_table::user(&tx(), &account, "ana").unwrap().unwrap().identity;
    let kind = CallerKind::User { path: user.path, name: user.name, id: user.id };
    let caller = Caller { account, kind, access_key_id: String::new(), session: None };
    let decided = |action: &'static str| {
        let mut tx = tx();
        let (outbound, request) = (OutboundCalls::none(), RequestInfo::default());
        let cx = node.context(&mut tx, &caller, world.clock.now(), &request, &outbound);
        let found = key_lookup::find(&cx, &key).unwrap();
        let permission = key_permissions::permission(action, found.found().unwrap(), &cx).unwrap();
        authorize::allows(&cx, permission).unwrap()
    };
    let explanation = explain::simulate(
        node,
        &explain::Simulated {
            principal: "arn:aws:iam::000000000000:user/ana".to_owned(),
            action: "kms:Encrypt".to_owned(),
            resource: key.clone(),
            context: Vec::new(),
        },
    );
    let explanation = explanation.unwrap();
    assert_eq!(
        explanation.policies.iter().map(|policies| policies.count).sum::<usize>(),
        1 + GROUPS * POLICIES_PER_GROUP
    );
    assert!(!decided("kms:Encrypt") && !decided("kms:Decrypt"));
    report("the key's row and a decision, 100 policies, 50,000 grants: no grant for the action", "p99 20 µs", || {
        decided("kms:Decrypt")
    });
    report("the same: 5,000 grants to the caller whose constraints do not hold", "p99 20 µs", || {
        decided("kms:Encrypt")
    });
    let wide =
        json!({ "KeyId": key, "GranteePrincipal": "arn:aws:iam::000000000000:user/ana", "Operations": ["Decrypt"] });
    world.call(HOME, "TrentService.CreateGrant", &wide).unwrap();
    assert!(decided("kms:Decrypt"));
    report("the same: a grant allows", "p99 20 µs", || decided("kms:Decrypt"));
}

/// A signed request whose signing key has been derived before.
fn signature() {
    let now = claviger_types::Timestamp(1_795_532_645_000);
    let body = br#"{"CiphertextBlob":"AQICAHh4ZXhhbXBsZQ==","EncryptionContext":{"app":"cart-7"}}"#;
    let mut headers: Vec<(String, Vec<u8>)> = [
        ("content-type", "application/x-amz-json-1.1"),
        ("host", "kms.eu-central-1.example.com"),
        ("user-agent", "Boto3/1.43 md/Botocore#1.43 ua/2.1 os/linux lang/python#3.11"),
        ("x-amz-target", "TrentService.Decrypt"),
    ]
    .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
    .to_vec();
    let credentials =
        Credentials { access_key_id: "AKIAIOSFODNN7EXAMPLE", secret_access_key: "secret", session_token: None };
    let signed = {
        let parts = Parts { method: "POST", path: "/", query: "", headers: &headers, body };
        sign(&parts, &credentials, "eu-central-1", "kms", now)
    };
    headers.extend(signed.into_iter().map(|(name, value)| (name, value.into_bytes())));
    let parts = Parts { method: "POST", path: "/", query: "", headers: &headers, body };
    let keys = SigningKeys::new();
    let verify = || {
        let claim = claim(&parts).unwrap();
        let expect =
            Expect { service: "kms", now, window_secs: 300, presigned_secs: None, region: Some("eu-central-1") };
        claviger_sigv4::check(&claim, &expect).unwrap();
        let key = keys.derive(&claim.access_key_id, "secret", &claim.date, &claim.region, &claim.service);
        claviger_sigv4::verify(&claim, &parts, &key).unwrap();
    };
    report("the verification of a signature", "5 µs", verify);
}
