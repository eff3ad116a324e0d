//! Signs the trail at intervals.

use std::fs::File;
use std::sync::{Arc, PoisonError};

use claviger_audit::Checkpoint;
use claviger_crypto::Identity;
use claviger_service::Node;
use claviger_types::{Random, Region, Timestamp};

use super::AuditFile;
use super::group::Append;
use super::trail::Trail;

/// How long a record may be without a checkpoint after it.
const INTERVAL_MS: i64 = 60_000;

/// The region that signs.
pub(crate) struct Signer<'a> {
    pub(super) region: &'a Region,
    pub(super) identity: &'a Identity,
    pub(super) random: &'a dyn Random,
}

impl<'a> Signer<'a> {
    pub(crate) fn of(node: &'a Node) -> Signer<'a> {
        Signer { region: node.region(), identity: node.identity(), random: node.random() }
    }
}

impl Signer<'_> {
    /// Appends a checkpoint, unless one is the last line, and before it the record that the trail was discontinued, if it was. The caller has the trail for itself, so that the signed line stays the last
    /// one.
    pub(super) fn sign(&self, trail: &Trail<Arc<File>>, now: Timestamp) -> Result<(), String> {
        if trail.is_signed() {
            return Ok(());
        }
        let mut head = trail.head();
        // One append of both, so that no checkpoint is noted as the newest one while the record is missing.
        let mut lines = trail
            .discontinued()
            .map_or_else(String::new, |difference| difference.record(self.region, now, &self.random.event_id()));
        head.link(lines.as_bytes());
        lines.push_str(&Checkpoint::record(&head, self.region, self.identity, now, &self.random.event_id()));
        trail.append(lines.as_bytes())?;
        trail.set_signed();
        Ok(())
    }
}

impl AuditFile {
    /// Signs the trail if it has had records for a minute that no checkpoint signs.
    pub(crate) fn checkpoint_if_due(&self, now: Timestamp, signer: &Signer<'_>) {
        let mut rotating = self.rotating.lock().unwrap_or_else(PoisonError::into_inner);
        if self.writer.target().is_signed() {
            rotating.unsigned_since = None;
            return;
        }
        let since = *rotating.unsigned_since.get_or_insert(now);
        // Also if the clock was set back.
        if !(0..INTERVAL_MS).contains(&now.0.saturating_sub(since.0)) {
            rotating.unsigned_since = None;
            self.checkpoint(now, signer);
        }
    }

    /// Signs the trail. A checkpoint that cannot be written is left out: the target reports its failure itself, and the next one signs
    /// the same lines.
    pub(crate) fn checkpoint(&self, now: Timestamp, signer: &Signer<'_>) {
        let written = self.writer.exclusive(|trail| signer.sign(trail, now));
        if let Err(error) = written {
            tracing::debug!(%error, "no checkpoint was written");
        }
    }
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
