//! The permissions that a request needs.

use std::borrow::Cow;
use std::fmt;

use claviger_policy::{AllowedAs, Context, Policy};
use claviger_store::Shared;
use claviger_store::tables::BoundPrincipal;
use claviger_store::tables::key_table::KeyRecord;
use claviger_types::AccountId;

use crate::audit::ServiceCall;
use crate::binding::StoredPolicy;
use crate::context::Cx;
use crate::error::Error;
use crate::granted::{GrantTerms, Grantable, MakeContext};

/// One permission that the caller needs.
#[derive(Debug)]
pub struct RequiredPermission {
    pub(crate) action: &'static str,
    pub(crate) resource: String,
    pub(crate) owner: AccountId,
    pub(crate) resource_policy: ResourcePolicy,
    pub(crate) conditions: Conditions,
    /// The grants that can allow it if no policy does.
    pub(crate) grants: Option<Grantable>,
    pub(crate) denial_style: DenialStyle,
    pub(crate) shown: Option<String>,
    /// The call, for a permission on a call that a service makes in the caller's name.
    pub(crate) for_service: Option<MakeCall>,
}

/// The condition keys of one permission, besides those that every request has.
#[derive(Default)]
pub(crate) struct Conditions {
    pub(crate) known: Context,
    pub(crate) lazy: Vec<SetKeys>,
    pub(crate) reads: Vec<(&'static str, ReadValues)>,
}

/// Sets condition keys.
pub(crate) type SetKeys = Box<dyn Fn(&mut Context)>;

/// Reads the values of a condition key.
pub(crate) type ReadValues = Box<dyn Fn(&Cx<'_, '_>) -> Result<Vec<String>, Error>>;

/// Makes the record of the call that a permission is for. Only a denial needs it.
pub(crate) struct MakeCall(Box<dyn Fn() -> ServiceCall>);

impl MakeCall {
    pub(crate) fn make(&self) -> ServiceCall {
        (self.0)()
    }
}

impl fmt::Debug for MakeCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.make().fmt(f)
    }
}

impl fmt::Debug for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conditions").field("known", &self.known).finish_non_exhaustive()
    }
}

/// The policy of the resource that is evaluated besides the caller's own policies.
#[derive(Debug)]
pub enum ResourcePolicy {
    /// None: lists, creations, IAM.
    Identity,
    /// A key's policy. It, or a grant to the account, decides whether IAM policies count at all (AWS KMS: "key policies").
    Key(StoredPolicy),
    /// A key policy that is not stored yet, and the unique ids of the principals that it names.
    NewKey(Policy, Vec<BoundPrincipal>),
    /// The policy of a key that does not exist: it allows no caller.
    NoKey,
    /// The policy of a key whose grant is to be retired. It can deny, but its Allows have no effect: the grant decides, or the IAM
    /// policies of the account in which the grant was made.
    Retirement {
        /// The key's policy.
        policy: StoredPolicy,
        /// The account in which the grant was made.
        issuer: AccountId,
        /// The form in which the grant names the caller as one that may retire it.
        holder: Option<AllowedAs>,
    },
    /// A secret's resource policy, if it has one.
    Secret(Option<StoredPolicy>),
    /// A role's trust policy.
    Trust(StoredPolicy),
    /// A role's trust policy if one of the role's own sessions calls. The policy must then name the role or session.
    OwnTrust(StoredPolicy),
}

/// How a denial is worded.
#[derive(Debug)]
pub(crate) enum DenialStyle {
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
    /// Requires `action` (`kms:Decrypt`) on the resource with this ARN, which `owner` owns.
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
            conditions: Conditions::default(),
            grants: None,
            denial_style: DenialStyle::WithResource,
            shown: None,
            for_service: None,
        }
    }

    /// Requires `action` on `*` in the caller's own account: lists and creations.
    pub fn on_anything(action: &'static str, cx: &Cx<'_, '_>) -> RequiredPermission {
        RequiredPermission::new(action, "*", cx.account(), ResourcePolicy::Identity)
    }

    /// Gives a condition key a value that this request has.
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) -> RequiredPermission {
        self.conditions.known.set(key, value);
        self
    }

    /// Gives a condition key a value, if the request has one.
    pub fn with_opt(self, key: impl Into<Cow<'static, str>>, value: Option<impl Into<String>>) -> RequiredPermission {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Gives a multi-valued condition key its values.
    pub fn with_many(mut self, key: impl Into<Cow<'static, str>>, values: Vec<String>) -> RequiredPermission {
        self.conditions.known.set_many(key, values);
        self
    }

    /// Condition keys that are set only if a policy asks for one: most policies have no conditions. They are set after those of
    /// [`RequiredPermission::with`], in whatever order the calls are made, and replace a key of the same spelling.
    pub fn with_lazy(mut self, set: impl Fn(&mut Context) + 'static) -> RequiredPermission {
        self.conditions.lazy.push(Box::new(set));
        self
    }

    /// A multi-valued condition key whose values are read from the store if a policy asks for it.
    pub fn with_read(
        mut self,
        key: &'static str,
        read: impl Fn(&Cx<'_, '_>) -> Result<Vec<String>, Error> + 'static,
    ) -> RequiredPermission {
        self.conditions.reads.push((key, Box::new(read)));
        self
    }

    /// A grant on this key can allow the action in place of a policy.
    pub fn or_granted_on(mut self, key: Shared<KeyRecord>) -> RequiredPermission {
        self.grants = Some(Grantable::by_grants_on(key));
        self
    }

    /// The encryption context that the constraints of grants are compared with.
    pub fn with_grant_context(mut self, context: MakeContext) -> RequiredPermission {
        if let Some(grants) = &mut self.grants {
            grants.set_context(context);
        }
        self
    }

    /// The grant that the action makes. A grant that allows the action must give at least as much.
    pub fn with_granted_terms(mut self, terms: GrantTerms) -> RequiredPermission {
        if let Some(grants) = &mut self.grants {
            grants.set_child(terms);
        }
        self
    }

    /// A denial names the resource as the caller did, if that is not its ARN.
    pub fn shown_as(mut self, name: impl Into<String>) -> RequiredPermission {
        self.shown = Some(name.into());
        self
    }

    /// A denial does not name the resource.
    pub fn without_resource(mut self) -> RequiredPermission {
        self.denial_style = DenialStyle::WithoutResource;
        self
    }

    /// If the key is another account's, a denial does not name the key of the ciphertext.
    pub fn for_ciphertext(mut self) -> RequiredPermission {
        self.denial_style = DenialStyle::WithCiphertext;
        self
    }

    /// A denial gives no reason.
    pub fn without_reason(mut self) -> RequiredPermission {
        self.denial_style = DenialStyle::WithoutReason;
        self
    }

    /// The permission is for a call that a service makes in the caller's name. A denial is recorded as one of that call.
    pub fn for_service(mut self, call: impl Fn() -> ServiceCall + 'static) -> RequiredPermission {
        self.for_service = Some(MakeCall(Box::new(call)));
        self
    }

    /// A denial has this text.
    pub fn denied_as(mut self, text: &'static str) -> RequiredPermission {
        self.denial_style = DenialStyle::Fixed(text);
        self
    }
}
