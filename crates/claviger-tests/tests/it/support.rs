//! Helpers that the tests of several services share.

use aws_sdk_kms::operation::describe_key::DescribeKeyError;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{KeyMetadata, KeySpec, KeyState, KeyUsageType, MultiRegionKeyType};
use claviger_tests::Regions;

/// The answer of DescribeKey.
pub(crate) async fn describe(regions: &Regions, region: &str, key: &str) -> Option<KeyMetadata> {
    let answer = regions.kms(region).describe_key().key_id(key).send().await;
    match answer {
        Ok(answer) => answer.key_metadata,
        Err(error) => match error.into_service_error() {
            DescribeKeyError::NotFoundException(_) => None,
            error => panic!("{key} in {region}: {error:?}"),
        },
    }
}

/// The state of a key; absent when there is none.
pub(crate) async fn state(regions: &Regions, region: &str, key: &str) -> Option<KeyState> {
    describe(regions, region, key).await?.key_state
}

/// Waits until a key is in a state.
pub(crate) async fn await_state(regions: &Regions, region: &str, key: &str, wanted: KeyState) {
    let look = async || (state(regions, region, key).await.as_ref() == Some(&wanted)).then_some(());
    regions.eventually(&format!("{key} in {region} is {wanted}"), look).await;
}

/// A single-Region key.
pub(crate) async fn single(regions: &Regions, region: &str) -> String {
    regions.kms(region).create_key().send().await.unwrap().key_metadata.unwrap().key_id
}

/// A multi-Region primary in the first of the regions, with replicas in the others, all of them enabled.
pub(crate) async fn related(regions: &Regions, members: &[&str]) -> String {
    related_of(regions, members, SYMMETRIC).await
}

/// The spec and the usage of a key.
pub(crate) type Kind = (KeySpec, KeyUsageType);

pub(crate) const SYMMETRIC: Kind = (KeySpec::SymmetricDefault, KeyUsageType::EncryptDecrypt);

/// [`related`] of a kind.
pub(crate) async fn related_of(regions: &Regions, members: &[&str], kind: Kind) -> String {
    let (primary, replicas) = members.split_first().unwrap();
    let kms = regions.kms(primary);
    let create = kms.create_key().multi_region(true).key_spec(kind.0).key_usage(kind.1);
    let key = create.send().await.unwrap().key_metadata.unwrap().key_id;
    for replica in replicas {
        kms.replicate_key().key_id(&key).replica_region(*replica).send().await.unwrap();
        await_state(regions, replica, &key, KeyState::Enabled).await;
    }
    key
}

/// Makes another region the primary. The present primary refuses this until it has the replica's report, so the call is
/// repeated until then.
pub(crate) async fn hand_over(regions: &Regions, key: &str, from: &str, to: &str) {
    let kms = regions.kms(from);
    let begun = async || kms.update_primary_region().key_id(key).primary_region(to).send().await.ok();
    regions.eventually(&format!("{key} goes from {from} to {to}"), begun).await;
}

/// Related keys whose primary has the reports of all replicas: it has handed its role to the first of them and got it back.
pub(crate) async fn settled(regions: &Regions, members: &[&str]) -> String {
    settled_of(regions, members, SYMMETRIC).await
}

/// [`settled`] of a kind.
pub(crate) async fn settled_of(regions: &Regions, members: &[&str], kind: Kind) -> String {
    let key = related_of(regions, members, kind).await;
    settle(regions, &key, members).await;
    key
}

/// Hands the role of the primary to the second member and back.
pub(crate) async fn settle(regions: &Regions, key: &str, members: &[&str]) {
    let (primary, next) = (members[0], members[1]);
    for (from, to) in [(primary, next), (next, primary)] {
        hand_over(regions, key, from, to).await;
        let replicas: Vec<&str> = members.iter().copied().filter(|r| *r != to).collect();
        await_members(regions, key, to, &replicas).await;
    }
}

/// Encrypts in a region.
pub(crate) async fn encrypt(regions: &Regions, region: &str, key: &str, text: &str) -> Blob {
    let answer = regions.kms(region).encrypt().key_id(key).plaintext(Blob::new(text)).send().await;
    answer.unwrap_or_else(|error| panic!("{key} in {region}: {error:?}")).ciphertext_blob.unwrap()
}

/// Decrypts in a region, with the key that the ciphertext names.
pub(crate) async fn decrypt(regions: &Regions, region: &str, blob: &Blob) -> String {
    let answer = regions.kms(region).decrypt().ciphertext_blob(blob.clone()).send().await;
    let plaintext = answer.unwrap_or_else(|error| panic!("in {region}: {error:?}")).plaintext.unwrap();
    String::from_utf8(plaintext.into_inner()).unwrap()
}

/// Whether a region shows this primary and exactly these replicas.
pub(crate) async fn members_are(regions: &Regions, region: &str, key: &str, primary: &str, replicas: &[&str]) -> bool {
    let Some(shown) = describe(regions, region, key).await.and_then(|m| m.multi_region_configuration) else {
        return false;
    };
    let kind = if region == primary { MultiRegionKeyType::Primary } else { MultiRegionKeyType::Replica };
    let mut listed: Vec<&str> = shown.replica_keys().iter().filter_map(|k| k.region()).collect();
    listed.sort_unstable();
    let mut wanted = replicas.to_vec();
    wanted.sort_unstable();
    shown.multi_region_key_type() == Some(&kind)
        && shown.primary_key().and_then(|k| k.region()) == Some(primary)
        && listed == wanted
}

/// Waits until every member is enabled and shows this primary and exactly these replicas.
pub(crate) async fn await_members(regions: &Regions, key: &str, primary: &str, replicas: &[&str]) {
    for region in std::iter::once(&primary).chain(replicas) {
        let look = async || {
            let settled = state(regions, region, key).await == Some(KeyState::Enabled);
            (settled && members_are(regions, region, key, primary, replicas).await).then_some(())
        };
        regions.eventually(&format!("{region} shows {primary} as the primary of {key}"), look).await;
    }
}

/// The value of a secret in a region; absent when it cannot be read.
pub(crate) async fn value(regions: &Regions, region: &str, secret: &str) -> Option<String> {
    regions.secrets(region).get_secret_value().secret_id(secret).send().await.ok()?.secret_string
}

/// Waits until a secret has a value in a region.
pub(crate) async fn await_value(regions: &Regions, region: &str, secret: &str, wanted: &str) {
    let look = async || (value(regions, region, secret).await.as_deref() == Some(wanted)).then_some(());
    regions.eventually(&format!("{secret} in {region} is {wanted}"), look).await;
}

/// A policy that allows its account everything but one action.
pub(crate) fn all_but(account: &str, action: &str) -> String {
    let root = claviger_tests::root_arn(account);
    format!(
        r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Principal":{{"AWS":"{root}"}},"Action":"kms:*","Resource":"*"}},
            {{"Effect":"Deny","Principal":{{"AWS":"{root}"}},"Action":"{action}","Resource":"*"}}]}}"#
    )
}
