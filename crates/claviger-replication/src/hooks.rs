//! What a region decides for itself while it applies what a peer says.

use claviger_store::Tx;
use claviger_store::tables::key_table::KeyRecord;
use claviger_store::tables::secret_table::{SecretRecord, SecretValueRecord, VersionMeta};
use claviger_types::{Caller, KeyArn};
use zeroize::Zeroizing;

/// The value of a version of a secret, in the clear between the key of one region and that of another.
pub struct OpenedValue {
    /// Whether it was given as `SecretBinary`.
    pub binary: bool,
    /// The value.
    pub bytes: Zeroizing<Vec<u8>>,
}

/// The region's own rights and keys, as the service knows them. A refusal is a text for whoever asked: it becomes the reason
/// of a declined hand-over or the status message of a replica.
pub trait RegionHooks {
    /// Whether `caller` may make this region's replica the primary (`kms:UpdatePrimaryRegion` on the key policy here).
    fn may_become_primary(&self, tx: &mut Tx<'_>, key: &KeyRecord, caller: &Caller) -> Result<(), String>;

    /// Opens a version's value with this region's key, as `caller`.
    fn open_value(
        &self,
        tx: &mut Tx<'_>,
        secret: &SecretRecord,
        version: &VersionMeta,
        caller: &Caller,
    ) -> Result<OpenedValue, String>;

    /// Seals a version's value with this region's key, as `caller`: the record to store, and the customer key it is under.
    /// `secret` is the record as it will be.
    fn seal_value(
        &self,
        tx: &mut Tx<'_>,
        secret: &SecretRecord,
        version_id: &str,
        value: &OpenedValue,
        caller: &Caller,
    ) -> Result<(SecretValueRecord, Option<KeyArn>), String>;
}
