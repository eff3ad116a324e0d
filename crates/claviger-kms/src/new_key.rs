//! The record of a new key.

use claviger_store::tables::keys::{KeyRecord, KeyState, Rotation};
use claviger_types::KeyId;

use claviger_core::context::Cx;

pub(crate) const SPEC: &str = "SYMMETRIC_DEFAULT";
pub(crate) const USAGE: &str = "ENCRYPT_DECRYPT";
pub(crate) const ORIGIN: &str = "AWS_KMS";

/// A symmetric key of the caller's account, enabled, without material.
pub(crate) fn new_record(cx: &Cx<'_, '_>, id: KeyId, policy: String) -> KeyRecord {
    KeyRecord {
        id,
        account: cx.account().clone(),
        region: cx.region().clone(),
        created: cx.now,
        description: String::new(),
        state: KeyState::Enabled,
        spec: SPEC.to_owned(),
        usage: USAGE.to_owned(),
        origin: ORIGIN.to_owned(),
        managed_by: None,
        policy,
        tags: Vec::new(),
        rotation: Rotation::default(),
        materials: Vec::new(),
        current: None,
        multi_region: None,
        bound: Vec::new(),
    }
}
