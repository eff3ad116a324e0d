//! A source of bytes for tests: no two draws are alike, and every run is.

use std::sync::atomic::{AtomicU64, Ordering};

use claviger_types::Random;

pub(crate) struct Counting(AtomicU64);

impl From<u8> for Counting {
    fn from(seed: u8) -> Counting {
        Counting(AtomicU64::new(u64::from(seed)))
    }
}

impl Random for Counting {
    fn fill(&self, out: &mut [u8]) {
        // An odd step goes through all numbers; its product's highest byte looks like chance.
        out.fill_with(|| {
            let n = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (n ^ (n >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9).to_be_bytes()[0]
        });
    }
}
