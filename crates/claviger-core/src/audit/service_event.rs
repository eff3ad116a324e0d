//! What a service did by itself: CloudTrail's events of the type `AwsServiceEvent`. `audit_log` writes their records.

use claviger_types::{AccountId, Timestamp};

/// Something that a service did by itself.
#[derive(Debug, Clone)]
pub struct ServiceEvent {
    /// The service, such as `secretsmanager.amazonaws.com`.
    pub source: &'static str,
    /// `eventName`
    pub name: &'static str,
    /// The account that it concerns.
    pub account: AccountId,
    /// The members of `additionalEventData`.
    pub data: Vec<(&'static str, String)>,
    /// What went wrong, if something did. It holds no secret.
    pub error: Option<String>,
    /// `requestID`: the same for all events of one piece of work.
    pub request_id: String,
    /// `eventTime`
    pub at: Timestamp,
}
