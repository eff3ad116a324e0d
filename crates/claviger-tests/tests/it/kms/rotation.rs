//! Rotation: new material on time, never used before every replica holds it, and old ciphertexts for ever.

use aws_sdk_kms::primitives::Blob;
use claviger_tests::{CENTRAL, Regions, WEST, check_refused, key_arn};

use crate::support::{decrypt, describe, encrypt, related, single};

async fn material(regions: &Regions, region: &str, key: &str) -> String {
    describe(regions, region, key).await.unwrap().current_key_material_id.unwrap()
}

async fn next_rotation(regions: &Regions, region: &str, key: &str) -> i64 {
    let status = regions.kms(region).get_key_rotation_status().key_id(key).send().await.unwrap();
    status.next_rotation_date.unwrap().secs()
}

async fn enable(regions: &Regions, key: &str, days: i32) {
    let call = regions.kms(CENTRAL).enable_key_rotation().key_id(key).rotation_period_in_days(days);
    call.send().await.unwrap();
}

async fn await_rotated(regions: &Regions, region: &str, key: &str, from: &str) -> String {
    let look = async || Some(material(regions, region, key).await).filter(|now| now != from);
    regions.eventually(&format!("{key} in {region} has new material"), look).await
}

/// The material of a ciphertext.
async fn material_of(regions: &Regions, blob: &Blob) -> String {
    let answer = regions.kms(CENTRAL).decrypt().ciphertext_blob(blob.clone()).send().await.unwrap();
    answer.key_material_id.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_rotates_when_it_is_due() {
    let regions = Regions::start().await;
    let key = single(&regions, CENTRAL).await;
    enable(&regions, &key, 90).await;
    assert_eq!(next_rotation(&regions, CENTRAL, &key).await, regions.now().plus_days(90).secs());
    let mut blobs = vec![encrypt(&regions, CENTRAL, &key, "0").await];
    let mut materials = vec![material(&regions, CENTRAL, &key).await];
    for round in 1..=3 {
        regions.advance_days(90);
        let due = regions.now();
        let last = materials.last().unwrap().clone();
        materials.push(await_rotated(&regions, CENTRAL, &key, &last).await);
        blobs.push(encrypt(&regions, CENTRAL, &key, &round.to_string()).await);
        let next = next_rotation(&regions, CENTRAL, &key).await;
        assert!((due.plus_days(90).secs()..=regions.now().plus_days(90).secs()).contains(&next), "{next}");
    }
    for (round, blob) in blobs.iter().enumerate() {
        assert_eq!(decrypt(&regions, CENTRAL, blob).await, round.to_string());
        assert_eq!(material_of(&regions, blob).await, materials[round]);
    }
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn related_keys_rotate_together() {
    let regions = Regions::start().await;
    let key = related(&regions, &[CENTRAL, WEST]).await;
    enable(&regions, &key, 90).await;
    let before = material(&regions, CENTRAL, &key).await;
    let old = encrypt(&regions, WEST, &key, "old").await;
    regions.advance_days(90);
    let after = await_rotated(&regions, CENTRAL, &key, &before).await;
    assert_eq!(await_rotated(&regions, WEST, &key, &before).await, after);
    for region in [CENTRAL, WEST] {
        let new = encrypt(&regions, region, &key, region).await;
        assert_eq!(material_of(&regions, &new).await, after);
        for reads in [CENTRAL, WEST] {
            assert_eq!(decrypt(&regions, reads, &new).await, region);
            assert_eq!(decrypt(&regions, reads, &old).await, "old");
        }
    }
    // A replica that is made later gets every material.
    regions.kms(CENTRAL).replicate_key().key_id(&key).replica_region(claviger_tests::EAST).send().await.unwrap();
    crate::support::await_members(&regions, &key, CENTRAL, &[WEST, claviger_tests::EAST]).await;
    assert_eq!(decrypt(&regions, claviger_tests::EAST, &old).await, "old");
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_material_is_not_used_before_every_replica_holds_it() {
    let regions = Regions::start().await;
    let key = related(&regions, &[CENTRAL, WEST]).await;
    enable(&regions, &key, 90).await;
    let before = material(&regions, CENTRAL, &key).await;
    let due = next_rotation(&regions, CENTRAL, &key).await;
    regions.cut(CENTRAL, WEST, true);
    regions.advance_days(90);
    // The date moves when the rotation begins.
    let begun = async || (next_rotation(&regions, CENTRAL, &key).await > due).then_some(());
    regions.eventually("the rotation begins", begun).await;
    for _ in 0..20 {
        let blob = encrypt(&regions, CENTRAL, &key, "meanwhile").await;
        assert_eq!(material_of(&regions, &blob).await, before);
        assert_eq!(decrypt(&regions, WEST, &blob).await, "meanwhile");
    }
    assert_eq!(material(&regions, CENTRAL, &key).await, before);
    regions.cut(CENTRAL, WEST, false);
    let after = await_rotated(&regions, CENTRAL, &key, &before).await;
    assert_eq!(await_rotated(&regions, WEST, &key, &before).await, after);
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_key_rotates_when_it_is_back() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let (asleep, awake) = (single(&regions, CENTRAL).await, single(&regions, CENTRAL).await);
    let mut before = Vec::new();
    for key in [&asleep, &awake] {
        enable(&regions, key, 90).await;
        before.push(material(&regions, CENTRAL, key).await);
    }
    kms.disable_key().key_id(&asleep).send().await.unwrap();
    regions.advance_days(100);
    await_rotated(&regions, CENTRAL, &awake, &before[1]).await;
    assert_eq!(material(&regions, CENTRAL, &asleep).await, before[0]);
    kms.enable_key().key_id(&asleep).send().await.unwrap();
    // The job looks at such a key every minute.
    regions.advance_secs(61);
    await_rotated(&regions, CENTRAL, &asleep, &before[0]).await;
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rotation_that_is_switched_off_does_not_happen() {
    let regions = Regions::start().await;
    let (off, on) = (single(&regions, CENTRAL).await, single(&regions, CENTRAL).await);
    let (before_off, before_on) = (material(&regions, CENTRAL, &off).await, material(&regions, CENTRAL, &on).await);
    enable(&regions, &off, 90).await;
    enable(&regions, &on, 90).await;
    regions.kms(CENTRAL).disable_key_rotation().key_id(&off).send().await.unwrap();
    regions.advance_days(91);
    await_rotated(&regions, CENTRAL, &on, &before_on).await;
    assert_eq!(material(&regions, CENTRAL, &off).await, before_off);
    let status = regions.kms(CENTRAL).get_key_rotation_status().key_id(&off).send().await.unwrap();
    assert_eq!((status.key_rotation_enabled, status.next_rotation_date), (false, None));
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_primary_sets_the_rotation() {
    let regions = Regions::start().await;
    let key = related(&regions, &[CENTRAL, WEST]).await;
    let text = format!("{} is not a multi-region primary key.", key_arn(WEST, &key));
    let west = regions.kms(WEST);
    check_refused(&west.enable_key_rotation().key_id(&key).send().await, "UnsupportedOperationException", Some(&text));
    check_refused(&west.disable_key_rotation().key_id(&key).send().await, "UnsupportedOperationException", Some(&text));
    enable(&regions, &key, 123).await;
    let same = async || {
        let status = west.get_key_rotation_status().key_id(&key).send().await.unwrap();
        (status.rotation_period_in_days == Some(123) && status.key_rotation_enabled).then_some(())
    };
    regions.eventually("the replica shows the primary's rotation", same).await;
    regions.stop().await;
}
