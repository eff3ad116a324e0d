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
        (r#""StringLike":{"aws:SourceIp":"1*"}"#, true),
        (r#""StringEquals":{"aws:SourceIp":"203.0.113.9"}"#, false),
        (r#""StringEquals":{"aws:PrincipalIsAWSService":"false"}"#, true),
        (r#""StringLike":{"aws:PrincipalIsAWSService":"f*"}"#, true),
        (r#""Null":{"aws:PrincipalIsAWSService":"false"}"#, true),
        (r#""StringEquals":{"kms:CallerAccount":"111122223333"}"#, true),
        (
            r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"},"StringLike":{"aws:PrincipalArn":"arn:*3333*"}"#,
            true,
        ),
        // No request has both a value and none.
        (r#""StringLike":{"aws:PrincipalArn":"*"},"Null":{"aws:PrincipalArn":"true"}"#, false),
        (r#""StringLike":{"aws:SourceVpc":"*"},"Null":{"aws:SourceVpc":"true"}"#, false),
        // No stranger has these values, but that is not seen.
        (r#""IpAddress":{"aws:SourceIp":"0.0.0.0/1"},"NotIpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#, true),
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
            true,
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
            true,
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
    for (conditions, is_public) in [
        (r#""StringLike":{"aws:PrincipalAccount":"*"}"#, false),
        (r#""StringLike":{"kms:CallerAccount":"*"}"#, true),
        (r#""StringNotLike":{"aws:PrincipalAccount":["*3","111122223333"]}"#, true),
        (r#""StringNotLike":{"aws:PrincipalArn":"*/prod-*"}"#, true),
        (r#""StringLike":{"aws:PrincipalArn":["arn:aws:iam::*:user/*","arn:aws:iam::*:role/*"]}"#, true),
        (r#""StringLike":{"aws:userid":"*:*"}"#, true),
        (r#""StringNotEquals":{"aws:SourceIp":["0.0.0.0","::"]}"#, false),
        (r#""StringNotLike":{"aws:SourceIp":"2*"}"#, true),
        (r#""StringEquals":{"aws:PrincipalIsAWSService":"false","aws:PrincipalAccount":"111122223333"}"#, true),
        (r#""StringEquals":{"aws:PrincipalIsAWSService":"false"}"#, false),
        (r#""Null":{"aws:SourceVpc":"true"}"#, true),
    ] {
        check(&[allow(""), deny(conditions)], is_public);
    }
    // A request has the key, or has it not.
    let both = [deny(r#""Null":{"aws:SourceVpc":"true"}"#), deny(r#""StringNotEquals":{"aws:SourceVpc":"vpc-1"}"#)];
    check(&[vec![allow("")], both.to_vec()].concat(), false);
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

    use crate::context::Context;
    use crate::principal::Principal;
    use crate::request::Request;

    use super::*;

    const TEXTS: [&str; 9] = [
        "111122223333",
        "1*",
        "*3",
        "*",
        "?*",
        "444455556666",
        "${aws:ResourceAccount}",
        "${aws:PrincipalAccount}",
        "o-1",
    ];
    const ARNS: [&str; 8] = [
        "*",
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::*:user/*",
        "arn:aws:iam::*:root",
        "arn:*3333*:*:*:*:*",
        "arn:aws:iam::444455556666:user/prod-x",
        "arn:aws:sts::*:assumed-role/*/*",
    ];
    const PATHS: [&str; 6] = ["o-1/*", "o-*", "AROAEXAMPLE:*", "*:ana", "*:*", "*"];
    const RANGES: [&str; 6] = ["0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8", "::/0", "203.0.113.9", "2001:db8::/32"];

    fn values(of: &'static [&'static str]) -> impl Strategy<Value = String> {
        proptest::collection::vec(proptest::sample::select(of), 1..3)
            .prop_map(|values| format!("[{}]", values.iter().map(|v| format!("\"{v}\"")).collect::<Vec<_>>().join(",")))
    }

    fn condition() -> impl Strategy<Value = (String, String)> {
        let text_operator = || {
            proptest::sample::select(
                &[
                    "StringEquals",
                    "StringNotEquals",
                    "StringLike",
                    "StringNotLike",
                    "StringLikeIfExists",
                    "StringNotEqualsIfExists",
                    "ForAllValues:StringLike",
                    "ForAnyValue:StringLike",
                    "ForAnyValue:StringNotLike",
                    "ForAllValues:StringNotEquals",
                ][..],
            )
        };
        let arn_operator = proptest::sample::select(&["ArnLike", "ArnNotLike", "ArnLikeIfExists"][..]);
        let address_operator = proptest::sample::select(&["IpAddress", "NotIpAddress", "NotIpAddressIfExists"][..]);
        let text_key = proptest::sample::select(
            &[
                "aws:PrincipalAccount",
                "aws:SourceVpc",
                "aws:PrincipalOrgID",
                "aws:username",
                "aws:SourceIp",
                "aws:PrincipalArn",
            ][..],
        );
        let path_key = proptest::sample::select(&["aws:PrincipalOrgPaths", "aws:userid"][..]);
        let arn_key = proptest::sample::select(&["aws:PrincipalArn", "aws:SourceArn"][..]);
        let null_key = proptest::sample::select(
            &["aws:PrincipalArn", "aws:SourceVpc", "aws:SourceArn", "aws:PrincipalIsAWSService"][..],
        );
        let of = |operator: &str, key: &str, values: String| (operator.to_owned(), format!("\"{key}\":{values}"));
        prop_oneof![
            4 => (text_operator(), text_key, values(&TEXTS)).prop_map(move |(o, k, v)| of(o, k, v)),
            2 => (text_operator(), path_key, values(&PATHS)).prop_map(move |(o, k, v)| of(o, k, v)),
            3 => (arn_operator, arn_key, values(&ARNS)).prop_map(move |(o, k, v)| of(o, k, v)),
            2 => (address_operator, values(&RANGES)).prop_map(move |(o, v)| of(o, "aws:SourceIp", v)),
            1 => (null_key, any::<bool>()).prop_map(move |(k, v)| of("Null", k, format!("\"{v}\""))),
            1 => any::<bool>().prop_map(move |v| of("Bool", "aws:PrincipalIsAWSService", format!("\"{v}\""))),
        ]
    }

    fn statements() -> impl Strategy<Value = Vec<String>> {
        let one = (any::<bool>(), proptest::collection::vec(condition(), 0..4)).prop_map(|(denies, conditions)| {
            // An operator is named once.
            let by_operator: BTreeMap<String, String> = conditions.into_iter().collect();
            let conditions: Vec<String> = by_operator.iter().map(|(o, c)| format!("\"{o}\":{{{c}}}")).collect();
            if denies { deny(&conditions.join(",")) } else { allow(&conditions.join(",")) }
        });
        proptest::collection::vec(one, 1..5)
    }

    /// A stranger: no policy above spells out its account, id, organization, network or address.
    #[derive(Debug, Clone)]
    struct Stranger {
        account: &'static str,
        arn: String,
        id: &'static str,
        address: &'static str,
        source_vpc: Option<&'static str>,
        organization: Option<&'static str>,
        source_arn: Option<&'static str>,
    }

    fn stranger() -> impl Strategy<Value = Stranger> {
        let account = proptest::sample::select(&["133333333333", "222222222223", "999999999999"][..]);
        let kind = proptest::sample::select(
            &["iam root", "iam user/prod-x", "iam role/team/x", "sts assumed-role/x/y", "sts federated-user/z"][..],
        );
        let id = proptest::sample::select(&["AIDASTRANGER", "AROASTRANGER:ana", "222222222223"][..]);
        let address =
            proptest::sample::select(&["1.2.3.4", "11.0.0.1", "130.0.0.1", "2001:db9::1", "203.0.113.10"][..]);
        let vpc = proptest::option::of(proptest::sample::select(&["vpc-1", "13", "3"][..]));
        let organization = proptest::option::of(proptest::sample::select(&["o-2", "o-13"][..]));
        let source = proptest::option::of(proptest::sample::select(
            &["arn:aws:iam::999999999999:role/x", "arn:aws:s3:::bucket"][..],
        ));
        (account, kind, id, address, vpc, organization, source).prop_map(
            |(account, kind, id, address, source_vpc, organization, source_arn)| {
                let (service, name) = kind.split_once(' ').unwrap();
                let arn = format!("arn:aws:{service}::{account}:{name}");
                Stranger { account, arn, id, address, source_vpc, organization, source_arn }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8000))]
        #[test]
        fn what_is_not_public_lets_no_stranger_in(
            statements in statements(),
            strangers in proptest::collection::vec(stranger(), 8),
            user in "[abc]{0,3}",
        ) {
            let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
            let policy = Policy::parse(&text, PolicyKind::Resource).unwrap();
            if policy.public_statement(&ACTIONS, Some(SECRET)).is_some() {
                return Ok(());
            }
            for stranger in strangers {
                let mut context = Context::new();
                context.set("aws:PrincipalAccount", stranger.account);
                context.set("aws:PrincipalArn", stranger.arn.clone());
                context.set("aws:PrincipalIsAWSService", "false");
                context.set("aws:ResourceAccount", "111122223333");
                context.set("aws:userid", stranger.id);
                context.set("aws:username", user.clone());
                context.set("aws:SourceIp", stranger.address);
                stranger.source_vpc.into_iter().for_each(|vpc| context.set("aws:SourceVpc", vpc));
                stranger.source_arn.into_iter().for_each(|arn| context.set("aws:SourceArn", arn));
                if let Some(id) = stranger.organization {
                    context.set("aws:PrincipalOrgID", id);
                    context.set_many("aws:PrincipalOrgPaths", vec![format!("{id}/r-1/")]);
                }
                let (account, arn) = (stranger.account.to_owned(), stranger.arn.clone());
                let principal = Principal { account, arn, role_arn: None, is_root: false, unique_id: "X".to_owned() };
                for action in ACTIONS {
                    let request = Request { principal: &principal, action, resource: SECRET, context: &context };
                    let verdict = policy.evaluate(&request);
                    prop_assert!(verdict.allows.is_empty() || verdict.denied_by.is_some(), "{} {:?}", text, context);
                }
            }
        }
    }
}
