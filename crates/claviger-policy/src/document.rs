//! Compiles the text of a policy under the rules of its kind.

use std::collections::HashSet;
use std::sync::Arc;

use crate::condition::Condition;
use crate::kind::PolicyKind;
use crate::malformed::{Fault, Malformed};
use crate::principal::{PrincipalClause, PrincipalPattern};
use crate::statement::{Effect, Statement, Targets};
use crate::syntax::{self, Clause, RawPrincipals, RawStatement, Version};
use crate::target::{ActionPattern, ResourcePattern};
use crate::verdict::StatementRef;

/// A compiled policy. Clones share it.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) statements: Arc<[Statement]>,
}

impl Policy {
    /// Compiles a document. The cost is proportional to its size, which the caller has checked.
    ///
    /// Besides violations of the grammar this refuses documents whose meaning would be unclear: repeated names, unknown elements and operators,
    /// `NotPrincipal` in an Allow. As AWS does, it takes a condition that compares with nothing or with a value that is not of its operator's form.
    /// Such a condition cannot be evaluated: a Deny applies, an Allow does not.
    pub fn parse(text: &str, kind: PolicyKind) -> Result<Policy, Malformed> {
        compile(text, kind).map_err(|fault| fault.for_kind(kind))
    }

    /// Every principal that the policy names, `NotPrincipal` included, so that the caller can check that they exist.
    pub fn principals(&self) -> impl Iterator<Item = &PrincipalPattern> {
        self.statements.iter().filter_map(|s| s.principals.as_ref()).flat_map(|clause| &clause.patterns)
    }

    /// The policy with users, roles and sessions replaced by their unique ids, where `unique_id` gives one. AWS does this when it
    /// stores a resource policy, so that a new user with an old name has none of the old one's rights. The id of a role matches
    /// all of its sessions.
    pub fn bind(&self, unique_id: impl Fn(&PrincipalPattern) -> Option<String>) -> Policy {
        let mut statements = self.statements.to_vec();
        for pattern in statements.iter_mut().filter_map(|s| s.principals.as_mut()).flat_map(|c| &mut c.patterns) {
            let names_one =
                matches!(pattern, PrincipalPattern::User(_) | PrincipalPattern::Role(_) | PrincipalPattern::Session(_));
            if let Some(id) = unique_id(pattern).filter(|_| names_one) {
                *pattern = PrincipalPattern::UniqueId(id);
            }
        }
        Policy { statements: statements.into() }
    }
}

/// The checks are in IAM's order, so that a document with several faults gets AWS's error text.
fn compile(text: &str, kind: PolicyKind) -> Result<Policy, Fault> {
    if kind == PolicyKind::Key && !text.chars().all(is_key_policy_character) {
        return Err(Fault::syntax("a character is not of U+0020 to U+00FF, tab, line feed or carriage return"));
    }
    let raw = syntax::read(text)?;
    if let Some(clause) = raw.statements.iter().filter(|_| kind.is_attached()).find_map(|s| s.principals.as_ref()) {
        return Err(Fault::Prohibited(if clause.negated { "NotPrincipal" } else { "Principal" }));
    }
    check_version(raw.version, kind)?;
    let variables = raw.version == Some(Version::V2012);

    let mut drafts: Vec<StatementDraft<'_>> = raw.statements.iter().enumerate().map(StatementDraft::new).collect();
    for draft in &mut drafts {
        draft.statement.effect = read_effect(draft.raw)?;
    }
    for draft in &mut drafts {
        draft.statement.conditions = read_conditions(draft.raw, variables)?;
    }
    let later_fault = read_resources(&mut drafts, kind, variables)?;
    check_sids(&raw.statements, kind)?;
    if raw.statements.iter().any(|statement| lacks(statement.actions.as_ref(), kind)) {
        return Err(Fault::NoActions);
    }
    if let Some(fault) = later_fault {
        return Err(fault);
    }
    for draft in &mut drafts {
        draft.statement.actions = targets(draft.raw.actions.as_ref(), ActionPattern::compile)?;
    }
    if kind == PolicyKind::Trust {
        check_trust(&raw.statements)?;
    } else if raw.statements.iter().any(|statement| lacks(statement.resources.as_ref(), kind)) {
        return Err(Fault::NoResources);
    }
    for draft in &mut drafts {
        draft.statement.principals = read_principals(draft.raw, kind)?;
    }
    Ok(Policy { statements: drafts.into_iter().map(|draft| draft.statement).collect() })
}

/// A statement that the passes of [`compile`] fill in one after another. It begins as a Deny of nothing.
struct StatementDraft<'a> {
    raw: &'a RawStatement,
    statement: Statement,
}

impl<'a> StatementDraft<'a> {
    fn new((index, raw): (usize, &'a RawStatement)) -> StatementDraft<'a> {
        let statement = Statement {
            reference: StatementRef { sid: raw.sid.as_deref().map(Into::into), index },
            effect: Effect::Deny,
            principals: None,
            actions: Targets::These(vec![]),
            resources: Targets::These(vec![]),
            conditions: vec![],
        };
        StatementDraft { raw, statement }
    }
}

/// Latin-1 without control characters, except for tab, line feed and carriage return (KMS API reference, PutKeyPolicy, `Policy`).
fn is_key_policy_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}')
}

fn check_version(version: Option<Version>, kind: PolicyKind) -> Result<(), Fault> {
    match (kind, version) {
        (PolicyKind::Identity, Some(Version::V2008)) | (PolicyKind::Managed, Some(Version::V2008) | None) => {
            Err(Fault::Version)
        }
        (PolicyKind::Key, None) => Err(Fault::syntax("there is no Version")),
        _ => Ok(()),
    }
}

fn read_effect(statement: &RawStatement) -> Result<Effect, Fault> {
    match statement.effect.as_str() {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        _ => Err(Fault::LegacyParsing),
    }
}

fn read_conditions(statement: &RawStatement, variables: bool) -> Result<Vec<Condition>, Fault> {
    let compile = |raw: &syntax::RawCondition| Condition::compile(raw.operator, &raw.key, &raw.values, variables);
    statement.conditions.iter().map(compile).collect()
}

/// Fills in the resources of all statements. A fault that IAM's older reader finds is an error at once. Of the others the first is
/// returned: AWS reports it after the checks of Sids and presence.
fn read_resources(
    drafts: &mut [StatementDraft<'_>],
    kind: PolicyKind,
    variables: bool,
) -> Result<Option<Fault>, Fault> {
    let mut later_fault = None;
    for StatementDraft { raw, statement } in drafts {
        if kind == PolicyKind::Trust {
            statement.resources = Targets::AllBut(vec![]);
            continue;
        }
        match targets(raw.resources.as_ref(), |text| ResourcePattern::compile(text, variables)) {
            Ok(resources) => statement.resources = resources,
            Err(Fault::LegacyParsing) if later_fault.is_none() => return Err(Fault::LegacyParsing),
            Err(fault) => drop(later_fault.get_or_insert(fault)),
        }
    }
    Ok(later_fault)
}

/// A missing element matches nothing, so that its statement has no effect.
fn targets<P>(
    clause: Option<&Clause<Vec<String>>>,
    compile: impl Fn(&str) -> Result<P, Fault>,
) -> Result<Targets<P>, Fault> {
    let Some(clause) = clause else { return Ok(Targets::These(vec![])) };
    let patterns = clause.items.iter().map(|text| compile(text)).collect::<Result<_, _>>()?;
    Ok(if clause.negated { Targets::AllBut(patterns) } else { Targets::These(patterns) })
}

fn check_sids(statements: &[RawStatement], kind: PolicyKind) -> Result<(), Fault> {
    let is_iam = !matches!(kind, PolicyKind::Key | PolicyKind::Resource);
    let mut seen = HashSet::new();
    for sid in statements.iter().filter_map(|s| s.sid.as_deref()) {
        if is_iam && !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(Fault::SidCharacters);
        }
        // KMS accepts a repeated Sid: the policy of its own key for Secrets Manager has one.
        if !seen.insert(sid) && kind != PolicyKind::Key {
            return Err(Fault::SidRepeated);
        }
    }
    Ok(())
}

/// Whether a statement lacks its actions or resources. In a key policy the element may be missing.
fn lacks(clause: Option<&Clause<Vec<String>>>, kind: PolicyKind) -> bool {
    clause.map_or(kind != PolicyKind::Key, |clause| clause.items.is_empty())
}

fn check_trust(statements: &[RawStatement]) -> Result<(), Fault> {
    let is_sts = |action: &String| action.split_once(':').is_some_and(|(vendor, _)| vendor.eq_ignore_ascii_case("sts"));
    for statement in statements {
        if !statement.actions.iter().flat_map(|clause| &clause.items).all(is_sts) {
            return Err(Fault::TrustAction);
        }
        if let Some(clause) = &statement.resources {
            return Err(Fault::Prohibited(if clause.negated { "NotResource" } else { "Resource" }));
        }
        // AWS refuses `"Principal": "*"` in a trust policy, and accepts `{"AWS": "*"}`, which means the same.
        if matches!(&statement.principals, Some(Clause { items: RawPrincipals::Star, .. })) {
            return Err(Fault::PrincipalStar);
        }
    }
    Ok(())
}

fn read_principals(statement: &RawStatement, kind: PolicyKind) -> Result<Option<PrincipalClause>, Fault> {
    match &statement.principals {
        // `compile` has refused identity and session policies with a principal.
        None if kind.is_attached() => Ok(None),
        None => Err(Fault::PrincipalMissing),
        Some(clause) if clause.negated && statement.effect == "Allow" => {
            Err(Fault::syntax("NotPrincipal in an Allow would let in all the world"))
        }
        Some(clause) => PrincipalClause::compile(clause.negated, &clause.items).map(Some),
    }
}
