//! Rules that the oracle can break, to show that the comparison with the product notices.

/// A rule of the oracle that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokenPolicyRule {
    /// Read `NotAction` as `Action`.
    NotActionAsAction,
    /// Read `NotResource` as `Resource`.
    NotResourceAsResource,
    /// Let `NotPrincipal` spare a user or session whose account it does not list.
    NotPrincipalSparesByName,
    /// A negated operator does not match a key that the request lacks.
    MissingKeyFailsNegated,
    /// `IfExists` changes nothing.
    IgnoreIfExists,
    /// `ForAllValues` does not match a key that the request lacks.
    ForAllValuesNeedsValue,
    /// `ForAllValues` is read as `ForAnyValue`.
    ForAllValuesAsAny,
    /// The values of a negated operator are joined by "or".
    NegatedValuesOred,
    /// A statement with a condition that cannot be evaluated never applies, even if it denies.
    UnknownNeverApplies,
    /// A value that is put in for a variable may bring wildcards.
    WildcardsFromVariables,
    /// Documents of version 2008-10-17 have variables too.
    VariablesInOldVersion,
    /// The default of a variable is ignored.
    IgnoreVariableDefault,
    /// Actions are compared with their case.
    CaseSensitiveActions,
    /// Names of condition keys are compared with their case.
    CaseSensitiveKeys,
    /// Of keys that differ only by case the last one counts.
    LastSpellingCounts,
    /// A wildcard of an ARN condition may match colons.
    ArnWildcardsCrossColons,
    /// Session policies do not limit.
    IgnoreSession,
    /// Permissions boundaries do not limit.
    IgnoreBoundary,
    /// A boundary limits a permission that a resource's policy gives to the user itself.
    BoundaryLimitsExact,
    /// A resource's policy that names the role is not limited by the session's policy.
    RoleEscapesSession,
    /// An Allow on one side is enough across accounts.
    OneSideAcrossAccounts,
    /// A key policy that names the account allows everyone in it.
    DelegationAllows,
    /// Identity policies count for a key whose policy does not name the account.
    IdentityWithoutDelegation,
    /// The root user needs no key policy that names the account.
    RootOwnsKeys,
    /// A role may assume itself where its trust policy names the account.
    OwnTrustByAccount,
    /// A grant to the principal overrides a boundary and a session's policy.
    GrantIsNotLimited,
    /// A grant to the account needs no identity policy.
    AccountGrantAllows,
    /// An Allow overrides a Deny of the same kind of policy.
    AllowOverridesDeny,
}

impl BrokenPolicyRule {
    /// All of them.
    pub const ALL: [BrokenPolicyRule; 28] = [
        BrokenPolicyRule::NotActionAsAction,
        BrokenPolicyRule::NotResourceAsResource,
        BrokenPolicyRule::NotPrincipalSparesByName,
        BrokenPolicyRule::MissingKeyFailsNegated,
        BrokenPolicyRule::IgnoreIfExists,
        BrokenPolicyRule::ForAllValuesNeedsValue,
        BrokenPolicyRule::ForAllValuesAsAny,
        BrokenPolicyRule::NegatedValuesOred,
        BrokenPolicyRule::UnknownNeverApplies,
        BrokenPolicyRule::WildcardsFromVariables,
        BrokenPolicyRule::VariablesInOldVersion,
        BrokenPolicyRule::IgnoreVariableDefault,
        BrokenPolicyRule::CaseSensitiveActions,
        BrokenPolicyRule::CaseSensitiveKeys,
        BrokenPolicyRule::LastSpellingCounts,
        BrokenPolicyRule::ArnWildcardsCrossColons,
        BrokenPolicyRule::IgnoreSession,
        BrokenPolicyRule::IgnoreBoundary,
        BrokenPolicyRule::BoundaryLimitsExact,
        BrokenPolicyRule::RoleEscapesSession,
        BrokenPolicyRule::OneSideAcrossAccounts,
        BrokenPolicyRule::DelegationAllows,
        BrokenPolicyRule::IdentityWithoutDelegation,
        BrokenPolicyRule::RootOwnsKeys,
        BrokenPolicyRule::OwnTrustByAccount,
        BrokenPolicyRule::GrantIsNotLimited,
        BrokenPolicyRule::AccountGrantAllows,
        BrokenPolicyRule::AllowOverridesDeny,
    ];

    /// The rule of this name, as it is written in code.
    ///
    /// # Errors
    ///
    /// A text with the names that there are.
    pub fn named(name: &str) -> Result<BrokenPolicyRule, String> {
        let names = || BrokenPolicyRule::ALL.map(|rule| format!("{rule:?}")).join(", ");
        let found = BrokenPolicyRule::ALL.into_iter().find(|rule| format!("{rule:?}") == name);
        found.ok_or_else(|| format!("the rules are {}", names()))
    }
}
