//! The record of a new key.

use claviger_store::tables::key_table::{KeyRecord, KeyState, Rotation};
use claviger_types::{KeyId, KeyOrigin, KeySpec, KeyUsage};

use claviger_core::context::Cx;

pub(crate) const SPEC: KeySpec = KeySpec::SymmetricDefault;
pub(crate) const USAGE: KeyUsage = KeyUsage::EncryptDecrypt;
pub(crate) const ORIGIN: KeyOrigin = KeyOrigin::AwsKms;

/// A symmetric encryption key of the caller's account, enabled, without material.
pub(crate) fn new_record(cx: &Cx<'_, '_>, id: KeyId, policy: String) -> KeyRecord {
    KeyRecord {
        id,
        account: cx.account().clone(),
        region: cx.region().clone(),
        created: cx.now,
        description: String::new(),
        state: KeyState::Enabled,
        spec: SPEC,
        usage: USAGE,
        origin: ORIGIN,
        managed_by: None,
        policy: policy.into(),
        tags: Vec::new(),
        rotation: Rotation::default(),
        material_count: 0,
        current: None,
        multi_region: None,
        bound: Vec::new(),
        import: None,
    }
}
