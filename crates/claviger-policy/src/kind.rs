//! The kinds of policies.

/// The kind of a policy, which determines the rules that its document must follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// Attached to a user, group or role, or set as a boundary: no principal.
    Identity,
    /// The same, when a managed policy or a version of one is stored: it must say that it is of version 2012-10-17.
    Managed,
    /// Passed to AssumeRole: no principal.
    Session,
    /// A role's trust policy: principals and STS actions, no resource.
    Trust,
    /// A KMS key's policy: principals, and a version. A statement without an action or resource is accepted and does nothing.
    Key,
    /// A secret's resource policy: principals.
    Resource,
}

impl PolicyKind {
    /// Whether it applies to whom it is attached or passed for, so that it names no principal.
    pub(crate) fn is_attached(self) -> bool {
        matches!(self, PolicyKind::Identity | PolicyKind::Managed | PolicyKind::Session)
    }
}
