//! Another region becomes the primary: cryptography goes on, there is one primary in the end, and nothing is lost on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::KeyState;
use claviger_tests::{CENTRAL, EAST, Regions, WEST, check_refused, key_arn};

use crate::support::{await_members, await_state, decrypt, encrypt, hand_over, members_are, related, settled, state};

#[tokio::test(flavor = "multi_thread")]
async fn round_the_regions() {
    let regions = Regions::start().await;
    let all = [CENTRAL, WEST, EAST];
    let key = related(&regions, &all).await;
    regions.kms(CENTRAL).enable_key_rotation().key_id(&key).rotation_period_in_days(100).send().await.unwrap();
    let blob = encrypt(&regions, CENTRAL, &key, "x").await;
    for (from, to) in [(CENTRAL, WEST), (WEST, EAST), (EAST, CENTRAL)] {
        hand_over(&regions, &key, from, to).await;
        let replicas: Vec<&str> = all.into_iter().filter(|r| *r != to).collect();
        await_members(&regions, &key, to, &replicas).await;
        for region in all {
            assert_eq!(decrypt(&regions, region, &blob).await, "x");
        }
        let text = format!("{} is not a multi-region primary key.", key_arn(from, &key));
        let again = regions.kms(from).update_primary_region().key_id(&key).primary_region(to).send().await;
        check_refused(&again, "UnsupportedOperationException", Some(&text));
        // The new primary can set the rotation, since that right moves with the role.
        let days = 100 + i32::try_from(to.len()).unwrap();
        regions.kms(to).enable_key_rotation().key_id(&key).rotation_period_in_days(days).send().await.unwrap();
        for region in all {
            let same = async || {
                let status = regions.kms(region).get_key_rotation_status().key_id(&key).send().await.unwrap();
                (status.rotation_period_in_days == Some(days)).then_some(())
            };
            regions.eventually(&format!("{region} has the new primary's setting"), same).await;
        }
    }
    regions.stop().await;
}

/// Encrypts and decrypts in every region without a pause while the role goes to and fro; not one call may fail.
#[tokio::test(flavor = "multi_thread")]
async fn cryptography_never_stops() {
    let regions = Arc::new(Regions::start().await);
    let all = [CENTRAL, WEST, EAST];
    let key = related(&regions, &all).await;
    let stop = Arc::new(AtomicBool::new(false));
    let users: Vec<_> = (0..6)
        .map(|number: usize| {
            let (one, two) = (regions.kms(all[number % 3]), regions.kms(all[(number + 1) % 3]));
            let (key, stop) = (key.clone(), stop.clone());
            tokio::spawn(async move {
                let mut calls = 0;
                while !stop.load(Ordering::Relaxed) {
                    let text = format!("{number} {calls}");
                    let sealed = one.encrypt().key_id(&key).plaintext(Blob::new(text.clone())).send().await;
                    let blob = sealed.unwrap_or_else(|e| panic!("encrypt: {e:?}")).ciphertext_blob.unwrap();
                    let opened = two.decrypt().ciphertext_blob(blob).send().await;
                    let plaintext = opened.unwrap_or_else(|e| panic!("decrypt: {e:?}")).plaintext.unwrap();
                    assert_eq!(plaintext.into_inner(), text.into_bytes());
                    calls += 1;
                }
                calls
            })
        })
        .collect();
    for round in 0..12 {
        let (from, to) = (all[round % 3], all[(round + 1) % 3]);
        hand_over(&regions, &key, from, to).await;
        let replicas: Vec<&str> = all.into_iter().filter(|r| *r != to).collect();
        await_members(&regions, &key, to, &replicas).await;
    }
    stop.store(true, Ordering::Relaxed);
    for user in users {
        assert!(user.await.unwrap() > 0);
    }
}

/// The link breaks in the middle of the handover. The role is with one side or the other, never with both, and in the end with
/// the new primary.
#[tokio::test(flavor = "multi_thread")]
async fn over_a_cut_link() {
    let regions = Regions::start().await;
    let key = settled(&regions, &[CENTRAL, WEST]).await;
    let blob = encrypt(&regions, CENTRAL, &key, "x").await;
    regions.cut(CENTRAL, WEST, true);
    hand_over(&regions, &key, CENTRAL, WEST).await;
    assert_eq!(state(&regions, CENTRAL, &key).await, Some(KeyState::Updating));
    for region in [CENTRAL, WEST] {
        assert_eq!(decrypt(&regions, region, &blob).await, "x");
        encrypt(&regions, region, &key, "y").await;
    }
    // The replica's region has not received the handover, so it does not take over the primary's role.
    assert!(members_are(&regions, WEST, &key, CENTRAL, &[WEST]).await);
    regions.cut(CENTRAL, WEST, false);
    await_members(&regions, &key, WEST, &[CENTRAL]).await;
    regions.stop().await;
}

/// A region that goes down in the middle of the handover finishes it when it is back.
#[tokio::test(flavor = "multi_thread")]
async fn over_a_region_that_goes_down() {
    let mut regions = Regions::start().await;
    for goes in [CENTRAL, WEST] {
        let key = settled(&regions, &[CENTRAL, WEST, EAST]).await;
        regions.cut(CENTRAL, WEST, true);
        hand_over(&regions, &key, CENTRAL, WEST).await;
        regions.take_down(goes).await;
        regions.cut(CENTRAL, WEST, false);
        encrypt(&regions, EAST, &key, "meanwhile").await;
        regions.bring_up(goes).await;
        await_members(&regions, &key, WEST, &[CENTRAL, EAST]).await;
    }
    regions.stop().await;
}

/// A replica that is disabled cannot become the primary; the old one keeps the role.
#[tokio::test(flavor = "multi_thread")]
async fn to_a_disabled_replica() {
    let regions = Regions::start().await;
    let key = settled(&regions, &[CENTRAL, WEST]).await;
    regions.kms(WEST).disable_key().key_id(&key).send().await.unwrap();
    // Only the replica's own region knows its state, so the refusal may come after the call was answered.
    let _ = regions.kms(CENTRAL).update_primary_region().key_id(&key).primary_region(WEST).send().await;
    await_state(&regions, CENTRAL, &key, KeyState::Enabled).await;
    assert!(members_are(&regions, CENTRAL, &key, CENTRAL, &[WEST]).await);
    assert_eq!(state(&regions, WEST, &key).await, Some(KeyState::Disabled));
    regions.kms(WEST).enable_key().key_id(&key).send().await.unwrap();
    hand_over(&regions, &key, CENTRAL, WEST).await;
    await_members(&regions, &key, WEST, &[CENTRAL]).await;
    regions.stop().await;
}
