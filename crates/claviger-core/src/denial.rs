//! The texts of denials, and their entries in the audit record.

use claviger_policy::{Denial, PolicyType};

use crate::audit::{AuditContext, ServiceCall};
use crate::context::Cx;
use crate::permission::{DenialStyle, RequiredPermission, ResourcePolicy};

/// The reason in the denial of a key of another account. It is the same for all reasons.
const UNSEEN: &str = "because the resource does not exist in this Region, no resource-based policies allow access, or a \
                      resource-based policy explicitly denies access";

/// The denial for a ciphertext whose key is not in this region. It equals the denial for a key of another account that does not
/// allow the caller.
pub fn unseen_ciphertext(cx: &Cx<'_, '_>, action: &str) -> String {
    let who = cx.caller.arn(cx.partition());
    format!(
        "User: {who} is not authorized to perform: {action} on the resource associated with this ciphertext {UNSEEN}"
    )
}

impl RequiredPermission {
    /// Notes the resource for the audit record. IAM's records do not name resources. A permission that a service requires is
    /// noted in the record of the service's own call.
    pub(crate) fn note_resource(&self, audit: &AuditContext) {
        if self.for_service.is_none() && !self.action.starts_with("iam:") {
            // A key that does not exist is not a resource that the request is known to be about.
            let certain = self.shown.is_none() && !matches!(self.resource_policy, ResourcePolicy::NoKey);
            audit.record_resource(&self.resource, &self.owner, certain);
        }
    }

    /// Records the denied call of a service. Its text names the resource, which the service's answer does not.
    pub(crate) fn note_denial(&self, cx: &Cx<'_, '_>, audit: &AuditContext, denial: &Denial) {
        self.note_denied_call(audit, || self.denial_text(cx, denial, &DenialStyle::WithResource));
    }

    /// As [`RequiredPermission::note_denial`], with a text of its own.
    pub(crate) fn note_denied_call(&self, audit: &AuditContext, text: impl FnOnce() -> String) {
        if let Some(call) = &self.for_service {
            let asked = ServiceCall { key: self.resource.clone(), ..call.make() };
            audit.denied(asked, &self.owner, text());
        }
    }

    /// Whether a key of another account is refused by its own policy. The text then does not show whether the key exists.
    fn is_unseen(&self, cx: &Cx<'_, '_>, denial: &Denial) -> bool {
        let is_key = matches!(
            self.resource_policy,
            ResourcePolicy::Key(_) | ResourcePolicy::NoKey | ResourcePolicy::Retirement { .. }
        );
        is_key && &self.owner != cx.account() && denial.policy_type == PolicyType::Resource
    }

    pub(crate) fn denial_text(&self, cx: &Cx<'_, '_>, denial: &Denial, phrase: &DenialStyle) -> String {
        let who = cx.caller.arn(cx.partition());
        let action = self.action;
        let resource = self.shown.as_deref().unwrap_or(&self.resource);
        let tail = if self.is_unseen(cx, denial) { UNSEEN.to_owned() } else { denial.tail(action) };
        match phrase {
            DenialStyle::WithCiphertext if self.is_unseen(cx, denial) => unseen_ciphertext(cx, action),
            DenialStyle::WithResource | DenialStyle::WithCiphertext => {
                format!("User: {who} is not authorized to perform: {action} on resource: {resource} {tail}")
            }
            DenialStyle::WithoutResource => format!("User: {who} is not authorized to perform: {action} {tail}"),
            DenialStyle::WithoutReason => {
                format!("User: {who} is not authorized to perform: {action} on resource: {resource}")
            }
            DenialStyle::Fixed(text) => (*text).to_owned(),
        }
    }
}
