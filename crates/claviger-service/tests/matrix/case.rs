//! One entry of the matrix. Its texts may hold names in angle brackets, such as `<key-arn>`, which the fixture gives.

use crate::fixture::Fixture;
use crate::kit::World;

/// One operation.
pub(crate) struct Case {
    /// Its name in the API.
    pub(crate) operation: &'static str,
    /// Makes what the request is about.
    pub(crate) fixture: fn(&World) -> Fixture,
    /// A valid request, as JSON in both protocols.
    pub(crate) input: &'static str,
    /// What a success answers.
    pub(crate) answer: Answer,
    /// A request that is refused for what it holds.
    pub(crate) invalid: Invalid,
    /// What the caller must be allowed to do.
    pub(crate) permissions: Permissions,
    /// What the audit record says besides the operation's name.
    pub(crate) audit: Audit,
}

/// What a success answers.
pub(crate) enum Answer {
    /// An answer with this member.
    Member(&'static str),
    /// Nothing: the operation has no output in the model.
    Nothing,
}

/// A request that is refused for what it holds.
pub(crate) enum Invalid {
    /// The members that replace those of the valid request (null removes one), the code and the text of the refusal.
    Refused { change: &'static str, code: &'static str, text: &'static str },
    /// The same for a constraint of the model: the member as the text names it, such as `null at 'keyId'`, and the constraint.
    Violates { change: &'static str, member: &'static str, constraint: &'static str },
    /// The operation has no parameter that a rule applies to; the reason.
    NoParameters(&'static str),
}

/// What the caller must be allowed to do.
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
pub(crate) enum Wording {
    /// `... on resource: <resource> because no identity-based policy allows the <action> action`
    Whole,
    /// The same without the resource.
    WithoutResource,
    /// The same without the reason.
    WithoutReason,
}

/// What an audit record says besides the operation's name.
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
    /// What the entry leaves open. The shape of a case asks for everything; this holds that nothing of it is blank.
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
