//! The permissions that a request needs, as policies give them and as refusals name them.

use serde_json::{Value, json};

use super::rules::{Across, GRANTABLE, Rule};
use crate::case::{Case, Permission, Permissions, Wording, on};
use crate::kit::HOME;
use crate::template::{self, Names};

/// The account that owns the resources.
pub(crate) const OWNER: &str = "000000000000";

/// The other account.
pub(crate) const STRANGER: &str = "111122223333";

/// What Secrets Manager answers to a caller who may not use the key of a secret.
const NO_KMS: &str = "Access to KMS is not allowed";

/// What KMS answers to a caller whom the key of another account does not allow.
const UNSEEN: &str = "because the resource does not exist in this Region, no resource-based policies allow access, or a \
                      resource-based policy explicitly denies access";

/// One permission that a request needs.
#[derive(Clone)]
pub(crate) struct Need {
    pub(crate) action: &'static str,
    /// The resource as a refusal names it.
    resource: String,
    /// The resource as policies name it.
    pattern: String,
    wording: Wording,
    pub(crate) holder: Holder,
    /// Whether Secrets Manager needs it in the caller's name, on a key.
    for_service: bool,
    /// Whether the ciphertext alone names the key.
    by_ciphertext: bool,
}

/// Where the permission can come from, besides the caller's own policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The policy of this key, or a grant on it.
    Key,
    /// The policy of this secret.
    Secret,
    /// Nowhere. The resource belongs to its owner all the same.
    Elsewhere,
    /// Nowhere: the resource is whatever account calls.
    Caller,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    NoIdentity,
    NoResource,
    NoSession,
    NoBoundary,
    DenyOfIdentity,
    DenyOfResource,
}

/// Who calls, as far as refusals depend on it.
pub(crate) struct Named<'a> {
    pub(crate) arn: &'a str,
    pub(crate) is_stranger: bool,
}

/// The permissions of an operation. Those of the entry come first, as the server asks for them.
pub(crate) fn of(case: &'static Case, rule: &Rule, names: &Names) -> Vec<Need> {
    let Permissions::Required(required) = case.permissions else {
        panic!("{}: every operation of KMS and Secrets Manager requires a permission", case.operation)
    };
    let by_ciphertext = matches!(rule.across, Across::ByCiphertext);
    let mut needs: Vec<Need> = required.iter().map(|permission| need(permission, names)).collect();
    needs[0].by_ciphertext = by_ciphertext;
    if case.operation == "BatchGetSecretValue" {
        // The permission on each secret, of which the entry says nothing: its refusal is an error in the answer.
        needs.push(need(&on("secretsmanager:GetSecretValue", "<secret-arn>"), names));
    }
    needs.extend(rule.kms.iter().map(|action| need_for_service(action, names)));
    needs
}

fn need_for_service(action: &'static str, names: &Names) -> Need {
    Need { for_service: true, ..need(&on(action, "<value-key-arn>"), names) }
}

fn need(permission: &Permission, names: &Names) -> Need {
    let resource = template::fill(permission.resource, names);
    let holder = match permission.resource {
        "<key-arn>" | "<other-arn>" | "<value-key-arn>" => Holder::Key,
        "<secret-arn>" => Holder::Secret,
        "<alias-arn>" => Holder::Caller,
        _ if resource.contains(&format!(":{OWNER}:")) => Holder::Elsewhere,
        _ => Holder::Caller,
    };
    let pattern =
        if permission.resource.ends_with("arn>") || permission.resource.starts_with("arn:") { &resource } else { "*" };
    let pattern = pattern.to_owned();
    let Permission { action, wording, .. } = *permission;
    Need { action, resource, pattern, wording, holder, for_service: false, by_ciphertext: false }
}

impl Need {
    /// A statement of a policy of the caller's account.
    pub(crate) fn statement(&self, effect: &str) -> Value {
        json!({"Effect": effect, "Action": self.action, "Resource": self.pattern})
    }

    /// A statement of the resource's own policy.
    pub(crate) fn statement_for(&self, effect: &str, principal: &str) -> Value {
        json!({"Effect": effect, "Principal": {"AWS": principal}, "Action": self.action, "Resource": "*"})
    }

    /// The ARN of the key or secret whose policy can allow or deny it.
    pub(crate) fn policy_of(&self) -> Option<&str> {
        matches!(self.holder, Holder::Key | Holder::Secret).then_some(&self.resource)
    }

    pub(crate) fn is_grantable(&self) -> bool {
        self.holder == Holder::Key && GRANTABLE.contains(&self.action)
    }

    /// The text of the refusal of this permission.
    pub(crate) fn refusal(&self, who: &Named<'_>, why: Why) -> String {
        if self.for_service {
            return NO_KMS.to_owned();
        }
        let Need { action, resource, .. } = self;
        let subject = format!("User: {} is not authorized to perform: {action}", who.arn);
        let by_key = self.holder == Holder::Key && matches!(why, Why::NoResource | Why::DenyOfResource);
        let is_unseen = who.is_stranger && by_key;
        let reason = if is_unseen { UNSEEN.to_owned() } else { why.text(action) };
        match self.wording {
            Wording::Whole if is_unseen && self.by_ciphertext => {
                format!("{subject} on the resource associated with this ciphertext {reason}")
            }
            Wording::Whole => format!("{subject} on resource: {resource} {reason}"),
            Wording::WithoutResource => format!("{subject} {reason}"),
            Wording::WithoutReason => format!("{subject} on resource: {resource}"),
        }
    }
}

impl Why {
    fn text(self, action: &str) -> String {
        let lacking = |policy: &str| format!("because no {policy} allows the {action} action");
        match self {
            Why::NoIdentity => lacking("identity-based policy"),
            Why::NoResource => lacking("resource-based policy"),
            Why::NoSession => lacking("session policy"),
            Why::NoBoundary => lacking("permissions boundary"),
            Why::DenyOfIdentity => "with an explicit deny in an identity-based policy".to_owned(),
            Why::DenyOfResource => "with an explicit deny in a resource-based policy".to_owned(),
        }
    }
}

/// The names of an entry as a caller of the other account must use them: a key by its ARN.
pub(crate) fn strangers(names: &Names) -> Names {
    let mut names = names.clone();
    for (short, arn) in [("key", "key-arn"), ("other", "other-arn")] {
        if let Some(arn) = names.get(arn).cloned() {
            names.insert(short, arn);
        }
    }
    names.insert("strangers-alias-arn", format!("arn:aws:kms:{HOME}:{STRANGER}:alias/a"));
    names
}
