//! Moves the records of committed changes from the store to the sink.
//!
//! A change's records are a row of its own commit. They are dropped from the store once they are on the sink's disk, many in
//! one commit, so that a change costs no second one.

use claviger_store::tables::audit_table;
use claviger_store::{Key, Value, commit_blocking};
use claviger_types::Timestamp;

use crate::audit::DrainProgress;
use crate::error::Error;
use crate::node::Node;

/// How many rows are moved at a time.
const ROWS: usize = 512;

/// How many times rows are moved in one call, so that the thread that calls also does its other work.
const ROUNDS_MAX: usize = 16;

impl Node {
    /// Moves the records of committed changes to the region's audit sink, and waits until they are on its disk. If this fails,
    /// they stay in the store, and changes are refused until it succeeds.
    ///
    /// The region's audit thread calls it ten times a second; the host once before the first request and once after the last.
    pub fn drain_audit(&self) {
        if !self.audit_sink().keeps_records() || self.failure().is_some() {
            return;
        }
        let Some(mut progress) = self.drain().begin() else { return };
        for _ in 0..ROUNDS_MAX {
            match self.move_rows(&mut progress) {
                Ok(0) => {
                    self.drain().succeeded();
                    return;
                }
                Ok(_) => {}
                Err(error) => {
                    if self.drain().failed() {
                        tracing::error!(region = %self.region(), %error, "audit records of changes stay in the store; changes are refused until they can be moved to the audit file");
                    }
                    break;
                }
            }
        }
        self.drain().notify();
    }

    /// Moves the oldest rows. Returns how many there were.
    fn move_rows(&self, progress: &mut DrainProgress) -> Result<usize, Error> {
        let rows = audit_table::oldest(&self.begin()?, ROWS)?;
        if !progress.is_searched {
            let recorded = self.recorded_before(&rows);
            progress.written = recorded.checked_sub(1).and_then(|last| rows.get(last)).map(|(row, _)| row.clone());
            progress.is_searched = true;
        }
        let unwritten = rows.iter().filter(|(row, _)| progress.written.as_ref().is_none_or(|written| row > written));
        let lines: Vec<&[u8]> = unwritten.map(|(_, lines)| lines.as_slice()).collect();
        let lines = lines.concat();
        if !lines.is_empty() {
            self.audit_sink().record_blocking(&lines).map_err(Error::Internal)?;
        }
        let Some((last, _)) = rows.last() else { return Ok(0) };
        progress.written = Some(last.clone());
        self.audit_sink().sync().map_err(Error::Internal)?;
        // A transaction without reads: it cannot conflict with the commits that add rows meanwhile.
        let mut tx = self.begin()?;
        let moved = rows.len();
        audit_table::drop_rows(&mut tx, rows.into_iter().map(|(row, _)| row).collect())?;
        commit_blocking(self.store(), tx.into_batch())?;
        Ok(moved)
    }

    /// How many of the first rows' lines an earlier run has written. A row is dropped before rows after these `ROWS` are
    /// written, so no later one can have been.
    fn recorded_before(&self, rows: &[(Key, Value)]) -> usize {
        let texts: Vec<&str> = rows.iter().map(|(_, lines)| std::str::from_utf8(lines).unwrap_or_default()).collect();
        let ids: Vec<&str> = texts.iter().map(|lines| event_id(lines).unwrap_or_default()).collect();
        let times = texts.iter().filter_map(|lines| event_time(lines));
        match times.min() {
            Some(since) => self.audit_sink().recorded(&ids, since),
            None => 0,
        }
    }
}

/// The id of the last record of these lines: the request's own. No member after it has a name that the caller chose.
fn event_id(lines: &str) -> Option<&str> {
    lines.rsplit_once("\"eventID\":\"")?.1.split('"').next()
}

/// The time that all records of these lines share.
fn event_time(lines: &str) -> Option<Timestamp> {
    Timestamp::parse_iso8601(lines.split_once("\"eventTime\":\"")?.1.split('"').next()?)
}
