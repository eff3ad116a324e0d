//! What one policy says of one request.

use crate::context::Context;
use crate::document::Policy;
use crate::principal::Principal;
use crate::statement::Effect;

/// One action that someone asks to do to one resource.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// `kms:Decrypt`; its case does not matter.
    pub action: &'a str,
    /// The resource's ARN, or `*` for a call that has none.
    pub resource: &'a str,
    /// What conditions and variables may ask for.
    pub context: &'a Context,
}

/// Which statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRef {
    /// Its `Sid`, unless it is missing or empty.
    pub sid: Option<String>,
    /// Its place in the document, from 0.
    pub index: usize,
}

/// What one policy says of one request. A Deny outweighs every Allow, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// The first statement that denies.
    pub denied_by: Option<StatementRef>,
    /// Every statement that allows, once for each form in which it names the principal.
    pub allows: Vec<Allow>,
}

/// A statement that allows a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The statement.
    pub statement: StatementRef,
    /// As whom it allows the principal.
    pub by: AllowedAs,
}

/// As whom a statement allows a principal. The weight of an Allow in a resource's own policy hangs on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AllowedAs {
    /// `*`.
    Anyone,
    /// The account: it delegates, so an identity policy has to allow too.
    Account,
    /// The role of a session.
    Role,
    /// The principal itself: the user, the session, the federated user, the service; the root where its account is named.
    Exact,
    /// The policy names no principal, since it is attached to one.
    Identity,
}

impl Policy {
    /// Judges one request. The order of statements does not matter.
    pub fn evaluate(&self, request: &Request<'_>) -> Verdict {
        let action = request.action.to_ascii_lowercase();
        let mut verdict = Verdict::default();
        for statement in self.statements.iter() {
            let forms = statement.speaks_of(request.principal);
            if forms.is_empty() || !statement.is_about(&action, request) {
                continue;
            }
            match statement.effect {
                Effect::Deny => {
                    verdict.denied_by.get_or_insert_with(|| statement.reference.clone());
                }
                Effect::Allow => verdict
                    .allows
                    .extend(forms.into_iter().map(|by| Allow { statement: statement.reference.clone(), by })),
            }
        }
        verdict
    }
}
