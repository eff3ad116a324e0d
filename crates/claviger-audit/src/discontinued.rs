//! Records in which a region notes that its trail's files do not go on from the checkpoint that it had signed last.
//!
//! The chain is consistent before and after such a record. What the record proves is that something is missing between them, or was
//! changed before.

use claviger_types::{Hex, Region, Timestamp};
use memchr::memmem;
use serde_json::Value;

use crate::event;

/// The name of these events.
pub const DISCONTINUED_EVENT: &str = "AuditTrailDiscontinued";

/// A difference between a trail's files and the newest checkpoint that the region had noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discontinued {
    /// The number and the hash of the line of that checkpoint.
    pub expected: (u64, [u8; 32]),
    /// The line of this number, if the files have one with another hash; or else the last line. None if the files have no
    /// line with a hash.
    pub found: Option<(u64, [u8; 32])>,
}

impl Discontinued {
    /// The record, a line without a link.
    pub fn record(&self, region: &Region, at: Timestamp, event_id: &str) -> String {
        let (seq, hash) = self.expected;
        let found = match &self.found {
            Some((seq, hash)) => format!("\"foundSeq\":\"{seq}\",\"foundHash\":\"{}\"", Hex::of(hash).as_str()),
            None => "\"foundSeq\":null,\"foundHash\":null".to_owned(),
        };
        let data = format!("{{\"expectedSeq\":\"{seq}\",\"expectedHash\":\"{}\",{found}}}", Hex::of(&hash).as_str());
        event::record(DISCONTINUED_EVENT, region, at, &data, event_id)
    }

    /// Reads a line. None if it is no such record.
    pub(crate) fn of(line: &[u8]) -> Option<Discontinued> {
        // Most lines are none, and are not parsed.
        memmem::find(line, DISCONTINUED_EVENT.as_bytes())?;
        let record: Value = serde_json::from_slice(line).ok()?;
        if !event::is_event(&record, DISCONTINUED_EVENT) {
            return None;
        }
        let data = record.get("additionalEventData").unwrap_or(&Value::Null);
        let read = |seq: &str, hash: &str| {
            let seq = event::text(data, seq)?.parse().ok()?;
            Some((seq, event::bytes_of_hex(&event::text(data, hash)?)?))
        };
        // Also a record with members of another form tells that the trail was discontinued.
        Some(Discontinued {
            expected: read("expectedSeq", "expectedHash").unwrap_or_default(),
            found: read("foundSeq", "foundHash"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_back() {
        let region = Region::parse("eu-west-1").unwrap();
        for found in [None, Some((6, [0xab; 32]))] {
            let discontinued = Discontinued { expected: (7, [0xcd; 32]), found };
            let record = discontinued.record(&region, Timestamp(0), "id");
            assert_eq!(Discontinued::of(record.as_bytes()), Some(discontinued));
            let value: Value = serde_json::from_str(&record).unwrap();
            assert_eq!(value["additionalEventData"]["expectedSeq"], "7");
            assert_eq!(value["additionalEventData"]["foundSeq"].as_str(), found.map(|_| "6"));
            assert_eq!(
                (&value["eventTime"], &value["awsRegion"]),
                (&"1970-01-01T00:00:00Z".into(), &"eu-west-1".into())
            );
        }
    }

    #[test]
    fn only_an_event_of_the_region_itself_is_one() {
        let of = |source: &str, name: &str| {
            let line =
                format!("{{\"eventSource\":\"{source}\",\"eventName\":\"{name}\",\"a\":\"{DISCONTINUED_EVENT}\"}}");
            Discontinued::of(line.as_bytes())
        };
        assert_eq!(of("kms.amazonaws.com", DISCONTINUED_EVENT), None);
        assert_eq!(of("claviger", "AuditCheckpoint"), None);
        assert_eq!(of("claviger", DISCONTINUED_EVENT), Some(Discontinued { expected: (0, [0; 32]), found: None }));
    }
}
