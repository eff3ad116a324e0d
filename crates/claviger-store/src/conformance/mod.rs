//! The conformance suite, which every backend must pass.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the suite judges by panicking and only tests call it"
)]

mod basics;
mod conflicts;
mod history;
mod shared_rows;
mod threads;
mod transactions;

use claviger_crypto::RootKey;
use claviger_types::{Random, SeededRandom};

use crate::{Barrier, Batch, Error, Key, Store, Write, commit_blocking};

/// Runs the suite; `make` gives a new, empty store each time.
///
/// # Panics
///
/// If the backend does not conform.
pub fn run(make: &dyn Fn() -> Box<dyn Store>) {
    let cases = [basics::CASES, conflicts::CASES, shared_rows::CASES, threads::CASES, transactions::CASES];
    for case in cases.concat() {
        case(&*make());
    }
    for seed in 0..history::SEEDS {
        history::check(&*make(), seed);
    }
}

type Case = fn(&dyn Store);

/// A barrier for tests. Equal seeds give equal barriers.
pub fn barrier(seed: u64) -> Barrier {
    let random = SeededRandom::new(seed);
    let root = RootKey::generate(&random);
    Barrier::new(root.seal_key("rows"), root.name_key("rows"), (&random as &dyn Random).bytes())
}

fn put(key: &[u8], value: &[u8]) -> Write {
    Write::Put { key: key.to_vec(), value: value.to_vec() }
}

fn delete(key: &[u8]) -> Write {
    Write::Delete { key: key.to_vec() }
}

/// Commits without preconditions.
fn write(store: &dyn Store, writes: Vec<Write>) -> u64 {
    commit_blocking(store, Batch { position: position(store), writes, ..Batch::default() }).unwrap()
}

fn position(store: &dyn Store) -> u64 {
    store.snapshot().unwrap().position()
}

fn get(store: &dyn Store, key: &[u8]) -> Option<Vec<u8>> {
    store.snapshot().unwrap().get(key).unwrap()
}

fn scan(store: &dyn Store, start: &[u8], end: &[u8], limit: usize) -> Vec<(Key, Vec<u8>)> {
    store.snapshot().unwrap().scan(start, end, limit).unwrap()
}

/// The keys of rows as text.
fn keys(rows: &[(Key, Vec<u8>)]) -> Vec<&str> {
    rows.iter().map(|(key, _)| std::str::from_utf8(key).unwrap()).collect()
}

/// Runs `attempt` until it does not conflict.
fn until_committed(attempt: impl Fn() -> Result<u64, Error>) -> u64 {
    loop {
        match attempt() {
            Err(Error::Conflict) => std::thread::yield_now(),
            result => return result.unwrap(),
        }
    }
}
