//! Writes the last uses of users, roles and access keys, and sends them to the IAM home.

use claviger_replication::last_use_replication;
use claviger_store::tables::last_use_table::{LastUseRecord, ServiceUse};
use claviger_types::Timestamp;

use crate::job_runner::JobEntry;
use crate::last_use::PrincipalUse;
use crate::node::Node;
use crate::uses_job::UseKind;

/// The job that writes last uses.
pub const JOBS: &[JobEntry] = &[JobEntry::unscheduled(Node::write_last_uses_if_due)];

const KIND: UseKind<PrincipalUse> = UseKind {
    things: "users, roles and access keys",
    of: Node::last_uses,
    save: |node, tx, PrincipalUse { principal, services }| {
        let used = |(service, at): &(&'static str, Timestamp)| ServiceUse {
            at: *at,
            region: node.region().clone(),
            service: (*service).to_owned(),
        };
        match LastUseRecord::of(principal.clone(), services.iter().map(used)) {
            Some(record) => last_use_replication::record_use(tx, &node.topology().iam_home, &record),
            None => Ok(()),
        }
    },
};

impl Node {
    fn write_last_uses_if_due(&self, now: Timestamp) {
        KIND.write_if_due(self, now);
    }

    /// Writes the uses of users, roles and access keys that have gathered. A use that cannot be written is kept for the next time.
    pub fn write_last_uses(&self, now: Timestamp) {
        KIND.write(self, now);
    }
}

#[cfg(test)]
#[path = "last_use_job_tests.rs"]
mod tests;
