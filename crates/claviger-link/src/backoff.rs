//! The waits between attempts to connect.

use std::time::Duration;

use claviger_types::Random;

/// Waits that double from the shortest to the longest. Of each, the second half is random, so that regions that lost each other at the same
/// time do not dial in step.
pub(crate) struct Backoff {
    min: Duration,
    max: Duration,
    next: Duration,
}

impl Backoff {
    pub(crate) fn new(min: Duration, max: Duration) -> Backoff {
        Backoff { min, max, next: min }
    }

    /// The wait before the next attempt.
    pub(crate) fn wait(&mut self, random: &dyn Random) -> Duration {
        let full = self.next.min(self.max);
        self.next = full.saturating_mul(2).min(self.max);
        let part = f64::from(u32::from_be_bytes(random.bytes())) / f64::from(u32::MAX);
        full / 2 + full.mul_f64(part / 2.0)
    }

    /// Begins again with the shortest wait, after a connection that held.
    pub(crate) fn reset(&mut self) {
        self.next = self.min;
    }
}

#[cfg(test)]
mod tests {
    use claviger_types::SeededRandom;

    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_vary() {
        let (min, max) = (Duration::from_millis(100), Duration::from_secs(5));
        let mut backoff = Backoff::new(min, max);
        let random = SeededRandom::new(1);
        let mut full = min;
        let mut waits = std::collections::BTreeSet::new();
        for _ in 0..100 {
            let wait = backoff.wait(&random);
            assert!((full / 2..=full).contains(&wait), "{wait:?} of {full:?}");
            full = (full * 2).min(max);
            waits.insert(wait);
        }
        assert!(waits.len() > 90);
        backoff.reset();
        assert!(backoff.wait(&random) <= min);
    }
}
