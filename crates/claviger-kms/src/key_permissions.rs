//! The permissions on keys, with the condition keys that KMS gives to policies (reference: AWS KMS, "Condition keys").

use claviger_crypto::EncryptionContext;
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
    let resource_policy = ResourcePolicy::Key(StoredPolicy::new(key.record.policy.as_str(), &key.record.bound));
    permission_under(action, key, resource_policy, cx)
}

/// The same, with another policy than the key's own.
pub fn permission_under(
    action: &'static str,
    key: &FoundKey,
    resource_policy: ResourcePolicy,
    cx: &Cx<'_, '_>,
) -> Result<RequiredPermission, Error> {
    let record = &key.record;
    // Aliases are the region's own; a replica that is yet to be made has none.
    let is_here = &key.arn.region == cx.region();
    let aliases = if is_here { key_table::alias_names(cx.tx, &record.account, &record.id)? } else { Vec::new() };
    let permission = RequiredPermission::new(action, key.arn.to_string(), &record.account, resource_policy)
        .with("kms:CallerAccount", cx.account().as_str())
        .with("aws:RequestedRegion", key.arn.region.as_str());
    let mut permission = spec_conditions(permission, record.spec, record.usage, record.origin)
        .with("kms:MultiRegion", if record.multi_region.is_some() { "true" } else { "false" })
        .with_opt("kms:MultiRegionKeyType", multi_region_type(record, &key.arn.region))
        .with_opt("kms:RequestAlias", key.alias.as_deref())
        .with_many("kms:ResourceAliases", aliases);
    for tag in &record.tags {
        permission = permission.with(&format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
    }
    Ok(match &key.alias {
        // The text of a denial names the alias: the caller must not learn the key behind another account's alias before it may
        // use it.
        Some(name) if &record.account != cx.account() => permission.shown_as(alias_arn(cx, &record.account, name)),
        _ => permission,
    })
}

/// Adds the condition keys of the key's spec, usage and origin, under their older names too.
pub fn spec_conditions(
    permission: RequiredPermission,
    spec: KeySpec,
    usage: KeyUsage,
    origin: KeyOrigin,
) -> RequiredPermission {
    permission
        .with("kms:KeySpec", spec.as_str())
        .with("kms:CustomerMasterKeySpec", spec.as_str())
        .with("kms:KeyUsage", usage.as_str())
        .with("kms:CustomerMasterKeyUsage", usage.as_str())
        .with("kms:KeyOrigin", origin.as_str())
}

/// `PRIMARY`, `REPLICA`, or nothing for a single-Region key.
pub fn multi_region_type(record: &KeyRecord, region: &Region) -> Option<&'static str> {
    let multi_region = record.multi_region.as_ref()?;
    Some(if &multi_region.primary == region { "PRIMARY" } else { "REPLICA" })
}

/// Adds the condition keys of a cryptographic call under the symmetric algorithm.
pub fn with_encryption(permission: RequiredPermission, context: &EncryptionContext) -> RequiredPermission {
    let mut permission = permission.with("kms:EncryptionAlgorithm", SYMMETRIC);
    if !context.is_empty() {
        permission = permission.with_many("kms:EncryptionContextKeys", context.keys().cloned().collect());
    }
    for (key, value) in context {
        permission = permission.with(&format!("kms:EncryptionContext:{key}"), value.as_str());
    }
    permission
}

/// The only encryption algorithm of symmetric keys.
pub const SYMMETRIC: &str = Algorithm::SymmetricDefault.as_str();
