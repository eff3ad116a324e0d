//! Whether identity policies allow any action of a service, whoever has them. This is how AWS selects the services of a report of last
//! accessed services, and the policies that grant access to a service.
//!
//! Neither the request nor its resource is known. So an Allow counts whatever its conditions and resources are, and a Deny counts
//! only if it denies its actions on every resource and without a condition.

use crate::document::Policy;
use crate::statement::{Effect, Statement, Targets};

/// Whether the policies together allow one of these actions, such as `kms:Decrypt`. AWS makes its reports so: an action that
/// the service does not have is not access to it, and one policy can deny what another one allows.
pub fn allows_known_action(policies: &[Policy], actions: &[String]) -> bool {
    let denies = |action: &str| policies.iter().flat_map(|policy| policy.statements.iter()).any(|s| denies(s, action));
    let allows = |action: &&String| policies.iter().flat_map(allowing).any(|allow| allow.matches_action(action));
    actions.iter().filter(allows).any(|action| !denies(action))
}

/// Whether a policy by itself allows an action of a service, which may be one that the service does not have. AWS selects the policies
/// that grant access so.
pub fn allows_action_of(policy: &Policy, service: &str) -> bool {
    let service = service.to_ascii_lowercase();
    // Every set of actions that the statements tell apart has one of these: the shortest action of a pattern, or the one that only
    // patterns for all actions of the service match.
    let patterns = policy.statements.iter().flat_map(|statement| match &statement.actions {
        Targets::These(patterns) | Targets::AllBut(patterns) => patterns,
    });
    let mut actions = patterns.filter_map(|pattern| pattern.shortest(&service)).chain([format!("{service}:")]);
    let allows = |action: &str| allowing(policy).any(|allow| allow.matches_action(action));
    actions.any(|action| allows(&action) && !policy.statements.iter().any(|statement| denies(statement, &action)))
}

/// The statements that allow something on some resource.
fn allowing(policy: &Policy) -> impl Iterator<Item = &Statement> {
    policy
        .statements
        .iter()
        .filter(|statement| statement.effect == Effect::Allow && statement.is_about(None) != Some(false))
}

/// Whether a statement denies an action in every request.
fn denies(statement: &Statement, action: &str) -> bool {
    statement.effect == Effect::Deny
        && statement.conditions.is_empty()
        && statement.is_about(None) == Some(true)
        && statement.matches_action(action)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::kind::PolicyKind;

    fn policy(statements: &str) -> Policy {
        Policy::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#), PolicyKind::Identity)
            .unwrap()
    }

    fn statement(effect: &str, action: &str) -> String {
        format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"*"}}"#)
    }

    /// As recorded from AWS, with other services (github.com/radkawar/stackd, testdata/aws/iam/last_access.json).
    #[test]
    fn a_policy_that_grants_access() {
        let check = |statements: &str, expected: bool| {
            assert_eq!(allows_action_of(&policy(statements), "kms"), expected, "{statements}");
        };
        let allow = |action: &str| statement("Allow", action);
        for action in ["kms:Decrypt", "KMS:DECRYPT", "kms:Re*", "kms:*", "*", "*:*", "kms:NoSuchAction", "kms:?ecrypt"]
        {
            check(&allow(action), true);
        }
        for action in ["sts:*", "kmsx:Decrypt", "iam:PassRole"] {
            check(&allow(action), false);
        }
        check(&statement("Deny", "kms:*"), false);
        check(&format!("{},{}", allow("kms:Decrypt"), statement("Deny", "kms:*")), false);
        check(&format!("{},{}", allow("kms:Re*"), statement("Deny", "kms:ReEncryptTo")), true);
        check(&format!("{},{}", allow("kms:Re*"), statement("Deny", "kms:Re*")), false);
        check(&format!("{},{}", allow("*"), statement("Deny", "kms:*")), false);
        let but_one = r#"{"Effect":"Deny","NotAction":"kms:Decrypt","Resource":"*"}"#;
        check(&format!("{},{but_one}", allow("*")), true);
        check(&format!("{},{but_one}", allow("kms:Encrypt")), false);
        check(r#"{"Effect":"Allow","NotAction":"sts:*","Resource":"*"}"#, true);
        check(r#"{"Effect":"Allow","NotAction":"kms:*","Resource":"*"}"#, false);
        check(r#"{"Effect":"Allow","NotAction":["kms:Decrypt"],"Resource":"*"}"#, true);
        check(r#"{"Effect":"Allow","Action":"kms:Decrypt","NotResource":"*"}"#, false);
        let nobody = r#""Condition":{"StringEquals":{"aws:username":"nobody"}}"#;
        check(&format!(r#"{{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*",{nobody}}}"#), true);
        let conditional = format!(r#"{{"Effect":"Deny","Action":"kms:*","Resource":"*",{nobody}}}"#);
        check(&format!("{},{conditional}", allow("kms:Decrypt")), true);
        let elsewhere = r#"{"Effect":"Deny","Action":"kms:*","Resource":"arn:aws:kms:*:*:key/a"}"#;
        check(&format!("{},{elsewhere}", allow("kms:Decrypt")), true);
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
}
