//! Which documents are policies, and what is answered where they are not.

use claviger_policy::PolicyKind::{Identity, Key, Resource, Session, Trust};
use claviger_policy::{Policy, PolicyKind, PrincipalPattern};

use crate::{about_all, document, policy};

const SYNTAX: &str = "Syntax errors in policy.";

fn accepted(kind: PolicyKind, text: &str) {
    if let Err(malformed) = Policy::parse(text, kind) {
        panic!("{kind:?} {text}: {malformed}");
    }
}

fn refused(kind: PolicyKind, text: &str, message: &str) {
    match Policy::parse(text, kind) {
        Ok(_) => panic!("{kind:?} accepted {text}"),
        Err(malformed) => assert_eq!(malformed.message, message, "{kind:?} {text}"),
    }
}

fn refused_somehow(kind: PolicyKind, text: &str) {
    assert!(Policy::parse(text, kind).is_err(), "{kind:?} accepted {text}");
}

fn allow(rest: &str) -> String {
    document(&format!(r#"{{"Effect":"Allow",{rest}}}"#))
}

#[test]
fn shapes() {
    let good = r#""Action":"kms:*","Resource":"*""#;
    accepted(Identity, &allow(good));
    accepted(Identity, &format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny",{good}}}}}"#));
    accepted(Identity, &format!(r#"{{"Version":"2012-10-17","Id":"x","Statement":[{{"Effect":"Deny",{good}}}]}}"#));
    accepted(Identity, &allow(r#""Sid":"","NotAction":["kms:*","iam:Get*"],"NotResource":["arn:aws:kms:*"]"#));
    accepted(Identity, &allow(&format!(r#"{good},"Condition":{{}}"#)));
    for text in [
        "",
        "null",
        "[]",
        "\"\"",
        "{",
        "{}",
        "not a policy",
        "{\"Version\":\"2012-10-17\"}",
        r#"{"Version":"2012-10-17","Statement":[]}"#,
        r#"{"Version":"2012-10-17","Statement":"x"}"#,
        r#"{"Version":"2012-10-17","Statement":[[]]}"#,
        r#"{"Version":"2012-10-17","Statement":[null]}"#,
        r#"{"version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        r#"{"Version":"2019-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        r#"{"Version":20121017,"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        r#"{"Version":"2012-10-17","Id":7,"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        r#"{"Version":"2012-10-17","Extra":1,"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        r#"{"Version":"2012-10-17","Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    ] {
        refused(Identity, text, SYNTAX);
    }
}

#[test]
fn statements_out_of_shape() {
    for statement in [
        r#"{"Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Permit","Action":"*","Resource":"*"}"#,
        r#"{"Effect":["Allow"],"Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","NotResource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Action":"kms:*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":7,"Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":{"a":"b"},"Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":["kms:*",null],"Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":[["kms:*"]],"Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":true}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Sid":3}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Conditions":{}}"#,
    ] {
        refused(Identity, &document(statement), SYNTAX);
    }
}

#[test]
fn conditions_out_of_shape() {
    let with = |condition: &str| allow(&format!(r#""Action":"*","Resource":"*","Condition":{condition}"#));
    accepted(Identity, &with(r#"{"StringEquals":{"a:b":["x",1,true]},"NumericLessThan":{"a:b":5}}"#));
    accepted(Identity, &with(r#"{"StringEquals":{}}"#));
    for condition in [
        "[]",
        "\"x\"",
        "null",
        r#"{"StringEquals":[]}"#,
        r#"{"StringEquals":"x"}"#,
        r#"{"StringEquals":{"a:b":null}}"#,
        r#"{"StringEquals":{"a:b":{"c":"d"}}}"#,
        r#"{"StringEquals":{"a:b":[["x"]]}}"#,
        r#"{"StringSame":{"a:b":"x"}}"#,
        r#"{"stringequals":{"a:b":"x"}}"#,
        r#"{"NullIfExists":{"a:b":"true"}}"#,
        r#"{"StringEquals":{"a:b":"x","a:b":"y"}}"#,
        r#"{"StringEquals":{"a:b":"x"},"StringEquals":{"a:c":"y"}}"#,
        r#"{"StringEquals":{"a:b":"${"}}"#,
    ] {
        refused(Identity, &with(condition), SYNTAX);
    }
    refused(Identity, &with(r#"{"DateLessThan":{"a:b":"tomorrow"}}"#), "The policy failed legacy parsing");
}

#[test]
fn identity_texts() {
    let check = |rest: &str, message: &str| refused(Identity, &allow(rest), message);
    check(r#""Resource":"*""#, "Policy statement must contain actions.");
    check(r#""Action":[],"Resource":"*""#, "Policy statement must contain actions.");
    check(r#""Action":"kms:*""#, "Policy statement must contain resources.");
    check(r#""Action":"kms:*","NotResource":[]"#, "Policy statement must contain resources.");
    check(
        r#""Action":"Decrypt","Resource":"*""#,
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    );
    check(r#""Action":"kms:a:b","Resource":"*""#, "Actions/Condition can contain only one colon.");
    check(r#""NotAction":"k*:a","Resource":"*""#, "Vendor k* is not valid");
    check(r#""Action":"kms:*","Resource":"mykey""#, "Resource mykey must be in ARN format or \"*\".");
    check(
        r#""Action":"kms:*","Resource":"arn:aws:k*:*""#,
        "Resource vendor must be fully qualified and cannot contain regexes.",
    );
    check(
        r#""Action":"iam:*","Resource":"arn:aws:iam:eu-west-1:111122223333:user/a""#,
        "IAM resource arn:aws:iam:eu-west-1:111122223333:user/a cannot contain region information.",
    );
    check(r#""Action":"kms:*","Resource":"arn:aws::x:y:z""#, "The policy failed legacy parsing");
    check(r#""Principal":"*","Action":"kms:*","Resource":"*""#, "Policy document should not specify a principal.");
    check(
        r#""NotPrincipal":{"AWS":"*"},"Action":"kms:*","Resource":"*""#,
        "Policy document should not specify a principal.",
    );
    check(
        r#""Sid":"a b","Action":"kms:*","Resource":"*""#,
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    );
    refused(
        Identity,
        &document(r#"{"Effect":"allow","Action":"kms:*","Resource":"*"}"#),
        "The policy failed legacy parsing",
    );
    let twice = r#"{"Sid":"a","Effect":"Allow","Action":"kms:*","Resource":"*"}"#;
    refused(Identity, &document(&format!("{twice},{twice}")), "Statement IDs (SID) in a single policy must be unique.");
    let unnamed = twice.replace("\"a\"", "\"\"");
    accepted(Identity, &document(&format!("{unnamed},{unnamed}")));
}

#[test]
fn the_first_of_several_faults_is_the_one_aws_tells() {
    // Legacy parsing, then Sids, actions, the form of resources, the form of actions.
    let order = [
        (r#""Sid":"-","Resource":["arn:aws::x:y:z","key"]"#, "The policy failed legacy parsing"),
        (r#""Resource":"key""#, "Policy statement must contain actions."),
        (r#""Action":"x","Resource":"key""#, "Resource key must be in ARN format or \"*\"."),
        (
            r#""Action":"x","Resource":"*""#,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
    ];
    for (rest, message) in order {
        refused(Identity, &allow(rest), message);
    }
}

#[test]
fn versions() {
    let versioned = |version: &str, principal: &str| {
        format!(r#"{{{version}"Statement":{{"Effect":"Allow",{principal}"Action":"sts:*"{}}}}}"#, "")
    };
    let old = r#""Version":"2008-10-17","#;
    let identity =
        |version: &str| format!(r#"{{{version}"Statement":{{"Effect":"Allow","Action":"*","Resource":"*"}}}}"#);
    let resource = |version: &str| {
        format!(r#"{{{version}"Statement":{{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}}}"#)
    };
    let trust = r#""Principal":{"AWS":"*"},"#;
    refused(Identity, &identity(old), "Policy document must be version 2012-10-17 or greater.");
    accepted(Identity, &identity(""));
    accepted(Session, &identity(old));
    accepted(Trust, &versioned(old, trust));
    accepted(Trust, &versioned("", trust));
    accepted(Key, &resource(old));
    refused_somehow(Key, &resource(""));
    accepted(Resource, &resource(""));
    accepted(Resource, &resource(old));
}

#[test]
fn trust_texts() {
    let trust = |principal: &str| allow(&format!(r#""Principal":{principal},"Action":"sts:AssumeRole""#));
    accepted(Trust, &trust(r#"{"AWS":"111122223333"}"#));
    accepted(Trust, &trust(r#"{"AWS":"*"}"#));
    accepted(Trust, &trust(r#"{"Service":["lambda.amazonaws.com"],"Federated":"accounts.google.com"}"#));
    accepted(Trust, &allow(r#""Principal":{"AWS":"*"},"Action":["sts:AssumeRole","sts:TagSession"]"#));
    refused(Trust, "{\"Statement\":[,]}", "This policy contains invalid Json");
    refused(Trust, "{\"a\":1,\"a\":1}", "This policy contains invalid Json");
    refused(Trust, "{}", SYNTAX);
    refused(Trust, &trust("\"*\""), "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\"");
    refused(Trust, &trust(r#"{"AWS":"ana"}"#), "Invalid principal in policy: \"AWS\":\"ana\"");
    refused(
        Trust,
        &trust(r#"{"AWS":"arn:aws:iam::111122223333:user/*"}"#),
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:user/*\"",
    );
    refused(Trust, &trust("{}"), SYNTAX);
    refused(Trust, &trust(r#"{"AWS":[]}"#), SYNTAX);
    refused(Trust, &allow(r#""Action":"sts:AssumeRole""#), "Missing required field Principal");
    refused(
        Trust,
        &allow(r#""Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Resource":"*""#),
        "Has prohibited field Resource",
    );
    refused(
        Trust,
        &allow(r#""Principal":{"AWS":"*"},"Action":"sts:AssumeRole","NotResource":"*""#),
        "Has prohibited field NotResource",
    );
    for action in ["iam:GetRole", "*"] {
        refused(
            Trust,
            &allow(&format!(r#""Principal":{{"AWS":"*"}},"Action":"{action}""#)),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        );
    }
    refused(Trust, &allow(r#""Principal":{"AWS":"*"}"#), "Policy statement must contain actions.");
    refused_somehow(Trust, &allow(r#""NotPrincipal":{"AWS":"111122223333"},"Action":"sts:AssumeRole""#));
}

#[test]
fn key_policies() {
    let key = |rest: &str| allow(&format!(r#""Principal":{{"AWS":"*"}},{rest}"#));
    accepted(Key, &key(r#""Sid":"Enable IAM User Permissions","Action":"kms:*","Resource":"*""#));
    accepted(Key, &key(r#""Sid":"no action","Resource":"*""#));
    accepted(Key, &key(r#""Sid":"no resource","Action":"kms:*""#));
    accepted(Key, &key("\"Sid\":\"\u{e9}\",\"Action\":\"kms:*\",\"Resource\":\"*\"\r\n\t"));
    refused_somehow(Key, &key("\"Sid\":\"\u{4e2d}\",\"Action\":\"kms:*\",\"Resource\":\"*\""));
    refused_somehow(Key, &key(r#""Action":[],"Resource":"*""#));
    refused_somehow(Key, &key(r#""Action":"kms:*","Resource":[]"#));
    refused_somehow(Key, &allow(r#""Action":"kms:*","Resource":"*""#));
    refused_somehow(Key, "");
    let invalid = "Policy contains a statement with one or more invalid principals.";
    for principal in
        [r#"{"AWS":"ana"}"#, r#""ana""#, r#"{"CanonicalUser":"x"}"#, r#"{"AWS":["*","arn:aws:iam::1:root"]}"#]
    {
        refused(Key, &document(&about_all("Allow", principal)), invalid);
    }
    refused_somehow(Key, &allow(r#""NotPrincipal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*""#));
    accepted(Key, &document(&about_all("Deny", "\"*\"").replace("Principal", "NotPrincipal")));
}

#[test]
fn resource_policies() {
    accepted(Resource, &document(&about_all("Allow", "\"*\"")));
    accepted(
        Resource,
        &document(&about_all("Allow", "\"*\"").replace("{\"Eff", "{\"Sid\":\"with \u{4e2d} spaces\",\"Eff")),
    );
    let syntax = "This resource policy contains a syntax error.";
    refused(Resource, "x", syntax);
    refused(Resource, &allow(r#""Action":"*","Resource":"*""#), syntax);
    refused(Resource, &allow(r#""Principal":"*","Action":"*:*""#), syntax);
    refused(Resource, &allow(r#""Principal":"*","Resource":"*""#), syntax);
    let unsupported = "This resource policy contains an unsupported principal";
    refused(Resource, &document(&about_all("Allow", r#"{"AWS":"ana"}"#)), unsupported);
}

#[test]
fn principals_are_listed_and_can_be_bound() {
    let names = r#"{"AWS":["111122223333","arn:aws:iam::111122223333:user/ana"],"Service":"x.amazonaws.com"}"#;
    let policy = policy(Key, &about_all("Allow", names));
    let ana = PrincipalPattern::User("arn:aws:iam::111122223333:user/ana".into());
    let service = PrincipalPattern::Service("x.amazonaws.com".into());
    let account = PrincipalPattern::Account("111122223333".into());
    assert_eq!(policy.principals().collect::<Vec<_>>(), [&account, &ana, &service]);
    let bound = policy.bind(|_| Some("AIDAEXAMPLEEXAMPLE001".into()));
    let id = PrincipalPattern::UniqueId("AIDAEXAMPLEEXAMPLE001".into());
    assert_eq!(bound.principals().collect::<Vec<_>>(), [&account, &id, &service]);
}

#[test]
fn deep_documents_are_refused_and_the_stack_survives() {
    for kind in [Identity, Session, Trust, Key, Resource] {
        refused_somehow(kind, &"[".repeat(100_000));
        refused_somehow(kind, &"{\"Statement\":".repeat(100_000));
        let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        refused_somehow(kind, &allow(&format!(r#""Action":{nested},"Resource":"*""#)));
        refused_somehow(kind, &allow(&format!(r#""Condition":{{"StringEquals":{{"a:b":{nested}}}}}"#)));
    }
}
