//! KMS keys, their material, aliases and notes of due work.

use claviger_crypto::SealedMaterial;
use claviger_types::{KeyOrigin, KeySpec, KeyUsage, Timestamp};

use super::*;
use crate::tables::awaited_rotation_table::AwaitedRotationRecord;
use crate::tables::key_table::{
    AliasNameRecord, AliasRecord, DeletedKeyRecord, Handover, Holder, Import, ImportStatus, KeyDueRecord,
    KeyOwnerRecord, KeyRecord, KeyState, MaterialMeta, MultiRegion, PendingReplica, Rotation, RotationType,
};
use crate::tables::key_use_table::KeyUseRecord;
use crate::tables::material_table::{MaterialMetaRecord, MaterialRecord};

pub(super) const CHECKS: &[Check] = &[
    || check(&keys()),
    || check(&[MaterialRecord(SealedMaterial(vec![1, 2, 3]))]),
    || check(&material_metas()),
    || check(&[alias()]),
    || check(&[key_use()]),
    || check(&[AliasNameRecord { name: "alias/app".to_owned() }]),
    || check(&[KeyOwnerRecord { account: account() }]),
    || check(&[DeletedKeyRecord { generation: 7, epoch: epoch(), account: account(), id: key_id() }]),
    || check(&[KeyDueRecord { account: account(), id: key_id() }]),
    || check(&[AwaitedRotationRecord { account: account(), id: key_id() }]),
];

fn states() -> [KeyState; 7] {
    [
        KeyState::Creating,
        KeyState::Enabled,
        KeyState::Disabled,
        KeyState::PendingDeletion { date: Timestamp(1_796_137_445_000) },
        KeyState::PendingReplicaDeletion { window_days: 30 },
        KeyState::Updating,
        KeyState::PendingImport,
    ]
}

fn keys() -> Vec<KeyRecord> {
    let valid_to = Some(Timestamp(1_796_137_445_000));
    let import = Some(ImportStatus { complete: true, valid_to, next_expiry: valid_to, disabled: false });
    let external = KeyRecord { origin: KeyOrigin::External, import, ..key(KeyState::Enabled) };
    states().map(key).into_iter().chain([external]).collect()
}

fn key(state: KeyState) -> KeyRecord {
    KeyRecord {
        id: key_id(),
        account: account(),
        created: Timestamp(1_795_532_645_123),
        description: "for the app".to_owned(),
        state,
        spec: KeySpec::SymmetricDefault,
        usage: KeyUsage::EncryptDecrypt,
        origin: KeyOrigin::AwsKms,
        managed_by: Some("secretsmanager".to_owned()),
        policy: document().text().into(),
        tags: tags(),
        rotation: Rotation { enabled: true, period_days: Some(365), next: Some(Timestamp(1_827_068_645_123)) },
        material_count: 2,
        current: Some(material_id(2)),
        multi_region: Some(multi_region()),
        bound: bound(),
        region: here(),
        import: None,
    }
}

fn material_metas() -> [MaterialMetaRecord; 4] {
    let meta = |number, created| MaterialMeta::new(material_id(number), Timestamp(created));
    let rotated = |number, rotation| MaterialMeta { rotated: Some(Timestamp(2)), rotation, ..meta(number, 1) };
    let imported = MaterialMeta { description: Some("of 2026".to_owned()), ..meta(4, 1) };
    let record = |position, meta| MaterialMetaRecord { position, meta, import: None };
    [
        record(0, meta(1, 1_795_532_645_123)),
        record(1, rotated(2, None)),
        record(2, rotated(3, Some(RotationType::OnDemand))),
        MaterialMetaRecord { import: Some(Import { valid_to: Some(Timestamp(3)) }), ..record(3, imported) },
    ]
}

fn multi_region() -> MultiRegion {
    let [_, user, ..] = callers();
    MultiRegion {
        primary: here(),
        replicas: vec![there()],
        epoch: epoch(),
        revision: 9,
        pending: vec![PendingReplica {
            region: there(),
            policy: document().text().into(),
            description: "a copy".to_owned(),
            tags: tags(),
            created: Timestamp(1_795_532_645_123),
            generation: 8,
            epoch: epoch(),
            bound: bound(),
        }],
        holders: vec![
            Holder { region: there(), awaited: Some(material_id(1)), revision: 4, digest: None },
            Holder { region: there(), awaited: None, revision: 5, digest: Some(StateDigest([6; 32])) },
        ],
        handover: Some(Handover { to: there(), caller: user, from: here(), began: Timestamp(1_795_532_645_123) }),
        former: vec![there()],
        known_since: Some(Timestamp(1_795_532_645_123)),
    }
}

fn key_use() -> KeyUseRecord {
    KeyUseRecord {
        at: Timestamp(1_795_532_645_123),
        operation: "Decrypt".to_owned(),
        event_id: "e".to_owned(),
        request_id: "r".to_owned(),
    }
}

fn alias() -> AliasRecord {
    AliasRecord {
        account: account(),
        name: "alias/app".to_owned(),
        target: key_id(),
        created: Timestamp(1_795_532_645_123),
        updated: Timestamp(1_795_532_646_123),
    }
}
