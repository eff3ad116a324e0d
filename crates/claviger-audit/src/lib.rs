//! The audit trail of a region as its readers see it: the chain that links its lines, the checkpoints that sign it, the choice of
//! records, and the policy that a principal's calls justify.
//!
//! It is no writer of records (`claviger-core` makes them, `claviger-host` keeps the files), and it reads no file and no clock.
//!
//! - [`Head`] links new lines to the last one. [`Verifier`] checks linked lines. [`Checkpoint`] signs what was written so far.
//!   [`Anchor`] is the newest checkpoint as a region notes it elsewhere, and [`Discontinued`] the record that its files did not go on from it.
//! - [`Filter`] chooses records, [`AuditRecord`] reads one.
//! - [`LeastPrivilege`] collects a principal's calls and writes a policy document.
//!
//! ```
//! use claviger_audit::{Head, Verifier};
//!
//! let mut head = Head::default();
//! let lines = [head.link(b"{\"eventName\":\"Encrypt\"}\n"), head.link(b"{\"eventName\":\"Decrypt\"}\n")];
//! let mut verifier = Verifier::default();
//! assert!(lines.iter().all(|line| verifier.line(line).is_ok()) && verifier.end_of_file().is_ok());
//! assert!(Verifier::default().line(&[&lines[1][..1], b" ", &lines[1][1..]].concat()).is_err());
//! ```

mod anchor;
mod checkpoint;
mod discontinued;
mod event;
mod fault;
mod head;
mod least_privilege;
mod link;
mod names;
mod query;
mod record;
mod verify;

pub use anchor::Anchor;
pub use checkpoint::{CHECKPOINT_EVENT, Checkpoint};
pub use discontinued::{DISCONTINUED_EVENT, Discontinued};
pub use fault::{Finding, TrailFault};
pub use head::Head;
pub use least_privilege::{LeastPrivilege, NoDocument, Principals};
pub use link::Link;
pub use names::{CURRENT, closed_at, closed_name};
pub use query::{Filter, InvalidTime, time_of};
pub use record::AuditRecord;
pub use verify::{Break, Summary, Verifier};
