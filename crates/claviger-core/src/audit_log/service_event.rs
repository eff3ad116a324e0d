//! Records of what a service did by itself: CloudTrail's events of the type `AwsServiceEvent`.

use claviger_store::Tx;
use claviger_store::tables::audit_table;

use crate::audit::ServiceEvent;
use crate::error::Error;
use crate::node::Node;

use super::json::Object;
use super::with_buffer;

impl Node {
    /// Adds the record of an event to the transaction of the change that it tells of.
    ///
    /// # Errors
    ///
    /// Those of the store, and if audit records cannot be written now: no change is made without its record.
    pub fn record_event(&self, tx: &mut Tx<'_>, event: &ServiceEvent) -> Result<(), Error> {
        if !self.audit_sink().keeps_records() {
            return Ok(());
        }
        if !self.audits() {
            return Err(Error::Internal("audit records cannot be written".to_owned()));
        }
        with_buffer(|line| {
            write(line, self, event);
            Ok(audit_table::push(tx, line)?)
        })
    }
}

/// Writes the record, a line. INVARIANT: no member after `eventID` has a name that a caller chose.
pub(super) fn write(out: &mut Vec<u8>, node: &Node, event: &ServiceEvent) {
    let mut record = super::record::open(out);
    let mut identity = record.object("userIdentity");
    identity.plain("accountId", &event.account);
    identity.text("invokedBy", event.source);
    identity.close();
    record.plain("eventTime", event.at.iso8601());
    record.text("eventSource", event.source);
    record.text("eventName", event.name);
    record.plain("awsRegion", node.region());
    record.text("sourceIPAddress", event.source);
    record.text("userAgent", event.source);
    if let Some(error) = &event.error {
        record.text("errorMessage", error);
    }
    record.null("requestParameters");
    record.null("responseElements");
    let mut data: Object<'_> = record.object("additionalEventData");
    for (name, value) in &event.data {
        data.text(name, value);
    }
    data.close();
    record.text("requestID", &event.request_id);
    record.plain("eventID", node.random().uuid());
    record.boolean("readOnly", false);
    record.text("eventType", "AwsServiceEvent");
    record.boolean("managementEvent", true);
    record.plain("recipientAccountId", &event.account);
    record.text("eventCategory", "Management");
    record.close();
    out.push(b'\n');
}
