//! Counts of a region's requests and commits, for its metrics. They have one entry for each operation, however many clients there are.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::entry::OperationEntry;
use crate::service::Services;

/// The counts of one region.
pub(crate) struct RequestCounts {
    rows: Vec<Row>,
    /// The row of an operation, by the address of its entry in the services' tables.
    by_entry: HashMap<usize, usize>,
    /// The row of requests that name no operation of this release.
    others: Row,
    pub(crate) in_flight: AtomicUsize,
    pub(crate) too_many_in_flight: AtomicU64,
    pub(crate) commits: AtomicU64,
    pub(crate) commits_failed: AtomicU64,
}

struct Row {
    service: &'static str,
    operation: &'static str,
    /// Answers of 2xx, 4xx and 5xx.
    classes: [AtomicU64; 3],
}

/// How often an operation was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationCount {
    /// The service's signing name; `unknown` for requests that name no operation.
    pub service: &'static str,
    /// The operation's name; `unknown` for requests that name none.
    pub operation: &'static str,
    /// Answers of 2xx, 4xx and 5xx.
    pub classes: [u64; 3],
}

/// The counts of a region at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeCounts {
    /// The operations that were answered at least once.
    pub operations: Vec<OperationCount>,
    /// Requests that are being handled.
    pub in_flight: usize,
    /// Requests that were refused because their account had too many in flight.
    pub too_many_in_flight: u64,
    /// Commits of requests and background work.
    pub commits: u64,
    /// Commits that failed.
    pub commits_failed: u64,
}

impl RequestCounts {
    pub(crate) fn new(services: Services) -> RequestCounts {
        let entries = services.0.iter().flat_map(|service| service.table.iter().map(move |entry| (service, entry)));
        let rows: Vec<(usize, Row)> = entries
            .map(|(service, entry)| (address(entry), Row::new(service.model.signing_name, entry.name)))
            .collect();
        RequestCounts {
            by_entry: rows.iter().enumerate().map(|(at, (address, _))| (*address, at)).collect(),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            others: Row::new("unknown", "unknown"),
            in_flight: AtomicUsize::new(0),
            too_many_in_flight: AtomicU64::new(0),
            commits: AtomicU64::new(0),
            commits_failed: AtomicU64::new(0),
        }
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, entry: Option<&'static OperationEntry>, status: u16) {
        let row = entry.and_then(|entry| self.by_entry.get(&address(entry))).and_then(|at| self.rows.get(*at));
        let class = match status {
            0..400 => 0,
            400..500 => 1,
            _ => 2,
        };
        if let Some(count) = row.unwrap_or(&self.others).classes.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn committed<T, E>(&self, outcome: &Result<T, E>) {
        let count = if outcome.is_ok() { &self.commits } else { &self.commits_failed };
        count.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> NodeCounts {
        let rows = self.rows.iter().chain([&self.others]).map(Row::now);
        NodeCounts {
            operations: rows.filter(|row| row.classes != [0; 3]).collect(),
            in_flight: self.in_flight.load(Ordering::Relaxed),
            too_many_in_flight: self.too_many_in_flight.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            commits_failed: self.commits_failed.load(Ordering::Relaxed),
        }
    }
}

impl Row {
    fn new(service: &'static str, operation: &'static str) -> Row {
        Row { service, operation, classes: Default::default() }
    }

    fn now(&self) -> OperationCount {
        let classes = self.classes.each_ref().map(|count| count.load(Ordering::Relaxed));
        OperationCount { service: self.service, operation: self.operation, classes }
    }
}

/// The tables are statics, so an entry is always at the same address.
fn address(entry: &OperationEntry) -> usize {
    std::ptr::from_ref(entry).addr()
}

/// Counts a request as long as it is handled.
pub(crate) struct Handling<'c>(&'c AtomicUsize);

impl<'c> Handling<'c> {
    pub(crate) fn begin(counts: &'c RequestCounts) -> Handling<'c> {
        counts.in_flight.fetch_add(1, Ordering::Relaxed);
        Handling(&counts.in_flight)
    }
}

impl Drop for Handling<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
