//! The checks of a document that is stored, in their order, as `docs/reference/policy-documents.md` lists them.

use claviger_policy::Policy;
use claviger_policy::PolicyKind::{self, Identity, Managed, Trust};

const SYNTAX: &str = "Syntax errors in policy.";
const VERSION: &str = "Policy document must be version 2012-10-17 or greater.";
const LEGACY: &str = "The policy failed legacy parsing";
const SID: &str = "Statement IDs (SID) in a single policy must be unique.";
const NO_ACTIONS: &str = "Policy statement must contain actions.";
const NO_RESOURCES: &str = "Policy statement must contain resources.";
const VENDOR: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
const IAM_PATH: &str = "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, \
                        server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.";

/// The text of the first fault of a document of one statement, or nothing.
fn fault(kind: PolicyKind, version: &str, statement: &str) -> String {
    let text = format!(r#"{{{version}"Statement":{statement}}}"#);
    Policy::parse(&text, kind).err().map(|malformed| malformed.message).unwrap_or_default()
}

fn check(statement: &str, expected: &str) {
    assert_eq!(fault(Managed, r#""Version":"2012-10-17","#, statement), expected, "{statement}");
}

fn with_resource(resource: &str, expected: &str) {
    check(&format!(r#"{{"Effect":"Allow","Action":"s3:List*","Resource":{resource}}}"#), expected);
}

fn with_condition(condition: &str, expected: &str) {
    check(&format!(r#"{{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{condition}}}"#), expected);
}

/// Each document has the fault of its row and those of all later ones, and gets the text of its own.
#[test]
fn the_first_fault_in_the_order_of_the_checks_is_told() {
    let v2012 = r#""Version":"2012-10-17","#;
    let named = r#""Sid":"a","Effect":"Allow""#;
    let date = r#""Condition":{"DateLessThan":{"a":"soon"}}"#;
    let rows = [
        ("", format!(r#"[{{{named},{date},"Extra":1}}]"#), SYNTAX),
        ("", format!(r#"[{{{named},"Principal":"*",{date}}}]"#), "Policy document should not specify a principal."),
        ("", format!(r#"[{{{named},{date},"Resource":"x"}}]"#), VERSION),
        (v2012, format!(r#"[{{{named},{date},"Resource":"x"}},{{{named}}}]"#), LEGACY),
        (v2012, format!(r#"[{{{named},"Resource":["arn:aws:s3::b","x"]}},{{{named}}}]"#), LEGACY),
        (v2012, format!(r#"[{{{named},"Resource":["x","arn:aws:s3::b"]}},{{{named}}}]"#), SID),
        (v2012, format!(r#"[{{{named},"Resource":"x"}},{{"Effect":"Allow","Action":"x"}}]"#), NO_ACTIONS),
        (
            v2012,
            format!(r#"[{{{named},"Action":"x","Resource":"x"}},{{"Effect":"Deny","Action":"x"}}]"#),
            "Resource x must be in ARN format or \"*\".",
        ),
        (v2012, format!(r#"[{{{named},"Action":"x"}}]"#), VENDOR),
        (v2012, format!(r#"[{{{named},"Action":"s3:x"}}]"#), NO_RESOURCES),
    ];
    for (version, statements, expected) in rows {
        assert_eq!(fault(Managed, version, &statements), expected, "{statements}");
    }
}

#[test]
fn an_inline_policy_may_lack_its_version_and_a_managed_one_may_not() {
    let statement = r#"{"Effect":"Allow","Action":"kms:*","Resource":"*"}"#;
    for (kind, version, expected) in [
        (Managed, "", VERSION),
        (Managed, r#""Version":"2008-10-17","#, VERSION),
        (Managed, r#""Version":"2012-10-17","#, ""),
        (Managed, r#""Version":"2016-10-17","#, SYNTAX),
        (Identity, "", ""),
        (Identity, r#""Version":"2008-10-17","#, VERSION),
    ] {
        assert_eq!(fault(kind, version, statement), expected, "{kind:?} {version}");
    }
    let trust = r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}"#;
    assert_eq!(fault(Trust, "", trust), "");
}

#[test]
fn conditions_that_aws_takes() {
    for condition in [
        r#"{"StringEquals":{"team":"x"}}"#,
        r#"{"ForAnyValue:StringLikeIfExists":{"team":["x","y"]}}"#,
        r#"{"StringEqualsIfExists":{"team":[]}}"#,
        r#"{"DateGreaterThan":{"a":[]}}"#,
        r#"{"NoSuchOperator":{},"Neither":{}}"#,
        r#"{"Bool":{"kms:MultiRegion":true},"Null":{"kms:EncryptionContextKeys":false}}"#,
        r#"{"NumericLessThan":{"n":5},"NumericEquals":{"n":"five"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"10.0.0.*"},"ArnLike":{"a":"role/x"},"BinaryEquals":{"a":"?"}}"#,
    ] {
        with_condition(condition, "");
    }
    for condition in
        [r#"{"NoSuchOperator":{"a":"b"}}"#, r#"{"StringEquals":"x"}"#, r#"{"StringEquals":{"a":null}}"#, "[]", "\"x\""]
    {
        with_condition(condition, SYNTAX);
    }
}

#[test]
fn dates() {
    for date in [
        "2026-12-13T21:20:37.5+00:00",
        "2026-12-13t2:00:00.593194+23",
        "2026-12-13T21:20:37-05:00",
        "2026-12-13",
        "2026-12",
        "2026",
        "2026T",
        "01T",
        "2026-1-1T1",
        "0",
        "9223372036854775807",
        "-292275054",
    ] {
        with_condition(&format!(r#"{{"DateLessThan":{{"a":"{date}"}}}}"#), "");
    }
    for date in [
        "soon",
        "",
        "-1-",
        "2026-13",
        "2026-12-32",
        "2026-12-13-1",
        "2026-12-13T24",
        "2026-12-13T2:60",
        "2026-12-13T2:00:00.1999999999+10:59",
        "2026-12-13T2:00:00+1",
        "2026-12-13T2:00:00+24:00",
        "2026-12-13T2:00:00Z+",
        "9223372036854775808",
        "292278994-",
        "-292275055",
    ] {
        with_condition(&format!(r#"{{"DateLessThan":{{"a":"{date}"}}}}"#), LEGACY);
    }
}

#[test]
fn resources() {
    for resource in [
        r#""*""#,
        r#""arn:aws:anything""#,
        r#""arn:aws:s3:::bucket""#,
        r#""arn:*:s3:::bucket""#,
        r#""arn:aws-us-gov:s3:::bucket""#,
        r#""arn:aws:s3:eu-west-1:1:accesspoint/a""#,
        r#""arn:aws:nosuchservice:::x""#,
        r#""arn:aws:iam::111122223333:*""#,
        r#""arn:aws:iam::*:saml-provider/x""#,
        r#"["arn:aws:kms:*:*:key/x",null]"#,
    ] {
        with_resource(resource, "");
    }
    let partition =
        |partition: &str, arn: &str| format!("Partition \"{partition}\" is not valid for resource \"{arn}\".");
    for (resource, expected) in [
        (r#""bucket""#, "Resource bucket must be in ARN format or \"*\".".to_owned()),
        (r#""""#, "Resource  must be in ARN format or \"*\".".to_owned()),
        (r#""x:aws:s3:::b""#, "Resource x:aws:s3:::b must be in ARN format or \"*\".".to_owned()),
        (r#""arn:b""#, partition("b", "arn:b:*:*:*:*")),
        (r#""arn:b:c""#, partition("b", "arn:b:c:*:*:*")),
        (r#""aws:s3:::bucket""#, partition("s3", "arn:s3:::bucket:*")),
        (r#""x:b:c:d:e:f:g:h""#, partition("b", "arn:b:c:d:e:f:g:h")),
        (r#"["arn:b:s3:::x","arn:c:s3:::x"]"#, partition("b", "arn:b:s3:::x")),
        (r#""arn:aws""#, "Resource vendor must be fully qualified and cannot contain regexes.".to_owned()),
        (r#""arn:aws:s*:::b""#, "Resource vendor must be fully qualified and cannot contain regexes.".to_owned()),
        (
            r#""arn:aws:iam:eu-west-1:1:user/a""#,
            "IAM resource arn:aws:iam:eu-west-1:1:user/a cannot contain region information.".to_owned(),
        ),
        (
            r#""arn:aws:s3:eu-west-1::bucket""#,
            "Resource arn:aws:s3:eu-west-1::bucket can not contain region information.".to_owned(),
        ),
        (r#""arn:aws:iam:::bucket""#, IAM_PATH.to_owned()),
        (r#""arn:aws:iam::user/a""#, IAM_PATH.to_owned()),
        (r#""arn:aws:s3::bucket""#, LEGACY.to_owned()),
        (r#""arn:aws::x:y:z""#, LEGACY.to_owned()),
        (r#"{"a":"b"}"#, SYNTAX.to_owned()),
        (r#"["x",{}]"#, SYNTAX.to_owned()),
        (r#"[null]"#, NO_RESOURCES.to_owned()),
    ] {
        with_resource(resource, &expected);
    }
    // A `null` that is excepted would except nothing.
    check(r#"{"Effect":"Allow","Action":"s3:*","NotResource":[null]}"#, SYNTAX);
}

/// What is stored and cannot be evaluated never lets a Deny vanish or an Allow hold.
#[test]
fn what_cannot_be_evaluated_denies() {
    use claviger_policy::{Context, Principal, Request};
    let principal = Principal {
        account: "111122223333".into(),
        arn: "arn:aws:iam::111122223333:user/ana".into(),
        role_arn: None,
        is_root: false,
        unique_id: "AIDAEXAMPLEEXAMPLE001".into(),
    };
    let mut context = Context::new();
    context.set("t:key", "5");
    for condition in [
        r#"{"StringEquals":{"t:key":[]}}"#,
        r#"{"StringNotEquals":{"t:key":[]}}"#,
        r#"{"ForAllValues:StringEquals":{"t:key":[]}}"#,
        r#"{"NumericEquals":{"t:key":"five"}}"#,
        r#"{"NumericNotEqualsIfExists":{"t:key":"five"}}"#,
        r#"{"DateLessThan":{"t:key":"-292275054"}}"#,
        r#"{"Bool":{"t:key":"maybe"}}"#,
        r#"{"NotIpAddress":{"t:key":"10.0.0.*"}}"#,
        r#"{"ArnNotLike":{"t:key":"role/x"}}"#,
        r#"{"Null":{"t:key":"1"}}"#,
        r#"{"Null":{"t:absent":"1"}}"#,
        r#"{"Null":{"t:absent":[]}}"#,
    ] {
        for effect in ["Allow", "Deny"] {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{condition}}}}}"#
            );
            let policy = Policy::parse(&text, Managed).unwrap();
            let request = Request { principal: &principal, action: "kms:Decrypt", resource: "*", context: &context };
            let verdict = policy.evaluate(&request);
            assert_eq!(verdict.denied_by.is_some(), effect == "Deny", "{text}");
            assert!(verdict.allows.is_empty(), "{text}");
        }
    }
}
