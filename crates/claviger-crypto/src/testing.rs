//! A repeatable source of randomness for this crate's own tests.

use std::sync::Mutex;

use claviger_types::Random;

use crate::primitive;

/// SHA-256 over a seed and a counter: equal seeds give equal bytes.
pub(crate) struct SeededRandom {
    seed: u64,
    counter: Mutex<u64>,
}

impl SeededRandom {
    pub(crate) fn new(seed: u64) -> SeededRandom {
        SeededRandom { seed, counter: Mutex::new(0) }
    }
}

impl Random for SeededRandom {
    fn fill(&self, out: &mut [u8]) {
        let mut counter = self.counter.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in out.chunks_mut(32) {
            let block = primitive::sha256(&[&self.seed.to_be_bytes(), &counter.to_be_bytes()]);
            chunk.iter_mut().zip(block).for_each(|(to, from)| *to = from);
            *counter += 1;
        }
    }
}
