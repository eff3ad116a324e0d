//! May the caller do this? Gathers every policy that bears on a permission and lets `claviger-policy` decide.
//!
//! Only this module can make an [`Authorized`], and no operation runs without one.

use claviger_crypto::EncryptionContext;
use claviger_policy::{Context, Decision, Inputs, Policy, PolicyKind, PolicyType, Principal, Request, ResourceModel};
use claviger_store::tables::BoundPrincipal;
use claviger_types::{AccountId, Caller, CallerKind, Partition};

use crate::audit::ServiceCall;
use crate::binding::{self, StoredPolicy};
use crate::caller_policies;
use crate::context::{Cx, RequestInfo};
use crate::error::Error;

/// The proof that the caller may act on the target. Its field is private to this module: nothing else can make one.
#[derive(Debug)]
pub struct Authorized<T>(T);

impl<T> Authorized<T> {
    /// Takes the target out of its proof.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Authorized<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// One permission that the caller needs.
#[derive(Debug)]
pub struct RequiredPermission {
    action: &'static str,
    resource: String,
    owner: AccountId,
    resource_policy: ResourcePolicy,
    context: Context,
    phrase: DenialStyle,
    shown: Option<String>,
    /// Set where a service asks in the caller's name: the encryption context that it gives.
    for_service: Option<EncryptionContext>,
}

/// What guards the resource besides the caller's own policies.
#[derive(Debug)]
pub enum ResourcePolicy {
    /// Nothing: lists, creations, IAM.
    Identity,
    /// A key's policy, which has the last word (AWS KMS: "key policies").
    Key(StoredPolicy),
    /// A key policy that is not stored yet, and who those are whom it names.
    NewKey(Policy, Vec<BoundPrincipal>),
    /// That of a key which is not there: it lets nobody in.
    NoKey,
    /// A secret's resource policy, if it has one.
    Secret(Option<StoredPolicy>),
    /// A role's trust policy.
    Trust(StoredPolicy),
    /// The same where one of the role's own sessions asks, which the policy then has to name.
    OwnTrust(StoredPolicy),
}

/// Why a key of another account is refused, whatever the reason.
const UNSEEN: &str = "because the resource does not exist in this Region, no resource-based policies allow access, or a \
                      resource-based policy explicitly denies access";

/// What is said of a ciphertext whose key is not here, and of one whose key belongs to another account and does not let the
/// caller in.
pub fn unseen_ciphertext(cx: &Cx<'_, '_>, action: &str) -> String {
    let who = cx.caller.arn(cx.partition());
    format!(
        "User: {who} is not authorized to perform: {action} on the resource associated with this ciphertext {UNSEEN}"
    )
}

/// How a denial is worded.
#[derive(Debug)]
enum DenialStyle {
    /// `... on resource: <resource> because ...`
    WithResource,
    /// `... on the resource associated with this ciphertext because ...`, of a key in another account.
    WithCiphertext,
    /// `... because ...`, for calls without a resource.
    WithoutResource,
    /// `... on resource: <resource>`, as STS words it.
    WithoutReason,
    /// A text of its own.
    Fixed(&'static str),
}

impl RequiredPermission {
    /// Asks for `action` (`kms:Decrypt`) on the resource with this ARN, which `owner` owns.
    pub fn new(
        action: &'static str,
        resource: impl Into<String>,
        owner: &AccountId,
        resource_policy: ResourcePolicy,
    ) -> RequiredPermission {
        let resource = resource.into();
        RequiredPermission {
            action,
            resource,
            owner: owner.clone(),
            resource_policy,
            context: Context::new(),
            phrase: DenialStyle::WithResource,
            shown: None,
            for_service: None,
        }
    }

    /// Asks for `action` on `*` in the caller's own account: lists and creations.
    pub fn on_anything(action: &'static str, cx: &Cx<'_, '_>) -> RequiredPermission {
        RequiredPermission::new(action, "*", cx.account(), ResourcePolicy::Identity)
    }

    /// Gives a condition key a value that this request has.
    pub fn with(mut self, key: &str, value: impl Into<String>) -> RequiredPermission {
        self.context.set(key, value);
        self
    }

    /// Gives a condition key a value, if the request has one.
    pub fn with_opt(self, key: &str, value: Option<impl Into<String>>) -> RequiredPermission {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Gives a multi-valued condition key its values.
    pub fn with_many(mut self, key: &str, values: Vec<String>) -> RequiredPermission {
        self.context.set_many(key, values);
        self
    }

    /// A denial names the resource as the caller did, where that is not its ARN.
    pub fn shown_as(mut self, name: impl Into<String>) -> RequiredPermission {
        self.shown = Some(name.into());
        self
    }

    /// A denial does not name the resource.
    pub fn without_resource(mut self) -> RequiredPermission {
        self.phrase = DenialStyle::WithoutResource;
        self
    }

    /// Where the key is another account's, a denial does not say which one the ciphertext led to.
    pub fn for_ciphertext(mut self) -> RequiredPermission {
        self.phrase = DenialStyle::WithCiphertext;
        self
    }

    /// A denial gives no reason.
    pub fn without_reason(mut self) -> RequiredPermission {
        self.phrase = DenialStyle::WithoutReason;
        self
    }

    /// A service asks in the caller's name, with this encryption context.
    pub fn for_service(mut self, context: EncryptionContext) -> RequiredPermission {
        self.for_service = Some(context);
        self
    }

    /// A denial has this text.
    pub fn denied_as(mut self, text: &'static str) -> RequiredPermission {
        self.phrase = DenialStyle::Fixed(text);
        self
    }
}

/// Decides every permission, in order, and notes what they are about; with all of them met, the target is the operation's to act on.
pub fn authorize<T>(cx: &Cx<'_, '_>, permissions: Vec<RequiredPermission>, target: T) -> Result<Authorized<T>, Error> {
    for permission in permissions {
        permission.note_resource(cx);
        decide(cx, permission)?;
    }
    Ok(Authorized(target))
}

/// Requires one more permission of the caller, beside those that the pipeline required. It proves nothing: no [`Authorized`] comes
/// of it.
pub fn require(cx: &Cx<'_, '_>, permission: RequiredPermission) -> Result<(), Error> {
    permission.note_resource(cx);
    decide(cx, permission)
}

/// Whether the caller would be let through.
pub fn allows(cx: &Cx<'_, '_>, permission: RequiredPermission) -> Result<bool, Error> {
    match decide(cx, permission) {
        Ok(()) => Ok(true),
        Err(Error::Denied(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn decide(cx: &Cx<'_, '_>, mut permission: RequiredPermission) -> Result<(), Error> {
    fill_context(cx, &mut permission);
    let principal = principal(cx.caller, cx.partition());
    let of_caller = caller_policies::of_caller(cx)?;
    for (key, value) in &of_caller.tags {
        permission.context.set(&format!("aws:PrincipalTag/{key}"), value.as_str());
    }
    let (resource, model) = resource_policy(cx, &permission.resource_policy, &principal)?;
    let request = Request {
        principal: &principal,
        action: permission.action,
        resource: &permission.resource,
        context: &permission.context,
    };
    let decision = claviger_policy::decide(&Inputs {
        request,
        identity: &of_caller.identity,
        boundary: of_caller.boundary.as_ref(),
        session: of_caller.session.as_deref(),
        resource: resource.as_ref(),
        resource_account: permission.owner.as_str(),
        model,
    });
    match decision {
        Decision::Allow { .. } => Ok(()),
        Decision::Deny(denial) => {
            permission.note_denial(cx, &denial);
            Err(Error::Denied(permission.denial_text(cx, &denial, &permission.phrase)))
        }
    }
}

fn resource_policy(
    cx: &Cx<'_, '_>,
    resource_policy: &ResourcePolicy,
    principal: &Principal,
) -> Result<(Option<Policy>, ResourceModel), Error> {
    let parse = |stored: &StoredPolicy, kind: PolicyKind| {
        let policy = cx.policies.parse(&stored.text, kind)?;
        Ok::<_, Error>(Some(binding::apply(policy, &stored.bound, principal)))
    };
    Ok(match resource_policy {
        ResourcePolicy::Identity => (None, ResourceModel::IdentityOnly),
        ResourcePolicy::Key(policy) => (parse(policy, PolicyKind::Key)?, ResourceModel::KeyPolicy),
        ResourcePolicy::NewKey(policy, bound) => {
            (Some(binding::apply(policy.clone(), bound, principal)), ResourceModel::KeyPolicy)
        }
        ResourcePolicy::NoKey => (None, ResourceModel::KeyPolicy),
        ResourcePolicy::Secret(None) => (None, ResourceModel::Ordinary),
        ResourcePolicy::Secret(Some(policy)) => (parse(policy, PolicyKind::Resource)?, ResourceModel::Ordinary),
        // AssumeRole lets a root come this far in dev mode only; there the trust policy must name it or its account.
        ResourcePolicy::Trust(policy) if cx.caller.is_root() => {
            (parse(policy, PolicyKind::Trust)?, ResourceModel::KeyPolicy)
        }
        ResourcePolicy::Trust(policy) => (parse(policy, PolicyKind::Trust)?, ResourceModel::Trust),
        ResourcePolicy::OwnTrust(policy) => (parse(policy, PolicyKind::Trust)?, ResourceModel::OwnTrust),
    })
}

/// The caller in the forms that a policy can name.
pub fn principal(caller: &Caller, partition: Partition) -> Principal {
    let role_arn = matches!(caller.kind, CallerKind::RoleSession { .. }).then(|| caller.principal_arn(partition));
    Principal {
        account: caller.account.to_string(),
        arn: caller.arn(partition),
        role_arn,
        is_root: caller.is_root(),
        unique_id: match &caller.kind {
            CallerKind::RoleSession { role_id, .. } => role_id.clone(),
            CallerKind::Root | CallerKind::User { .. } => caller.user_id(),
        },
    }
}

/// Fills the global condition keys (reference: IAM User Guide, "AWS global condition context keys").
fn fill_context(cx: &Cx<'_, '_>, permission: &mut RequiredPermission) {
    let Cx { caller, now, .. } = cx;
    let context = &mut permission.context;
    context.set("aws:PrincipalArn", caller.principal_arn(cx.partition()));
    context.set("aws:PrincipalAccount", caller.account.as_str());
    context.set("aws:PrincipalType", principal_type(caller));
    context.set("aws:userid", caller.user_id());
    if let CallerKind::User { name, .. } = &caller.kind {
        context.set("aws:username", name.as_str());
    }
    if let Some(session) = &caller.session {
        context.set("aws:TokenIssueTime", session.issued.iso8601());
        // Only temporary credentials have this key, and none are issued with MFA.
        context.set("aws:MultiFactorAuthPresent", "false");
        if let Some(identity) = &session.source_identity {
            context.set("aws:SourceIdentity", identity.as_str());
        }
    }
    context.set("aws:CurrentTime", now.iso8601());
    context.set("aws:EpochTime", now.secs().to_string());
    if !context.has("aws:RequestedRegion") {
        context.set("aws:RequestedRegion", cx.region().as_str());
    }
    context.set("aws:ResourceAccount", permission.owner.as_str());
    fill_request(context, cx.request);
}

fn fill_request(context: &mut Context, request: &RequestInfo) {
    if !context.has("aws:ViaAWSService") {
        context.set("aws:ViaAWSService", "false");
        if let Some(ip) = request.source_ip {
            context.set("aws:SourceIp", ip.to_string());
        }
    }
    context.set("aws:SecureTransport", if request.secure { "true" } else { "false" });
    if let Some(agent) = &request.user_agent {
        context.set("aws:UserAgent", agent.as_str());
    }
}

fn principal_type(caller: &Caller) -> &'static str {
    match caller.kind {
        CallerKind::Root => "Account",
        CallerKind::User { .. } => "User",
        CallerKind::RoleSession { .. } => "AssumedRole",
    }
}

impl RequiredPermission {
    /// IAM's records do not name resources, and what services ask for is in records of their own.
    fn note_resource(&self, cx: &Cx<'_, '_>) {
        if self.for_service.is_none() && !self.action.starts_with("iam:") {
            cx.audit.record_resource(&self.resource, &self.owner, self.shown.is_none());
        }
    }

    /// The service's own answer to a denial says less than the record of what it asked.
    fn note_denial(&self, cx: &Cx<'_, '_>, denial: &claviger_policy::Denial) {
        if let (Some(context), Some((_, operation))) = (&self.for_service, self.action.split_once(':')) {
            let asked = ServiceCall { operation, key: self.resource.clone(), context: context.clone() };
            cx.audit.denied(asked, &self.owner, self.denial_text(cx, denial, &DenialStyle::WithResource));
        }
    }

    /// Whether a key of another account is refused by its own policy: nobody learns then whether there is such a key.
    fn is_unseen(&self, cx: &Cx<'_, '_>, denial: &claviger_policy::Denial) -> bool {
        let is_key = matches!(self.resource_policy, ResourcePolicy::Key(_) | ResourcePolicy::NoKey);
        is_key && &self.owner != cx.account() && denial.policy_type == PolicyType::Resource
    }

    fn denial_text(&self, cx: &Cx<'_, '_>, denial: &claviger_policy::Denial, phrase: &DenialStyle) -> String {
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
