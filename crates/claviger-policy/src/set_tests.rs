#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::context::Context;
use crate::kind::PolicyKind;
use crate::principal::Principal;
use crate::request::Request;

fn named(number: usize, statements: &[String]) -> NamedPolicy {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    let policy = Policy::parse(&text, PolicyKind::Identity).unwrap_or_else(|e| panic!("{text}: {e}"));
    NamedPolicy { id: number.to_string().into(), policy }
}

/// A service and the rest of an action, each with or without wildcards and in any case.
fn actions() -> impl Strategy<Value = String> {
    let service = select(vec!["kms", "KMS", "km", "kms2", "s3", "*", ""]);
    let action = select(vec!["*", "Decrypt", "decrypt", "Encrypt", "de*", "D?crypt", "*Key", "", "É*"]);
    let spelled_out = (service, action).prop_map(|(service, action)| format!("{service}:{action}"));
    prop_oneof![8 => spelled_out, 1 => Just("*".to_owned())]
}

fn statements() -> impl Strategy<Value = String> {
    let element = select(vec!["Action", "Action", "Action", "NotAction"]);
    let resource =
        select(vec!["*", "arn:aws:kms:*:*:key/*", "arn:aws:s3:::b", "arn:aws:kms:*:*:alias/${aws:username}"]);
    let condition = select(vec!["{}", "{}", r#"{"Bool":{"t:yes":"true"}}"#, r#"{"Bool":{"t:unread":"true"}}"#]);
    let effect = select(vec!["Allow", "Allow", "Deny"]);
    (effect, element, prop::collection::vec(actions(), 1..4), resource, condition).prop_map(
        |(effect, element, actions, resource, condition)| {
            format!(
                r#"{{"Effect":"{effect}","{element}":{actions:?},"Resource":"{resource}","Condition":{condition}}}"#
            )
        },
    )
}

fn applying<'p>(
    found: impl IntoIterator<Item = (&'p NamedPolicy, &'p Statement, Forms)>,
) -> Vec<(String, usize, Forms)> {
    found
        .into_iter()
        .map(|(named, statement, forms)| (named.id.to_string(), statement.reference.index, forms))
        .collect()
}

fn ana() -> Principal {
    Principal {
        account: "111122223333".to_owned(),
        arn: "arn:aws:iam::111122223333:user/ana".to_owned(),
        role_arn: None,
        is_root: false,
        unique_id: "AIDAEXAMPLEEXAMPLE001".to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// The index leads to the same statements, in the same order, as the evaluation of every statement of every policy.
    #[test]
    fn the_index_leaves_nothing_out(
        policies in prop::collection::vec(prop::collection::vec(statements(), 1..5), 0..5),
        action in select(vec!["kms:Decrypt", "KMS:decrypt", "kms:GenerateDataKey", "s3:GetObject", "km:Decrypt", "kms", "", ":", "kms:É", "x:y"]),
        resource in select(vec!["arn:aws:kms:eu-west-1:111122223333:key/a", "arn:aws:kms:eu-west-1:111122223333:alias/ana", "arn:aws:s3:::b", "*"]),
    ) {
        let policies: Vec<NamedPolicy> = policies.iter().enumerate().map(|(n, statements)| named(n, statements)).collect();
        let mut context = Context::new();
        context.set("aws:username", "ana");
        context.set("t:yes", "true");
        context.set("t:unread", "neither");
        let principal = ana();
        let request = Request { principal: &principal, action, resource, context: &context };
        let prepared = PreparedRequest::new(&request);
        let mut one_by_one = Vec::new();
        for named in &policies {
            named.policy.each_that_applies(&prepared, |statement, forms| one_by_one.push((named, statement, forms)));
        }
        let set = PolicySet::new(policies.clone());
        let mut indexed = Vec::new();
        set.each_that_applies(&prepared, |named, statement, forms| indexed.push((named, statement, forms)));
        prop_assert_eq!(applying(indexed), applying(one_by_one));
    }
}

#[test]
fn statements_about_other_actions_are_not_looked_at() {
    let statement = |action: &str| format!(r#"{{"Effect":"Allow","Action":{action},"Resource":"*"}}"#);
    let set = PolicySet::new(vec![
        named(0, &[statement(r#"["s3:Get*","S3:Put*"]"#), statement(r#""kms:*""#)]),
        named(1, &[statement(r#"["s3:*","kms:Decrypt"]"#), statement(r#"["*:Get*","kms:*"]"#)]),
        named(2, &[statement(r#"["kms:Decrypt","KMS:decrypt","kms:De*"]"#), statement(r#""kms:Encrypt""#)]),
    ]);
    let position = |policy, statement| StatementPosition { policy, statement };
    assert_eq!(set.by_action.find("KMS:Decrypt"), [position(1, 0), position(2, 0)]);
    assert_eq!(set.by_action.find("kms:encrypt"), [position(2, 1)]);
    assert_eq!(set.by_action.find("s3:GetObject"), []);
    assert_eq!(set.by_service.find("kms"), [position(0, 1), position(2, 0)]);
    assert_eq!(set.by_service.find("S3"), [position(0, 0), position(1, 0)]);
    assert_eq!(set.by_service.find("iam"), []);
    assert_eq!(set.of_any, [position(1, 1)]);
}
