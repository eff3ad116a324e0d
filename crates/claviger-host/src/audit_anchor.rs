//! Keeps the newest checkpoint of a region's audit trail in its store, and compares the audit files with it at a start.

use claviger_audit::{Anchor, Discontinued};
use claviger_service::{AuditSink, Node};
use claviger_store::tables::audit_anchor_table::{self, AuditAnchorRecord};
use claviger_store::{Error as StoreError, Tx, commit_blocking};
use claviger_types::{Hex, Timestamp};

use crate::audit_file::{AuditFile, Signer};

/// Compares the audit files with the noted checkpoint, before anything is appended. If they do not go on from it, the region signs
/// a record of that as the next line of the trail. It starts all the same: operators may have moved the files.
///
/// # Errors
///
/// Those of the store.
pub(crate) fn compare(node: &Node, audit: &AuditFile, now: Timestamp) -> Result<(), StoreError> {
    let Some(noted) = stored(node)? else { return Ok(()) };
    let Err(Discontinued { expected, found }) = audit.continues(&noted) else { return Ok(()) };
    tracing::error!(
        region = %node.region(),
        expected = line(Some(expected)),
        found = line(found),
        "the audit files do not go on from the last checkpoint that this region signed: lines or files were cut off, made anew or moved away while it was down; the audit trail has a record AuditTrailDiscontinued of it"
    );
    // If the record cannot be written now, it is with the next checkpoint, and the noted one stays until then.
    audit.checkpoint(now, &Signer::of(node));
    if audit.sync().is_ok() {
        note_last(node, audit);
    }
    Ok(())
}

/// Notes the newest checkpoint at the end of a run, whether or not the region has stopped. Nothing is written if it is noted already.
pub(crate) fn note_last(node: &Node, audit: &AuditFile) {
    let Some(anchor) = audit.anchor() else { return };
    let noted = stored(node).and_then(|stored| match stored {
        Some(stored) if stored == anchor => Ok(()),
        _ => {
            let mut tx = Tx::begin(node.store(), node.barrier(), node.random())?;
            audit_anchor_table::save_anchor(&mut tx, &record(anchor))?;
            commit_blocking(node.store(), tx.into_batch()).map(drop)
        }
    });
    if let Err(error) = noted {
        warn(node, &error);
    }
}

/// Notes checkpoints while the region runs.
#[derive(Default)]
pub(crate) struct AnchorNotes {
    noted: Option<Anchor>,
    /// Whether the last attempt failed. Its error is logged once.
    failed: bool,
}

impl AnchorNotes {
    /// Notes the newest checkpoint that is on the disk, if there is another one than before. One that cannot be noted is tried
    /// again.
    pub(crate) fn note(&mut self, node: &Node, audit: &AuditFile) {
        let anchor = audit.anchor();
        let Some(new) = anchor.filter(|_| anchor != self.noted && node.failure().is_none()) else { return };
        match node.in_transaction(|tx| Ok(audit_anchor_table::save_anchor(tx, &record(new))?)) {
            Ok(()) => (self.noted, self.failed) = (anchor, false),
            Err(error) => {
                if !std::mem::replace(&mut self.failed, true) {
                    warn(node, &error);
                }
            }
        }
    }
}

fn warn(node: &Node, error: &dyn std::fmt::Display) {
    tracing::warn!(%error, region = %node.region(), "the last checkpoint of the audit trail is not noted in the store; until one is, a start compares the audit files with an earlier one");
}

fn stored(node: &Node) -> Result<Option<Anchor>, StoreError> {
    let tx = Tx::begin(node.store(), node.barrier(), node.random())?;
    let stored = audit_anchor_table::anchor(&tx)?;
    Ok(stored.map(|AuditAnchorRecord { seq, hash, file_first }| Anchor { seq, hash, file_first }))
}

fn record(Anchor { seq, hash, file_first }: Anchor) -> AuditAnchorRecord {
    AuditAnchorRecord { seq, hash, file_first }
}

/// `57:` and the hash of line 57, as `claviger audit verify` shows a line.
fn line(line: Option<(u64, [u8; 32])>) -> String {
    line.map_or_else(|| "no line".to_owned(), |(seq, hash)| format!("{seq}:{}", Hex::of(&hash).as_str()))
}

#[cfg(test)]
#[path = "audit_anchor_tests.rs"]
mod tests;
