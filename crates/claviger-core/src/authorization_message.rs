//! Messages in which a denial tells, sealed, why it is one. A caller can pass its message on to somebody who may decode it
//! (`sts:DecodeAuthorizationMessage`).
//!
//! A message is sealed under the token key of the region that denied, as session tokens are, so every region can decode it.

use claviger_types::AccountId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::Cx;
use crate::error::Error;
use crate::explanation::{DecidingStatement, Explanation};
use crate::session_token;

/// What the sealed bytes are.
const LABEL: &[u8] = b"authorization message";

/// What stands before the message in a denial's text.
pub(crate) const INTRODUCTION: &str = " Encoded authorization failure message: ";

/// The bytes that are sealed, whatever the message: its length must not tell what the text does not. The encoded form stays below the 10,240
/// characters that DecodeAuthorizationMessage takes.
const BYTES: usize = 7_000;

/// The encoded message of a denial, for callers of the account of caller and resource.
pub(crate) fn encode(cx: &Cx<'_, '_>, denied: &Explanation) -> Result<String, Error> {
    let sealed = |conditions: &[(String, Vec<String>)]| {
        let message = decoded(cx, denied, conditions).to_string();
        json!(Sealed { account: cx.account().to_string(), message }).to_string()
    };
    let mut text = sealed(&denied.conditions);
    if text.len() > BYTES {
        text = sealed(&[]);
    }
    // JSON may end in spaces.
    text.extend(std::iter::repeat_n(' ', BYTES.saturating_sub(text.len())));
    session_token::seal_bytes(cx, LABEL, text.as_bytes())
}

/// The JSON in an encoded message. None if it is no message that a region of this partition has sealed for a denied caller of this
/// account.
pub fn decode(cx: &Cx<'_, '_>, account: &AccountId, message: &str) -> Result<Option<String>, Error> {
    let Some(bytes) = session_token::open_bytes(cx.keyring, cx.tx, LABEL, message)? else { return Ok(None) };
    let Ok(sealed) = serde_json::from_slice::<Sealed>(&bytes) else { return Ok(None) };
    Ok((sealed.account == account.as_str()).then_some(sealed.message))
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    /// The account of the denied caller.
    account: String,
    /// The decoded message.
    message: String,
}

/// In the form of AWS's decoded messages.
fn decoded(cx: &Cx<'_, '_>, denied: &Explanation, conditions: &[(String, Vec<String>)]) -> Value {
    let items = |items: Vec<Value>| json!({ "items": items });
    let one = |value: &str| items(vec![json!({ "value": value })]);
    let matched = |by: &DecidingStatement| {
        let statement = by.statement.as_ref();
        json!({
            "statementId": statement.and_then(|statement| statement.sid.as_deref()).unwrap_or_default(),
            "effect": "DENY",
            "policyType": by.policy_type,
            "policy": by.policy,
            "actions": one(&denied.action),
            "resources": one(&denied.resource),
        })
    };
    let conditions = conditions.iter().map(|(key, values)| {
        let values = values.iter().map(|value| json!({ "value": value })).collect();
        json!({ "key": key, "values": items(values) })
    });
    json!({
        "allowed": false,
        "explicitDeny": !denied.decided_by.is_empty(),
        "reason": denied.reason,
        "matchedStatements": items(denied.decided_by.iter().map(matched).collect()),
        "failures": items(Vec::new()),
        "context": {
            "principal": { "id": cx.caller.user_id(), "arn": denied.principal },
            "action": denied.action,
            "resource": denied.resource,
            "conditions": items(conditions.collect()),
        },
    })
}
