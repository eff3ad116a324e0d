//! Admission to the fleet.

use claviger_crypto::Identity;
use claviger_service::fleet::{self, FleetError, Refused};
use claviger_service::replica_lag::{self, ReplicaCounts, ReplicaStates};
use claviger_store::tables::fleet_table::MemberRecord;
use claviger_types::{Clock, Region};
use serde_json::json;

use crate::kit::{AWAY, HOME, Keys, World};

const NEW: &str = "us-east-1";

fn joiner(region: &str, seed: u8, address: &str) -> MemberRecord {
    let identity = Identity::from_seed(&[seed; 32]).unwrap().public();
    MemberRecord { region: Region::parse(region).unwrap(), identity, addresses: vec![address.to_owned()] }
}

#[test]
fn a_lost_answer_is_given_again_to_the_region_that_was_admitted_and_to_no_other() {
    let world = World::new();
    let home = world.node(HOME);
    let region = Region::parse(NEW).unwrap();
    let expires = world.clock.now().plus_secs(900);
    let invitation = || fleet::invite(home, &region, false, expires).unwrap().id();
    let (id, unused) = (invitation(), invitation());
    let (first, other) = (joiner(NEW, 7, "a.test:1"), joiner(NEW, 8, "b.test:1"));
    let locals = [(home.region().clone(), home.public_identity())];
    fleet::set_addresses(home, &locals, &["home.test:1".to_owned()]).unwrap();
    let described = fleet::admit(home, &id, &first).unwrap();
    assert!(described.members.iter().any(|member| member.region.as_str() == HOME));

    assert_eq!(fleet::admit(home, &id, &first), Ok(described.clone()));
    assert_eq!(fleet::admit(home, &id, &other), Err(Refused::Used));
    assert_eq!(fleet::admit(home, &id, &joiner("us-east-2", 7, "a.test:1")), Err(Refused::OtherRegion));
    // An invitation that was not used is for a region that is no member yet.
    assert_eq!(fleet::admit(home, &unused, &first), Err(Refused::Unknown));
    // It was started again at another address before it had the answer.
    let moved = joiner(NEW, 7, "c.test:1");
    assert_eq!(fleet::admit(home, &id, &moved), Ok(described));
    assert!(fleet::members(home).unwrap().contains(&moved));

    world.clock.advance_ms(901_000);
    assert_eq!(fleet::admit(home, &id, &moved), Err(Refused::Used));
}

#[test]
fn a_region_that_was_removed_does_not_come_back_by_its_old_invitation() {
    let world = World::new();
    let home = world.node(HOME);
    let region = Region::parse(NEW).unwrap();
    let id = fleet::invite(home, &region, false, world.clock.now().plus_secs(900)).unwrap().id();
    let first = joiner(NEW, 7, "a.test:1");
    assert!(fleet::admit(home, &id, &first).is_ok());
    fleet::remove(home, &region).unwrap();
    assert_eq!(fleet::admit(home, &id, &first), Err(Refused::Used));
}

#[test]
fn what_replicas_lack_is_counted_for_each_region() {
    let world = World::new();
    let away = Region::parse(AWAY).unwrap();
    let lag = || replica_lag::count(world.node(HOME)).unwrap().get(&away).copied();
    assert_eq!(lag(), None);
    let key = world.kms(HOME, "CreateKey", &json!({"MultiRegion": true})).unwrap()["KeyMetadata"]["KeyId"].clone();
    world.kms(HOME, "ReplicateKey", &json!({"KeyId": key, "ReplicaRegion": AWAY})).unwrap();
    for (name, token) in [("good", 1), ("bad", 2)] {
        let replica = match name {
            "good" => json!({"Region": AWAY}),
            _ => json!({"Region": AWAY, "KmsKeyId": "alias/not-there"}),
        };
        let token = format!("00000000-0000-4000-8000-{token:012}");
        let body =
            json!({"Name": name, "SecretString": "x", "ClientRequestToken": token, "AddReplicaRegions": [replica]});
        world.secrets(HOME, "CreateSecret", &body).unwrap();
    }
    let none = ReplicaStates::default();
    let (keys, secrets) = (ReplicaStates { behind: 1, ..none }, ReplicaStates { behind: 2, ..none });
    assert_eq!(lag(), Some(ReplicaCounts { keys, secrets }), "nothing was sent yet");
    world.settle();
    let (keys, secrets) = (ReplicaStates { equal: 1, ..none }, ReplicaStates { equal: 1, failed: 1, ..none });
    assert_eq!(lag(), Some(ReplicaCounts { keys, secrets }));
    world.kms(HOME, "EnableKeyRotation", &json!({"KeyId": key})).unwrap();
    assert_eq!(lag().map(|lag| lag.keys.behind), Some(1), "the replica has not heard of it");
    world.settle();
    assert_eq!(lag().map(|lag| lag.keys.behind), Some(0));
    assert_eq!(replica_lag::count(world.node(AWAY)).unwrap().len(), 0, "no primary is there");
}

#[test]
fn a_region_with_anything_of_iam_is_not_new() {
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}}"#;
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}"#;
    let made: [(&str, &[(&str, &str)]); 7] = [
        ("CreateUser", &[("UserName", "ana")]),
        ("CreateGroup", &[("GroupName", "team")]),
        ("CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", trust)]),
        ("CreatePolicy", &[("PolicyName", "keys"), ("PolicyDocument", policy)]),
        ("CreateInstanceProfile", &[("InstanceProfileName", "web")]),
        ("CreateOpenIDConnectProvider", &[("Url", "https://issuer.example")]),
        ("CreateAccountAlias", &[("AccountAlias", "example")]),
    ];
    let locals = [HOME, AWAY].map(|name| Region::parse(name).unwrap());
    for (action, parameters) in made {
        let world = World::new();
        assert!(fleet::require_new(world.node(HOME), &locals).is_ok());
        world.query(&Keys::root(), HOME, "iam", action, parameters).unwrap();
        let refused = fleet::require_new(world.node(HOME), &locals);
        assert!(matches!(refused, Err(FleetError::NotNew(_))), "{action}: {refused:?}");
    }
}
