//! Assuming roles, and the permissions of their sessions.

use serde_json::json;

use crate::identities::{ALLOW_KMS, iam, keys_of, refusal, text, trust};
use crate::kit::{AWAY, HOME, Keys, World};

const ROOT: &str = "arn:aws:iam::000000000000:root";
const ROLE: &str = "arn:aws:iam::000000000000:role/team/worker";

/// A user `ana` with keys, and a role whose trust policy is given.
fn world(document: &str) -> (World, Keys) {
    let world = World::new();
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    iam(&world, "CreateRole", &[("RoleName", "worker"), ("Path", "/team/"), ("AssumeRolePolicyDocument", document)]);
    let keys = keys_of(&world, "ana");
    (world, keys)
}

fn assume(world: &World, who: &Keys, role: &str, more: &[(&str, &str)]) -> Result<String, (u16, String)> {
    let parameters = [&[("RoleArn", role), ("RoleSessionName", "s1")], more].concat();
    world.query(who, HOME, "sts", "AssumeRole", &parameters)
}

fn denied(who: &str, action: &str) -> (u16, String, String) {
    let text = format!("User: {who} is not authorized to perform: {action} on resource: {ROLE}");
    (403, "AccessDenied".to_owned(), text)
}

const ANA: &str = "arn:aws:iam::000000000000:user/ana";

fn allow(action: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
}

#[test]
fn an_account_in_the_trust_policy_delegates() {
    let (world, ana) = world(&trust(ROOT, ""));
    assert_eq!(refusal(assume(&world, &ana, ROLE, &[])), denied(ANA, "sts:AssumeRole"));
    iam(
        &world,
        "PutUserPolicy",
        &[("UserName", "ana"), ("PolicyName", "p"), ("PolicyDocument", &allow("sts:AssumeRole"))],
    );
    let xml = assume(&world, &ana, ROLE, &[]).unwrap();
    assert_eq!(text(&xml, "Arn"), "arn:aws:sts::000000000000:assumed-role/worker/s1");
    assert!(text(&xml, "AssumedRoleId").starts_with("AROA") && text(&xml, "AssumedRoleId").ends_with(":s1"));
    assert!(text(&xml, "AccessKeyId").starts_with("ASIA") && !xml.contains("PackedPolicySize"));

    let worker = Keys::in_answer(&xml);
    let who = world.query(&worker, HOME, "sts", "GetCallerIdentity", &[]).unwrap();
    assert_eq!(text(&who, "Arn"), "arn:aws:sts::000000000000:assumed-role/worker/s1");
    // A session may do nothing that its role may not.
    let refused = world.call_as(&worker, HOME, "TrentService.ListKeys", &json!({})).unwrap_err();
    assert_eq!(refused["__type"], "AccessDeniedException");
    iam(&world, "PutRolePolicy", &[("RoleName", "worker"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    world.call_as(&worker, HOME, "TrentService.ListKeys", &json!({})).unwrap();
    // Another region opens the token without the first.
    world.settle();
    world.call_as(&worker, AWAY, "TrentService.ListKeys", &json!({})).unwrap();
    // The session is over at its end.
    world.clock.advance_ms(3_600_000);
    let (status, code, _) = refusal(world.query(&worker, HOME, "sts", "GetCallerIdentity", &[]));
    assert_eq!((status, code.as_str()), (403, "ExpiredToken"));
}

#[test]
fn a_named_user_needs_no_policy_of_its_own() {
    let (world, ana) = world(&trust(ROOT, ""));
    iam(&world, "UpdateAssumeRolePolicy", &[("RoleName", "worker"), ("PolicyDocument", &trust(ANA, ""))]);
    assume(&world, &ana, ROLE, &[]).unwrap();
    // A role that does not exist is refused with the same text.
    let absent = refusal(assume(&world, &ana, "arn:aws:iam::000000000000:role/absent", &[]));
    assert_eq!(absent.0, 403);
    assert_eq!(
        absent.2,
        "User: arn:aws:iam::000000000000:user/ana is not authorized to perform: sts:AssumeRole on resource: \
         arn:aws:iam::000000000000:role/absent"
    );
    // The path is part of the name.
    assert_eq!(refusal(assume(&world, &ana, "arn:aws:iam::000000000000:role/worker", &[])).0, 403);
    let (status, code, text) = refusal(assume(&world, &ana, "this is not an arn at all", &[]));
    assert_eq!(
        (status, code.as_str(), text.as_str()),
        (400, "ValidationError", "this is not an arn at all is invalid")
    );
    let (_, code, text) = refusal(assume(&world, &ana, ROLE, &[("DurationSeconds", "3601")]));
    assert_eq!(
        (code.as_str(), text.as_str()),
        ("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    );
}

#[test]
fn an_external_id_must_be_the_one_that_is_asked_for() {
    let condition = r#","Condition":{"StringEquals":{"sts:ExternalId":"x-17"}}"#;
    let (world, ana) = world(&trust(ROOT, ""));
    iam(&world, "UpdateAssumeRolePolicy", &[("RoleName", "worker"), ("PolicyDocument", &trust(ANA, condition))]);
    assert_eq!(refusal(assume(&world, &ana, ROLE, &[])), denied(ANA, "sts:AssumeRole"));
    assert_eq!(refusal(assume(&world, &ana, ROLE, &[("ExternalId", "x-18")])), denied(ANA, "sts:AssumeRole"));
    assume(&world, &ana, ROLE, &[("ExternalId", "x-17")]).unwrap();
}

#[test]
fn session_policies_cap_the_role() {
    let (world, ana) = world(&trust(ROOT, ""));
    iam(&world, "UpdateAssumeRolePolicy", &[("RoleName", "worker"), ("PolicyDocument", &trust(ANA, ""))]);
    iam(&world, "PutRolePolicy", &[("RoleName", "worker"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    let xml = assume(&world, &ana, ROLE, &[("Policy", &allow("kms:ListAliases"))]).unwrap();
    assert!(text(&xml, "PackedPolicySize").parse::<i32>().unwrap() > 0);
    let capped = Keys::in_answer(&xml);
    world.call_as(&capped, HOME, "TrentService.ListAliases", &json!({})).unwrap();
    let refused = world.call_as(&capped, HOME, "TrentService.ListKeys", &json!({})).unwrap_err();
    let text = refused["message"].as_str().unwrap();
    assert!(text.ends_with("because no session policy allows the kms:ListKeys action"), "{text}");

    // A managed policy is named by its ARN, and its present version applies when the session acts.
    let arn = "arn:aws:iam::000000000000:policy/cap";
    let absent = refusal(assume(&world, &ana, ROLE, &[("PolicyArns.member.1.arn", arn)]));
    assert_eq!(absent.1, "MalformedPolicyDocument");
    iam(&world, "CreatePolicy", &[("PolicyName", "cap"), ("PolicyDocument", &allow("kms:ListKeys"))]);
    let capped = Keys::in_answer(&assume(&world, &ana, ROLE, &[("PolicyArns.member.1.arn", arn)]).unwrap());
    world.call_as(&capped, HOME, "TrentService.ListKeys", &json!({})).unwrap();
    world.call_as(&capped, HOME, "TrentService.ListAliases", &json!({})).unwrap_err();
    iam(&world, "DeletePolicy", &[("PolicyArn", arn)]);
    world.call_as(&capped, HOME, "TrentService.ListKeys", &json!({})).unwrap_err();
}

#[test]
fn session_tags_are_principal_tags() {
    let (world, ana) = world(&trust(ROOT, ""));
    iam(&world, "UpdateAssumeRolePolicy", &[("RoleName", "worker"), ("PolicyDocument", &trust(ANA, ""))]);
    iam(&world, "TagRole", &[("RoleName", "worker"), ("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "red")]);
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:ListKeys","Resource":"*",
        "Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}}]}"#;
    iam(&world, "PutRolePolicy", &[("RoleName", "worker"), ("PolicyName", "p"), ("PolicyDocument", document)]);
    let list = |keys: &Keys| world.call_as(keys, HOME, "TrentService.ListKeys", &json!({}));
    list(&Keys::in_answer(&assume(&world, &ana, ROLE, &[]).unwrap())).unwrap();
    let tagged = |key: &str, value: &str| {
        assume(&world, &ana, ROLE, &[("Tags.member.1.Key", key), ("Tags.member.1.Value", value)])
    };
    list(&Keys::in_answer(&tagged("TEAM", "blue").unwrap())).unwrap_err();
    list(&Keys::in_answer(&tagged("TEAM", "red").unwrap())).unwrap();
    // Tags need a permission of their own.
    let plain = trust(ANA, "").replace(r#","sts:TagSession","sts:SetSourceIdentity""#, "");
    iam(&world, "UpdateAssumeRolePolicy", &[("RoleName", "worker"), ("PolicyDocument", &plain)]);
    assert_eq!(refusal(tagged("TEAM", "red")), denied(ANA, "sts:TagSession"));
    assert_eq!(refusal(assume(&world, &ana, ROLE, &[("SourceIdentity", "ana")])), denied(ANA, "sts:SetSourceIdentity"));
}

#[test]
fn a_role_made_again_leaves_old_sessions_with_nothing() {
    let (world, ana) = world(&trust(ROOT, ""));
    let document = trust(ANA, "");
    iam(&world, "UpdateAssumeRolePolicy", &[("RoleName", "worker"), ("PolicyDocument", &document)]);
    let old = Keys::in_answer(&assume(&world, &ana, ROLE, &[]).unwrap());
    iam(&world, "DeleteRole", &[("RoleName", "worker")]);
    iam(&world, "CreateRole", &[("RoleName", "worker"), ("Path", "/team/"), ("AssumeRolePolicyDocument", &document)]);
    iam(&world, "PutRolePolicy", &[("RoleName", "worker"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    world.call_as(&old, HOME, "TrentService.ListKeys", &json!({})).unwrap_err();
    let new = Keys::in_answer(&assume(&world, &ana, ROLE, &[]).unwrap());
    world.call_as(&new, HOME, "TrentService.ListKeys", &json!({})).unwrap();
}

#[test]
fn a_developer_may_begin_as_root() {
    let (world, _) = world(&trust(ROOT, ""));
    assume(&world, &Keys::root(), ROLE, &[]).unwrap();
    // The trust policy decides there, too.
    iam(&world, "UpdateAssumeRolePolicy", &[("RoleName", "worker"), ("PolicyDocument", &trust(ANA, ""))]);
    assert_eq!(refusal(assume(&world, &Keys::root(), ROLE, &[])), denied(ROOT, "sts:AssumeRole"));
}

#[test]
fn session_tokens_of_users_open_neither_iam_nor_more_of_them() {
    let (world, ana) = world(&trust(ROOT, ""));
    iam(
        &world,
        "AttachUserPolicy",
        &[("UserName", "ana"), ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")],
    );
    let temporary = Keys::in_answer(&world.query(&ana, HOME, "sts", "GetSessionToken", &[]).unwrap());
    let who = world.query(&temporary, HOME, "sts", "GetCallerIdentity", &[]).unwrap();
    assert_eq!(text(&who, "Arn"), ANA);
    world.call_as(&temporary, HOME, "TrentService.ListKeys", &json!({})).unwrap();
    assert_eq!(refusal(world.query(&temporary, HOME, "iam", "ListUsers", &[])).1, "InvalidClientTokenId");
    let again = refusal(world.query(&temporary, HOME, "sts", "GetSessionToken", &[]));
    assert_eq!(
        (again.1.as_str(), again.2.as_str()),
        ("AccessDenied", "Cannot call GetSessionToken with session credentials")
    );
    let info = world.query(&ana, HOME, "sts", "GetAccessKeyInfo", &[("AccessKeyId", &temporary.id)]).unwrap();
    assert_eq!(text(&info, "Account"), "000000000000");
    // A token is valid for its own key only, and an altered token is not valid.
    let foreign = Keys { token: temporary.token.clone(), ..ana };
    assert_eq!(refusal(world.query(&foreign, HOME, "sts", "GetCallerIdentity", &[])).1, "InvalidClientTokenId");
    let forged = Keys { token: temporary.token.replacen('A', "B", 1), ..temporary };
    assert_eq!(refusal(world.query(&forged, HOME, "sts", "GetCallerIdentity", &[])).1, "InvalidClientTokenId");
}
