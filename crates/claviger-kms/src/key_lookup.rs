//! Finding the key that a request names.

use claviger_store::Shared;
use claviger_store::tables::key_store_table::{self, Connection, KeyStoreRecord};
use claviger_store::tables::key_table::{self, KeyRecord, KeyState};
use claviger_types::{AccountId, Arn, KeyArn, KeyId, KeyOrigin, Region};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::{Resolved, TargetError};
use claviger_core::permission::RequiredPermission;
use claviger_model::kms::error;

/// A key as a request named it.
#[derive(Debug, Clone)]
pub struct FoundKey {
    /// Its record.
    pub record: Shared<KeyRecord>,
    /// Its ARN in this region.
    pub arn: KeyArn,
    /// The alias by which it was named (`kms:RequestAlias`), if it was.
    pub alias: Option<String>,
    /// The key store that it is in, if it is in one.
    pub place: Option<Box<Place>>,
}

/// The place of a key whose material is in part outside.
#[derive(Debug, Clone)]
pub struct Place {
    /// The key store.
    pub(crate) key_store: Shared<KeyStoreRecord>,
    /// The name of the key outside.
    pub(crate) xks_key_id: String,
}

impl FoundKey {
    /// A key that is not in a key store.
    pub fn new(record: impl Into<Shared<KeyRecord>>, arn: KeyArn) -> FoundKey {
        FoundKey { record: record.into(), arn, alias: None, place: None }
    }

    /// Whether the key waits for its key store to be connected. A key that is to be deleted is that and nothing else.
    pub(crate) fn is_unavailable(&self) -> bool {
        let is_apart = |place: &Place| place.key_store.connection != Connection::Connected;
        matches!(self.record.state, KeyState::Enabled | KeyState::Disabled)
            && self.place.as_deref().is_some_and(is_apart)
    }
}

/// The result of a lookup by name.
#[derive(Debug)]
pub enum Lookup {
    /// A key.
    Found(Box<FoundKey>),
    /// The name of a key or alias of another account that does not exist. The caller is refused as by a key policy that does
    /// not allow it, so that it does not learn which keys and aliases an account has.
    Unseen {
        /// The other account.
        owner: AccountId,
        /// The ARN as it was named.
        arn: String,
    },
}

impl Lookup {
    /// The key, if there is one.
    pub fn found(&self) -> Option<&FoundKey> {
        match self {
            Lookup::Found(key) => Some(key),
            Lookup::Unseen { .. } => None,
        }
    }

    /// The key as a target. The permissions of an unseen key are denied before its error is answered.
    pub fn into_target(self) -> Result<FoundKey, TargetError> {
        match self {
            Lookup::Found(key) => Ok(*key),
            Lookup::Unseen { arn, .. } => {
                Err(Error::Internal(format!("a caller has a permission on {arn}, which does not exist")).into())
            }
        }
    }

    /// The key with the one permission that is needed.
    pub(crate) fn resolved(self, permission: RequiredPermission) -> Resolved<FoundKey> {
        Resolved::new(vec![permission], self.into_target())
    }
}

/// Finds a key by id, key ARN, alias name or alias ARN: the names that cryptographic operations and DescribeKey take.
pub fn find(cx: &Cx<'_, '_>, name: &str) -> Result<Lookup, Error> {
    match Reference::parse(cx, name)? {
        Reference::Key(arn) => by_arn(cx, arn),
        Reference::Alias { account, name } => {
            let Some(alias) = key_table::alias_shared(cx.tx, &account, &name)? else {
                if &account == cx.account() {
                    return Err(alias_not_found(cx, &account, &name));
                }
                let arn = alias_arn(cx, &account, &name);
                return Ok(Lookup::Unseen { owner: account, arn });
            };
            let mut key = found(cx, alias.target.arn(cx.region(), &account))?;
            key.alias = Some(alias.name.clone());
            Ok(Lookup::Found(Box::new(key)))
        }
    }
}

/// As [`find`] for the ARN of a key.
pub fn find_key(cx: &Cx<'_, '_>, arn: &KeyArn) -> Result<Lookup, Error> {
    // The answer for a key of another region is that of `find`.
    if &arn.region == cx.region() { by_arn(cx, arn.clone()) } else { find(cx, &arn.text()) }
}

/// Finds a key by id or key ARN, in another account too.
pub fn find_by_id(cx: &Cx<'_, '_>, name: &str) -> Result<Lookup, Error> {
    match Reference::parse(cx, name)? {
        Reference::Key(arn) => by_arn(cx, arn),
        Reference::Alias { .. } => Err(invalid_key_id(name)),
    }
}

/// Finds a key of the caller's own account by id or key ARN: the names that all other operations take. For them, keys of other
/// accounts do not exist.
pub fn find_own(cx: &Cx<'_, '_>, name: &str) -> Result<FoundKey, Error> {
    match Reference::parse(cx, name)? {
        Reference::Key(arn) if &arn.account == cx.account() => found(cx, arn),
        Reference::Key(arn) => Err(not_found(&arn)),
        Reference::Alias { .. } => Err(invalid_key_id(name)),
    }
}

/// Finds the key that a ciphertext names, in any account. Absent if this region has none.
pub fn find_for_ciphertext(cx: &Cx<'_, '_>, id: &KeyId) -> Result<Option<FoundKey>, Error> {
    let Some(account) = key_table::account_of(cx.tx, id)? else { return Ok(None) };
    let record = record_of(cx, &account, id)?;
    record.map(|record| with_place(cx, record, id.arn(cx.region(), &account))).transpose()
}

/// The record as it is at the time of the request. Imported material cannot be used from its expiry on, also before the job has
/// deleted it.
fn record_of(cx: &Cx<'_, '_>, account: &AccountId, id: &KeyId) -> Result<Option<Shared<KeyRecord>>, Error> {
    let Some(mut record) = key_table::key_shared(cx.tx, account, id)? else { return Ok(None) };
    let expired = record.import.as_ref().and_then(|import| import.valid_to).is_some_and(|at| at <= cx.now);
    if expired && matches!(record.state, KeyState::Enabled | KeyState::Disabled | KeyState::Updating) {
        record.state = KeyState::PendingImport;
        record.import.iter_mut().for_each(|import| import.complete = false);
    }
    Ok(Some(record))
}

fn found(cx: &Cx<'_, '_>, arn: KeyArn) -> Result<FoundKey, Error> {
    let record = record_of(cx, &arn.account, &arn.id)?.ok_or_else(|| not_found(&arn))?;
    with_place(cx, record, arn)
}

fn with_place(cx: &Cx<'_, '_>, record: Shared<KeyRecord>, arn: KeyArn) -> Result<FoundKey, Error> {
    let mut key = FoundKey::new(record, arn);
    if key.record.origin == KeyOrigin::ExternalKeyStore {
        let lost = || Error::Internal(format!("key {} is in no key store", key.record.id));
        let at = key_store_table::external_key_shared(cx.tx, &key.record.id)?.ok_or_else(lost)?;
        let key_store = key_store_table::key_store_shared(cx.tx, &at.account, &at.key_store)?.ok_or_else(lost)?;
        key.place = Some(Box::new(Place { key_store, xks_key_id: at.xks_key_id.clone() }));
    }
    Ok(key)
}

fn by_arn(cx: &Cx<'_, '_>, arn: KeyArn) -> Result<Lookup, Error> {
    match record_of(cx, &arn.account, &arn.id)? {
        Some(record) => Ok(Lookup::Found(Box::new(with_place(cx, record, arn)?))),
        None if &arn.account == cx.account() => Err(not_found(&arn)),
        None => Ok(Lookup::Unseen { owner: arn.account.clone(), arn: arn.to_string() }),
    }
}

/// A parsed `KeyId` of a request.
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
        let invalid = || Error::new(error::INVALID_ARN_EXCEPTION, format!("Invalid arn {text}"));
        let arn = Arn::parse(text).map_err(|_| invalid())?;
        let account = AccountId::parse(arn.account).map_err(|_| invalid())?;
        let region = Region::parse(arn.region).map_err(|_| invalid())?;
        if arn.service != "kms" || arn.partition != cx.partition().as_str() {
            return Err(invalid());
        }
        if &region != cx.region() {
            // Recorded from AWS: the text names the region alone, and the request is not forwarded there.
            return Err(Error::new(error::NOT_FOUND_EXCEPTION, format!("Invalid arn {region}")));
        }
        if arn.resource.starts_with("alias/") {
            return Ok(Reference::Alias { account, name: arn.resource.to_owned() });
        }
        let id = arn.resource.strip_prefix("key/").ok_or_else(invalid)?;
        let id = KeyId::parse(id).map_err(|_| invalid_key_id(id))?;
        Ok(Reference::Key(id.arn(&region, &account)))
    }
}

/// The error that a key does not exist. The text quotes its full ARN.
pub fn not_found(arn: &KeyArn) -> Error {
    Error::new(error::NOT_FOUND_EXCEPTION, format!("Key '{arn}' does not exist"))
}

fn invalid_key_id(text: &str) -> Error {
    Error::new(error::NOT_FOUND_EXCEPTION, format!("Invalid keyId '{text}'"))
}

/// The error that an alias does not exist.
pub fn alias_not_found(cx: &Cx<'_, '_>, account: &AccountId, name: &str) -> Error {
    Error::new(error::NOT_FOUND_EXCEPTION, format!("Alias {} is not found.", alias_arn(cx, account, name)))
}

/// `arn:<partition>:kms:<region>:<account>:alias/<name>`; `name` begins with `alias/`.
pub fn alias_arn(cx: &Cx<'_, '_>, account: &AccountId, name: &str) -> String {
    ["arn:", cx.partition().as_str(), ":kms:", cx.region().as_str(), ":", account.as_str(), ":", name].concat()
}
