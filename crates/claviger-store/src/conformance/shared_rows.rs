//! Transactions that share decoded rows through a cache read one state, and never one that is older than an acknowledged commit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use claviger_types::SeededRandom;

use super::{Case, barrier, until_committed};
use crate::{Barrier, Error, RowCache, Store, Tx, commit_blocking};

pub(super) const CASES: &[Case] = &[
    shared_reads_are_of_one_state_and_not_older_than_acknowledged,
    increments_through_the_cache_are_not_lost,
    a_row_that_is_made_or_deleted_is_seen_at_once,
    own_writes_are_seen_and_not_shared,
    derived_values_are_of_one_state_and_not_older_than_acknowledged,
    a_derived_value_counts_as_the_reads_of_its_rows,
];

fn number(_: &[u8], bytes: &[u8]) -> Result<u64, Error> {
    Ok(u64::from_be_bytes(bytes.try_into().unwrap()))
}

/// Two rows that each commit sets to the same number.
const PAIR: [&[u8]; 2] = [b"one", b"other"];

struct Site<'s> {
    store: &'s dyn Store,
    barrier: Barrier,
    random: SeededRandom,
    cache: RowCache,
}

impl Site<'_> {
    fn new(store: &dyn Store) -> Site<'_> {
        Site { store, barrier: barrier(1), random: SeededRandom::new(1), cache: RowCache::new() }
    }

    /// On a snapshot that is opened first.
    fn begin(&self) -> Tx<'_> {
        Tx::begin(self.store, &self.barrier, &self.random).unwrap().with_cache(&self.cache)
    }

    /// Runs reads as the pipeline does: on a snapshot that is opened when it is needed, and once more if a read would wait or
    /// would be of another state than those before it.
    fn run<T>(&self, reads: impl Fn(&Tx<'_>) -> Result<T, Error>) -> T {
        let tx = Tx::begin_nonblocking(self.store, &self.barrier, &self.random).with_cache(&self.cache);
        let found = reads(&tx);
        if !tx.has_blocked() {
            return found.unwrap();
        }
        assert_eq!(found.err(), Some(Error::WouldBlock));
        reads(&self.begin()).unwrap()
    }

    fn value(&self, key: &[u8]) -> Option<u64> {
        self.run(|tx| read(tx, key))
    }

    fn set(&self, value: u64) {
        let mut tx = self.begin();
        PAIR.iter().for_each(|key| tx.put(key.to_vec(), &value.to_be_bytes()).unwrap());
        commit_blocking(self.store, tx.into_batch()).unwrap();
    }
}

fn read(tx: &Tx<'_>, key: &[u8]) -> Result<Option<u64>, Error> {
    Ok(tx.get_shared(key.to_vec(), number)?.map(|shared| *shared))
}

fn shared_reads_are_of_one_state_and_not_older_than_acknowledged(store: &dyn Store) {
    const LAST: u64 = 200;
    let (site, acknowledged) = (Site::new(store), AtomicU64::new(0));
    site.set(0);
    let check = || {
        let (mut value, mut rounds) = (0, 0_u64);
        while value < LAST {
            let least = acknowledged.load(Ordering::Acquire);
            rounds += 1;
            let (first, second) = site.run(|tx| {
                if rounds.is_multiple_of(3) {
                    let rows = tx.scan_shared(PAIR[0], b"p", 10, true, number)?;
                    assert_eq!(rows.len(), 2);
                    return Ok((*rows[0].1, *rows[1].1));
                }
                let first = read(tx, PAIR[0])?;
                // Every second time it also reads a row that the cache does not have, and so opens a snapshot in between.
                if rounds.is_multiple_of(2) {
                    tx.get(b"none")?;
                }
                Ok((first.unwrap(), read(tx, PAIR[1])?.unwrap()))
            });
            assert_eq!(first, second, "both rows are of one commit");
            assert!(first >= least, "{least} was acknowledged, and {first} was read");
            value = first;
        }
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(check);
        }
        for value in 1..=LAST {
            site.set(value);
            acknowledged.store(value, Ordering::Release);
        }
    });
}

fn increments_through_the_cache_are_not_lost(store: &dyn Store) {
    const THREADS: u64 = 4;
    const ROUNDS: u64 = 25;
    let site = Site::new(store);
    site.set(0);
    let increment = |mut tx: Tx<'_>| {
        let value = read(&tx, PAIR[0])?.unwrap() + 1;
        tx.put(PAIR[0].to_vec(), &value.to_be_bytes())?;
        commit_blocking(store, tx.into_batch())
    };
    let attempt = || {
        let lazy = Tx::begin_nonblocking(store, &site.barrier, &site.random).with_cache(&site.cache);
        match increment(lazy) {
            Err(Error::WouldBlock) => increment(site.begin()),
            outcome => outcome,
        }
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                (0..ROUNDS).for_each(|_| {
                    until_committed(attempt);
                })
            });
        }
    });
    assert_eq!(site.value(PAIR[0]), Some(THREADS * ROUNDS));
}

fn a_row_that_is_made_or_deleted_is_seen_at_once(store: &dyn Store) {
    let site = Site::new(store);
    for round in 0..20 {
        assert_eq!(site.value(PAIR[0]), None);
        site.set(round);
        for _ in 0..2 {
            assert_eq!(site.value(PAIR[0]), Some(round));
        }
        let mut tx = site.begin();
        tx.delete(PAIR[0].to_vec()).unwrap();
        commit_blocking(store, tx.into_batch()).unwrap();
    }
}

fn own_writes_are_seen_and_not_shared(store: &dyn Store) {
    let site = Site::new(store);
    site.set(1);
    assert_eq!(site.value(PAIR[0]), Some(1));
    let mut tx = site.begin();
    tx.put(PAIR[0].to_vec(), &2_u64.to_be_bytes()).unwrap();
    assert_eq!(read(&tx, PAIR[0]), Ok(Some(2)));
    let listed = |tx: &Tx<'_>| {
        tx.scan_shared(PAIR[0], b"p", 10, true, number).unwrap().iter().map(|row| *row.1).collect::<Vec<_>>()
    };
    assert_eq!((listed(&tx), listed(&site.begin())), (vec![2, 1], vec![1, 1]));
    assert_eq!(site.value(PAIR[0]), Some(1));
    tx.delete(PAIR[0].to_vec()).unwrap();
    assert_eq!(read(&tx, PAIR[0]), Ok(None));
    drop(tx);
    assert_eq!(site.value(PAIR[0]), Some(1));
}

/// The sum of both rows, as a value that transactions share.
fn sum(tx: &Tx<'_>) -> Result<u64, Error> {
    let compute = || {
        let rows = PAIR.map(|key| read(tx, key));
        let [first, second] = rows;
        Ok::<_, Error>((first?.unwrap() + second?.unwrap(), 16))
    };
    Ok(*tx.derived(b"\0sum", compute)?)
}

fn derived_values_are_of_one_state_and_not_older_than_acknowledged(store: &dyn Store) {
    const LAST: u64 = 200;
    let (site, acknowledged) = (Site::new(store), AtomicU64::new(0));
    site.set(0);
    let check = || {
        let (mut value, mut rounds) = (0, 0_u64);
        while value < LAST {
            let least = acknowledged.load(Ordering::Acquire);
            rounds += 1;
            let (sum, second) = site.run(|tx| {
                let sum = sum(tx)?;
                // Every second time it also reads a row that the cache does not have, and so opens a snapshot in between.
                if rounds.is_multiple_of(2) {
                    tx.get(b"none")?;
                }
                Ok((sum, read(tx, PAIR[1])?.unwrap()))
            });
            assert_eq!(sum, 2 * second, "the value and the row are of one commit");
            assert!(second >= least, "{least} was acknowledged, and {second} was read");
            value = second;
        }
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(check);
        }
        for value in 1..=LAST {
            site.set(value);
            acknowledged.store(value, Ordering::Release);
        }
    });
}

fn a_derived_value_counts_as_the_reads_of_its_rows(store: &dyn Store) {
    let site = Site::new(store);
    site.set(1);
    let write = |tx: &mut Tx<'_>, key: &[u8]| tx.put(key.to_vec(), &9_u64.to_be_bytes()).unwrap();
    for is_found in [false, true] {
        for key in PAIR {
            if is_found {
                let before = site.run(sum);
                let mut tx = Tx::begin_nonblocking(store, &site.barrier, &site.random).with_cache(&site.cache);
                assert_eq!(sum(&tx), Ok(before));
                site.set(before / 2 + 1);
                // A snapshot that is opened now shows the other commit, so the transaction would read two states.
                assert_eq!(tx.put(b"other row".to_vec(), b"").err(), Some(Error::WouldBlock));
                site.run(sum);
            }
            let mut tx = site.begin();
            sum(&tx).unwrap();
            write(&mut tx, b"other row");
            let mut other = site.begin();
            write(&mut other, key);
            commit_blocking(store, other.into_batch()).unwrap();
            assert_eq!(commit_blocking(store, tx.into_batch()).err(), Some(Error::Conflict), "{key:?}");
            site.set(9);
            assert_eq!(site.run(sum), 18);
        }
    }
    // A transaction's own writes are in the value, and no other transaction sees them.
    let mut tx = site.begin();
    PAIR.iter().for_each(|key| tx.put(key.to_vec(), &50_u64.to_be_bytes()).unwrap());
    assert_eq!((sum(&tx), site.run(sum)), (Ok(100), 18));
    // A value of other reads than those of rows is not kept.
    let calls = AtomicU64::new(0);
    let other_reads = |tx: &Tx<'_>, name: &[u8]| {
        let compute = || {
            calls.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Error>((
                if name == b"\0range" {
                    tx.scan(b"", b"p", 10)?.len()
                } else {
                    tx.get_unchecked(name)?.map_or(0, |value| value.len())
                },
                16,
            ))
        };
        *tx.derived(name, compute).unwrap()
    };
    for name in [b"\0range", b"\0value"] {
        let found = [site.begin(), site.begin()].map(|tx| other_reads(&tx, name));
        assert_eq!(found[0], found[1]);
    }
    assert_eq!(calls.into_inner(), 4);
}
