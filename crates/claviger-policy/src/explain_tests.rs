#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::context::Context;
use crate::decide::could_allow;
use crate::document::Policy;
use crate::kind::PolicyKind;
use crate::operator::Operator;
use crate::principal::Principal;
use crate::request::Request;
use crate::set::{NamedPolicy, PolicySet};

const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/a";

fn ana() -> Principal {
    Principal {
        account: "111122223333".into(),
        arn: "arn:aws:iam::111122223333:user/ana".into(),
        role_arn: None,
        is_root: false,
        unique_id: "AIDAEXAMPLEEXAMPLE001".into(),
    }
}

fn set(documents: &[&str]) -> PolicySet {
    let policies = documents.iter().zip('a'..).map(|(document, name)| NamedPolicy {
        id: name.to_string().into(),
        policy: Policy::parse(document, PolicyKind::Identity).unwrap(),
    });
    PolicySet::new(policies.collect())
}

fn explained(documents: &[&str], context: &Context) -> Vec<(String, Vec<String>)> {
    let (principal, identity) = (ana(), set(documents));
    let inputs = Inputs {
        request: Request { principal: &principal, action: "kms:Decrypt", resource: KEY, context },
        identity: &identity,
        boundary: None,
        session: None,
        resource: None,
        resource_account: "111122223333",
        model: ResourceModel::IdentityOnly,
    };
    let [of_identity] = explain(&inputs).try_into().unwrap();
    assert_eq!((of_identity.policy_type, of_identity.policies), (PolicyType::Identity, documents.len()));
    let shown = of_identity.statements.into_iter().map(|statement| {
        let name = format!("{}{}", statement.policy.unwrap(), statement.statement.index);
        (name, statement.lacks.iter().map(ToString::to_string).collect())
    });
    shown.collect()
}

#[test]
fn a_statement_tells_all_that_it_lacks() {
    let condition =
        r#""Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue"},"NumericLessThanIfExists":{"kms:X":"5"}}"#;
    let first = format!(
        r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}},
            {{"Effect":"Allow","Action":"kms:*","Resource":"arn:aws:kms:*:*:key/b",{condition}}}]}}"#
    );
    let second = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}}"#;
    let mut context = Context::new();
    context.set("aws:SecureTransport", "true");
    context.set("kms:X", "7");
    let text = |text: &str| text.to_owned();
    assert_eq!(
        explained(&[&first, second], &context),
        [
            (
                text("a1"),
                vec![
                    text("it names other resources"),
                    text(
                        "its condition StringEquals on aws:principaltag/team does not hold: the request has no such value"
                    ),
                    text("its condition NumericLessThanIfExists on kms:x does not hold: the request has 7"),
                ]
            ),
            (text("b0"), vec![text("its condition Bool on aws:securetransport does not hold: the request has true")]),
        ]
    );
    // What cannot be evaluated keeps an Allow from applying, and a Deny does apply.
    context.set("aws:SecureTransport", "perhaps");
    assert_eq!(explained(&[second], &context), [(text("b0").replace('b', "a"), vec![])]);
    let allow = second.replace("Deny", "Allow");
    let unknown = "its condition Bool on aws:securetransport cannot be evaluated: the request has perhaps";
    assert_eq!(explained(&[&allow], &context), [(text("a0"), vec![text(unknown)])]);
}

#[test]
fn operators_are_written_as_they_are_read() {
    for quantifier in ["", "ForAllValues:", "ForAnyValue:"] {
        for name in [
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
            "Bool",
            "BinaryEquals",
            "IpAddress",
            "NotIpAddress",
            "ArnLike",
            "ArnNotLike",
        ] {
            for suffix in ["", "IfExists"] {
                let whole = format!("{quantifier}{name}{suffix}");
                assert_eq!(Operator::parse(&whole).unwrap().to_string(), whole);
            }
        }
    }
    assert_eq!(Operator::parse("Null").unwrap().to_string(), "Null");
    assert_eq!(Operator::parse("ArnEquals").unwrap().to_string(), "ArnLike");
}

proptest! {
    /// A statement lacks nothing exactly if a decision takes it as one that applies.
    #[test]
    fn an_explanation_agrees_with_the_evaluation(
        deny: bool, resource in "(\\*|arn:aws:kms:\\*:\\*:key/[ab])", value in "[abc]", operator in 0usize..4, given in proptest::option::of("[abc]"),
    ) {
        let operator = ["StringEquals", "StringNotEquals", "NumericEquals", "StringLikeIfExists"][operator];
        let effect = if deny { "Deny" } else { "Allow" };
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"kms:*","Resource":"{resource}","Condition":{{"{operator}":{{"t:k":"{value}"}}}}}}}}"#
        );
        let mut context = Context::new();
        given.iter().for_each(|given| context.set("t:k", given.as_str()));
        let principal = ana();
        let request = Request { principal: &principal, action: "kms:Decrypt", resource: KEY, context: &context };
        let verdict = Policy::parse(&document, PolicyKind::Identity).unwrap().evaluate(&request);
        let applies = verdict.denied_by.is_some() || !verdict.allows.is_empty();
        let shown = explained(&[&document], &context);
        prop_assert_eq!(shown[0].1.is_empty(), applies, "{}", document);
    }
}

#[test]
fn an_explanation_is_bounded() {
    let conditions = (0..40).map(|n| format!(r#""aws:UserAgent{n}":"x""#)).collect::<Vec<String>>().join(",");
    let statement =
        format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringEquals":{{{conditions}}}}}}}"#);
    let document = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, vec![statement; 30].join(","));
    let mut context = Context::new();
    (0..40).for_each(|n| context.set(format!("aws:UserAgent{n}"), "y".repeat(8192)));
    let shown = explained(&[&document], &context);
    assert_eq!(shown.len(), 20);
    assert!(shown.iter().all(|(_, lacks)| lacks.len() == 5 && lacks.iter().all(|lack| lack.len() < 200)));
}

#[test]
fn conditions_can_suit_the_caller() {
    let could = |document: &str| {
        let (principal, identity, context) = (ana(), set(&[document]), Context::new());
        could_allow(&Inputs {
            request: Request { principal: &principal, action: "kms:Decrypt", resource: KEY, context: &context },
            identity: &identity,
            boundary: None,
            session: None,
            resource: None,
            resource_account: "111122223333",
            model: ResourceModel::IdentityOnly,
        })
    };
    let condition = r#""Condition":{"StringEquals":{"t:k":"a"}}"#;
    let document = |statements: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let allow = format!(r#"{{"Effect":"Allow","Action":"kms:*","Resource":"*",{condition}}}"#);
    assert!(could(&document(&allow)));
    assert!(could(&document(&format!(r#"{allow},{{"Effect":"Deny","Action":"*","Resource":"*",{condition}}}"#))));
    assert!(!could(&document(&format!(r#"{allow},{{"Effect":"Deny","Action":"*","Resource":"*"}}"#))));
    assert!(!could(&document(&allow.replace("kms:*", "kms:Encrypt"))));
}
