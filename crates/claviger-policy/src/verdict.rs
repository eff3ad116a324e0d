//! What one policy says of one request.

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
