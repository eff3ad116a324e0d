//! The proxy of an external key store, without a socket: healthy, with every key, and with an encryption that changes nothing.

use claviger_types::{
    Outbound, OutboundAnswer, OutboundFailure, OutboundReply, OutboundRequest, ReplyFuture, Sensitive,
};
use serde_json::{Value, json};

/// Answers calls at `https://xks.test`, and no others.
pub(crate) struct KeyManager;

impl Outbound for KeyManager {
    fn send(&self, request: OutboundRequest) -> ReplyFuture<'_> {
        Box::pin(std::future::ready(answer(&request)))
    }
}

fn answer(request: &OutboundRequest) -> OutboundReply {
    let Some(path) = request.url.strip_prefix("https://xks.test") else { return Err(OutboundFailure::Unreachable) };
    let answer = match path.rsplit('/').next() {
        Some("health") => json!({
            "xksProxyFleetSize": 1, "xksProxyVendor": "v", "xksProxyModel": "m", "ekmVendor": "e",
            "ekmFleetDetails": [{"id": "1", "model": "m", "healthStatus": "ACTIVE"}],
        }),
        Some("metadata") => {
            json!({"keySpec": "AES_256", "keyUsage": ["ENCRYPT", "DECRYPT"], "keyStatus": "ENABLED"})
        }
        _ => Value::Null,
    };
    Ok(OutboundAnswer { status: 200, body: Sensitive::new(answer.to_string().into_bytes()) })
}
