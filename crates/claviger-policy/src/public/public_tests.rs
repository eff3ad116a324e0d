use crate::kind::PolicyKind;

use super::*;

const ACTIONS: [&str; 3] =
    ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"];
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf";

/// The statement that makes a policy public.
fn public(statements: &str) -> Option<usize> {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let policy = Policy::parse(&text, PolicyKind::Resource).unwrap();
    policy.public_statement(&ACTIONS, Some(SECRET)).map(|reference| reference.index)
}

fn statement(effect: &str, principal: &str, action: &str, conditions: &str) -> String {
    format!(
        r#"{{"Effect":"{effect}","Principal":{principal},"Action":"{action}","Resource":"*","Condition":{{{conditions}}}}}"#
    )
}

fn allow(conditions: &str) -> String {
    statement("Allow", r#""*""#, "secretsmanager:GetSecretValue", conditions)
}

fn deny(conditions: &str) -> String {
    statement("Deny", r#""*""#, "secretsmanager:*", conditions)
}

fn check(statements: &[String], is_public: bool) {
    let text = statements.join(",");
    assert_eq!(public(&text).is_some(), is_public, "{text}");
}

#[test]
fn conditions_of_an_allow() {
    for (conditions, is_public) in [
        ("", true),
        (r#""StringEquals":{"aws:PrincipalOrgID":"o-1"}"#, false),
        (r#""StringEquals":{"aws:PrincipalOrgID":["o-1","o-2"]}"#, false),
        (r#""StringLike":{"aws:PrincipalOrgID":"o-*"}"#, true),
        (r#""StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}"#, true),
        (r#""StringNotEquals":{"aws:PrincipalOrgID":"o-1"}"#, true),
        (r#""ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-1"}"#, true),
        (r#""ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-1"},"Null":{"aws:PrincipalOrgID":"false"}"#, false),
        (r#""ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-1/r-1/*"}"#, false),
        (r#""ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-*/r-1/*"}"#, true),
        (r#""Null":{"aws:PrincipalOrgID":"false"}"#, true),
        (r#""StringLike":{"aws:PrincipalAccount":"*"}"#, true),
        (r#""StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalAccount}"}"#, true),
        (r#""StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalTag/account}"}"#, true),
        (r#""StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}"#, false),
        (r#""StringEquals":{"aws:PrincipalOrgID":"${aws:ResourceOrgID}"}"#, false),
        (r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}"#, false),
        (r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}"#, true),
        (r#""StringLike":{"aws:PrincipalArn":"*:role/x"}"#, true),
        (r#""StringLike":{"aws:userid":"AROAEXAMPLEID:*"}"#, false),
        (r#""StringLike":{"aws:userid":"*:ana"}"#, true),
        (r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#, false),
        (r#""IpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/1"]}"#, true),
        (r#""NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#, true),
        (r#""IpAddress":{"aws:SourceIp":"2001:db8::/32"}"#, false),
        (r#""IpAddress":{"aws:SourceIp":"::/0"}"#, true),
        (r#""Bool":{"aws:PrincipalIsAWSService":"true"}"#, false),
        (r#""Bool":{"aws:SecureTransport":"true"}"#, true),
        (r#""StringEquals":{"aws:username":"ana"}"#, true),
        (r#""StringEquals":{"aws:PrincipalTag/team":"blue"}"#, true),
        (r#""StringEquals":{"aws:SourceVpce":"vpce-1"}"#, false),
        (r#""StringLike":{"aws:SourceVpc":"vpc-*"}"#, true),
        // Two conditions of which no stranger's request can fulfil both.
        (r#""StringLike":{"aws:PrincipalArn":"*"},"Null":{"aws:PrincipalArn":"true"}"#, false),
        (r#""IpAddress":{"aws:SourceIp":"0.0.0.0/1"},"NotIpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#, false),
        (r#""IpAddress":{"aws:SourceIp":"0.0.0.0/1"},"NotIpAddress":{"aws:SourceIp":"0.0.0.0/2"}"#, true),
    ] {
        check(&[allow(conditions)], is_public);
    }
}

#[test]
fn principals_actions_and_resources() {
    check(
        &[statement("Allow", r#""111122223333""#, "*", "").replace(r#""111122223333""#, r#"{"AWS":"111122223333"}"#)],
        false,
    );
    check(&[statement("Allow", r#"{"AWS":["111122223333","*"]}"#, "*:*", "")], true);
    check(&[statement("Allow", r#"{"Service":"lambda.amazonaws.com"}"#, "*:*", "")], false);
    check(&[statement("Allow", r#""*""#, "kms:*", "")], false);
    check(&[statement("Allow", r#""*""#, "secretsmanager:List*", "")], false);
    check(&[deny("")], false);
    let on = |resource: &str| allow("").replace(r#""Resource":"*""#, &format!(r#""Resource":"{resource}""#));
    check(&[on("arn:aws:secretsmanager:*:*:secret:db-*")], true);
    check(&[on("arn:aws:secretsmanager:*:*:secret:other-*")], false);
    check(&[on("arn:aws:secretsmanager:*:*:secret:${aws:username}-*")], true);
    let text =
        format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, on("arn:aws:secretsmanager:*:*:secret:other-*"));
    let policy = Policy::parse(&text, PolicyKind::Resource).unwrap();
    assert!(policy.public_statement(&ACTIONS, None).is_some(), "of a secret that is not known");
}

#[test]
fn denies_take_away_what_is_allowed() {
    for (denies, is_public) in [
        (vec![deny("")], false),
        (vec![deny(r#""StringNotEquals":{"aws:PrincipalOrgID":"o-1"}"#)], false),
        (vec![deny(r#""StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}"#)], false),
        (vec![deny(r#""ForAnyValue:StringNotEquals":{"aws:PrincipalOrgID":"o-1"}"#)], true),
        (
            vec![deny(
                r#""StringNotEquals":{"aws:PrincipalOrgID":"o-1"},"Bool":{"aws:PrincipalIsAWSService":"false"}"#,
            )],
            false,
        ),
        (vec![deny(r#""StringNotEquals":{"aws:PrincipalOrgID":"o-1"},"Bool":{"aws:SecureTransport":"true"}"#)], true),
        (vec![deny(r#""StringEquals":{"aws:PrincipalOrgID":"o-1"}"#)], true),
        (vec![deny(r#""Bool":{"aws:SecureTransport":"false"}"#)], true),
        (vec![deny(r#""NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","198.51.100.7"]}"#)], false),
        (vec![deny(r#""NotIpAddress":{"aws:SourceIp":"0.0.0.0/2"}"#)], true),
        (
            vec![
                deny(r#""NotIpAddress":{"aws:SourceIp":"0.0.0.0/2"}"#),
                deny(r#""IpAddress":{"aws:SourceIp":"0.0.0.0/2"}"#),
            ],
            false,
        ),
        (
            vec![deny(
                r#""StringNotEquals":{"aws:SourceVpce":"vpce-1"},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:*"}"#,
            )],
            false,
        ),
        (
            vec![deny(
                r#""StringNotEquals":{"aws:SourceVpce":"vpce-1"},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin"}"#,
            )],
            true,
        ),
        (vec![deny(r#""StringNotLike":{"aws:PrincipalAccount":"1*"}"#)], true),
        (
            vec![
                deny(r#""StringNotLike":{"aws:PrincipalAccount":"1*"}"#),
                deny(r#""StringLike":{"aws:PrincipalAccount":"1*"}"#),
            ],
            false,
        ),
        (
            vec![
                deny(r#""StringNotLike":{"aws:PrincipalAccount":"1*"}"#),
                deny(r#""StringLike":{"aws:PrincipalAccount":"1?*"}"#),
            ],
            true,
        ),
        (vec![deny(r#""StringNotEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}"#)], false),
        (vec![deny(r#""StringNotEquals":{"aws:PrincipalAccount":"${aws:PrincipalTag/a}"}"#)], true),
    ] {
        check(&[vec![allow("")], denies].concat(), is_public);
    }
    // Of another action, and of all principals but some.
    check(&[allow(""), statement("Deny", r#""*""#, "secretsmanager:PutSecretValue", "")], true);
    check(&[allow(""), statement("Deny", r#"{"AWS":"111122223333"}"#, "*:*", "")], true);
    let but = statement("Deny", r#"{"AWS":"111122223333"}"#, "*:*", "").replace("\"Principal\"", "\"NotPrincipal\"");
    check(&[allow(""), but], false);
}

/// Many Denies, each of which one of two keys escapes: the search over all choices would not end.
#[test]
fn a_search_that_takes_too_long_ends_as_public() {
    let choice = |sets: [usize; 2]| sets.map(|deny| BTreeSet::from([deny])).to_vec();
    // Thirty keys, of which each escapes one of two Denies. One Deny is escaped by none.
    let choices: Vec<_> = (0..30).map(|key| choice([2 * key, 2 * key + 1])).collect();
    let denies = BTreeSet::from_iter(0..61);
    let mut steps = STEPS_MAX;
    assert!(can_escape(&choices, &denies, &mut steps));
    assert_eq!(steps, 0);
    let mut steps = STEPS_MAX;
    assert!(!can_escape(&choices[..10], &denies, &mut steps));
}

#[test]
fn the_public_statement_is_named() {
    let statements = [
        allow(r#""StringEquals":{"aws:PrincipalOrgID":"o-1"}"#),
        allow(r#""StringLike":{"aws:PrincipalOrgID":"o-*"}"#),
    ];
    assert_eq!(public(&statements.join(",")), Some(1));
}

mod properties {
    use proptest::prelude::*;

    use crate::principal::Principal;
    use crate::request::Request;

    use super::*;

    /// Conditions over a few keys, of which some bind strangers and some do not.
    fn condition() -> impl Strategy<Value = String> {
        let text = prop_oneof![Just("ab"), Just("a*"), Just("*b"), Just("a?"), Just("*"), Just("a?*"), Just("?b")];
        let operator = prop_oneof![
            Just("StringEquals"),
            Just("StringNotEquals"),
            Just("StringLike"),
            Just("StringNotLike"),
            Just("StringLikeIfExists"),
            Just("ForAllValues:StringLike"),
            Just("ForAnyValue:StringNotLike")
        ];
        let key = prop_oneof![
            Just("aws:PrincipalAccount"),
            Just("aws:SourceVpc"),
            Just("aws:PrincipalOrgID"),
            Just("aws:username")
        ];
        let texts = (operator, key, proptest::collection::vec(text, 1..3)).prop_map(|(operator, key, values)| {
            let values: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
            format!(r#""{operator}":{{"{key}":[{}]}}"#, values.join(","))
        });
        let range = prop_oneof![Just("0.0.0.0/1"), Just("64.0.0.0/2"), Just("10.0.0.0/8"), Just("0.0.0.0/0")];
        let addresses = (any::<bool>(), range).prop_map(|(not, range)| {
            format!(r#""{}IpAddress":{{"aws:SourceIp":"{range}"}}"#, if not { "Not" } else { "" })
        });
        prop_oneof![4 => texts, 1 => addresses]
    }

    fn statements() -> impl Strategy<Value = Vec<String>> {
        let one = (any::<bool>(), proptest::collection::vec(condition(), 0..3)).prop_map(|(denies, conditions)| {
            // An operator is named once.
            let mut operators = BTreeSet::new();
            let conditions: Vec<String> =
                conditions.into_iter().filter(|c| operators.insert(c.split(':').next().map(str::to_owned))).collect();
            if denies { deny(&conditions.join(",")) } else { allow(&conditions.join(",")) }
        });
        proptest::collection::vec(one, 1..5)
    }

    /// A stranger's value: any text but those that the policies above spell out.
    fn text() -> impl Strategy<Value = Option<String>> {
        prop_oneof![
            1 => Just(None),
            4 => "[abc]{0,4}".prop_filter("spelled out in a policy", |t| t != "ab" && t != "*" && t != "a?").prop_map(Some)
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn what_is_not_public_lets_no_stranger_in(
            statements in statements(),
            account in text(),
            vpc in text(),
            organization in text(),
            user in "[abc]{0,3}",
            address in prop_oneof![Just("1.2.3.4"), Just("65.0.0.1"), Just("130.0.0.1"), Just("::1"), Just("11.0.0.0")],
        ) {
            let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
            let policy = Policy::parse(&text, PolicyKind::Resource).unwrap();
            if policy.public_statement(&ACTIONS, Some(SECRET)).is_none() {
                let account = account.unwrap_or_else(|| "c".to_owned());
                let mut context = Context::new();
                context.set("aws:PrincipalAccount", account.clone());
                context.set("aws:username", user);
                context.set("aws:SourceIp", address);
                vpc.into_iter().for_each(|vpc| context.set("aws:SourceVpc", vpc));
                organization.into_iter().for_each(|id| context.set("aws:PrincipalOrgID", id));
                let arn = format!("arn:aws:iam::{account}:user/x");
                let principal = Principal { account, arn, role_arn: None, is_root: false, unique_id: "AIDAX".to_owned() };
                for action in ACTIONS {
                    let request = Request { principal: &principal, action, resource: SECRET, context: &context };
                    let verdict = policy.evaluate(&request);
                    prop_assert!(verdict.allows.is_empty() || verdict.denied_by.is_some(), "{} {:?}", text, context);
                }
            }
        }
    }
}
