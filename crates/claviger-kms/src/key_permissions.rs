//! The permissions on keys, with the condition keys that KMS gives to policies (reference: AWS KMS, "Condition keys").

use std::rc::Rc;

use claviger_crypto::EncryptionContext;
use claviger_policy::Context;
use claviger_store::tables::key_table::{self, KeyRecord};
use claviger_types::{Algorithm, KeyOrigin, KeySpec, KeyUsage, Region};

use claviger_core::binding::StoredPolicy;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::key_lookup::{FoundKey, Lookup, alias_arn};

impl Lookup {
    /// The permission that an action on the key needs. For a key that does not exist it is one that no caller has.
    pub fn permission(&self, action: &'static str, cx: &Cx<'_, '_>) -> Result<RequiredPermission, Error> {
        match self {
            Lookup::Found(key) => permission(action, key, cx),
            Lookup::Unseen { owner, arn } => {
                Ok(RequiredPermission::new(action, arn.as_str(), owner, ResourcePolicy::NoKey))
            }
        }
    }
}

/// Requires a permission on a key, with the condition keys that every key operation has.
pub fn permission(action: &'static str, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<RequiredPermission, Error> {
    Ok(by_policy(action, key, cx)?.or_granted_on(key.record.clone()))
}

/// The same, for a caller to whom no grant gives it.
pub(crate) fn by_policy(action: &'static str, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<RequiredPermission, Error> {
    let resource_policy = ResourcePolicy::Key(StoredPolicy::new(&key.record.policy, &key.record.bound));
    permission_under(action, key, resource_policy, cx)
}

/// The same, with another policy than the key's own.
pub fn permission_under(
    action: &'static str,
    key: &FoundKey,
    resource_policy: ResourcePolicy,
    cx: &Cx<'_, '_>,
) -> Result<RequiredPermission, Error> {
    let FoundKey { record, arn, alias, place: _ } = key.clone();
    // Aliases are the region's own; a replica that is yet to be made has none.
    let is_here = &arn.region == cx.region();
    let (account, id) = (record.account.clone(), record.id.clone());
    let aliases = move |cx: &Cx<'_, '_>| match is_here {
        true => Ok(key_table::alias_names(cx.tx, &account, &id)?),
        false => Ok(Vec::new()),
    };
    let caller_account = cx.account().clone();
    let permission = RequiredPermission::new(action, key.arn.text(), &key.record.account, resource_policy)
        .with_read("kms:ResourceAliases", aliases)
        .with_lazy(move |context| {
            context.set("kms:CallerAccount", caller_account.as_str());
            set_key_conditions(context, &record, &arn.region);
            if let Some(alias) = &alias {
                context.set("kms:RequestAlias", alias.as_str());
            }
        });
    Ok(match &key.alias {
        // The text of a denial names the alias: the caller must not learn the key behind another account's alias before it may
        // use it.
        Some(name) if &key.record.account != cx.account() => {
            permission.shown_as(alias_arn(cx, &key.record.account, name))
        }
        _ => permission,
    })
}

/// Sets the condition keys of a key that is in a region.
fn set_key_conditions(context: &mut Context, record: &KeyRecord, region: &Region) {
    context.set("aws:RequestedRegion", region.as_str());
    set_spec_conditions(context, record.spec, record.usage, record.origin);
    context.set("kms:MultiRegion", if record.multi_region.is_some() { "true" } else { "false" });
    if let Some(kind) = multi_region_type(record, region) {
        context.set("kms:MultiRegionKeyType", kind);
    }
    for tag in &record.tags {
        context.set(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
    }
}

/// Adds the condition keys of a key's spec, usage and origin, under their older names too.
pub fn spec_conditions(
    permission: RequiredPermission,
    spec: KeySpec,
    usage: KeyUsage,
    origin: KeyOrigin,
) -> RequiredPermission {
    permission.with_lazy(move |context| set_spec_conditions(context, spec, usage, origin))
}

fn set_spec_conditions(context: &mut Context, spec: KeySpec, usage: KeyUsage, origin: KeyOrigin) {
    context.set("kms:KeySpec", spec.as_str());
    context.set("kms:CustomerMasterKeySpec", spec.as_str());
    context.set("kms:KeyUsage", usage.as_str());
    context.set("kms:CustomerMasterKeyUsage", usage.as_str());
    context.set("kms:KeyOrigin", origin.as_str());
}

/// `PRIMARY`, `REPLICA`, or nothing for a single-Region key.
pub fn multi_region_type(record: &KeyRecord, region: &Region) -> Option<&'static str> {
    let multi_region = record.multi_region.as_ref()?;
    Some(if &multi_region.primary == region { "PRIMARY" } else { "REPLICA" })
}

/// Adds the days since the key was last used, or since it was made if it was never used.
pub(crate) fn with_days_without_usage(permission: RequiredPermission, key: &FoundKey) -> RequiredPermission {
    let (account, id, created) = (key.record.account.clone(), key.record.id.clone(), key.record.created);
    permission.with_read("kms:TrailingDaysWithoutKeyUsage", move |cx| {
        let last = cx.last_use_of(&account, &id)?.map_or(created, |used| used.at);
        let days = (cx.now.secs() - last.secs()).max(0) / (24 * 60 * 60);
        Ok(vec![days.to_string()])
    })
}

/// Adds the condition keys of an encryption or decryption.
pub(crate) fn with_encryption(
    permission: RequiredPermission,
    algorithm: &str,
    context: &EncryptionContext,
) -> RequiredPermission {
    let (algorithm, pairs) = (algorithm.to_owned(), Rc::new(context.clone()));
    let of_grants = pairs.clone();
    permission
        .with_grant_context(Rc::new(move || of_grants.as_ref().clone()))
        .with_lazy(move |context| set_encryption(context, &algorithm, &pairs))
}

/// The same under the symmetric algorithm, for an encryption context that is made only if a policy asks for a condition key.
pub fn with_encryption_by(
    permission: RequiredPermission,
    pairs: impl Fn() -> EncryptionContext + 'static,
) -> RequiredPermission {
    let pairs = Rc::new(pairs);
    permission.with_grant_context(pairs.clone()).with_lazy(move |context| set_encryption(context, SYMMETRIC, &pairs()))
}

/// Adds the condition keys of an encryption context alone.
pub(crate) fn with_context_keys(permission: RequiredPermission, pairs: EncryptionContext) -> RequiredPermission {
    permission.with_lazy(move |context| set_context(context, &pairs))
}

fn set_encryption(context: &mut Context, algorithm: &str, pairs: &EncryptionContext) {
    context.set("kms:EncryptionAlgorithm", algorithm);
    set_context(context, pairs);
}

fn set_context(context: &mut Context, pairs: &EncryptionContext) {
    if !pairs.is_empty() {
        context.set_many("kms:EncryptionContextKeys", pairs.keys().cloned().collect());
    }
    for (key, value) in pairs {
        context.set(format!("kms:EncryptionContext:{key}"), value.as_str());
    }
}

/// The only encryption algorithm of symmetric keys.
pub const SYMMETRIC: &str = Algorithm::SymmetricDefault.as_str();
