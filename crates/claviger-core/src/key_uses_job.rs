//! Writes the last uses of keys.

use claviger_store::tables::key_use_table;
use claviger_types::Timestamp;

use crate::job_runner::JobEntry;
use crate::key_uses::KeyUse;
use crate::node::Node;
use crate::uses_job::UseKind;

/// The job that writes uses of keys.
pub const JOBS: &[JobEntry] = &[JobEntry::unscheduled(Node::write_key_uses_if_due)];

const KIND: UseKind<KeyUse> = UseKind {
    things: "keys",
    of: Node::key_uses,
    save: |_, tx, KeyUse { account, key, record }| key_use_table::save_key_use(tx, account, key, record),
};

impl Node {
    fn write_key_uses_if_due(&self, now: Timestamp) {
        KIND.write_if_due(self, now);
    }

    /// Writes the uses of keys that have gathered. A use that cannot be written is kept for the next time.
    pub fn write_key_uses(&self, now: Timestamp) {
        KIND.write(self, now);
    }
}
