//! The result of evaluating one policy for one request.

use std::sync::Arc;

/// Identifies a statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRef {
    /// Its `Sid`, unless it is missing or empty.
    pub sid: Option<Arc<str>>,
    /// Its place in the document, from 0.
    pub index: usize,
}

/// The result of evaluating one policy for one request. A Deny overrides every Allow, wherever it stands.
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
    /// The form in which the statement names the principal.
    pub by: AllowedAs,
}

/// The form in which a statement names the principal. It decides how far an Allow in a resource's own policy reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AllowedAs {
    /// `*`.
    Anyone,
    /// The account. The resource's policy delegates to it, so an identity policy has to allow too.
    Account,
    /// The role of a session.
    Role,
    /// The principal itself: the user, the session, the federated user, the service; the root where its account is named.
    Exact,
    /// The policy names no principal, because it is attached to one.
    Identity,
}
