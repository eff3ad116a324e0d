//! Replicas: each status is true, failures are repaired, and writes stay in the regions that may receive them.

use aws_sdk_secretsmanager::types::{ReplicaRegionType, StatusType};
use claviger_tests::{ACCOUNT, CENTRAL, EAST, Regions, WEST, check_refused, code_of, refused, root_arn};

use crate::support::{await_value, related, single, value};

const ON_REPLICA: &str = "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
const NAME_TAKEN: &str = "Secret with this name already exists in this region";

fn replica(region: &str) -> ReplicaRegionType {
    ReplicaRegionType::builder().region(region).build()
}

fn replica_under(region: &str, key: &str) -> ReplicaRegionType {
    ReplicaRegionType::builder().region(region).kms_key_id(key).build()
}

async fn status(regions: &Regions, secret: &str, region: &str) -> Option<(StatusType, String)> {
    let shown = regions.secrets(CENTRAL).describe_secret().secret_id(secret).send().await.unwrap();
    let entry = shown.replication_status().iter().find(|entry| entry.region() == Some(region))?;
    Some((entry.status()?.clone(), entry.status_message().unwrap_or_default().to_owned()))
}

async fn await_status(regions: &Regions, secret: &str, region: &str, wanted: StatusType) -> String {
    let look = async || {
        let (status, message) = status(regions, secret, region).await?;
        (status == wanted).then_some(message)
    };
    regions.eventually(&format!("{secret} in {region} is {wanted}"), look).await
}

async fn await_in_sync(regions: &Regions, secret: &str, region: &str) {
    assert_eq!(await_status(regions, secret, region, StatusType::InSync).await, "Replication succeeded");
}

async fn create(regions: &Regions, name: &str, replicas: Vec<ReplicaRegionType>) -> String {
    let call = regions.secrets(CENTRAL).create_secret().name(name).secret_string("first");
    call.set_add_replica_regions(Some(replicas)).send().await.unwrap().arn.unwrap()
}

async fn replicate_again(regions: &Regions, name: &str, entry: ReplicaRegionType, force: bool) {
    let call = regions.secrets(CENTRAL).replicate_secret_to_regions().secret_id(name).add_replica_regions(entry);
    call.force_overwrite_replica_secret(force).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas() {
    let regions = Regions::start().await;
    let arn = create(&regions, "a", vec![replica(WEST), replica(EAST)]).await;
    for region in [WEST, EAST] {
        await_in_sync(&regions, "a", region).await;
        let read = regions.secrets(region).get_secret_value().secret_id("a").send().await.unwrap();
        assert_eq!((read.arn(), read.secret_string()), (Some(arn.replace(CENTRAL, region).as_str()), Some("first")));
    }
    let text = format!("You can't delete secret {arn} that still has replica regions [{WEST}, {EAST}].");
    let deleted = regions.secrets(CENTRAL).delete_secret().secret_id("a").send().await;
    check_refused(&deleted, "InvalidParameterException", Some(&text));
    refused(
        regions.secrets(WEST).put_secret_value().secret_id("a").secret_string("x").send().await,
        "InvalidParameterException",
        ON_REPLICA,
    );
    let removed =
        regions.secrets(CENTRAL).remove_regions_from_replication().secret_id("a").remove_replica_regions(WEST);
    let left = removed.send().await.unwrap();
    assert_eq!(left.replication_status().iter().filter_map(|e| e.region()).collect::<Vec<_>>(), [EAST]);
    let look = async || value(&regions, WEST, "a").await.is_none().then_some(());
    regions.eventually("the replica in the west is gone", look).await;
    assert_eq!(value(&regions, EAST, "a").await.as_deref(), Some("first"));
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken() {
    let regions = Regions::start().await;
    let theirs = regions.secrets(WEST).create_secret().name("a").secret_string("theirs").send().await.unwrap();
    create(&regions, "a", vec![replica(WEST), replica(EAST)]).await;
    assert_eq!(await_status(&regions, "a", WEST, StatusType::Failed).await, NAME_TAKEN);
    // The failure of one replica does not affect the other.
    await_in_sync(&regions, "a", EAST).await;
    assert_eq!(value(&regions, WEST, "a").await.as_deref(), Some("theirs"));
    // Tried again while the name is still taken, and then when it is free.
    replicate_again(&regions, "a", replica(WEST), false).await;
    assert_eq!(await_status(&regions, "a", WEST, StatusType::Failed).await, NAME_TAKEN);
    regions
        .secrets(WEST)
        .delete_secret()
        .secret_id(theirs.arn.unwrap())
        .force_delete_without_recovery(true)
        .send()
        .await
        .unwrap();
    replicate_again(&regions, "a", replica(WEST), false).await;
    await_in_sync(&regions, "a", WEST).await;
    assert_eq!(value(&regions, WEST, "a").await.as_deref(), Some("first"));
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_overwritten() {
    let regions = Regions::start().await;
    let theirs =
        regions.secrets(WEST).create_secret().name("a").secret_string("theirs").send().await.unwrap().arn.unwrap();
    let ours = create(&regions, "a", vec![replica(WEST)]).await;
    await_status(&regions, "a", WEST, StatusType::Failed).await;
    replicate_again(&regions, "a", replica(WEST), true).await;
    await_in_sync(&regions, "a", WEST).await;
    let shown = regions.secrets(WEST).describe_secret().secret_id("a").send().await.unwrap();
    assert_eq!(shown.arn(), Some(ours.replace(CENTRAL, WEST).as_str()));
    assert_eq!(value(&regions, WEST, &theirs).await, None);
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_disabled_there() {
    let regions = Regions::start().await;
    let key = single(&regions, WEST).await;
    regions.kms(WEST).disable_key().key_id(&key).send().await.unwrap();
    create(&regions, "a", vec![replica_under(WEST, &key)]).await;
    let message = await_status(&regions, "a", WEST, StatusType::Failed).await;
    assert!(message.contains("is disabled."), "{message}");
    assert_eq!(value(&regions, WEST, "a").await, None);
    assert_eq!(value(&regions, CENTRAL, "a").await.as_deref(), Some("first"));
    regions.kms(WEST).enable_key().key_id(&key).send().await.unwrap();
    replicate_again(&regions, "a", replica_under(WEST, &key), false).await;
    await_in_sync(&regions, "a", WEST).await;
    assert_eq!(value(&regions, WEST, "a").await.as_deref(), Some("first"));
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_denies() {
    let regions = Regions::start().await;
    let kms = regions.kms(WEST);
    let key = single(&regions, WEST).await;
    kms.put_key_policy()
        .key_id(&key)
        .policy(crate::support::all_but(ACCOUNT, "kms:GenerateDataKey"))
        .send()
        .await
        .unwrap();
    create(&regions, "a", vec![replica_under(WEST, &key)]).await;
    let message = await_status(&regions, "a", WEST, StatusType::Failed).await;
    assert!(message.contains("Access to KMS is not allowed"), "{message}");
    kms.put_key_policy().key_id(&key).policy(crate::support::all_but(ACCOUNT, "kms:Sign")).send().await.unwrap();
    replicate_again(&regions, "a", replica_under(WEST, &key), false).await;
    await_in_sync(&regions, "a", WEST).await;
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_for_a_replica() {
    let regions = Regions::start().await;
    let (one, two) = (single(&regions, WEST).await, single(&regions, WEST).await);
    create(&regions, "a", vec![replica_under(WEST, &one)]).await;
    await_in_sync(&regions, "a", WEST).await;
    replicate_again(&regions, "a", replica_under(WEST, &two), false).await;
    let moved = async || {
        let shown = regions.secrets(WEST).describe_secret().secret_id("a").send().await.unwrap();
        (shown.kms_key_id() == Some(&two)).then_some(())
    };
    regions.eventually("the replica is under the other key", moved).await;
    await_in_sync(&regions, "a", WEST).await;
    regions.kms(WEST).disable_key().key_id(&one).send().await.unwrap();
    assert_eq!(value(&regions, WEST, "a").await.as_deref(), Some("first"));
    regions.stop().await;
}

/// A key that is disabled after the replica was made: the next value fails, with a status that names the key. After the key is
/// enabled and the replica requested again, it gets the value.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_disabled_later() {
    let regions = Regions::start().await;
    let key = related(&regions, &[CENTRAL, WEST]).await;
    create(&regions, "a", vec![replica_under(WEST, &key)]).await;
    await_in_sync(&regions, "a", WEST).await;
    regions.kms(WEST).disable_key().key_id(&key).send().await.unwrap();
    regions.secrets(CENTRAL).put_secret_value().secret_id("a").secret_string("second").send().await.unwrap();
    let message = await_status(&regions, "a", WEST, StatusType::Failed).await;
    assert!(message.contains("is disabled."), "{message}");
    regions.kms(WEST).enable_key().key_id(&key).send().await.unwrap();
    replicate_again(&regions, "a", replica_under(WEST, &key), false).await;
    await_value(&regions, WEST, "a", "second").await;
    await_in_sync(&regions, "a", WEST).await;
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_stands_alone() {
    let regions = Regions::start().await;
    let arn = create(&regions, "a", vec![replica(WEST), replica(EAST)]).await.replace(CENTRAL, WEST);
    await_in_sync(&regions, "a", WEST).await;
    await_in_sync(&regions, "a", EAST).await;
    let west = regions.secrets(WEST);
    assert_eq!(west.stop_replication_to_replica().secret_id("a").send().await.unwrap().arn(), Some(arn.as_str()));
    let shown = west.describe_secret().secret_id("a").send().await.unwrap();
    assert_eq!((shown.arn(), shown.primary_region()), (Some(arn.as_str()), None));
    west.put_secret_value().secret_id("a").secret_string("alone").send().await.unwrap();
    let forgotten = async || status(&regions, "a", WEST).await.is_none().then_some(());
    regions.eventually("the primary forgets it", forgotten).await;
    // Replication to the other replica goes on. The primary's writes no longer reach the promoted one.
    regions.secrets(CENTRAL).put_secret_value().secret_id("a").secret_string("second").send().await.unwrap();
    await_value(&regions, EAST, "a", "second").await;
    assert_eq!(value(&regions, WEST, "a").await.as_deref(), Some("alone"));
    let again = west.stop_replication_to_replica().secret_id("a").send().await;
    assert_ne!(code_of(&again).0, "ok");
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_travel_and_are_judged_there() {
    let regions = Regions::start().await;
    create(&regions, "a", vec![replica(WEST)]).await;
    await_in_sync(&regions, "a", WEST).await;
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Principal":{{"AWS":"{}"}},
            "Action":"secretsmanager:GetSecretValue","Resource":"*"}}]}}"#,
        root_arn(ACCOUNT)
    );
    regions.secrets(CENTRAL).put_resource_policy().secret_id("a").resource_policy(policy).send().await.unwrap();
    for region in [CENTRAL, WEST] {
        let closed = async || {
            let answer = regions.secrets(region).get_secret_value().secret_id("a").send().await;
            (code_of(&answer).0 == "AccessDeniedException").then_some(())
        };
        regions.eventually(&format!("the policy closes the secret in {region}"), closed).await;
    }
    regions.stop().await;
}
