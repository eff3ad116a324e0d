//! Whether a failover would lose anything, as the region that is given up and the one that takes its place know it.

use claviger_service::convergence::{self, Agreement};
use claviger_service::failover_check::{self, FailoverCheck, Safety};
use claviger_types::{Clock, Region};
use serde_json::{Value, json};

use crate::kit::{AWAY, HOME, Keys, World};

fn region(name: &str) -> Region {
    Region::parse(name).unwrap()
}

/// The answer of the region that is given up. The status messages of the other region count if they are at most so many seconds old.
fn at_home(world: &World, seconds: i64) -> FailoverCheck {
    let since = world.clock.now().plus_secs(-seconds);
    failover_check::at_lost(world.node(HOME), &region(AWAY), since).unwrap().1
}

fn at_away(world: &World) -> FailoverCheck {
    failover_check::at_survivor(world.node(AWAY), &region(HOME)).unwrap()
}

/// A key and a secret of HOME with replicas in AWAY. Returns the id of the key.
fn share(world: &World) -> Value {
    let key = world.kms(HOME, "CreateKey", &json!({"MultiRegion": true})).unwrap()["KeyMetadata"]["KeyId"].clone();
    world.kms(HOME, "ReplicateKey", &json!({"KeyId": key, "ReplicaRegion": AWAY})).unwrap();
    create(world, "db", 1, Some(json!({"Region": AWAY})));
    world.settle();
    key
}

fn create(world: &World, name: &str, token: u64, replica: Option<Value>) {
    let token = format!("00000000-0000-4000-8000-{token:012}");
    let mut body = json!({"Name": name, "SecretString": "x", "ClientRequestToken": token});
    if let Some(replica) = replica {
        body["AddReplicaRegions"] = json!([replica]);
    }
    world.secrets(HOME, "CreateSecret", &body).unwrap();
}

fn put(world: &World, token: u64) {
    let token = format!("00000000-0000-4000-8000-{token:012}");
    let body = json!({"SecretId": "db", "SecretString": "y", "ClientRequestToken": token});
    world.secrets(HOME, "PutSecretValue", &body).unwrap();
}

fn arns(things: &failover_check::NamedThings) -> Vec<&str> {
    things.first.iter().map(|(arn, _)| arn.as_str()).collect()
}

#[test]
fn it_is_safe_once_everything_is_reported_and_confirmed() {
    let world = World::telling();
    let key = share(&world);
    let check = at_home(&world, 2);
    assert_eq!((check.safety, &check.reasons), (Safety::Safe, &Vec::new()), "{check:?}");
    // A status message of the other region from before does not count.
    world.clock.advance_ms(60_000);
    let check = at_home(&world, 2);
    assert_eq!(check.safety, Safety::NotKnown);
    assert!(check.reasons[0].contains("has not said what it has applied"), "{:?}", check.reasons);
    world.settle();

    // Two changes that were not sent.
    world.kms(HOME, "EnableKeyRotation", &json!({"KeyId": key})).unwrap();
    put(&world, 2);
    let check = at_home(&world, 2);
    assert_eq!(check.safety, Safety::NotSafe);
    assert_eq!((check.keys.count, check.secrets.count), (1, 1));
    assert!(arns(&check.keys)[0].ends_with(key.as_str().unwrap()));
    assert!(arns(&check.secrets)[0].contains(":secret:db-"));
    assert!(check.keys.first[0].1.contains("reported revision"), "{:?}", check.keys);
    assert!(check.secrets.first[0].1.starts_with("InProgress"), "{:?}", check.secrets);
    let waiting = check.waiting.unwrap();
    assert_eq!((waiting.keys.len(), waiting.secrets.len(), waiting.iam), (1, 1, 0));
    world.settle();
    assert_eq!(at_home(&world, 2).safety, Safety::Safe);
}

#[test]
fn a_change_of_iam_that_waits_is_lost() {
    let world = World::telling();
    share(&world);
    world.query(&Keys::root(), HOME, "iam", "CreateUser", &[("UserName", "ada")]).unwrap();
    let check = at_home(&world, 2);
    assert_eq!((check.safety, check.waiting.unwrap().iam), (Safety::NotSafe, 1));
    assert!(check.reasons.iter().any(|reason| reason.contains("1 change(s) of IAM")), "{:?}", check.reasons);
    world.settle();
    assert_eq!(at_home(&world, 2).safety, Safety::Safe);
}

#[test]
fn a_failed_replica_is_not_safe_on_either_side() {
    let world = World::telling();
    share(&world);
    create(&world, "bad", 3, Some(json!({"Region": AWAY, "KmsKeyId": "alias/not-there"})));
    world.settle();
    for check in [at_home(&world, 2), at_away(&world)] {
        assert_eq!((check.safety, check.keys.count, check.secrets.count), (Safety::NotSafe, 0, 1), "{check:?}");
        assert!(arns(&check.secrets)[0].contains(":secret:bad-") && check.secrets.first[0].1.starts_with("Failed: "));
    }
    world
        .secrets(HOME, "RemoveRegionsFromReplication", &json!({"SecretId": "bad", "RemoveReplicaRegions": [AWAY]}))
        .unwrap();
    world.settle();
    assert_eq!((at_home(&world, 2).safety, at_away(&world).safety), (Safety::Safe, Safety::NotKnown));
}

#[test]
fn what_has_no_replica_there_is_named_and_is_no_loss() {
    let world = World::telling();
    share(&world);
    world.kms(HOME, "CreateKey", &json!({})).unwrap();
    world.kms(HOME, "CreateKey", &json!({"MultiRegion": true})).unwrap();
    create(&world, "alone", 4, None);
    world.settle();
    let check = at_home(&world, 2);
    let (keys, secrets) = check.without_replica.unwrap();
    assert_eq!((check.safety, keys.count, secrets.count), (Safety::Safe, 2, 1), "{keys:?} {secrets:?}");
    let mut whys: Vec<&str> = keys.first.iter().map(|(_, why)| why.as_str()).collect();
    whys.sort_unstable();
    assert_eq!(whys, [format!("it has no replica in {AWAY}").as_str(), "it is a single-Region key"]);
}

#[test]
fn the_survivor_knows_what_waited_and_never_that_nothing_is_lost() {
    let world = World::telling();
    share(&world);
    let check = at_away(&world);
    let told = check.told.unwrap().backlog;
    assert_eq!((check.safety, told.waiting, check.as_of), (Safety::NotKnown, 0, Some(told.at)));
    assert!(check.reasons.iter().any(|reason| reason.contains("is not known here")), "{:?}", check.reasons);
    assert!(check.without_replica.is_none() && check.waiting.is_none());

    // HOME's last status message says that a change waits, which AWAY does not get.
    put(&world, 5);
    world.deliver_status();
    let check = at_away(&world);
    assert_eq!(check.safety, Safety::NotSafe, "{check:?}");
    assert!(check.reasons.iter().any(|reason| reason.contains("change(s) waiting for")), "{:?}", check.reasons);
    world.settle();
    assert_eq!(at_away(&world).safety, Safety::NotKnown);
}

#[test]
fn a_survivor_that_was_started_since_knows_nothing() {
    let world = World::new();
    share(&world);
    let check = at_away(&world);
    assert_eq!((check.safety, check.told, check.as_of), (Safety::NotKnown, None, None));
    assert!(check.reasons[0].contains("has said nothing since"), "{:?}", check.reasons);
}

#[test]
fn one_key_and_one_secret_are_compared_in_each_region() {
    let world = World::telling();
    let key = share(&world);
    let name = key.as_str().unwrap();
    let view = |at: &str| convergence::of_key(world.node(at), name).unwrap().unwrap();
    let (home, away) = (view(HOME), view(AWAY));
    assert_eq!((home.applied.clone(), home.digest), (away.applied.clone(), away.digest));
    assert!(home.digest.is_some() && away.others.is_empty());
    let replica = &home.others[0];
    assert_eq!((replica.agreement, replica.digest, replica.waiting), (Agreement::Equal, away.digest, 0));
    let secret = |at: &str| convergence::of_secrets(world.node(at), "db", None).unwrap().remove(0);
    assert_eq!((secret(HOME).digest, secret(HOME).others[0].agreement), (secret(AWAY).digest, Agreement::Equal));
    // By its ARN too.
    assert_eq!(convergence::of_key(world.node(HOME), &home.arn).unwrap(), Some(home));
    assert_eq!(convergence::of_secrets(world.node(HOME), &secret(HOME).arn, None).unwrap(), [secret(HOME)]);

    world.kms(HOME, "EnableKeyRotation", &json!({"KeyId": key})).unwrap();
    put(&world, 6);
    assert_eq!((view(HOME).others[0].agreement, view(HOME).others[0].waiting), (Agreement::Behind, 1));
    assert_eq!((secret(HOME).others[0].agreement, secret(HOME).others[0].waiting), (Agreement::Behind, 1));
    world.settle();
    assert_eq!(
        (view(HOME).others[0].agreement, secret(HOME).others[0].agreement),
        (Agreement::Equal, Agreement::Equal)
    );

    let alone = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    let alone = convergence::of_key(world.node(HOME), alone.as_str().unwrap()).unwrap().unwrap();
    assert_eq!((alone.primary, alone.digest), (None, None));
    assert_eq!(convergence::of_key(world.node(AWAY), "mrk-00000000000000000000000000000000").unwrap(), None);
    assert!(convergence::of_secrets(world.node(HOME), "no", None).unwrap().is_empty());
}
