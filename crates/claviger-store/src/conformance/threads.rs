//! Concurrent threads: no acknowledged write is missing, and no reader sees part of a commit.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;

use super::{Case, get, position, put, scan, until_committed, write};
use crate::{Batch, Error, Snapshot, Store, commit_blocking};

pub(super) const CASES: &[Case] = &[
    every_acknowledged_write_is_there,
    increments_are_not_lost,
    readers_see_whole_commits,
    every_commit_is_answered_once,
    a_cache_of_rows_is_never_older_than_an_acknowledged_write,
];

const THREADS: u64 = 8;
const ROUNDS: u64 = 25;

fn every_acknowledged_write_is_there(store: &dyn Store) {
    let positions = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for id in 0..THREADS {
            let positions = &positions;
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let key = [id.to_be_bytes(), round.to_be_bytes()].concat();
                    let at = write(store, vec![put(&key, &key)]);
                    let now = store.snapshot().unwrap();
                    assert!(now.position() >= at, "an acknowledged commit is in every later snapshot");
                    assert_eq!(now.get(&key).unwrap(), Some(key));
                    positions.lock().unwrap().push(at);
                }
            });
        }
    });
    let mut positions = positions.into_inner().unwrap();
    positions.sort_unstable();
    assert_eq!(positions, (1..=THREADS * ROUNDS).collect::<Vec<_>>(), "each commit has a position of its own");
    assert_eq!(scan(store, b"", b"", usize::MAX).len() as u64, THREADS * ROUNDS);
}

fn increments_are_not_lost(store: &dyn Store) {
    const COUNTERS: u64 = 3;
    thread::scope(|scope| {
        for id in 0..THREADS {
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let key = ((id + round) % COUNTERS).to_be_bytes();
                    until_committed(|| {
                        let snapshot = store.snapshot()?;
                        let batch = Batch {
                            position: snapshot.position(),
                            reads: vec![key.to_vec()],
                            ranges: vec![],
                            writes: vec![put(&key, &(number(&*snapshot, &key)? + 1).to_be_bytes())],
                        };
                        drop(snapshot);
                        commit_blocking(store, batch)
                    });
                }
            });
        }
    });
    let snapshot = store.snapshot().unwrap();
    let sum: u64 = (0..COUNTERS).map(|key| number(&*snapshot, &key.to_be_bytes()).unwrap()).sum();
    assert_eq!(sum, THREADS * ROUNDS);
}

fn number(snapshot: &dyn Snapshot, key: &[u8]) -> Result<u64, Error> {
    Ok(snapshot.get(key)?.map_or(0, |value| u64::from_be_bytes(value.try_into().unwrap())))
}

fn readers_see_whole_commits(store: &dyn Store) {
    let same = |value: u64| (0..4u8).map(|key| put(&[key], &value.to_be_bytes())).collect::<Vec<_>>();
    write(store, same(0));
    let finished = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = 0;
                while !finished.load(Ordering::Acquire) {
                    let snapshot = store.snapshot().unwrap();
                    let value = number(&*snapshot, &[0]).unwrap();
                    assert!((1..4).all(|key| number(&*snapshot, &[key]).unwrap() == value));
                    assert!(snapshot.position() >= last, "time does not run backwards");
                    last = snapshot.position();
                }
            });
        }
        for value in 1..100 {
            write(store, same(value));
        }
        finished.store(true, Ordering::Release);
    });
    assert_eq!(get(store, &[0]), Some(99u64.to_be_bytes().to_vec()));
}

fn every_commit_is_answered_once(store: &dyn Store) {
    static ANSWERS: [AtomicUsize; 200] = [const { AtomicUsize::new(0) }; 200];
    ANSWERS.iter().for_each(|count| count.store(0, Ordering::SeqCst));
    let (sender, receiver) = std::sync::mpsc::channel();
    for (index, count) in ANSWERS.iter().enumerate() {
        let sender = sender.clone();
        let reads = if index.is_multiple_of(3) { vec![vec![0]] } else { vec![] };
        let batch = Batch { position: 0, reads, ranges: vec![], writes: vec![put(&[0], &[])] };
        let done = move |result| {
            count.fetch_add(1, Ordering::SeqCst);
            sender.send((index, result)).unwrap();
        };
        store.commit(batch, Box::new(done));
    }
    drop(sender);
    let answers: Vec<(usize, Result<u64, Error>)> = receiver.iter().collect();
    assert!(ANSWERS.iter().all(|count| count.load(Ordering::SeqCst) == 1));
    let refused = |index: &usize| index.is_multiple_of(3) && *index > 0;
    assert!(answers.iter().all(|(index, result)| *result == Err(Error::Conflict) || !refused(index)));
    let committed = answers.iter().filter(|(_, result)| result.is_ok()).count() as u64;
    assert_eq!(committed, position(store));
    assert_eq!(committed, (0..200).filter(|index| !refused(index)).count() as u64);
}

/// The cache of one row that [`Store::changed_at`] allows: a value, and the position of the snapshot that had it.
fn a_cache_of_rows_is_never_older_than_an_acknowledged_write(store: &dyn Store) {
    const LAST: u64 = 300;
    let acknowledged = AtomicU64::new(0);
    let check = || {
        let (mut value, mut valid_from) = (0, 0);
        while value < LAST {
            let least = acknowledged.load(Ordering::Acquire);
            let position = store.position();
            if store.changed_at(b"row") > valid_from {
                let snapshot = store.snapshot().unwrap();
                assert!(snapshot.position() >= position, "a later snapshot contains the store's position");
                (value, valid_from) = (number(&*snapshot, b"row").unwrap(), snapshot.position());
            }
            assert!(value >= least, "{least} was acknowledged, and the cache of position {valid_from} has {value}");
        }
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(check);
        }
        for value in 1..=LAST {
            write(store, vec![put(b"row", &value.to_be_bytes())]);
            acknowledged.store(value, Ordering::Release);
        }
    });
}
