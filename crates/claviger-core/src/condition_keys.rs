//! The condition keys of a request: those that every request has, in all services, and those of the permission that is decided.
//!
//! They are computed when a policy asks for the first one, since most policies have no conditions.

use std::cell::{OnceCell, RefCell};
use std::fmt;

use claviger_policy::{ConditionKey, ConditionKeys, ConditionValue, Context, cut};
use claviger_types::{Caller, CallerKind, Federation};

use crate::context::{Cx, RequestInfo};
use crate::error::Error;
use crate::permission::{ReadValues, RequiredPermission};

/// The condition keys of one permission of a request.
pub(crate) struct RequestKeys<'a, 's> {
    cx: &'a Cx<'a, 's>,
    permission: &'a RequiredPermission,
    /// `aws:PrincipalTag/...`
    tags: &'a [(String, String)],
    known: OnceCell<Context>,
    reads: Vec<Read<'a>>,
    /// The first failure to read a value.
    failure: RefCell<Option<Error>>,
}

/// The most keys that an explanation shows, and the most values of each.
const SHOWN_KEYS: usize = 40;
const SHOWN_VALUES: usize = 4;

/// A key whose values are in the store.
struct Read<'a> {
    key: ConditionKey,
    read: &'a ReadValues,
    /// None if they could not be read.
    values: OnceCell<Option<Vec<String>>>,
}

impl<'a, 's> RequestKeys<'a, 's> {
    pub(crate) fn new(
        cx: &'a Cx<'a, 's>,
        permission: &'a RequiredPermission,
        tags: &'a [(String, String)],
    ) -> RequestKeys<'a, 's> {
        let reads = permission.conditions.reads.iter();
        let reads = reads.map(|(key, read)| Read { key: ConditionKey::new(key), read, values: OnceCell::new() });
        let (known, failure) = (OnceCell::new(), RefCell::new(None));
        RequestKeys { cx, permission, tags, known, reads: reads.collect(), failure }
    }

    /// The failure to read a value, if there was one. The decision is invalid then.
    pub(crate) fn into_result(self) -> Result<(), Error> {
        self.failure.into_inner().map_or(Ok(()), Err)
    }

    /// The keys that are not read from the store, with their values, cut to what an explanation shows.
    pub(crate) fn shown(&self) -> Vec<(String, Vec<String>)> {
        let owned =
            |(key, values): (&str, Vec<&str>)| (cut(key), values.into_iter().take(SHOWN_VALUES).map(cut).collect());
        self.known().entries().into_iter().take(SHOWN_KEYS).map(owned).collect()
    }

    fn known(&self) -> &Context {
        self.known.get_or_init(|| {
            let mut context = self.permission.conditions.known.clone();
            self.permission.conditions.lazy.iter().for_each(|set| set(&mut context));
            fill(&mut context, self.cx, self.permission);
            for (key, value) in self.tags {
                context.set(format!("aws:PrincipalTag/{key}"), value.as_str());
            }
            context
        })
    }
}

impl ConditionKeys for RequestKeys<'_, '_> {
    fn lookup(&self, key: &ConditionKey) -> ConditionValue<'_> {
        let Some(read) = self.reads.iter().find(|read| read.key == *key) else { return self.known().lookup(key) };
        let values = read.values.get_or_init(|| match (read.read)(self.cx) {
            Ok(values) => Some(values),
            Err(error) => {
                self.failure.borrow_mut().get_or_insert(error);
                None
            }
        });
        match values.as_deref() {
            Some([]) => ConditionValue::Absent,
            Some(values) => ConditionValue::Many(values),
            // Makes the condition unknown. The request fails afterwards.
            None => ConditionValue::Ambiguous,
        }
    }
}

impl fmt::Debug for RequestKeys<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestKeys").field("permission", self.permission).finish_non_exhaustive()
    }
}

/// Fills the global condition keys (reference: IAM User Guide, "AWS global condition context keys").
fn fill(context: &mut Context, cx: &Cx<'_, '_>, permission: &RequiredPermission) {
    let Cx { caller, now, .. } = cx;
    context.set("aws:PrincipalIsAWSService", "false");
    if let Some(kind) = principal_type(caller) {
        context.set("aws:PrincipalArn", caller.principal_arn(cx.partition()));
        context.set("aws:PrincipalAccount", caller.account.as_str());
        context.set("aws:PrincipalType", kind);
        context.set("aws:userid", caller.user_id());
    }
    match &caller.kind {
        CallerKind::User { name, .. } => context.set("aws:username", name.as_str()),
        CallerKind::WebIdentity(identity) => fill_federation(context, &identity.provider, &identity.keys),
        CallerKind::Root | CallerKind::RoleSession { .. } | CallerKind::FederatedUser { .. } => {}
    }
    if let Some(session) = &caller.session {
        context.set("aws:TokenIssueTime", session.issued.iso8601());
        // Only temporary credentials have this key, and none are issued with MFA.
        context.set("aws:MultiFactorAuthPresent", "false");
        if let Some(identity) = &session.source_identity {
            context.set("aws:SourceIdentity", identity.as_str());
        }
        if let Some(Federation { provider, keys }) = &session.federation {
            fill_federation(context, provider, keys);
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

/// Fills the keys of an identity that a provider vouches for.
fn fill_federation(context: &mut Context, provider: &str, keys: &[(String, Vec<String>)]) {
    context.set("aws:FederatedProvider", provider);
    for (key, values) in keys {
        match values.as_slice() {
            [one] => context.set(key.clone(), one.as_str()),
            many => context.set_many(key.clone(), many.to_vec()),
        }
    }
}

/// Absent for a caller that is no principal of an account.
fn principal_type(caller: &Caller) -> Option<&'static str> {
    match caller.kind {
        CallerKind::Root => Some("Account"),
        CallerKind::User { .. } => Some("User"),
        CallerKind::RoleSession { .. } => Some("AssumedRole"),
        CallerKind::FederatedUser { .. } => Some("FederatedUser"),
        CallerKind::WebIdentity(_) => None,
    }
}
