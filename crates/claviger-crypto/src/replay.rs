//! Random bytes that can be drawn again, for a request that runs more than once and must make the same call to another server
//! each time.

use std::sync::atomic::{AtomicU64, Ordering};

use claviger_types::Random;
use zeroize::Zeroizing;

use crate::primitive::{self, KeyBytes, silent_debug};

/// A pseudorandom stream: HMAC-SHA256 of a counter under a seed of 32 random bytes. Two sources of one seed give the same bytes.
pub struct ReplayRandom {
    seed: KeyBytes,
    next: AtomicU64,
}
silent_debug!(ReplayRandom);

impl ReplayRandom {
    /// A source with a fresh seed.
    pub fn draw(random: &dyn Random) -> ReplayRandom {
        ReplayRandom { seed: KeyBytes::generate(random), next: AtomicU64::new(0) }
    }

    /// A source that gives the same bytes again, from the first.
    pub fn again(&self) -> ReplayRandom {
        ReplayRandom { seed: KeyBytes::copy(self.seed.expose()), next: AtomicU64::new(0) }
    }
}

impl Random for ReplayRandom {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(32) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let block = Zeroizing::new(primitive::hmac(self.seed.expose(), &number.to_be_bytes()));
            chunk.iter_mut().zip(block.iter()).for_each(|(out, byte)| *out = *byte);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::SeededRandom;

    use super::*;

    #[test]
    fn the_same_draws_give_the_same_bytes_and_no_block_repeats() {
        let first = ReplayRandom::draw(&SeededRandom::new(1));
        let lengths = [1, 32, 33, 100, 0, 7];
        let draw = |source: &ReplayRandom| {
            lengths.map(|length| {
                let mut out = vec![0; length];
                source.fill(&mut out);
                out
            })
        };
        let drawn = draw(&first);
        assert_eq!(draw(&first.again()), drawn);
        assert_ne!(draw(&first), drawn);
        assert_ne!(draw(&ReplayRandom::draw(&SeededRandom::new(2))), drawn);
        assert_ne!(drawn[3][..32], drawn[3][32..64]);
    }
}
