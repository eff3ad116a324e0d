//! Several sorted runs of places as one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::order::SecretPlace;

/// The first `limit` places of runs that are each sorted, from the last place to the first if `backwards`. A place that is in several
/// runs comes once.
pub(super) fn merged<'p, R: Iterator<Item = &'p SecretPlace>>(
    runs: impl Iterator<Item = R>,
    backwards: bool,
    limit: usize,
) -> Vec<SecretPlace> {
    if backwards { merged_by(runs, limit, |place| place) } else { merged_by(runs, limit, Reverse) }
}

fn merged_by<'p, R: Iterator<Item = &'p SecretPlace>, K: Ord>(
    runs: impl Iterator<Item = R>,
    limit: usize,
    key: impl Fn(&'p SecretPlace) -> K,
) -> Vec<SecretPlace> {
    let mut runs: Vec<R> = runs.collect();
    // The next place of each run, the one that comes first on top.
    let next = |run: &mut R, at: usize| run.next().map(|place| (key(place), at, place));
    let mut heads: BinaryHeap<_> = runs.iter_mut().enumerate().filter_map(|(at, run)| next(run, at)).collect();
    let mut found: Vec<SecretPlace> = Vec::new();
    while found.len() < limit
        && let Some((_, at, place)) = heads.pop()
    {
        heads.extend(runs.get_mut(at).and_then(|run| next(run, at)));
        if found.last() != Some(place) {
            found.push(place.clone());
        }
    }
    found
}
