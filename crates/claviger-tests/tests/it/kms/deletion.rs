//! Deletion: windows that end, and primaries that wait for their replicas.

use aws_sdk_kms::types::KeyState;
use claviger_tests::{ACCOUNT, CENTRAL, Regions, WEST, check_refused, key_arn};

use crate::support::{await_members, await_state, describe, encrypt, related, single, state};

async fn gone(regions: &Regions, region: &str, key: &str) {
    let look = async || state(regions, region, key).await.is_none().then_some(());
    regions.eventually(&format!("{key} in {region} is gone"), look).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_goes_when_its_window_ends() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let key = single(&regions, CENTRAL).await;
    let blob = encrypt(&regions, CENTRAL, &key, "x").await;
    kms.create_alias().alias_name("alias/goes").target_key_id(&key).send().await.unwrap();
    let answer = kms.schedule_key_deletion().key_id(&key).pending_window_in_days(7).send().await.unwrap();
    let date = answer.deletion_date.unwrap().secs();
    assert_eq!(date, regions.now().plus_days(7).secs());

    regions.advance_secs(7 * 86_400 - 1);
    let later = single(&regions, CENTRAL).await;
    kms.schedule_key_deletion().key_id(&later).pending_window_in_days(7).send().await.unwrap();
    assert_eq!(state(&regions, CENTRAL, &key).await, Some(KeyState::PendingDeletion));
    regions.advance_secs(1);
    gone(&regions, CENTRAL, &key).await;
    // The job deleted the one key and not the other.
    assert_eq!(state(&regions, CENTRAL, &later).await, Some(KeyState::PendingDeletion));

    let arn = key_arn(CENTRAL, &key);
    let text = format!("Key '{arn}' does not exist");
    check_refused(&kms.describe_key().key_id(&key).send().await, "NotFoundException", Some(&text));
    let alias = format!("Alias arn:aws:kms:{CENTRAL}:{ACCOUNT}:alias/goes is not found.");
    check_refused(&kms.describe_key().key_id("alias/goes").send().await, "NotFoundException", Some(&alias));
    let denied = format!(
        "User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kms:Decrypt on the resource associated with this \
         ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a \
         resource-based policy explicitly denies access"
    );
    check_refused(&kms.decrypt().ciphertext_blob(blob).send().await, "AccessDeniedException", Some(&denied));
    let listed = kms.list_keys().send().await.unwrap();
    assert!(listed.keys().iter().all(|k| k.key_id() != Some(&key)));
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_deletion_does_not_come_back() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let (saved, lost) = (single(&regions, CENTRAL).await, single(&regions, CENTRAL).await);
    for key in [&saved, &lost] {
        kms.schedule_key_deletion().key_id(key).pending_window_in_days(7).send().await.unwrap();
    }
    regions.advance_days(6);
    kms.cancel_key_deletion().key_id(&saved).send().await.unwrap();
    regions.advance_days(2);
    gone(&regions, CENTRAL, &lost).await;
    assert_eq!(state(&regions, CENTRAL, &saved).await, Some(KeyState::Disabled));
    // Scheduled again, it has its whole window again.
    kms.schedule_key_deletion().key_id(&saved).pending_window_in_days(30).send().await.unwrap();
    regions.advance_days(29);
    assert_eq!(state(&regions, CENTRAL, &saved).await, Some(KeyState::PendingDeletion));
    regions.advance_days(1);
    gone(&regions, CENTRAL, &saved).await;
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_waits_for_its_last_replica() {
    let regions = Regions::start().await;
    let key = related(&regions, &[CENTRAL, WEST]).await;
    let schedule = async |region: &str, days: i32| {
        let call = regions.kms(region).schedule_key_deletion().key_id(&key).pending_window_in_days(days);
        call.send().await.unwrap()
    };
    let answer = schedule(CENTRAL, 9).await;
    assert_eq!((answer.key_state, answer.deletion_date), (Some(KeyState::PendingReplicaDeletion), None));
    // It may wait without a limit.
    regions.advance_days(100);
    assert_eq!(state(&regions, CENTRAL, &key).await, Some(KeyState::PendingReplicaDeletion));
    assert_eq!(state(&regions, WEST, &key).await, Some(KeyState::Enabled));
    encrypt(&regions, WEST, &key, "still").await;

    schedule(WEST, 7).await;
    regions.advance_days(7);
    gone(&regions, WEST, &key).await;
    await_state(&regions, CENTRAL, &key, KeyState::PendingDeletion).await;
    let shown = describe(&regions, CENTRAL, &key).await.unwrap();
    // The requested window starts now.
    let left = shown.deletion_date.unwrap().secs() - regions.now().secs();
    assert!((left - 9 * 86_400).abs() < 60, "{left} s are left");
    assert!(shown.multi_region_configuration.unwrap().replica_keys().is_empty());
    regions.advance_days(9);
    gone(&regions, CENTRAL, &key).await;
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_replica_can_be_made_again() {
    let regions = Regions::start().await;
    let key = related(&regions, &[CENTRAL, WEST]).await;
    let blob = encrypt(&regions, WEST, &key, "x").await;
    regions.kms(WEST).schedule_key_deletion().key_id(&key).pending_window_in_days(7).send().await.unwrap();
    let again = regions.kms(CENTRAL).replicate_key().key_id(&key).replica_region(WEST).send().await;
    assert_eq!(claviger_tests::code_of(&again).0, "AlreadyExistsException");
    regions.advance_days(7);
    gone(&regions, WEST, &key).await;
    await_members(&regions, &key, CENTRAL, &[]).await;
    let made = regions.kms(CENTRAL).replicate_key().key_id(&key).replica_region(WEST).send().await.unwrap();
    assert_eq!(made.replica_key_metadata.unwrap().description.unwrap(), "");
    await_members(&regions, &key, CENTRAL, &[WEST]).await;
    assert_eq!(crate::support::decrypt(&regions, WEST, &blob).await, "x");
    regions.stop().await;
}
