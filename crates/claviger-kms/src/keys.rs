//! Finding keys and using them: rules that many operations share.

use claviger_crypto::{EncryptionContext, Material, MaterialKind, SymmetricKey};
use claviger_store::tables::keys::{self, KeyRecord};
use claviger_types::{AccountId, Arn, KeyArn, KeyId, KeyOrigin, KeySpec, KeyUsage, MaterialId, Region};

use claviger_core::authorize::{self, RequiredPermission, ResourcePolicy};
use claviger_core::binding::StoredPolicy;
use claviger_core::context::Cx;
use claviger_core::error::Error;

/// A key as a request named it.
#[derive(Debug)]
pub struct FoundKey {
    /// Its record.
    pub record: KeyRecord,
    /// Its ARN in this region.
    pub arn: KeyArn,
    /// The alias by which it was named (`kms:RequestAlias`), if it was.
    pub alias: Option<String>,
}

/// Finds a key by id, key ARN, alias name or alias ARN: what cryptographic operations and DescribeKey take.
///
/// What is not there in another account is refused as if a key policy there did not let the caller do `action`, and such
/// policies refuse in one text whatever they say: nobody learns which keys and aliases an account has.
pub fn find(cx: &Cx<'_, '_>, name: &str, action: &'static str) -> Result<FoundKey, Error> {
    match Reference::parse(cx, name)? {
        Reference::Key(arn) => seen(cx, arn, action),
        Reference::Alias { account, name } => {
            let missing = |name: &str| {
                if &account == cx.account() {
                    return alias_not_found(cx, &account, name);
                }
                denied_unseen(cx, action, &account, alias_arn(cx, &account, name))
            };
            let alias = keys::alias(cx.tx, &account, &name)?.ok_or_else(|| missing(&name))?;
            let mut key = found(cx, alias.target.arn(cx.region(), &account), None)?;
            key.alias = Some(alias.name);
            Ok(key)
        }
    }
}

/// Finds a key by id or key ARN, in another account too; like [`find`] where it is not there.
pub fn find_by_id(cx: &Cx<'_, '_>, name: &str, action: &'static str) -> Result<FoundKey, Error> {
    match Reference::parse(cx, name)? {
        Reference::Key(arn) => seen(cx, arn, action),
        Reference::Alias { .. } => Err(invalid_key_id(name)),
    }
}

/// Finds a key of the caller's own account by id or key ARN: what all other operations take. No other account has any for them.
pub fn find_own(cx: &Cx<'_, '_>, name: &str) -> Result<FoundKey, Error> {
    match Reference::parse(cx, name)? {
        Reference::Key(arn) if &arn.account == cx.account() => found(cx, arn, None),
        Reference::Key(arn) => Err(not_found(&arn)),
        Reference::Alias { .. } => Err(invalid_key_id(name)),
    }
}

/// Finds the key that a ciphertext names, in whatever account; absent when this region has none.
pub fn find_for_ciphertext(cx: &Cx<'_, '_>, id: &KeyId) -> Result<Option<FoundKey>, Error> {
    let Some(account) = keys::account_of(cx.tx, id)? else { return Ok(None) };
    let record = keys::key(cx.tx, &account, id)?;
    Ok(record.map(|record| FoundKey { arn: id.arn(cx.region(), &account), record, alias: None }))
}

fn found(cx: &Cx<'_, '_>, arn: KeyArn, alias: Option<String>) -> Result<FoundKey, Error> {
    let record = keys::key(cx.tx, &arn.account, &arn.id)?.ok_or_else(|| not_found(&arn))?;
    Ok(FoundKey { record, arn, alias })
}

/// A key by its ARN; one of another account that is not there is denied.
fn seen(cx: &Cx<'_, '_>, arn: KeyArn, action: &'static str) -> Result<FoundKey, Error> {
    match keys::key(cx.tx, &arn.account, &arn.id)? {
        Some(record) => Ok(FoundKey { record, arn, alias: None }),
        None if &arn.account == cx.account() => Err(not_found(&arn)),
        None => Err(denied_unseen(cx, action, &arn.account, arn.to_string())),
    }
}

/// The refusal that a key of another account would earn whose policy does not let the caller in.
fn denied_unseen(cx: &Cx<'_, '_>, action: &'static str, owner: &AccountId, arn: String) -> Error {
    let permission = RequiredPermission::new(action, arn.clone(), owner, ResourcePolicy::NoKey);
    let allowed =
        || Error::Internal(format!("{} may {action} on {arn}, which is not there", cx.caller.arn(cx.partition())));
    authorize::require(cx, [permission]).err().unwrap_or_else(allowed)
}

enum Reference {
    Key(KeyArn),
    Alias { account: AccountId, name: String },
}

impl Reference {
    fn parse(cx: &Cx<'_, '_>, text: &str) -> Result<Reference, Error> {
        if text.starts_with("arn:") {
            return Reference::parse_arn(cx, text);
        }
        if text.starts_with("alias/") {
            return Ok(Reference::Alias { account: cx.account().clone(), name: text.to_owned() });
        }
        let id = KeyId::parse(text).map_err(|_| invalid_key_id(text))?;
        Ok(Reference::Key(cx.key_arn(&id)))
    }

    fn parse_arn(cx: &Cx<'_, '_>, text: &str) -> Result<Reference, Error> {
        let invalid = || Error::new("InvalidArnException", format!("Invalid arn {text}"));
        let arn = Arn::parse(text).map_err(|_| invalid())?;
        let account = AccountId::parse(arn.account).map_err(|_| invalid())?;
        let region = Region::parse(arn.region).map_err(|_| invalid())?;
        if arn.service != "kms" || arn.partition != cx.partition().as_str() {
            return Err(invalid());
        }
        if &region != cx.region() {
            // Seen against AWS: the region alone is named, and the ARN is not followed there.
            return Err(Error::new("NotFoundException", format!("Invalid arn {region}")));
        }
        if arn.resource.starts_with("alias/") {
            return Ok(Reference::Alias { account, name: arn.resource.to_owned() });
        }
        let id = arn.resource.strip_prefix("key/").ok_or_else(invalid)?;
        let id = KeyId::parse(id).map_err(|_| invalid_key_id(id))?;
        Ok(Reference::Key(id.arn(&region, &account)))
    }
}

/// The key does not exist, in the words that quote its full ARN.
pub fn not_found(arn: &KeyArn) -> Error {
    Error::new("NotFoundException", format!("Key '{arn}' does not exist"))
}

fn invalid_key_id(text: &str) -> Error {
    Error::new("NotFoundException", format!("Invalid keyId '{text}'"))
}

/// The alias does not exist.
pub fn alias_not_found(cx: &Cx<'_, '_>, account: &AccountId, name: &str) -> Error {
    Error::new("NotFoundException", format!("Alias {} is not found.", alias_arn(cx, account, name)))
}

/// `arn:<partition>:kms:<region>:<account>:alias/<name>`; `name` begins with `alias/`.
pub fn alias_arn(cx: &Cx<'_, '_>, account: &AccountId, name: &str) -> String {
    format!("arn:{}:kms:{}:{account}:{name}", cx.partition(), cx.region())
}

/// Asks for a permission on a key, with the condition keys that every key operation has (reference: AWS KMS, "Condition keys").
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
    let aliases = if is_here { keys::alias_names(cx.tx, &record.account, &record.id)? } else { Vec::new() };
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
        // What another account's alias points to is not for the caller to know before it may use it.
        Some(name) if &record.account != cx.account() => permission.shown_as(alias_arn(cx, &record.account, name)),
        _ => permission,
    })
}

/// Adds the condition keys for what kind of key it is, under their older names too.
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
pub const SYMMETRIC: &str = "SYMMETRIC_DEFAULT";

/// Opens the material that a key encrypts with.
pub fn current_material(cx: &Cx<'_, '_>, key: &KeyRecord) -> Result<(MaterialId, SymmetricKey), Error> {
    let id = key.current.ok_or_else(|| Error::Internal(format!("key {} has no current material", key.id)))?;
    let material =
        material(cx, key, &id)?.ok_or_else(|| Error::Internal(format!("material {id} of key {} is gone", key.id)))?;
    Ok((id, material))
}

/// Opens one material of a key; absent when this region does not hold it.
pub fn material(cx: &Cx<'_, '_>, key: &KeyRecord, id: &MaterialId) -> Result<Option<SymmetricKey>, Error> {
    let Some(sealed) = keys::material(cx.tx, &key.id, id)? else { return Ok(None) };
    match sealed.open(cx.keyring, MaterialKind::Symmetric, &key.id, id) {
        Ok(Material::Symmetric(material)) => Ok(Some(material)),
        Err(_) => Err(Error::Internal(format!("material {id} of key {} does not open", key.id))),
    }
}
