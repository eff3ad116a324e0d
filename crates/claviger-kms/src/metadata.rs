//! `KeyMetadata`: how the API shows a key.

use claviger_model::kms::{KeyMetadata, MultiRegionConfiguration, MultiRegionKey, XksKeyConfigurationType};
use claviger_store::tables::key_table::{KeyRecord, KeyState, MultiRegion};
use claviger_types::{Algorithm, KeyArn, KeySpec, KeyUsage, Region, Timestamp};

use super::key_lookup::FoundKey;
use super::key_permissions::multi_region_type;
use super::state;

/// The metadata of a key as it was found, with those of its key store.
pub(crate) fn of_found(key: &FoundKey) -> KeyMetadata {
    let own = metadata(&key.record, &key.arn.region);
    let Some(place) = &key.place else { return own };
    let unavailable = key.is_unavailable();
    KeyMetadata {
        enabled: own.enabled.map(|enabled| enabled && !unavailable),
        key_state: if unavailable { Some("Unavailable".to_owned()) } else { own.key_state },
        // Only a part of the material is here.
        current_key_material_id: None,
        custom_key_store_id: Some(place.key_store.id.clone()),
        xks_key_configuration: Some(XksKeyConfigurationType { id: Some(place.xks_key_id.clone()) }),
        ..own
    }
}

/// The metadata of a key in a region, with only the members that AWS shows for its kind and state.
pub(crate) fn metadata(record: &KeyRecord, region: &Region) -> KeyMetadata {
    let arn = record.id.arn(region, &record.account);
    let creating = record.state == KeyState::Creating;
    let symmetric = record.spec == KeySpec::SymmetricDefault;
    let held = record.import.as_ref().filter(|import| import.complete);
    KeyMetadata {
        aws_account_id: Some(record.account.to_string()),
        key_id: record.id.to_string(),
        arn: Some(arn.to_string()),
        creation_date: Some(record.created),
        // A key whose primary is changing can be used all the same.
        enabled: Some(matches!(record.state, KeyState::Enabled)),
        description: Some(record.description.clone()),
        key_usage: Some(record.usage.to_string()),
        key_state: Some(state::name(&record.state).to_owned()),
        deletion_date: match record.state {
            KeyState::PendingDeletion { date } => Some(date),
            _ => None,
        },
        pending_deletion_window_in_days: match record.state {
            KeyState::PendingReplicaDeletion { window_days } => i32::try_from(window_days).ok(),
            _ => None,
        },
        origin: Some(record.origin.to_string()),
        key_manager: Some(if record.managed_by.is_some() { "AWS" } else { "CUSTOMER" }.to_owned()),
        customer_master_key_spec: Some(record.spec.to_string()),
        key_spec: Some(record.spec.to_string()),
        encryption_algorithms: algorithms(record, KeyUsage::EncryptDecrypt),
        signing_algorithms: algorithms(record, KeyUsage::SignVerify),
        mac_algorithms: algorithms(record, KeyUsage::GenerateVerifyMac),
        key_agreement_algorithms: algorithms(record, KeyUsage::KeyAgreement),
        multi_region: Some(record.multi_region.is_some()),
        multi_region_configuration: record.multi_region.as_ref().map(|m| configuration(record, m, &arn)),
        // Keys that have one material for life do not name it. Absent while a replica is being made (recorded from AWS).
        current_key_material_id: record.current.filter(|_| symmetric && !creating).map(|id| id.to_string()),
        expiration_model: held.map(|import| expiration_model(import.valid_to).to_owned()),
        valid_to: held.and_then(|import| import.valid_to),
        ..KeyMetadata::default()
    }
}

/// Whether imported material expires, as the API says it.
pub(crate) fn expiration_model(valid_to: Option<Timestamp>) -> &'static str {
    if valid_to.is_some() { "KEY_MATERIAL_EXPIRES" } else { "KEY_MATERIAL_DOES_NOT_EXPIRE" }
}

/// The key's algorithms under the member of its usage; the members of other usages are absent.
fn algorithms(record: &KeyRecord, usage: KeyUsage) -> Option<Vec<String>> {
    (record.usage == usage).then(|| record.spec.algorithms(usage).iter().map(Algorithm::to_string).collect())
}

fn configuration(record: &KeyRecord, multi_region: &MultiRegion, arn: &KeyArn) -> MultiRegionConfiguration {
    let member = |region: &Region| MultiRegionKey {
        arn: Some(record.id.arn(region, &record.account).to_string()),
        region: Some(region.to_string()),
    };
    MultiRegionConfiguration {
        multi_region_key_type: multi_region_type(record, &arn.region).map(str::to_owned),
        primary_key: Some(member(&multi_region.primary)),
        replica_keys: Some(multi_region.replicas.iter().map(member).collect()),
    }
}
