//! Checkpoints: records in which a region signs its trail so far.
//!
//! Anybody who can write a file can compute its hashes anew. Only the region can sign, so lines before a checkpoint cannot be changed
//! without a trace.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_crypto::{Identity, PublicIdentity};
use claviger_types::{Hex, Region, Timestamp};
use memchr::memmem;
use serde_json::Value;

use crate::event::{self, text};
use crate::head::Head;
use crate::link::Link;

/// The name of the events that are checkpoints.
pub const CHECKPOINT_EVENT: &str = "AuditCheckpoint";

/// The domain of the signatures.
const DOMAIN: &str = "audit checkpoint";

/// A checkpoint as it was read from a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The region that signed.
    pub region: String,
    /// The key that it signed with.
    pub identity: PublicIdentity,
    /// The number of the first line of the file that the checkpoint was written to.
    pub file_first: u64,
    /// The time.
    pub at: String,
    signature: Vec<u8>,
}

impl Checkpoint {
    /// The record that signs the trail up to its head, a line without a link. It must be the next line that is linked.
    pub fn record(head: &Head, region: &Region, identity: &Identity, at: Timestamp, event_id: &str) -> String {
        let first = head.file_first();
        let message = message(region.as_str(), head.seq().saturating_add(1), head.hash(), first, &at.iso8601());
        let (key, signature) = (identity.public(), STANDARD.encode(identity.sign(DOMAIN, message.as_bytes())));
        let data = format!("{{\"identity\":\"{key}\",\"fileFirstSeq\":\"{first}\",\"signature\":\"{signature}\"}}");
        event::record(CHECKPOINT_EVENT, region, at, &data, event_id)
    }

    /// Reads a line. None if it is no checkpoint.
    pub(crate) fn of(line: &[u8]) -> Option<Checkpoint> {
        // Most lines are none, and are not parsed.
        memmem::find(line, CHECKPOINT_EVENT.as_bytes())?;
        let record: Value = serde_json::from_slice(line).ok()?;
        if !is_checkpoint(&record) {
            return None;
        }
        let data = record.get("additionalEventData").unwrap_or(&Value::Null);
        let signature = text(data, "signature").and_then(|signature| STANDARD.decode(signature).ok());
        // With members that are missing or have no such form, the signature does not verify.
        Some(Checkpoint {
            region: text(&record, "awsRegion").unwrap_or_default(),
            identity: text(data, "identity")
                .and_then(|hex| event::bytes_of_hex(&hex))
                .map_or(PublicIdentity([0; 32]), PublicIdentity),
            file_first: text(data, "fileFirstSeq").and_then(|first| first.parse().ok()).unwrap_or(0),
            at: text(&record, "eventTime").unwrap_or_default(),
            signature: signature.unwrap_or_default(),
        })
    }

    /// Whether the identity signed the line with this link, and so all lines before it.
    pub(crate) fn is_signed(&self, link: &Link) -> bool {
        let message = message(&self.region, link.seq, &link.prev, self.file_first, &self.at);
        self.identity.verify(DOMAIN, message.as_bytes(), &self.signature)
    }
}

/// Whether a record is a checkpoint and not the record of a call.
pub(crate) fn is_checkpoint(record: &Value) -> bool {
    event::is_event(record, CHECKPOINT_EVENT)
}

/// The signed text. The hash stands for all lines before the checkpoint.
fn message(region: &str, seq: u64, prev: &[u8; 32], file_first: u64, at: &str) -> String {
    format!("{region}\n{seq}\n{}\n{file_first}\n{at}\n", Hex::of(prev).as_str())
}

#[cfg(test)]
mod tests {
    use claviger_types::SeededRandom;

    use super::*;

    #[test]
    fn a_checkpoint_is_valid_in_its_place_only() {
        let (region, identity) = (Region::parse("eu-west-1").unwrap(), Identity::generate(&SeededRandom::new(1)));
        let mut head = Head::default();
        head.link(b"{\"a\":1}\n");
        let record = Checkpoint::record(&head, &region, &identity, Timestamp(0), "id");
        let line = head.link(record.as_bytes());
        let (link, read) = (Link::of(&line).unwrap(), Checkpoint::of(&line).unwrap());
        assert_eq!((read.region.as_str(), read.identity, read.file_first), ("eu-west-1", identity.public(), 1));
        assert!(read.is_signed(&link));
        assert!(!read.is_signed(&Link { seq: 3, ..link }) && !read.is_signed(&Link { prev: [1; 32], ..link }));
        for other in [
            Checkpoint { region: "eu-west-2".to_owned(), ..read.clone() },
            Checkpoint { file_first: 2, ..read.clone() },
            Checkpoint { at: "1970-01-01T00:00:01Z".to_owned(), ..read.clone() },
            Checkpoint { identity: Identity::generate(&SeededRandom::new(2)).public(), ..read.clone() },
        ] {
            assert!(!other.is_signed(&link), "{other:?}");
        }
    }

    #[test]
    fn a_call_with_such_a_member_is_no_checkpoint() {
        let line = "{\"eventSource\":\"kms.amazonaws.com\",\"eventName\":\"Encrypt\",\"requestParameters\":{\"encryptionContext\":{\"eventName\":\"AuditCheckpoint\",\"eventSource\":\"claviger\"}}}";
        assert_eq!(Checkpoint::of(line.as_bytes()), None);
        assert_eq!(Checkpoint::of(b"AuditCheckpoint"), None);
    }
}
