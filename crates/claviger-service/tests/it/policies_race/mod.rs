//! Random changes of the policies and tags of a user, its group and a role, while threads act as the user and the role. The policies
//! of each are kept in memory as one value that depends on many rows, and no request may use one that is older than an acknowledged change of any of them.

mod model;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::{Value, json};

use self::model::Model;
use crate::kit::backend::Backend;
use crate::kit::{HOME, Keys, World};

/// The outcome of a Decrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Allowed,
    /// By the caller's policies.
    Denied,
    /// The credentials are not valid.
    Refused,
}

/// The callers after a change was acknowledged, and the outcomes that their requests must have until the next one begins.
struct Acknowledged {
    seed: u64,
    change: u64,
    callers: Vec<(Keys, Outcome)>,
    /// Whether the next change has begun. Then a request can also have the next outcome.
    is_over: bool,
}

/// Ends the readers, also when the thread that makes the changes panics.
struct EndOnDrop<'a>(&'a AtomicBool);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// How often each kind of change was made, and how often each caller had each outcome after one.
#[derive(Default)]
struct Counts {
    changes: BTreeMap<&'static str, u64>,
    outcomes: BTreeMap<(usize, Outcome), u64>,
}

fn decrypt(world: &World, who: &Keys, blob: &Value) -> Outcome {
    match world.call_as(who, HOME, "TrentService.Decrypt", &json!({"CiphertextBlob": blob})) {
        Ok(_) => Outcome::Allowed,
        Err(error) if error["__type"] == "AccessDeniedException" => Outcome::Denied,
        Err(error) if error["__type"] == "UnrecognizedClientException" => Outcome::Refused,
        Err(error) => panic!("{error}"),
    }
}

/// Acts as each caller in turn. An answer that began and ended in one acknowledged state must be that state's.
fn read(world: &World, blob: &Value, present: &dyn Fn() -> Arc<Acknowledged>, end: &AtomicBool) {
    for turn in 0.. {
        let before = present();
        let (keys, expected) = &before.callers[turn % before.callers.len()];
        let outcome = decrypt(world, keys, blob);
        if !before.is_over && Arc::ptr_eq(&before, &present()) {
            assert_eq!(outcome, *expected, "seed {}, change {}, {}", before.seed, before.change, keys.id);
        }
        if end.load(Ordering::SeqCst) {
            return;
        }
    }
}

/// Readers act as the callers while the policies change. The first answer to each caller after a change must already be right.
fn race(backend: fn() -> Backend, seed: u64, changes: u64, counts: &mut Counts) {
    let world = World::over(backend);
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    let blob =
        world.kms(HOME, "Encrypt", &json!({"KeyId": key, "Plaintext": "eA=="})).unwrap()["CiphertextBlob"].clone();
    let mut model = Model::new(&world, &blob, seed);
    let first = Acknowledged { seed, change: 0, callers: model.callers(), is_over: false };
    let (state, end) = (Mutex::new(Arc::new(first)), AtomicBool::new(false));
    let present = || Arc::clone(&state.lock().unwrap_or_else(PoisonError::into_inner));
    let publish = |next| *state.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    thread::scope(|scope| {
        let _ended = EndOnDrop(&end);
        for _ in 0..2 {
            scope.spawn(|| read(&world, &blob, &present, &end));
        }
        for change in 1..=changes {
            publish(Acknowledged { seed, change: change - 1, callers: model.callers(), is_over: true });
            model.change();
            let callers = model.callers();
            publish(Acknowledged { seed, change, callers: callers.clone(), is_over: false });
            // The two callers of a principal share a kept value, so this finds one that is computed and one that was kept.
            for (index, (keys, expected)) in callers.iter().enumerate() {
                let outcome = decrypt(&world, keys, &blob);
                assert_eq!(outcome, *expected, "seed {seed}, change {change}, {}", keys.id);
                *counts.outcomes.entry((index, outcome)).or_default() += 1;
            }
        }
    });
    for (change, count) in &model.made {
        *counts.changes.entry(change).or_default() += count;
    }
}

impl Counts {
    /// Checks that every kind of change was made often, and that each of the four present callers was often allowed and denied.
    fn require_all_common(&self, often: u64) {
        assert_eq!(self.changes.len(), model::CHANGES.len());
        assert!(self.changes.values().all(|count| *count >= often), "{:?}", self.changes);
        for caller in 0..4 {
            for outcome in [Outcome::Allowed, Outcome::Denied] {
                let count = self.outcomes.get(&(caller, outcome));
                assert!(count.is_some_and(|count| *count >= often), "{caller} {outcome:?}: {:?}", self.outcomes);
            }
        }
    }
}

#[test]
fn no_request_uses_policies_that_are_older_than_an_acknowledged_change() {
    let mut counts = Counts::default();
    for seed in 0..4 {
        race(Backend::in_memory, seed, 120, &mut counts);
    }
    counts.require_all_common(5);
}

#[test]
fn no_request_over_a_store_in_a_file_does_either() {
    let mut counts = Counts::default();
    race(Backend::in_file, 5, 200, &mut counts);
    counts.require_all_common(2);
}
