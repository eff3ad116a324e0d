//! The snapshots and threads on which a request reads the store.

use std::collections::HashSet;
use std::thread;

use claviger_store::fault::Fault;
use serde_json::{Value, json};

use crate::identities::{ALLOW_KMS, iam, keys_of};
use crate::kit::{HOME, Keys, World};

type Request<'a> = (&'a Keys, &'a str, Value);

/// The answer to a request, with the names of the audit records that it left behind.
type Sent = (Result<Value, Value>, Vec<String>);

/// The reads of a request: the threads on which they waited, and the number of snapshots.
type Reads = (HashSet<thread::ThreadId>, usize);

/// Sends a request. Its reads are counted before its audit records are collected, which reads the store too.
///
/// The request finds no row in the region's cache of decoded rows.
fn send(world: &World, (who, target, body): &Request<'_>) -> (Sent, Reads) {
    let store = world.store(HOME);
    world.forget_rows(HOME);
    store.take_waited();
    store.take_opened();
    let answer = world.call_as(who, HOME, target, body);
    let reads = (store.take_waited(), store.take_opened());
    let names = world.tape(HOME).take().iter().map(|record| record["eventName"].to_string()).collect();
    ((answer, names), reads)
}

/// Lets the store's cache answer only the first read of the request, then the first two, and so on until it answers all.
/// Returns the number of reads.
fn check(world: &World, request: &Request<'_>) -> usize {
    let (store, this_thread) = (world.store(HOME), thread::current().id());
    let (expected, _) = send(world, request);
    for cached_reads in 0.. {
        store.set_cached_reads(cached_reads);
        let (found, (waited, _)) = send(world, request);
        assert_eq!(found, expected, "{}, {cached_reads} reads answered at once", request.1);
        assert!(!waited.contains(&this_thread), "{}: a read waited on the runtime's thread", request.1);
        if waited.is_empty() {
            store.set_cached_reads(usize::MAX);
            return cached_reads;
        }
    }
    unreachable!("a request reads a finite number of rows")
}

#[test]
fn a_request_whose_reads_would_wait_runs_on_the_pool() {
    let world = World::new();
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    world
        .secrets(
            HOME,
            "CreateSecret",
            &json!({"Name": "s", "SecretString": "v", "ClientRequestToken": "00000000-0000-4000-8000-000000000001"}),
        )
        .unwrap();
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    iam(&world, "PutUserPolicy", &[("UserName", "ana"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    iam(&world, "CreateUser", &[("UserName", "ben")]);
    let (root, ana, ben) = (Keys::root(), keys_of(&world, "ana"), keys_of(&world, "ben"));
    let unknown = Keys { id: "AKIAUNKNOWN000000000".to_owned(), ..ana.clone() };
    world.tape(HOME).take_lines();

    let describe = json!({"KeyId": key});
    let tag = json!({"KeyId": key, "Tags": [{"TagKey": "k", "TagValue": "v"}]});
    let requests: [(Request<'_>, bool); 5] = [
        ((&ana, "TrentService.DescribeKey", describe.clone()), true),
        ((&ana, "TrentService.TagResource", tag), true),
        ((&ben, "TrentService.DescribeKey", describe.clone()), false),
        ((&unknown, "TrentService.DescribeKey", describe), false),
        ((&root, "secretsmanager.GetSecretValue", json!({"SecretId": "s"})), true),
    ];
    for (request, allowed) in &requests {
        assert_eq!(send(&world, request).0.0.is_ok(), *allowed, "{}", request.1);
        let reads = check(&world, request);
        assert!(reads >= 1, "{}", request.1);
    }
}

#[test]
fn whether_a_region_has_caught_up_is_read_on_the_pool() {
    let world = World::new();
    let store = world.store(HOME);
    store.set_cached_reads(0);
    store.take_waited();
    assert!(world.has_caught_up(HOME));
    let waited = store.take_waited();
    assert!(!waited.is_empty() && !waited.contains(&thread::current().id()));
}

#[test]
fn a_request_opens_one_snapshot_and_each_retry_another() {
    let world = World::new();
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    iam(&world, "PutUserPolicy", &[("UserName", "ana"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    let ana = keys_of(&world, "ana");
    let request = (&ana, "TrentService.TagResource", json!({"KeyId": key, "Tags": [{"TagKey": "k", "TagValue": "v"}]}));
    let store = world.store(HOME);
    world.tape(HOME).take_lines();
    // With an empty cache, the first snapshot is dropped and a snapshot whose reads may wait replaces it.
    for (cached_reads, conflicts, snapshots) in [(usize::MAX, 0, 1), (usize::MAX, 1, 2), (0, 0, 2), (0, 1, 4)] {
        store.set_cached_reads(cached_reads);
        if conflicts > 0 {
            store.inner().fail(0, Fault::Conflict);
        }
        let ((answer, records), (_, opened)) = send(&world, &request);
        assert_eq!((answer.is_ok(), records.len()), (true, 1));
        assert_eq!(opened, snapshots, "{cached_reads} reads answered at once, {conflicts} conflicts");
    }
}
