//! Imported material, by the clock.

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_sdk_kms::error::SdkError;
use aws_sdk_kms::operation::get_parameters_for_import::{GetParametersForImportError, GetParametersForImportOutput};
use aws_sdk_kms::operation::import_key_material::{ImportKeyMaterialError, ImportKeyMaterialOutput};
use aws_sdk_kms::primitives::{Blob, DateTime};
use aws_sdk_kms::types::{
    AlgorithmSpec, ExpirationModelType, ImportType, KeyState, OriginType, RotationType, WrappingKeySpec,
};
use claviger_tests::{CENTRAL, Regions, WEST, check_refused, key_arn};

use crate::support::{Kind, SYMMETRIC, await_state, decrypt, describe, encrypt, single, state};

/// Wrapped material with its token.
#[derive(Clone)]
pub(crate) struct Wrapped {
    token: Blob,
    material: Blob,
}

impl Wrapped {
    /// What no key takes.
    pub(crate) fn nothing() -> Wrapped {
        Wrapped { token: Blob::new("x"), material: Blob::new("x") }
    }
}

/// A symmetric multi-Region key without material.
async fn external(regions: &Regions, region: &str) -> String {
    external_of(regions, region, SYMMETRIC).await
}

/// A multi-Region key of a kind, without material.
pub(crate) async fn external_of(regions: &Regions, region: &str, kind: Kind) -> String {
    let create = regions.kms(region).create_key().origin(OriginType::External).multi_region(true);
    create.key_spec(kind.0).key_usage(kind.1).send().await.unwrap().key_metadata.unwrap().key_id
}

async fn parameters(
    regions: &Regions,
    key: &str,
) -> Result<GetParametersForImportOutput, SdkError<GetParametersForImportError>> {
    parameters_in(regions, CENTRAL, key).await
}

pub(crate) async fn parameters_in(
    regions: &Regions,
    region: &str,
    key: &str,
) -> Result<GetParametersForImportOutput, SdkError<GetParametersForImportError>> {
    let ask = regions.kms(region).get_parameters_for_import().key_id(key);
    ask.wrapping_algorithm(AlgorithmSpec::RsaesOaepSha256).wrapping_key_spec(WrappingKeySpec::Rsa2048).send().await
}

/// Wraps the material that consists of this byte.
fn wrap(parameters: &GetParametersForImportOutput, byte: u8) -> Wrapped {
    wrap_bytes(parameters, &[byte; 32])
}

pub(crate) fn wrap_bytes(parameters: &GetParametersForImportOutput, bytes: &[u8]) -> Wrapped {
    let public = PublicEncryptingKey::from_der(parameters.public_key().unwrap().as_ref()).unwrap();
    let public = OaepPublicEncryptingKey::new(public).unwrap();
    let mut out = vec![0; public.ciphertext_size()];
    let material = public.encrypt(&OAEP_SHA256_MGF1SHA256, bytes, &mut out, None).unwrap();
    Wrapped { token: parameters.import_token().unwrap().clone(), material: Blob::new(material.to_vec()) }
}

/// Imports material that does not expire.
async fn import(
    regions: &Regions,
    key: &str,
    wrapped: Wrapped,
) -> Result<ImportKeyMaterialOutput, SdkError<ImportKeyMaterialError>> {
    import_in(regions, CENTRAL, key, wrapped).await
}

pub(crate) async fn import_in(
    regions: &Regions,
    region: &str,
    key: &str,
    wrapped: Wrapped,
) -> Result<ImportKeyMaterialOutput, SdkError<ImportKeyMaterialError>> {
    let import = regions.kms(region).import_key_material().key_id(key);
    let import = import.expiration_model(ExpirationModelType::KeyMaterialDoesNotExpire);
    import.import_token(wrapped.token).encrypted_key_material(wrapped.material).send().await
}

/// Imports a second material.
pub(crate) async fn import_new(regions: &Regions, key: &str, byte: u8) {
    let wrapped = wrap(&parameters(regions, key).await.unwrap(), byte);
    let import = regions.kms(CENTRAL).import_key_material().key_id(key).import_type(ImportType::NewKeyMaterial);
    let import = import.expiration_model(ExpirationModelType::KeyMaterialDoesNotExpire);
    import.import_token(wrapped.token).encrypted_key_material(wrapped.material).send().await.unwrap();
}

/// Imports material that is valid for some days.
async fn import_for(regions: &Regions, region: &str, key: &str, byte: u8, days: i64) {
    let wrapped = wrap(&parameters_in(regions, region, key).await.unwrap(), byte);
    let valid_to = DateTime::from_secs(regions.now().plus_days(days).secs());
    let import = regions.kms(region).import_key_material().key_id(key).valid_to(valid_to);
    import.import_token(wrapped.token).encrypted_key_material(wrapped.material).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_valid_for_a_day() {
    let regions = Regions::start().await;
    let key = external(&regions, CENTRAL).await;
    let answer = parameters(&regions, &key).await.unwrap();
    let wrapped = wrap(&answer, 1);
    let ends = regions.now().plus_days(1);
    assert_eq!(answer.parameters_valid_to().unwrap().secs(), ends.secs());
    regions.advance_secs(86_400);
    import(&regions, &key, wrapped.clone()).await.unwrap();
    regions.advance_secs(1);
    let late = import(&regions, &key, wrapped).await;
    let text = format!("The import token expired at {}.", ends.iso8601());
    check_refused(&late, "ExpiredImportTokenException", Some(&text));
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_region_has_its_own_expiry() {
    let regions = Regions::start().await;
    let key = external(&regions, CENTRAL).await;
    import_for(&regions, CENTRAL, &key, 1, 20).await;
    let kms = regions.kms(CENTRAL);
    kms.replicate_key().key_id(&key).replica_region(WEST).send().await.unwrap();
    await_state(&regions, WEST, &key, KeyState::PendingImport).await;
    import_for(&regions, WEST, &key, 1, 10).await;
    let blob = encrypt(&regions, CENTRAL, &key, "x").await;
    assert_eq!(decrypt(&regions, WEST, &blob).await, "x");

    // At the moment of the expiry the key cannot be used, before any job has run.
    regions.advance_days(10);
    let used = regions.kms(WEST).decrypt().ciphertext_blob(blob.clone()).send().await;
    let text = format!("{} is pending import.", key_arn(WEST, &key));
    check_refused(&used, "KMSInvalidStateException", Some(&text));
    assert_eq!(decrypt(&regions, CENTRAL, &blob).await, "x");
    regions.advance_days(10);
    assert_eq!(state(&regions, CENTRAL, &key).await, Some(KeyState::PendingImport));

    import_for(&regions, WEST, &key, 1, 10).await;
    assert_eq!(decrypt(&regions, WEST, &blob).await, "x");
    let shown = describe(&regions, WEST, &key).await.unwrap();
    assert_eq!(shown.valid_to.unwrap().secs(), regions.now().plus_days(10).secs());
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_expiry_of_an_older_material_counts() {
    let regions = Regions::start().await;
    let key = external(&regions, CENTRAL).await;
    import_for(&regions, CENTRAL, &key, 1, 10).await;
    import_new(&regions, &key, 2).await;
    regions.kms(CENTRAL).rotate_key_on_demand().key_id(&key).send().await.unwrap();
    let shown = describe(&regions, CENTRAL, &key).await.unwrap();
    assert_eq!(shown.valid_to.unwrap().secs(), regions.now().plus_days(10).secs());
    regions.advance_days(10);
    assert_eq!(state(&regions, CENTRAL, &key).await, Some(KeyState::PendingImport));
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_on_demand_keeps_clear_of_an_automatic_one() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let key = single(&regions, CENTRAL).await;
    kms.enable_key_rotation().key_id(&key).rotation_period_in_days(90).send().await.unwrap();
    regions.advance_secs(90 * 86_400 - 20 * 60 - 1);
    kms.rotate_key_on_demand().key_id(&key).send().await.unwrap();
    regions.advance_secs(1);
    let refused = kms.rotate_key_on_demand().key_id(&key).send().await;
    let arn = key_arn(CENTRAL, &key);
    let text = format!("A rotation of {arn} is in progress, or will begin within the next 20 minutes.");
    check_refused(&refused, "ConflictException", Some(&text));
    regions.advance_secs(20 * 60);
    let both = async || {
        let listed = kms.list_key_rotations().key_id(&key).send().await.unwrap().rotations.unwrap_or_default();
        let kinds: Vec<RotationType> = listed.into_iter().filter_map(|entry| entry.rotation_type).collect();
        (kinds == [RotationType::OnDemand, RotationType::Automatic]).then_some(())
    };
    regions.eventually("the automatic rotation", both).await;
    kms.rotate_key_on_demand().key_id(&key).send().await.unwrap();
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_on_demand_waits_for_a_replica_that_is_cut_off() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let key = crate::support::related(&regions, &[CENTRAL, WEST]).await;
    let current = async |region| describe(&regions, region, &key).await.unwrap().current_key_material_id;
    let before = current(CENTRAL).await;
    regions.cut(CENTRAL, WEST, true);
    kms.rotate_key_on_demand().key_id(&key).send().await.unwrap();
    let began = regions.now();
    let status = kms.get_key_rotation_status().key_id(&key).send().await.unwrap();
    assert_eq!(status.on_demand_rotation_start_date.unwrap().secs(), began.secs());
    assert_eq!(current(CENTRAL).await, before);
    let again = kms.rotate_key_on_demand().key_id(&key).send().await;
    let arn = key_arn(CENTRAL, &key);
    let text = format!("A rotation of {arn} is in progress, or will begin within the next 20 minutes.");
    check_refused(&again, "ConflictException", Some(&text));
    regions.cut(CENTRAL, WEST, false);
    let rotated = async || {
        let (here, there) = (current(CENTRAL).await, current(WEST).await);
        (here == there && here != before).then_some(())
    };
    regions.eventually("the rotation", rotated).await;
    let status = kms.get_key_rotation_status().key_id(&key).send().await.unwrap();
    assert_eq!(status.on_demand_rotation_start_date, None);
    regions.stop().await;
}
