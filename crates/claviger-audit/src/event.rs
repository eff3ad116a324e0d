//! Events that a region records about its own trail. Their source is `claviger`. Calls have the source of a service of AWS, so no
//! call can look like such an event.

use claviger_types::{Region, Timestamp};
use serde_json::Value;

/// The source of these events.
const SOURCE: &str = "claviger";

/// The record of an event, a line without a link. `data` is the JSON object of its `additionalEventData`. No text may need an
/// escape.
pub(crate) fn record(name: &str, region: &Region, at: Timestamp, data: &str, event_id: &str) -> String {
    let at = at.iso8601();
    format!(
        "{{\"eventVersion\":\"1.11\",\"userIdentity\":{{\"accountId\":\"000000000000\",\"invokedBy\":\"{SOURCE}\"}},\
         \"eventTime\":\"{at}\",\"eventSource\":\"{SOURCE}\",\"eventName\":\"{name}\",\"awsRegion\":\"{region}\",\
         \"sourceIPAddress\":\"{SOURCE}\",\"userAgent\":\"{SOURCE}\",\"requestParameters\":null,\"responseElements\":null,\
         \"additionalEventData\":{data},\
         \"requestID\":null,\"eventID\":\"{event_id}\",\"readOnly\":true,\"eventType\":\"AwsServiceEvent\",\
         \"managementEvent\":true,\"recipientAccountId\":\"000000000000\",\"eventCategory\":\"Management\"}}\n"
    )
}

/// Whether a record is the event of this name, and not the record of a call.
pub(crate) fn is_event(record: &Value, name: &str) -> bool {
    let is = |member: &str, expected: &str| record.get(member).and_then(Value::as_str) == Some(expected);
    is("eventName", name) && is("eventSource", SOURCE)
}

/// A text in an object.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// The 32 bytes of 64 hexadecimal digits.
pub(crate) fn bytes_of_hex(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
