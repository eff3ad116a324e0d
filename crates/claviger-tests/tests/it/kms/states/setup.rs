//! Brings keys into states.

use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{KeySpec, KeyState, KeyUsageType, MacAlgorithmSpec, SigningAlgorithmSpec};
use claviger_crypto::{Curve, PrivateKey, PrivateKeyKind};
use claviger_host::link::Faults;
use claviger_tests::{CENTRAL, Regions, WEST};

use super::subject::{Subject, grant_on};
use crate::kms::imports::{external_of, import_in, import_new, parameters_in, wrap_bytes};
use crate::support::{Kind, SYMMETRIC, await_state, encrypt, related, related_of, settle, settled_of};

/// The kind of key that an operation is tried on.
fn kind_for(operation: &str) -> Kind {
    match operation {
        "Sign" | "Verify" | "GetPublicKey" => (KeySpec::EccNistP256, KeyUsageType::SignVerify),
        "GenerateMac" | "VerifyMac" => (KeySpec::Hmac256, KeyUsageType::GenerateVerifyMac),
        "DeriveSharedSecret" => (KeySpec::EccNistP256, KeyUsageType::KeyAgreement),
        _ => SYMMETRIC,
    }
}

/// Whether the key hands its role over. That is refused until the replica's report has reached the primary.
fn hands_over(state: &KeyState, operation: &str) -> bool {
    *state == KeyState::Updating || operation == "UpdatePrimaryRegion"
}

/// A key in a state, with a ciphertext, an alias and a grant. It has a replica in the west only if the state needs one.
pub(super) async fn key_in<'a>(regions: &'a Regions, state: &KeyState, operation: &str) -> Subject<'a> {
    if *state == KeyState::Creating {
        return replica_without_material(regions, operation).await;
    }
    let kms = regions.kms(CENTRAL);
    // A primary with replicas waits for their deletion. One without replicas cannot hand over its role, in any state.
    let alone = *state == KeyState::PendingDeletion && operation != "UpdatePrimaryRegion";
    let members: &[&str] = if alone { &[CENTRAL] } else { &[CENTRAL, WEST] };
    let kind = kind_for(operation);
    let key = match hands_over(state, operation) {
        true => settled_of(regions, members, kind).await,
        false => related_of(regions, members, kind).await,
    };
    let mut subject = Subject::new(regions, CENTRAL, key.clone());
    subject.blob = made_by(regions, operation, &key).await;
    subject.add_alias().await;
    subject.grant = grant_on(regions, CENTRAL, &key).await.unwrap().grant_id.unwrap();
    match state {
        KeyState::Enabled => {}
        KeyState::Disabled => drop(kms.disable_key().key_id(&key).send().await.unwrap()),
        KeyState::PendingDeletion | KeyState::PendingReplicaDeletion => {
            kms.schedule_key_deletion().key_id(&key).send().await.unwrap();
        }
        KeyState::Updating => begin_handover(regions, &key).await,
        other => panic!("no key can be brought into state {other}"),
    }
    let shown = match state {
        KeyState::PendingDeletion if !alone => KeyState::PendingReplicaDeletion,
        state => state.clone(),
    };
    await_state(regions, CENTRAL, &key, shown).await;
    subject
}

/// The link is cut, so the handover does not go on.
async fn begin_handover(regions: &Regions, key: &str) {
    regions.cut(CENTRAL, WEST, true);
    regions.kms(CENTRAL).update_primary_region().key_id(key).primary_region(WEST).send().await.unwrap();
}

/// A replica in the west that has learnt of the key, and whose request for the material does not reach the primary.
async fn replica_without_material<'a>(regions: &'a Regions, operation: &str) -> Subject<'a> {
    // The link was cut before. It works both ways again once another replica has its material.
    related(regions, &[CENTRAL, WEST]).await;
    let key = related_of(regions, &[CENTRAL], kind_for(operation)).await;
    let blob = made_by(regions, operation, &key).await;
    regions.set_faults_from(WEST, CENTRAL, Faults { cut: true, ..Faults::default() });
    regions.kms(CENTRAL).replicate_key().key_id(&key).replica_region(WEST).send().await.unwrap();
    await_state(regions, WEST, &key, KeyState::Creating).await;
    let mut subject = Subject::new(regions, WEST, key);
    subject.blob = blob;
    subject.add_alias().await;
    // No grant can be made, so one is named that does not exist.
    subject.grant = "0".repeat(64);
    subject
}

/// The ciphertext, signature, MAC or public key that an operation takes, made by the key while it is enabled.
async fn made_by(regions: &Regions, operation: &str, key: &str) -> Blob {
    let kms = regions.kms(CENTRAL);
    match operation {
        "Verify" => {
            let signed = kms.sign().key_id(key).message(Blob::new("x"));
            signed.signing_algorithm(SigningAlgorithmSpec::EcdsaSha256).send().await.unwrap().signature.unwrap()
        }
        "VerifyMac" => {
            let made = kms.generate_mac().key_id(key).message(Blob::new("x"));
            made.mac_algorithm(MacAlgorithmSpec::HmacSha256).send().await.unwrap().mac.unwrap()
        }
        "DeriveSharedSecret" => kms.get_public_key().key_id(key).send().await.unwrap().public_key.unwrap(),
        "Sign" | "GetPublicKey" | "GenerateMac" => Blob::new(""),
        _ => encrypt(regions, CENTRAL, key, "x").await,
    }
}

/// Material of the kind of key that an operation is tried on, in the encoding of an import.
fn material_for(operation: &str) -> Vec<u8> {
    match kind_for(operation).0 {
        KeySpec::EccNistP256 => PrivateKey::generate(PrivateKeyKind::Ec(Curve::P256)).expose().to_vec(),
        _ => vec![1; 32],
    }
}

/// A key in a state whose material is imported, the next import of the same material, a ciphertext, an alias and a grant.
pub(super) async fn imported_key_in<'a>(regions: &'a Regions, state: &KeyState, operation: &str) -> Subject<'a> {
    let kms = regions.kms(CENTRAL);
    let key = external_of(regions, CENTRAL, kind_for(operation)).await;
    let material = material_for(operation);
    let wrapped = wrap_bytes(&parameters_in(regions, CENTRAL, &key).await.unwrap(), &material);
    import_in(regions, CENTRAL, &key, wrapped.clone()).await.unwrap();
    if hands_over(state, operation) {
        kms.replicate_key().key_id(&key).replica_region(WEST).send().await.unwrap();
        await_state(regions, WEST, &key, KeyState::PendingImport).await;
        let there = wrap_bytes(&parameters_in(regions, WEST, &key).await.unwrap(), &material);
        import_in(regions, WEST, &key, there).await.unwrap();
        settle(regions, &key, &[CENTRAL, WEST]).await;
    }
    let mut subject = Subject::new(regions, CENTRAL, key.clone());
    subject.wrapped = Some(wrapped);
    subject.blob = made_by(regions, operation, &key).await;
    subject.add_alias().await;
    subject.grant = grant_on(regions, CENTRAL, &key).await.unwrap().grant_id.unwrap();
    if operation == "RotateKeyOnDemand" && !matches!(state, KeyState::PendingImport | KeyState::Updating) {
        import_new(regions, &key, 2).await;
    }
    match state {
        KeyState::Enabled => {}
        KeyState::Disabled => drop(kms.disable_key().key_id(&key).send().await.unwrap()),
        KeyState::PendingDeletion => drop(kms.schedule_key_deletion().key_id(&key).send().await.unwrap()),
        KeyState::PendingImport => drop(kms.delete_imported_key_material().key_id(&key).send().await.unwrap()),
        KeyState::Updating => begin_handover(regions, &key).await,
        other => panic!("no key can be brought into state {other}"),
    }
    let shown = match (state, operation) {
        // A primary with replicas waits for their deletion.
        (KeyState::PendingDeletion, "UpdatePrimaryRegion") => KeyState::PendingReplicaDeletion,
        (state, _) => state.clone(),
    };
    await_state(regions, CENTRAL, &key, shown).await;
    subject
}
