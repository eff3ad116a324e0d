//! Whether a failover would lose anything, as the region that is given up and the one that takes its place know it.

use claviger_service::convergence::{self, Agreement};
use claviger_service::failover_check::{self, FailoverCheck, LostCheck, Safety, Settling, SurvivorCheck};
use claviger_types::Region;
use serde_json::{Value, json};

use crate::kit::{AWAY, HOME, Keys, World};

fn region(name: &str) -> Region {
    Region::parse(name).unwrap()
}

/// The answer of the region that is given up, between whose beginning and end this happens.
fn at_home(world: &World, meanwhile: impl FnOnce(&World)) -> FailoverCheck {
    let mut check = LostCheck::begin(world.node(HOME), &region(AWAY)).unwrap();
    meanwhile(world);
    check.look(world.node(HOME)).unwrap();
    check.end(world.node(HOME)).1
}

/// As [`at_home`], while messages come.
fn settled(world: &World) -> FailoverCheck {
    at_home(world, World::settle)
}

fn nothing(_: &World) {}

fn at_away(world: &World) -> FailoverCheck {
    let mut check = SurvivorCheck::begin(world.node(AWAY), &region(HOME)).unwrap();
    check.look(world.node(AWAY)).unwrap();
    check.end(world.node(AWAY)).unwrap()
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
    let check = settled(&world);
    assert_eq!((check.safety, &check.reasons), (Safety::Safe, &Vec::new()), "{check:?}");
    assert!(check.in_flight.unwrap().is_empty() && check.age_ms > Some(0));
    // A status message of the other region from before does not count.
    let check = at_home(&world, nothing);
    assert_eq!(check.safety, Safety::NotKnown);
    assert!(check.reasons[0].contains("has not said what it has applied"), "{:?}", check.reasons);

    // Two changes that were not sent.
    world.kms(HOME, "EnableKeyRotation", &json!({"KeyId": key})).unwrap();
    put(&world, 2);
    let check = at_home(&world, nothing);
    assert_eq!(check.safety, Safety::NotSafe);
    assert_eq!((check.keys.count, check.secrets.count), (1, 1));
    assert!(arns(&check.keys)[0].ends_with(key.as_str().unwrap()));
    assert!(arns(&check.secrets)[0].contains(":secret:db-"));
    assert!(check.keys.first[0].1.contains("reported revision"), "{:?}", check.keys);
    assert!(check.secrets.first[0].1.starts_with("InProgress"), "{:?}", check.secrets);
    let waiting = check.waiting.unwrap();
    assert_eq!((waiting.keys.len(), waiting.secrets.len(), waiting.iam), (1, 1, 0));
    // They come while the check waits.
    let check = settled(&world);
    assert_eq!((check.safety, check.changed_since), (Safety::Safe, 0), "{check:?}");
}

#[test]
fn writes_that_go_on_do_not_make_it_unsafe_and_are_counted() {
    let world = World::telling();
    let key = share(&world);
    // The check begins while changes wait, and new ones of the same things follow when these have come.
    world.kms(HOME, "EnableKeyRotation", &json!({"KeyId": key})).unwrap();
    put(&world, 2);
    let check = at_home(&world, |world| {
        world.settle();
        world.kms(HOME, "DisableKeyRotation", &json!({"KeyId": key})).unwrap();
        put(world, 3);
        create(world, "made-since", 4, Some(json!({"Region": AWAY})));
        world.query(&Keys::root(), HOME, "iam", "CreateUser", &[("UserName", "ada")]).unwrap();
    });
    assert_eq!((check.safety, &check.reasons), (Safety::Safe, &Vec::new()), "{check:?}");
    assert!(check.waiting.unwrap().is_empty());
    let in_flight = check.in_flight.unwrap();
    assert_eq!((in_flight.keys.len(), in_flight.secrets.len(), in_flight.iam), (1, 2, 1));
    assert_eq!(check.changed_since, 2, "their digests of then are gone");
    // What was there when the check began is lacking: what is made since does not hide it.
    let check = at_home(&world, |world| put(world, 5));
    assert_eq!((check.safety, check.secrets.count, check.waiting.unwrap().iam), (Safety::NotSafe, 2, 1));
    assert_eq!(check.in_flight.unwrap().secrets.len(), 1);
}

#[test]
fn a_change_of_iam_that_waits_is_lost() {
    let world = World::telling();
    share(&world);
    world.query(&Keys::root(), HOME, "iam", "CreateUser", &[("UserName", "ada")]).unwrap();
    let check = at_home(&world, nothing);
    assert_eq!((check.safety, check.waiting.unwrap().iam), (Safety::NotSafe, 1));
    assert!(check.reasons.iter().any(|reason| reason.contains("1 change(s) of IAM")), "{:?}", check.reasons);
    assert_eq!(settled(&world).safety, Safety::Safe);
}

#[test]
fn a_failed_replica_is_not_safe_on_either_side() {
    let world = World::telling();
    share(&world);
    create(&world, "bad", 3, Some(json!({"Region": AWAY, "KmsKeyId": "alias/not-there"})));
    world.settle();
    for check in [settled(&world), at_away(&world)] {
        assert_eq!((check.safety, check.keys.count, check.secrets.count), (Safety::NotSafe, 0, 1), "{check:?}");
        assert!(arns(&check.secrets)[0].contains(":secret:bad-") && check.secrets.first[0].1.starts_with("Failed: "));
    }
    world
        .secrets(HOME, "RemoveRegionsFromReplication", &json!({"SecretId": "bad", "RemoveReplicaRegions": [AWAY]}))
        .unwrap();
    assert_eq!((settled(&world).safety, at_away(&world).safety), (Safety::Safe, Safety::Safe));
}

#[test]
fn a_replica_that_is_being_deleted_is_not_safe_on_either_side() {
    let world = World::telling();
    let key = share(&world);
    world.kms(AWAY, "ScheduleKeyDeletion", &json!({"KeyId": key, "PendingWindowInDays": 7})).unwrap();
    world.settle();
    for check in [settled(&world), at_away(&world)] {
        assert_eq!((check.safety, check.keys.count, check.secrets.count), (Safety::NotSafe, 1, 0), "{check:?}");
    }
    assert_eq!(at_away(&world).keys.first[0].1, "it is being deleted");
    world.kms(AWAY, "CancelKeyDeletion", &json!({"KeyId": key})).unwrap();
    world.settle();
    assert_eq!((settled(&world).safety, at_away(&world).safety), (Safety::Safe, Safety::Safe));
}

#[test]
fn what_has_no_replica_there_is_named_and_is_no_loss() {
    let world = World::telling();
    share(&world);
    world.kms(HOME, "CreateKey", &json!({})).unwrap();
    world.kms(HOME, "CreateKey", &json!({"MultiRegion": true})).unwrap();
    create(&world, "alone", 4, None);
    let check = settled(&world);
    let (keys, secrets) = check.without_replica.unwrap();
    assert_eq!((check.safety, keys.count, secrets.count), (Safety::Safe, 2, 1), "{keys:?} {secrets:?}");
    let mut whys: Vec<&str> = keys.first.iter().map(|(_, why)| why.as_str()).collect();
    whys.sort_unstable();
    assert_eq!(whys, [format!("it has no replica in {AWAY}").as_str(), "it is a single-Region key"]);
}

#[test]
fn the_survivor_answers_for_the_last_status_message_while_that_is_fresh() {
    let world = World::telling();
    share(&world);
    let check = at_away(&world);
    let told = check.told.unwrap().backlog;
    assert_eq!((check.safety, told.waiting, check.as_of), (Safety::Safe, 0, Some(told.at)), "{check:?}");
    assert!(check.without_replica.is_none() && check.waiting.is_none() && check.in_flight.is_none());
    // HOME is silent. Nothing is known to be lacking up to then.
    world.clock.advance_ms(60_000);
    let check = at_away(&world);
    assert_eq!((check.safety, check.as_of), (Safety::NotKnown, Some(told.at)));
    assert!(check.age_ms.unwrap() >= 60_000 && check.reasons[0].contains("is not known here"), "{check:?}");
    world.settle();

    // HOME's last status message says that a change waits, which AWAY does not get.
    put(&world, 5);
    world.deliver_status();
    let check = at_away(&world);
    assert_eq!(check.safety, Safety::NotSafe, "{check:?}");
    assert!(check.reasons[0].contains("had 1 change(s) for eu-west-1 that have not come, made since"), "{check:?}");
    assert!(check.as_of.unwrap() < check.told.unwrap().backlog.at);
    world.settle();
    assert_eq!(at_away(&world).safety, Safety::Safe);
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
