//! The verdict of one policy on one request.

use claviger_policy::AllowedAs::{self, Account, Anyone, Exact, Identity, Role};
use claviger_policy::{Context, Policy, PolicyKind, Principal};

use crate::{ACCOUNT, KEY, OTHER, SECRET, about_all, ask, policy, root, session, user};

/// `A` allows, `D` denies, `-` says nothing.
fn check(statements: &str, action: &str, resource: &str, context: &Context, expected: char) {
    let verdict = ask(&policy(PolicyKind::Identity, statements), &user(ACCOUNT, "ana"), action, resource, context);
    let said = match (verdict.denied_by, verdict.allows.is_empty()) {
        (Some(_), _) => 'D',
        (None, false) => 'A',
        (None, true) => '-',
    };
    assert_eq!(said, expected, "{statements} on {action} {resource}");
}

fn context() -> Context {
    let mut context = Context::new();
    context.set("aws:username", "ana");
    context.set("aws:PrincipalTag/team", "*");
    context.set("aws:SourceIp", "10.1.2.3");
    context.set("aws:CurrentTime", "2026-11-24T15:00:00Z");
    context.set("bad:number", "ten");
    context
}

#[test]
fn actions_and_resources() {
    let here = |action: &str, resource: &str, asked: &str, on: &str, expected: char| {
        let statement = format!(r#"{{"Effect":"Allow",{action},{resource}}}"#);
        check(&statement, asked, on, &context(), expected);
    };
    let all = r#""Resource":"*""#;
    here(r#""Action":"kms:Decrypt""#, all, "kms:Decrypt", KEY, 'A');
    here(r#""Action":"KMS:decrypt""#, all, "kms:Decrypt", KEY, 'A');
    here(r#""Action":"kms:decrypt""#, all, "KMS:DECRYPT", KEY, 'A');
    here(r#""Action":["kms:Encrypt","kms:De*"]"#, all, "kms:Decrypt", KEY, 'A');
    here(r#""Action":"kms:Encrypt""#, all, "kms:Decrypt", KEY, '-');
    here(r#""Action":"kms:Decryp?""#, all, "kms:Decrypt", "*", 'A');
    here(r#""NotAction":"kms:*""#, all, "kms:Decrypt", KEY, '-');
    here(r#""NotAction":"kms:*""#, all, "secretsmanager:GetSecretValue", SECRET, 'A');
    here(r#""NotAction":["iam:*","kms:List*"]"#, all, "kms:Decrypt", KEY, 'A');
    let action = r#""Action":"*""#;
    here(action, r#""Resource":"arn:aws:kms:*:*:key/*""#, "kms:Decrypt", KEY, 'A');
    here(action, r#""Resource":"arn:aws:kms:*:*:key/*""#, "kms:Decrypt", "*", '-');
    here(action, r#""Resource":["arn:aws:s3:::x","arn:aws:kms:*"]"#, "kms:Decrypt", KEY, 'A');
    here(action, r#""NotResource":"arn:aws:kms:*""#, "kms:Decrypt", KEY, '-');
    here(action, r#""NotResource":"arn:aws:kms:*""#, "secretsmanager:GetSecretValue", SECRET, 'A');
    here(action, r#""NotResource":"arn:aws:kms:*""#, "kms:ListKeys", "*", 'A');
    here(action, r#""NotResource":"*""#, "kms:ListKeys", "*", '-');
    let home = r#""Resource":"arn:aws:secretsmanager:*:*:secret:home/${aws:username}/*""#;
    here(action, home, "secretsmanager:GetSecretValue", SECRET, 'A');
    let team = r#""Resource":"arn:aws:secretsmanager:*:*:secret:home/${aws:PrincipalTag/team}/*""#;
    here(action, team, "secretsmanager:GetSecretValue", SECRET, '-');
    let missing = r#""arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/none}""#;
    here(action, &format!(r#""Resource":{missing}"#), "secretsmanager:GetSecretValue", SECRET, '-');
    here(action, &format!(r#""NotResource":{missing}"#), "secretsmanager:GetSecretValue", SECRET, '-');
    let default = r#""Resource":"arn:aws:secretsmanager:*:*:secret:home/${aws:PrincipalTag/none, 'ana'}/*""#;
    here(action, default, "secretsmanager:GetSecretValue", SECRET, 'A');
}

#[test]
fn a_deny_wins_wherever_it_stands() {
    let allow = r#"{"Effect":"Allow","Action":"kms:*","Resource":"*"}"#;
    let deny = r#"{"Effect":"Deny","Action":"kms:Decrypt","Resource":"*"}"#;
    check(&format!("{allow},{deny}"), "kms:Decrypt", KEY, &context(), 'D');
    check(&format!("{deny},{allow}"), "kms:Decrypt", KEY, &context(), 'D');
    check(&format!("{deny},{allow}"), "kms:Encrypt", KEY, &context(), 'A');
    check(deny, "kms:Encrypt", KEY, &context(), '-');
}

#[test]
fn conditions_are_all_needed_and_what_cannot_be_judged_fails_closed() {
    let under = |effect: &str, condition: &str, expected: char| {
        let statement = format!(r#"{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{condition}}}"#);
        check(&statement, "kms:Decrypt", KEY, &context(), expected);
    };
    under("Allow", r#"{"StringEquals":{"aws:username":"ana"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, 'A');
    under("Allow", r#"{"StringEquals":{"aws:username":"ana"},"IpAddress":{"aws:SourceIp":"11.0.0.0/8"}}"#, '-');
    under("Allow", r#"{"StringEquals":{"aws:username":["bea","ana"],"aws:userid":"x"}}"#, '-');
    under("Allow", r#"{"StringEquals":{"aws:userid":"x"}}"#, '-');
    under("Allow", r#"{"StringEqualsIfExists":{"aws:userid":"x"}}"#, 'A');
    under("Deny", r#"{"StringNotEquals":{"aws:userid":"x"}}"#, 'D');
    under("Deny", r#"{"Bool":{"aws:SecureTransport":"false"}}"#, '-');
    under("Deny", r#"{"BoolIfExists":{"aws:SecureTransport":"false"}}"#, 'D');
    under(
        "Allow",
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-01-01"},"DateLessThan":{"aws:CurrentTime":"2027-01-01"}}"#,
        'A',
    );
    under("Allow", r#"{"NumericEquals":{"bad:number":"10"}}"#, '-');
    under("Allow", r#"{"NumericNotEquals":{"bad:number":"10"}}"#, '-');
    under("Deny", r#"{"NumericEquals":{"bad:number":"10"}}"#, 'D');
    under("Deny", r#"{"NumericNotEquals":{"bad:number":"10"}}"#, 'D');
    // Known to be false outweighs not to be judged.
    under("Deny", r#"{"NumericEquals":{"bad:number":"10"},"StringEquals":{"aws:username":"bea"}}"#, '-');
    under("Allow", r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}"#, 'A');
    under("Allow", r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]},"Null":{"aws:TagKeys":"false"}}"#, '-');
}

#[test]
fn encryption_contexts_cannot_smuggle_a_second_spelling() {
    let with = |pairs: &[(&str, &str)]| {
        let mut context = Context::new();
        for (key, value) in pairs {
            context.set(format!("kms:EncryptionContext:{key}"), *value);
        }
        context
    };
    let under = |effect: &str, pairs: &[(&str, &str)], expected: char| {
        let statement = format!(
            r#"{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"kms:EncryptionContext:App":"x"}}}}}}"#
        );
        check(&statement, "kms:Decrypt", KEY, &with(pairs), expected);
    };
    under("Allow", &[("App", "x")], 'A');
    under("Allow", &[("app", "x")], 'A');
    under("Allow", &[("App", "X")], '-');
    under("Allow", &[("App", "y"), ("app", "x")], '-');
    under("Allow", &[("APP", "y"), ("app", "x")], '-');
    under("Allow", &[("App", "x"), ("other", "y")], 'A');
    under("Allow", &[], '-');
    under("Allow", &[("App", "x"), ("app", "y")], '-');
    under("Deny", &[("APP", "y"), ("app", "x")], 'D');
    under("Deny", &[("App", "y"), ("app", "x")], 'D');
    under("Deny", &[("App", "y"), ("app", "z")], 'D');
}

#[test]
fn the_old_version_takes_variables_as_text() {
    let text = r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"${aws:username}"}}}}"#;
    let old = Policy::parse(text, PolicyKind::Resource).unwrap();
    let new = Policy::parse(&text.replace("2008", "2012"), PolicyKind::Resource).unwrap();
    assert!(ask(&old, &user(ACCOUNT, "ana"), "kms:Decrypt", KEY, &context()).allows.is_empty());
    assert!(!ask(&new, &user(ACCOUNT, "ana"), "kms:Decrypt", KEY, &context()).allows.is_empty());
}

fn allowed_as(element: &str, principal: &Principal, expected: &[AllowedAs]) {
    let policy = policy(PolicyKind::Key, &about_all("Allow", element));
    let verdict = ask(&policy, principal, "kms:Decrypt", KEY, &Context::new());
    assert_eq!(verdict.allows.iter().map(|a| a.by).collect::<Vec<_>>(), expected, "{element} {principal:?}");
}

#[test]
fn principals() {
    let (ana, ops, owner) = (user(ACCOUNT, "ana"), session(ACCOUNT, "ops", "s1"), root(ACCOUNT));
    for everyone in ["\"*\"", r#"{"AWS":"*"}"#] {
        for principal in [&ana, &ops, &owner, &user(OTHER, "eve")] {
            allowed_as(everyone, principal, &[Anyone]);
        }
    }
    for account in [r#"{"AWS":"111122223333"}"#, r#"{"AWS":"arn:aws:iam::111122223333:root"}"#] {
        allowed_as(account, &ana, &[Account]);
        allowed_as(account, &ops, &[Account]);
        allowed_as(account, &owner, &[Exact]);
        allowed_as(account, &user(OTHER, "ana"), &[]);
        allowed_as(account, &root(OTHER), &[]);
    }
    let by_user = r#"{"AWS":"arn:aws:iam::111122223333:user/ana"}"#;
    allowed_as(by_user, &ana, &[Exact]);
    allowed_as(by_user, &user(ACCOUNT, "Ana"), &[]);
    allowed_as(by_user, &user(OTHER, "ana"), &[]);
    allowed_as(by_user, &owner, &[]);
    let by_role = r#"{"AWS":"arn:aws:iam::111122223333:role/path/ops"}"#;
    allowed_as(by_role, &ops, &[Role]);
    allowed_as(by_role, &session(ACCOUNT, "ops", "s2"), &[Role]);
    allowed_as(by_role, &session(ACCOUNT, "dev", "s1"), &[]);
    allowed_as(r#"{"AWS":"arn:aws:iam::111122223333:role/ops"}"#, &ops, &[]);
    let by_session = r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/ops/s1"}"#;
    allowed_as(by_session, &ops, &[Exact]);
    allowed_as(by_session, &session(ACCOUNT, "ops", "s2"), &[]);
    allowed_as(r#"{"AWS":["111122223333","arn:aws:iam::111122223333:user/ana"]}"#, &ana, &[Account, Exact]);
    allowed_as(&format!(r#"{{"AWS":"{}"}}"#, ana.unique_id), &ana, &[Exact]);
    allowed_as(&format!(r#"{{"AWS":"{}"}}"#, ops.unique_id), &ops, &[Role]);
    let with_session_id = Principal { unique_id: format!("{}:s1", ops.unique_id), ..ops.clone() };
    allowed_as(&format!(r#"{{"AWS":"{}"}}"#, ops.unique_id), &with_session_id, &[Role]);
    allowed_as(&format!(r#"{{"AWS":"{}"}}"#, ops.unique_id), &ana, &[]);
    allowed_as(r#"{"Service":"secretsmanager.amazonaws.com"}"#, &ana, &[]);
    let service = Principal { arn: "secretsmanager.amazonaws.com".into(), ..ana };
    allowed_as(r#"{"Service":"secretsmanager.amazonaws.com"}"#, &service, &[Exact]);
    allowed_as(r#"{"Service":"s3.amazonaws.com"}"#, &service, &[]);
    allowed_as(r#"{"AWS":"111122223333"}"#, &service, &[]);
}

#[test]
fn a_recreated_user_or_role_is_somebody_else() {
    let ana = user(ACCOUNT, "ana");
    let again = Principal { unique_id: "AIDAEXAMPLEANOTHERONE".into(), ..ana.clone() };
    let policy = policy(PolicyKind::Key, &about_all("Allow", r#"{"AWS":"arn:aws:iam::111122223333:user/ana"}"#));
    let bound = policy.bind(|_| Some(ana.unique_id.clone()));
    assert_eq!(ask(&bound, &ana, "kms:Decrypt", KEY, &Context::new()).allows.len(), 1);
    assert_eq!(ask(&bound, &again, "kms:Decrypt", KEY, &Context::new()).allows.len(), 0);
    assert_eq!(ask(&policy, &again, "kms:Decrypt", KEY, &Context::new()).allows.len(), 1);
}

#[test]
fn a_deny_of_the_account_reaches_all_in_it() {
    let policy = policy(PolicyKind::Key, &about_all("Deny", r#"{"AWS":"111122223333"}"#));
    let denied =
        |principal: &Principal| ask(&policy, principal, "kms:Decrypt", KEY, &Context::new()).denied_by.is_some();
    assert!(denied(&user(ACCOUNT, "ana")) && denied(&session(ACCOUNT, "ops", "s1")) && denied(&root(ACCOUNT)));
    assert!(!denied(&user(OTHER, "ana")));
}

#[test]
fn not_principal_spares_only_those_listed_in_every_form() {
    let check = |listed: &str, principal: &Principal, denied: bool| {
        let statement = about_all("Deny", listed).replace("Principal", "NotPrincipal");
        let verdict = ask(&policy(PolicyKind::Key, &statement), principal, "kms:Decrypt", KEY, &Context::new());
        assert_eq!(verdict.denied_by.is_some(), denied, "{listed} {principal:?}");
    };
    let (ana, ops) = (user(ACCOUNT, "ana"), session(ACCOUNT, "ops", "s1"));
    let ana_arn = "arn:aws:iam::111122223333:user/ana";
    let (role_arn, session_arn) =
        ("arn:aws:iam::111122223333:role/path/ops", "arn:aws:sts::111122223333:assumed-role/ops/s1");
    check(&format!(r#"{{"AWS":["{ana_arn}","{ACCOUNT}"]}}"#), &ana, false);
    check(&format!(r#"{{"AWS":["{ana_arn}","{ACCOUNT}"]}}"#), &user(ACCOUNT, "bea"), true);
    check(&format!(r#"{{"AWS":["{ana_arn}","{ACCOUNT}"]}}"#), &root(ACCOUNT), false);
    check(&format!(r#"{{"AWS":"{ana_arn}"}}"#), &ana, true);
    check(&format!(r#"{{"AWS":"{ACCOUNT}"}}"#), &ana, true);
    check(&format!(r#"{{"AWS":"{ACCOUNT}"}}"#), &root(ACCOUNT), false);
    check(&format!(r#"{{"AWS":"{ACCOUNT}"}}"#), &root(OTHER), true);
    check(&format!(r#"{{"AWS":["{role_arn}","{session_arn}","{ACCOUNT}"]}}"#), &ops, false);
    check(&format!(r#"{{"AWS":["{role_arn}","{ACCOUNT}"]}}"#), &ops, true);
    check(&format!(r#"{{"AWS":["{session_arn}","{ACCOUNT}"]}}"#), &ops, true);
    check(&format!(r#"{{"AWS":["{role_arn}","{session_arn}"]}}"#), &ops, true);
    check(&format!(r#"{{"AWS":["{}","{ACCOUNT}"]}}"#, ana.unique_id), &ana, false);
    check("\"*\"", &ana, false);
    let service = Principal { arn: "x.amazonaws.com".into(), ..user(ACCOUNT, "ana") };
    check(r#"{"Service":"x.amazonaws.com"}"#, &service, false);
    check(r#"{"Service":"y.amazonaws.com"}"#, &service, true);
}

#[test]
fn key_policy_statements_without_an_action_or_resource_do_nothing() {
    for effect in ["Allow", "Deny"] {
        for rest in [r#""Resource":"*""#, r#""Action":"kms:*""#] {
            let policy = policy(PolicyKind::Key, &format!(r#"{{"Effect":"{effect}","Principal":"*",{rest}}}"#));
            let verdict = ask(&policy, &user(ACCOUNT, "ana"), "kms:Decrypt", KEY, &Context::new());
            assert!(verdict.denied_by.is_none() && verdict.allows.is_empty(), "{effect} {rest}");
        }
    }
}

#[test]
fn the_verdict_names_its_statements() {
    let policy = policy(
        PolicyKind::Identity,
        r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"},
           {"Sid":"Reads","Effect":"Allow","Action":"kms:De*","Resource":"*"},
           {"Sid":"","Effect":"Deny","Action":"kms:DescribeKey","Resource":"*"}"#,
    );
    let verdict = ask(&policy, &user(ACCOUNT, "ana"), "kms:DescribeKey", KEY, &Context::new());
    assert_eq!(verdict.allows.len(), 1);
    assert_eq!(verdict.allows[0].statement.sid.as_deref(), Some("Reads"));
    assert_eq!((verdict.allows[0].statement.index, verdict.allows[0].by), (1, Identity));
    let denied = verdict.denied_by.unwrap();
    assert_eq!((denied.sid, denied.index), (None, 2));
}
