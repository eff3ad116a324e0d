//! Keeps a stranger who connects again and again from filling the log.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The time between two lines.
const EVERY: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(crate) struct LogLimit(Mutex<Option<(Instant, u64)>>);

impl LogLimit {
    /// Whether a line may be written now: if so, how many were left out since the last one.
    pub(crate) fn pass(&self) -> Option<u64> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match last.as_mut() {
            Some((at, left_out)) if now < *at + EVERY => {
                *left_out += 1;
                None
            }
            _ => Some(last.replace((now, 0)).map_or(0, |(_, left_out)| left_out)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_line_in_ten_seconds() {
        let limit = LogLimit::default();
        assert_eq!((limit.pass(), limit.pass(), limit.pass()), (Some(0), None, None));
        tokio::time::advance(EVERY).await;
        assert_eq!((limit.pass(), limit.pass()), (Some(2), None));
    }
}
