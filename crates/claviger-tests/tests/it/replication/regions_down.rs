//! A region that is down delays its own replicas and no others.

use aws_sdk_kms::types::KeyState;
use aws_sdk_secretsmanager::types::{ReplicaRegionType, StatusType};
use claviger_tests::{CENTRAL, EAST, Regions, WEST, code_of};

use crate::support::{
    await_members, await_state, await_value, decrypt, describe, encrypt, related, single, state, value,
};

fn replica(region: &str) -> ReplicaRegionType {
    ReplicaRegionType::builder().region(region).build()
}

async fn replicated(regions: &Regions, name: &str, replicas: &[&str]) {
    let call = regions.secrets(CENTRAL).create_secret().name(name).secret_string("first");
    let entries = replicas.iter().map(|r| replica(r)).collect();
    call.set_add_replica_regions(Some(entries)).send().await.unwrap();
    for region in replicas {
        await_value(regions, region, name, "first").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_in_the_other_region() {
    let mut regions = Regions::start().await;
    let key = related(&regions, &[CENTRAL, WEST]).await;
    let blob = encrypt(&regions, CENTRAL, &key, "before").await;
    replicated(&regions, "a", &[WEST]).await;

    regions.take_down(CENTRAL).await;
    let down = regions.kms(CENTRAL).list_keys().send().await;
    assert_eq!(code_of(&down).0, "ServiceUnavailableException");

    let (kms, sm) = (regions.kms(WEST), regions.secrets(WEST));
    assert_eq!(decrypt(&regions, WEST, &blob).await, "before");
    let meanwhile = encrypt(&regions, WEST, &key, "meanwhile").await;
    assert_eq!(value(&regions, WEST, "a").await.as_deref(), Some("first"));
    let own = single(&regions, WEST).await;
    kms.create_alias().alias_name("alias/own").target_key_id(&own).send().await.unwrap();
    kms.disable_key().key_id(&key).send().await.unwrap();
    kms.enable_key().key_id(&key).send().await.unwrap();
    sm.create_secret().name("own").secret_string("x").kms_key_id(&own).send().await.unwrap();
    assert_eq!(value(&regions, WEST, "own").await.as_deref(), Some("x"));
    regions.sts(WEST).get_caller_identity().send().await.unwrap();

    regions.bring_up(CENTRAL).await;
    assert_eq!(decrypt(&regions, CENTRAL, &meanwhile).await, "meanwhile");
    await_members(&regions, &key, CENTRAL, &[WEST]).await;
    regions.stop().await;
}

/// All writes that are made while a replica's region is down arrive when it is back, in the end state.
#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_comes_back_catches_up() {
    let mut regions = Regions::start().await;
    let key = related(&regions, &[CENTRAL, WEST]).await;
    replicated(&regions, "a", &[WEST, EAST]).await;

    regions.take_down(WEST).await;
    let (kms, sm) = (regions.kms(CENTRAL), regions.secrets(CENTRAL));
    for number in 0..50 {
        sm.put_secret_value().secret_id("a").secret_string(number.to_string()).send().await.unwrap();
    }
    sm.update_secret().secret_id("a").description("later").send().await.unwrap();
    sm.create_secret()
        .name("b")
        .secret_string("made meanwhile")
        .add_replica_regions(replica(WEST))
        .send()
        .await
        .unwrap();
    sm.delete_secret()
        .secret_id(never_replicated(&regions).await)
        .force_delete_without_recovery(true)
        .send()
        .await
        .unwrap();
    kms.enable_key_rotation().key_id(&key).rotation_period_in_days(99).send().await.unwrap();
    let second = related(&regions, &[CENTRAL]).await;
    kms.replicate_key().key_id(&second).replica_region(WEST).send().await.unwrap();
    // Its absence does not delay the other region.
    await_value(&regions, EAST, "a", "49").await;
    let shown = sm.describe_secret().secret_id("b").send().await.unwrap();
    assert_eq!(shown.replication_status()[0].status(), Some(&StatusType::InProgress));

    regions.bring_up(WEST).await;
    await_value(&regions, WEST, "a", "49").await;
    await_value(&regions, WEST, "b", "made meanwhile").await;
    await_state(&regions, WEST, &second, KeyState::Enabled).await;
    let rotation = async || {
        let status = regions.kms(WEST).get_key_rotation_status().key_id(&key).send().await.unwrap();
        (status.rotation_period_in_days == Some(99)).then_some(())
    };
    regions.eventually("the rotation's setting arrives", rotation).await;
    let settled = async || {
        let shown = sm.describe_secret().secret_id("b").send().await.unwrap();
        (shown.replication_status()[0].status() == Some(&StatusType::InSync)).then_some(())
    };
    regions.eventually("the primary hears that its replica is in sync", settled).await;
    let previous = regions.secrets(WEST).get_secret_value().secret_id("a").version_stage("AWSPREVIOUS").send().await;
    assert_eq!(previous.unwrap().secret_string(), Some("48"));
    regions.stop().await;
}

async fn never_replicated(regions: &Regions) -> &'static str {
    regions.secrets(CENTRAL).create_secret().name("short-lived").secret_string("x").send().await.unwrap();
    "short-lived"
}

/// A disaster: the primary's region is lost, and the replica becomes an independent secret. When the region is back, its old
/// primary does not overwrite that secret.
#[tokio::test(flavor = "multi_thread")]
async fn promotion_without_the_primary() {
    let mut regions = Regions::start().await;
    replicated(&regions, "a", &[WEST]).await;
    regions.take_down(CENTRAL).await;
    let west = regions.secrets(WEST);
    west.stop_replication_to_replica().secret_id("a").send().await.unwrap();
    west.put_secret_value().secret_id("a").secret_string("promoted").send().await.unwrap();
    west.replicate_secret_to_regions().secret_id("a").add_replica_regions(replica(EAST)).send().await.unwrap();
    await_value(&regions, EAST, "a", "promoted").await;

    regions.bring_up(CENTRAL).await;
    let forgotten = async || {
        let shown = regions.secrets(CENTRAL).describe_secret().secret_id("a").send().await.unwrap();
        shown.replication_status().is_empty().then_some(())
    };
    regions.eventually("the old primary forgets its replica", forgotten).await;
    regions.secrets(CENTRAL).put_secret_value().secret_id("a").secret_string("old primary").send().await.unwrap();
    west.put_secret_value().secret_id("a").secret_string("promoted again").send().await.unwrap();
    await_value(&regions, EAST, "a", "promoted again").await;
    assert_eq!(value(&regions, WEST, "a").await.as_deref(), Some("promoted again"));
    assert_eq!(value(&regions, CENTRAL, "a").await.as_deref(), Some("old primary"));
    // From the promoted one over the old primary. This needs `ForceOverwriteReplicaSecret`.
    let force = west.replicate_secret_to_regions().secret_id("a").add_replica_regions(replica(CENTRAL));
    force.force_overwrite_replica_secret(true).send().await.unwrap();
    await_value(&regions, CENTRAL, "a", "promoted again").await;
    regions.stop().await;
}

/// Replicas whose primary is gone for good keep their material and can be deleted one by one.
#[tokio::test(flavor = "multi_thread")]
async fn replicas_outlive_their_primary() {
    let mut regions = Regions::start().await;
    let key = related(&regions, &[CENTRAL, WEST, EAST]).await;
    let blob = encrypt(&regions, CENTRAL, &key, "x").await;
    regions.take_down(CENTRAL).await;
    for region in [WEST, EAST] {
        assert_eq!(decrypt(&regions, region, &blob).await, "x");
    }
    let kms = regions.kms(WEST);
    kms.schedule_key_deletion().key_id(&key).pending_window_in_days(7).send().await.unwrap();
    regions.advance_days(7);
    let gone = async || state(&regions, WEST, &key).await.is_none().then_some(());
    regions.eventually("the replica in the west is gone", gone).await;
    assert_eq!(decrypt(&regions, EAST, &blob).await, "x");
    regions.bring_up(CENTRAL).await;
    await_members(&regions, &key, CENTRAL, &[EAST]).await;
    assert!(describe(&regions, WEST, &key).await.is_none(), "the deleted replica came back");
    regions.stop().await;
}

/// The same with stores on the disk: a region that was stopped still knows its state, and the others notice its absence only.
#[tokio::test(flavor = "multi_thread")]
async fn regions_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut regions = Regions::start_in(folder.path().to_owned()).await;
    let key = related(&regions, &[CENTRAL, WEST]).await;
    let blob = encrypt(&regions, CENTRAL, &key, "x").await;
    replicated(&regions, "a", &[WEST]).await;
    for region in [CENTRAL, WEST] {
        regions.take_down(region).await;
        regions.bring_up(region).await;
        assert_eq!(decrypt(&regions, region, &blob).await, "x");
        assert_eq!(value(&regions, region, "a").await.as_deref(), Some("first"));
    }
    regions.secrets(CENTRAL).put_secret_value().secret_id("a").secret_string("second").send().await.unwrap();
    await_value(&regions, WEST, "a", "second").await;
    regions.stop().await;
    let regions = Regions::start_in(folder.path().to_owned()).await;
    assert_eq!(decrypt(&regions, WEST, &blob).await, "x");
    assert_eq!(value(&regions, WEST, "a").await.as_deref(), Some("second"));
    await_members(&regions, &key, CENTRAL, &[WEST]).await;
    regions.stop().await;
}

/// A rotation waits for every replica whose region is reachable, and for one in any case.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_rotates_while_one_of_its_regions_is_down() {
    let mut regions = Regions::start().await;
    let key = related(&regions, &[CENTRAL, WEST, EAST]).await;
    let pair = related(&regions, &[CENTRAL, EAST]).await;
    let kms = regions.kms(CENTRAL);
    let rotations = async |key: &str| {
        let listed = rotation_count(&kms, key).await;
        (listed > 0).then_some(listed)
    };
    regions.take_down(EAST).await;
    for key in [&key, &pair] {
        kms.rotate_key_on_demand().key_id(key).send().await.unwrap();
    }
    // Two minutes without a word, which the regions count by their ticks.
    let rotated = async || {
        regions.advance_secs(1);
        rotations(&key).await
    };
    regions.eventually("the rotation ends without the region that is down", rotated).await;
    assert_eq!(rotation_count(&kms, &pair).await, 0, "nobody but the primary would hold the material");
    let blob = encrypt(&regions, CENTRAL, &key, "meanwhile").await;
    assert_eq!(decrypt(&regions, WEST, &blob).await, "meanwhile");

    regions.bring_up(EAST).await;
    let opened = async || {
        let sent = regions.kms(EAST).decrypt().ciphertext_blob(blob.clone()).send().await;
        sent.ok().map(|answer| answer.plaintext.unwrap().into_inner())
    };
    assert_eq!(regions.eventually("the region takes the new material", opened).await, b"meanwhile");
    regions.eventually("the other rotation ends", async || rotations(&pair).await).await;
    let blob = encrypt(&regions, CENTRAL, &pair, "after").await;
    assert_eq!(decrypt(&regions, EAST, &blob).await, "after");
    regions.stop().await;
}

/// How many rotations of a key have ended.
async fn rotation_count(kms: &aws_sdk_kms::Client, key: &str) -> usize {
    kms.list_key_rotations().key_id(key).send().await.unwrap().rotations().len()
}
