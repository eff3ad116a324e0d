//! A histogram of times with a bounded relative error.

use std::time::Duration;

/// Each power of two is divided into this many buckets, so a time is known to 1/64.
const PARTS: u64 = 64;
/// Enough for every 64-bit number of nanoseconds.
const BUCKETS: usize = 59 * PARTS as usize;

/// Counts of times in buckets whose width grows with the time.
#[derive(Debug, Clone)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { buckets: vec![0; BUCKETS], count: 0 }
    }
}

impl Histogram {
    /// Counts a time.
    pub fn record(&mut self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        if let Some(bucket) = self.buckets.get_mut(index(nanos)) {
            *bucket += 1;
            self.count += 1;
        }
    }

    /// Adds the counts of another histogram.
    pub fn add(&mut self, other: &Histogram) {
        self.buckets.iter_mut().zip(&other.buckets).for_each(|(mine, theirs)| *mine += theirs);
        self.count += other.count;
    }

    /// How many times were counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The time that this share of the counted times does not exceed, such as 0.99. Zero without any.
    pub fn quantile(&self, share: f64) -> Duration {
        let rank = (share * self.count as f64).ceil() as u64;
        let mut seen = 0;
        let reached = self.buckets.iter().position(|count| {
            seen += count;
            seen >= rank && seen > 0
        });
        Duration::from_nanos(reached.map_or(0, middle))
    }
}

fn index(nanos: u64) -> usize {
    let shift = (63 - (nanos | 1).leading_zeros() as u64).saturating_sub(6);
    (shift * PARTS + (nanos >> shift)) as usize
}

/// The middle of a bucket.
fn middle(index: usize) -> u64 {
    let index = index as u64;
    let shift = (index / PARTS).saturating_sub(1);
    ((index - shift * PARTS) << shift) + ((1 << shift) >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_known_to_one_part_in_64() {
        for nanos in [0, 1, 63, 64, 65, 127, 128, 1_000, 123_456_789, u64::MAX >> 1] {
            let found = middle(index(nanos));
            assert!(found.abs_diff(nanos) <= nanos / 64, "{nanos} is found as {found}");
        }
        assert!(index(u64::MAX) < BUCKETS);
    }

    #[test]
    fn quantiles_are_ranks() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.5), Duration::ZERO);
        (1..=100).for_each(|n| histogram.record(Duration::from_nanos(n % 100 + 1)));
        assert_eq!(histogram.quantile(0.5), Duration::from_nanos(50));
        assert_eq!(histogram.quantile(0.01), Duration::from_nanos(1));
        let (mut sum, all) = (histogram.clone(), histogram.quantile(1.0));
        sum.add(&histogram);
        assert_eq!((sum.count(), sum.quantile(1.0)), (200, all));
    }
}
