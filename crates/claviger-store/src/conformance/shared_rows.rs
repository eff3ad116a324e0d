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

    fn begin(&self) -> Tx<'_> {
        Tx::begin_nonblocking(self.store, &self.barrier, &self.random).with_cache(&self.cache)
    }

    fn read(&self, tx: &Tx<'_>, key: &[u8]) -> Result<Option<u64>, Error> {
        Ok(tx.get_shared(key.to_vec(), number)?.map(|shared| *shared))
    }

    fn set(&self, value: u64) {
        let mut tx = self.begin();
        PAIR.iter().for_each(|key| tx.put(key.to_vec(), &value.to_be_bytes()).unwrap());
        commit_blocking(self.store, tx.into_batch()).unwrap();
    }
}

fn shared_reads_are_of_one_state_and_not_older_than_acknowledged(store: &dyn Store) {
    const LAST: u64 = 200;
    let (site, acknowledged) = (Site::new(store), AtomicU64::new(0));
    site.set(0);
    let check = |rounds: &AtomicU64| {
        let mut value = 0;
        while value < LAST {
            let least = acknowledged.load(Ordering::Acquire);
            let tx = site.begin();
            // Every second reader also reads a row that the cache does not have, so that it opens a snapshot between the two.
            let first = site.read(&tx, PAIR[0]);
            let between =
                if rounds.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) { tx.get(b"none") } else { Ok(None) };
            let second = site.read(&tx, PAIR[1]);
            if tx.has_blocked() {
                // The state changed in between. The transaction is to be run again.
                assert!([first.is_err(), between.is_err(), second.is_err()].contains(&true));
                continue;
            }
            let (first, second) = (first.unwrap().unwrap(), second.unwrap().unwrap());
            assert_eq!(first, second, "both rows are of one commit");
            assert!(first >= least, "{least} was acknowledged, and {first} was read");
            value = first;
        }
    };
    let rounds = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| check(&rounds));
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
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    until_committed(|| {
                        let mut tx = site.begin();
                        // A transaction that would have read two states is run again, as after a conflict.
                        let again = |error| if error == Error::WouldBlock { Error::Conflict } else { error };
                        let value = site.read(&tx, PAIR[0]).map_err(again)?.unwrap() + 1;
                        tx.put(PAIR[0].to_vec(), &value.to_be_bytes()).map_err(again)?;
                        commit_blocking(store, tx.into_batch())
                    });
                }
            });
        }
    });
    assert_eq!(site.read(&site.begin(), PAIR[0]), Ok(Some(THREADS * ROUNDS)));
}

fn a_row_that_is_made_or_deleted_is_seen_at_once(store: &dyn Store) {
    let site = Site::new(store);
    for round in 0..20 {
        assert_eq!(site.read(&site.begin(), PAIR[0]), Ok(None));
        site.set(round);
        for _ in 0..2 {
            assert_eq!(site.read(&site.begin(), PAIR[0]), Ok(Some(round)));
        }
        let mut tx = site.begin();
        tx.delete(PAIR[0].to_vec()).unwrap();
        commit_blocking(store, tx.into_batch()).unwrap();
    }
}

fn own_writes_are_seen_and_not_shared(store: &dyn Store) {
    let site = Site::new(store);
    site.set(1);
    assert_eq!(site.read(&site.begin(), PAIR[0]), Ok(Some(1)));
    let mut tx = site.begin();
    tx.put(PAIR[0].to_vec(), &2_u64.to_be_bytes()).unwrap();
    assert_eq!(site.read(&tx, PAIR[0]), Ok(Some(2)));
    assert_eq!(site.read(&site.begin(), PAIR[0]), Ok(Some(1)));
    tx.delete(PAIR[0].to_vec()).unwrap();
    assert_eq!(site.read(&tx, PAIR[0]), Ok(None));
    drop(tx);
    assert_eq!(site.read(&site.begin(), PAIR[0]), Ok(Some(1)));
}
