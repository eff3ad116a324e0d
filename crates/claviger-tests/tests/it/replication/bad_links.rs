//! Links that are cut, and links that lose, double, delay and reorder: in the end every region agrees.

use std::time::Duration;

use aws_sdk_kms::types::KeyState;
use aws_sdk_secretsmanager::types::ReplicaRegionType;
use claviger_host::link::Faults;
use claviger_tests::{CENTRAL, EAST, Regions, WEST};

use crate::support::{await_members, await_state, await_value, decrypt, encrypt, related, state, value};

fn replica(region: &str) -> ReplicaRegionType {
    ReplicaRegionType::builder().region(region).build()
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_and_healed() {
    let regions = Regions::start().await;
    let sm = regions.secrets(CENTRAL);
    sm.create_secret().name("a").secret_string("0").add_replica_regions(replica(WEST)).send().await.unwrap();
    await_value(&regions, WEST, "a", "0").await;
    for round in 1..=5 {
        regions.cut(CENTRAL, WEST, true);
        let wanted = format!("{round}");
        sm.put_secret_value().secret_id("a").secret_string("between").send().await.unwrap();
        sm.put_secret_value().secret_id("a").secret_string(&wanted).send().await.unwrap();
        // Both sides serve the values that they have.
        assert_eq!(value(&regions, CENTRAL, "a").await, Some(wanted.clone()));
        assert_eq!(value(&regions, WEST, "a").await, Some(format!("{}", round - 1)));
        regions.cut(CENTRAL, WEST, false);
        await_value(&regions, WEST, "a", &wanted).await;
    }
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_made_over_a_cut_link() {
    let regions = Regions::start().await;
    let key = related(&regions, &[CENTRAL]).await;
    regions.cut(CENTRAL, WEST, true);
    regions.kms(CENTRAL).replicate_key().key_id(&key).replica_region(WEST).send().await.unwrap();
    let blob = encrypt(&regions, CENTRAL, &key, "x").await;
    assert_ne!(state(&regions, WEST, &key).await, Some(KeyState::Enabled));
    // The third region is reached all the same.
    regions.kms(CENTRAL).replicate_key().key_id(&key).replica_region(EAST).send().await.unwrap();
    await_state(&regions, EAST, &key, KeyState::Enabled).await;
    regions.cut(CENTRAL, WEST, false);
    await_members(&regions, &key, CENTRAL, &[WEST, EAST]).await;
    assert_eq!(decrypt(&regions, WEST, &blob).await, "x");
    regions.stop().await;
}

/// Many changes of several keys and secrets over links with every fault. Each key and secret ends in every region as it was
/// written last.
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_at_once() {
    let regions = Regions::start().await;
    regions.set_faults(Faults {
        lost_per_mille: 50,
        doubled_per_mille: 100,
        late_per_mille: 100,
        late_by: Duration::from_millis(40),
        delay: Duration::from_millis(2),
        cut: false,
    });
    let sm = regions.secrets(CENTRAL);
    let names: Vec<String> = (0..8).map(|n| format!("secret-{n}")).collect();
    for name in &names {
        let call = sm.create_secret().name(name).secret_string("0");
        call.add_replica_regions(replica(WEST)).add_replica_regions(replica(EAST)).send().await.unwrap();
    }
    let mut keys = Vec::new();
    for _ in 0..4 {
        keys.push(related(&regions, &[CENTRAL, WEST, EAST]).await);
    }
    for round in 1..=10 {
        for name in &names {
            sm.put_secret_value().secret_id(name).secret_string(format!("{name} {round}")).send().await.unwrap();
        }
        for key in &keys {
            let call = regions.kms(CENTRAL).enable_key_rotation().key_id(key).rotation_period_in_days(100 + round);
            call.send().await.unwrap();
        }
    }
    for region in [CENTRAL, WEST, EAST] {
        for name in &names {
            await_value(&regions, region, name, &format!("{name} 10")).await;
        }
        for key in &keys {
            let rotation = async || {
                let status = regions.kms(region).get_key_rotation_status().key_id(key).send().await.unwrap();
                (status.rotation_period_in_days == Some(110)).then_some(())
            };
            regions.eventually(&format!("{region} has the last rotation setting"), rotation).await;
            await_members(&regions, key, CENTRAL, &[WEST, EAST]).await;
        }
    }
    regions.stop().await;
}
