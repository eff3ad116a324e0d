//! The Lambda event of a step.

use claviger_types::{RotationCall, Sensitive};
use serde_json::json;

/// The event as JSON. It holds the rotation token.
pub(crate) fn event(call: &RotationCall) -> Sensitive<Vec<u8>> {
    let event = json!({
        "Step": call.step.as_str(),
        "SecretId": call.secret_arn,
        "ClientRequestToken": call.client_request_token,
        "RotationToken": call.rotation_token.expose(),
    });
    Sensitive::new(event.to_string().into_bytes())
}
