//! One entry of the matrix. Its texts may hold names in angle brackets, such as `<key-arn>`, which the fixture gives.

use crate::fixture::Fixture;
use crate::kit::World;

/// One operation.
pub(crate) struct Case {
    /// Its name in the API.
    pub(crate) operation: &'static str,
    /// Makes the resources of the request.
    pub(crate) fixture: fn(&World) -> Fixture,
    /// A valid request, as JSON in both protocols.
    pub(crate) input: &'static str,
    /// The answer to the valid request.
    pub(crate) answer: Answer,
    /// A request that is refused because of its parameters.
    pub(crate) invalid: Invalid,
    /// The permissions that the caller needs.
    pub(crate) permissions: Permissions,
    /// The audit record of the call.
    pub(crate) audit: Audit,
}

/// The answer to the valid request.
pub(crate) enum Answer {
    /// An answer with this member.
    Member(&'static str),
    /// Nothing: the operation has no output in the model, or one without members.
    Nothing,
    /// A refusal: what the operation is about does not exist in this release. The code, the code in the audit record, and the text.
    Refused { code: &'static str, recorded: &'static str, text: &'static str },
}

/// A request that is refused because of its parameters.
pub(crate) enum Invalid {
    /// The members that replace those of the valid request (null removes one), the code and the text of the refusal.
    Refused { change: &'static str, code: &'static str, text: &'static str },
    /// The same for a constraint of the model: the member as the text names it, such as `null at 'keyId'`, and the constraint.
    Violates { change: &'static str, member: &'static str, constraint: &'static str },
    /// The operation has no parameter that a rule applies to; the reason.
    NoParameters(&'static str),
}

/// The permissions that the caller needs.
pub(crate) enum Permissions {
    /// All of these, in the order in which they are required.
    Required(&'static [Permission]),
    /// None; the reason.
    None(&'static str),
}

/// One permission that an operation requires.
pub(crate) struct Permission {
    /// `kms:Decrypt`.
    pub(crate) action: &'static str,
    /// The resource as the denial names it. Where that is an ARN, the caller is allowed the action on this resource only.
    pub(crate) resource: &'static str,
    /// How the denial is worded.
    pub(crate) wording: Wording,
}

/// How a denial is worded.
#[derive(Clone, Copy)]
pub(crate) enum Wording {
    /// `... on resource: <resource> because no identity-based policy allows the <action> action`
    Whole,
    /// The same without the resource.
    WithoutResource,
    /// The same without the reason.
    WithoutReason,
}

/// The expected fields of the audit record, besides the operation's name.
pub(crate) struct Audit {
    /// Its `readOnly`.
    pub(crate) read_only: bool,
    /// The ARNs of its `resources` after a success; `<made-arn>` is the ARN in the answer.
    pub(crate) resources: &'static [&'static str],
}

pub(crate) const fn member(name: &'static str) -> Answer {
    Answer::Member(name)
}

pub(crate) const fn refused(change: &'static str, code: &'static str, text: &'static str) -> Invalid {
    Invalid::Refused { change, code, text }
}

pub(crate) const fn violates(change: &'static str, member: &'static str, constraint: &'static str) -> Invalid {
    Invalid::Violates { change, member, constraint }
}

pub(crate) const fn required(permissions: &'static [Permission]) -> Permissions {
    Permissions::Required(permissions)
}

pub(crate) const fn on(action: &'static str, resource: &'static str) -> Permission {
    Permission { action, resource, wording: Wording::Whole }
}

pub(crate) const fn reads(resources: &'static [&'static str]) -> Audit {
    Audit { read_only: true, resources }
}

pub(crate) const fn writes(resources: &'static [&'static str]) -> Audit {
    Audit { read_only: false, resources }
}

impl Case {
    /// The blank texts of the entry. The types require every field; this check requires that none is blank.
    pub(crate) fn gaps(&self) -> Vec<&'static str> {
        let is_reason = |text: &str| text.split_whitespace().count() >= 4;
        let invalid = match self.invalid {
            Invalid::Refused { change, code, text } => change != "{}" && !code.is_empty() && !text.is_empty(),
            Invalid::Violates { change, member, constraint } => {
                change != "{}" && !member.is_empty() && !constraint.is_empty()
            }
            Invalid::NoParameters(reason) => is_reason(reason),
        };
        let permissions = match self.permissions {
            Permissions::Required(all) => !all.is_empty() && all.iter().all(|p| !p.action.is_empty()),
            Permissions::None(reason) => is_reason(reason),
        };
        let answer = !matches!(self.answer, Answer::Member(""));
        let whole = [
            (invalid, "no validation failure, and no reason"),
            (permissions, "no permission, and no reason"),
            (answer, "no answer"),
        ];
        whole.into_iter().filter(|(there, _)| !there).map(|(_, gap)| gap).collect()
    }
}
