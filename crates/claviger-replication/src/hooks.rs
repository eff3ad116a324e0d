//! Callbacks from replication into this region's authorization and keys. Replication calls them when a peer's change needs a
//! local decision.

use claviger_store::Tx;
use claviger_store::tables::key_table::KeyRecord;
use claviger_store::tables::secret_table::{SecretRecord, SecretValueRecord, VersionMeta};
use claviger_types::{Caller, KeyArn};
use zeroize::Zeroizing;

/// The value of a version of a secret, in the clear while it passes from one region's KMS key to the other's.
pub struct OpenedValue {
    /// Whether the value was stored as `SecretBinary`.
    pub binary: bool,
    /// The value.
    pub bytes: Zeroizing<Vec<u8>>,
}

/// This region's authorization and keys, which the service implements. A refusal is a text for the caller of the operation:
/// it becomes the reason of a declined hand-over or the status message of a replica.
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

    /// Seals a version's value with this region's key, as `caller`. Returns the record to store, and the customer key under
    /// which it is sealed. `secret` is the record that will be stored.
    fn seal_value(
        &self,
        tx: &mut Tx<'_>,
        secret: &SecretRecord,
        version_id: &str,
        value: &OpenedValue,
        caller: &Caller,
    ) -> Result<(SecretValueRecord, Option<KeyArn>), String>;
}
