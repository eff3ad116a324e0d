#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::kind::PolicyKind;

fn policy(statements: &str) -> Policy {
    Policy::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#), PolicyKind::Identity).unwrap()
}

fn statement(effect: &str, action: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"*"}}"#)
}

/// One statement about several actions.
fn about(effect: &str, element: &str, actions: &[String]) -> String {
    format!(r#"{{"Effect":"{effect}","{element}":{actions:?},"Resource":"*"}}"#)
}

/// The action `Action` of a service, with an Allow or Deny on a resource.
fn on(effect: &str, action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}"#)
}

fn grants(statements: &str, service: &str, known: &[&str]) -> bool {
    let known: Vec<String> = known.iter().map(|&action| action.to_owned()).collect();
    allows_action_of(&policy(statements), service, &known, &mut AccessWork::default())
}

const KMS: [&str; 6] =
    ["kms:Decrypt", "kms:Encrypt", "kms:ListResourceTags", "kms:ReEncryptTo", "kms:TagResource", "kms:UntagResource"];

/// Allows alone, of which AWS's answers are recorded for other services (github.com/radkawar/stackd,
/// testdata/aws/iam/last_access.json: `selection_allow` to `selection_passrole_only`).
#[test]
fn an_allow_grants_access() {
    for known in [&KMS[..], &[]] {
        let check = |statements: &str, expected: bool| {
            assert_eq!(grants(statements, "kms", known), expected, "{statements} {known:?}");
        };
        for action in ["kms:Decrypt", "KMS:DECRYPT", "kms:Re*", "kms:*", "*", "*:*", "kms:NoSuchAction", "kms:?ecrypt"]
        {
            check(&statement("Allow", action), true);
        }
        for action in ["sts:*", "kmsx:Decrypt", "iam:PassRole", "*:", "kms:"] {
            check(&statement("Allow", action), false);
        }
        check(r#"{"Effect":"Allow","NotAction":"sts:*","Resource":"*"}"#, true);
        check(r#"{"Effect":"Allow","NotAction":"kms:*","Resource":"*"}"#, false);
        check(r#"{"Effect":"Allow","NotAction":["kms:Decrypt"],"Resource":"*"}"#, true);
        check(r#"{"Effect":"Allow","Action":"kms:Decrypt","NotResource":"*"}"#, false);
        let nobody = r#""Condition":{"StringEquals":{"aws:username":"nobody"}}"#;
        check(&format!(r#"{{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*",{nobody}}}"#), true);
    }
}

/// Recorded is a Deny of all actions of the service against an Allow of one, on all resources (`selection_allow_and_deny`,
/// `deny_edges_conditional_allow_and_deny`) and with a condition (`resource_selection_conditional_deny`). The others follow from these.
#[test]
fn a_deny_takes_access_away() {
    for known in [&KMS[..], &[]] {
        let check = |statements: [String; 2], expected: bool| {
            assert_eq!(grants(&statements.join(","), "kms", known), expected, "{statements:?} {known:?}");
        };
        assert!(!grants(&statement("Deny", "kms:*"), "kms", known));
        let (allow, deny) = (|action: &str| statement("Allow", action), |action: &str| statement("Deny", action));
        check([allow("kms:Decrypt"), deny("kms:*")], false);
        check([allow("kms:Re*"), deny("kms:Re*")], false);
        check([allow("*"), deny("kms:*")], false);
        let but_one = || r#"{"Effect":"Deny","NotAction":"kms:Decrypt","Resource":"*"}"#.to_owned();
        check([allow("*"), but_one()], true);
        check([allow("kms:Encrypt"), but_one()], false);
        let nobody = r#""Condition":{"StringEquals":{"aws:username":"nobody"}}"#;
        let conditional = format!(r#"{{"Effect":"Deny","Action":"kms:*","Resource":"*",{nobody}}}"#);
        check([allow("kms:Decrypt"), conditional], true);
    }
}

/// As recorded: `deny_edges_resource_all`, `deny_edges_resource_exact_settled`, `deny_edges_resource_namespace`,
/// `resource_selection_deny_disjoint`, `resource_selection_deny_partial`.
#[test]
fn a_deny_counts_only_if_it_and_the_allow_are_on_all_resources() {
    let check = |allow: (&str, &str), deny: (&str, &str)| {
        let statements = [on("Allow", allow.0, allow.1), on("Deny", deny.0, deny.1)];
        for known in [&["s3:GetObject"][..], &[]] {
            assert!(grants(&statements.join(","), "s3", known), "{statements:?} {known:?}");
        }
    };
    let (a, b) = ("arn:aws:s3:::a/*", "arn:aws:s3:::b/*");
    check(("s3:GetObject", a), ("s3:GetObject", "*"));
    check(("s3:GetObject", a), ("s3:*", a));
    check(("s3:GetObject", a), ("s3:*", "arn:aws:s3:::*"));
    check(("s3:GetObject", a), ("s3:*", b));
    check(("s3:*", "*"), ("s3:*", a));
}

#[test]
fn of_a_known_service_the_actions_that_it_has_decide() {
    let check = |allow: &str, denied: &[&str], expected: bool| {
        let denied: Vec<String> = denied.iter().map(|&action| action.to_owned()).collect();
        let statements = [statement("Allow", allow), about("Deny", "Action", &denied)].join(",");
        assert_eq!(grants(&statements, "kms", &KMS), expected, "{statements}");
    };
    check("kms:*Tag*", &["kms:Tag*", "kms:Untag*"], true);
    check("kms:*Tag*", &["kms:Tag*", "kms:Untag*", "kms:List*"], false);
    check("kms:*", &["kms:?*"], false);
    check("kms:Re*", &["kms:ReEncryptTo"], false);
    check("kms:Foo*", &["kms:Decrypt"], false);
    let statements = [statement("Allow", "iam:*AccessKey*"), statement("Deny", "iam:*AccessKey")].join(",");
    assert!(grants(&statements, "iam", &["iam:CreateAccessKey", "iam:ListAccessKeys"]));
}

#[test]
fn of_other_services_any_action_may_exist() {
    let check = |allow: &str, denied: &[&str], expected: bool| {
        let denied: Vec<String> = denied.iter().map(|&action| action.to_owned()).collect();
        let statements = [statement("Allow", allow), about("Deny", "Action", &denied)].join(",");
        assert_eq!(grants(&statements, "s3", &[]), expected, "{statements}");
    };
    check("s3:*Tag*", &["s3:Tag*", "s3:Untag*"], true);
    check("s3:*Tag*", &["s3:*Tag"], true);
    check("s3:*", &["s3:?*"], false);
    check("s3:*", &["s3:?"], true);
    check("s3:Get*", &["s3:Get?*"], true);
    check("s3:Get?", &["s3:Get*"], false);
    check("s3:Get?", &["s3:Get"], true);
}

#[test]
fn policies_that_together_allow_a_known_action() {
    let actions = ["kms:Decrypt".to_owned(), "kms:Encrypt".to_owned()];
    let check = |statements: &[String], expected: bool| {
        let policies: Vec<Policy> = statements.iter().map(|one| policy(one)).collect();
        assert_eq!(allows_known_action(&policies, &actions), expected, "{statements:?}");
    };
    check(&[], false);
    check(&[statement("Allow", "kms:De*")], true);
    check(&[statement("Allow", "kms:NoSuchAction")], false);
    check(&[statement("Allow", "kms:*"), statement("Deny", "kms:Decrypt")], true);
    check(&[statement("Allow", "kms:Decrypt"), statement("Deny", "kms:Decrypt")], false);
    check(&[statement("Allow", "*"), statement("Deny", "kms:*")], false);
}

/// Policies of a size that is stored. All of these comparisons would be many millions of steps.
#[test]
fn the_work_is_limited() {
    let letters = |n: u32| -> String { format!("{n:03}").chars().map(|c| format!("*{c}")).collect() };
    let (allowed, denied): (Vec<String>, Vec<String>) =
        (0..400).map(|n| (format!("*:{}a*", letters(n)), format!("*:*{}*", letters(n)))).unzip();
    let many = policy(&[about("Allow", "Action", &allowed), about("Deny", "Action", &denied)].join(","));
    let long = policy(
        &[
            statement("Allow", &format!("*:{}", "*a".repeat(2000))),
            statement("Deny", &format!("*:{}b", "*a".repeat(2000))),
        ]
        .join(","),
    );
    let known: Vec<String> = (0..200).map(|n| format!("iam:Action{n}")).collect();
    for (policy, service, known) in [(&many, "s3", &[][..]), (&many, "iam", &known), (&long, "s3", &[])] {
        let mut work = AccessWork::default();
        allows_action_of(policy, service, known, &mut work);
        assert!(work.steps() < 2 * POLICY_STEPS, "{service}: {}", work.steps());
    }
    // Where the limit is reached, the policy is taken to grant access.
    let all_denied: Vec<String> = (0..400).map(|n| format!("*:*{}*", letters(n))).collect();
    let statements = [about("Allow", "Action", &all_denied), about("Deny", "Action", &all_denied)].join(",");
    assert!(grants(&statements, "s3", &[]));
}

/// All actions of a service whose names are short.
fn short_actions(longest: usize) -> Vec<String> {
    let (mut all, mut last) = (Vec::new(), vec!["s3:".to_owned()]);
    for _ in 0..longest {
        last = last.iter().flat_map(|name| ['a', 'b', FRESH].map(|c| format!("{name}{c}"))).collect();
        all.extend(last.iter().cloned());
    }
    all
}

/// Statements about patterns of a few of these characters.
fn statements(of: &'static [&'static str], longest: usize, deny_others: bool) -> impl Strategy<Value = String> {
    let pattern = prop::collection::vec(select(of), 1..=longest).prop_map(|parts| format!("s3:{}", parts.concat()));
    let elements = if deny_others { &["Action", "NotAction"][..] } else { &["Action"] };
    let patterns = || prop::collection::vec(pattern.clone(), 1..4);
    let allow = (select(&["Action", "NotAction"][..]), patterns()).prop_map(|(element, p)| about("Allow", element, &p));
    let deny = (select(elements), patterns()).prop_map(|(element, p)| about("Deny", element, &p));
    (prop::collection::vec(allow, 1..3), prop::collection::vec(deny, 0..3))
        .prop_map(|(allows, denies)| [allows, denies].concat().join(","))
}

proptest! {
    #[test]
    fn without_single_wildcards_the_answer_is_that_of_all_actions(statements in statements(&["a", "b", "*"], 3, false)) {
        let actions = short_actions(3);
        let expected = allows_known_action(&[policy(&statements)], &actions);
        prop_assert_eq!(grants(&statements, "s3", &[]), expected);
    }

    /// With `?`, and a `NotAction` of a Deny, an action that would be allowed may be overlooked. None is made up.
    #[test]
    fn what_grants_access_allows_an_action(statements in statements(&["a", "b", "*", "?"], 2, true)) {
        if grants(&statements, "s3", &[]) {
            prop_assert!(allows_known_action(&[policy(&statements)], &short_actions(6)));
        }
    }
}
