//! Audit records: one CloudTrail-shaped JSON line for each call.

use claviger_model::{Kind, Member, Number, Shape, Tree};
use claviger_types::{Caller, CallerKind, Timestamp};
use serde_json::{Value, json};

use crate::Node;
use crate::error::Error;
use crate::operation::RequestInfo;
use crate::pipeline::Call;

/// Where a region's audit records go. An error refuses the call that was to be recorded.
pub trait AuditSink: Send + Sync {
    /// Takes one record, a JSON object without line breaks.
    fn record(&self, line: &[u8]) -> Result<(), String>;
}

/// Keeps nothing: for a region that lives in memory and dies with it.
pub struct NoAudit;

impl AuditSink for NoAudit {
    fn record(&self, _line: &[u8]) -> Result<(), String> {
        Ok(())
    }
}

/// One call and how it ended.
pub(crate) struct Event<'a> {
    call: &'a Call,
    caller: &'a Caller,
    info: &'a RequestInfo,
    at: Timestamp,
    error: Option<&'a Error>,
}

impl<'a> Event<'a> {
    pub(crate) fn of(
        call: &'a Call,
        caller: &'a Caller,
        info: &'a RequestInfo,
        at: Timestamp,
        error: Option<&'a Error>,
    ) -> Event<'a> {
        Event { call, caller, info, at, error }
    }

    /// The record, shaped as CloudTrail shapes it. Of the request only members that the model does not mark as sensitive are
    /// shown, and never a blob.
    pub(crate) fn render(&self, node: &Node) -> String {
        let Event { call, caller, info, at, error } = self;
        let name = call.entry.name;
        let mut record = json!({
            "eventVersion": "1.11",
            "userIdentity": identity(caller, node),
            "eventTime": at.iso8601(),
            "eventSource": format!("{}.amazonaws.com", call.offer.model.signing_name),
            "eventName": name,
            "awsRegion": node.region().as_str(),
            "sourceIPAddress": info.source_ip.map(|ip| ip.to_string()),
            "userAgent": info.user_agent,
            "requestParameters": parameters(call),
            "requestID": info.id,
            "eventID": node.random().uuid(),
            "readOnly": read_only(name),
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": caller.account.as_str(),
            "eventCategory": "Management",
        });
        if let (Some(error), Some(fields)) = (error, record.as_object_mut()) {
            fields.insert("errorCode".to_owned(), json!(code(error)));
            fields.insert("errorMessage".to_owned(), json!(text(error)));
        }
        record.to_string()
    }
}

/// The members that the model does not mark as sensitive, by their names in lower camel case.
fn parameters(call: &Call) -> Value {
    let info = call.offer.model.operation(call.entry.name);
    match info.and_then(|i| i.input) {
        Some(shape) => shown(shape, &call.input).unwrap_or(Value::Null),
        None => Value::Null,
    }
}

/// A value as far as it may be shown; nothing of what is sensitive, binary or unknown to the model.
fn shown(shape: &Shape, tree: &Tree) -> Option<Value> {
    if shape.sensitive {
        return None;
    }
    match (&shape.kind, tree) {
        (Kind::Structure(members), Tree::Map(values)) => {
            let member = |m: &Member| {
                let (_, value) = values.iter().find(|(name, _)| name == m.name)?;
                Some((lower_camel(m.name), shown(m.shape, value)?))
            };
            Some(Value::Object(members.iter().filter_map(member).collect()))
        }
        (Kind::List(item), Tree::List(values)) => Some(values.iter().filter_map(|v| shown(item, v)).collect()),
        (Kind::Map(_, item), Tree::Map(values)) => {
            let entry = |(name, value): &(String, Tree)| Some((name.clone(), shown(item, value)?));
            Some(Value::Object(values.iter().filter_map(entry).collect()))
        }
        (Kind::String, Tree::Text(text)) => Some(json!(text.as_str())),
        (_, Tree::Bool(value)) => Some(json!(value)),
        (_, Tree::Number(Number::Integer(value))) => Some(json!(value)),
        _ => None,
    }
}

fn lower_camel(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

fn identity(caller: &Caller, node: &Node) -> Value {
    let kind = match caller.kind {
        CallerKind::Root => "Root",
        CallerKind::User { .. } => "IAMUser",
        CallerKind::RoleSession { .. } => "AssumedRole",
    };
    json!({
        "type": kind,
        "principalId": caller.user_id(),
        "arn": caller.arn(node.region().partition()),
        "accountId": caller.account.as_str(),
        "accessKeyId": caller.access_key_id,
    })
}

/// CloudTrail counts cryptography among the reads.
fn read_only(operation: &str) -> bool {
    const READS: [&str; 12] = [
        "Get",
        "List",
        "Describe",
        "Encrypt",
        "Decrypt",
        "ReEncrypt",
        "GenerateDataKey",
        "GenerateRandom",
        "Sign",
        "Verify",
        "GenerateMac",
        "BatchGet",
    ];
    READS.iter().any(|prefix| operation.starts_with(prefix))
}

fn code(error: &Error) -> &str {
    match error {
        Error::Service { code, .. } => code,
        Error::Denied(_) => "AccessDenied",
        Error::Validation(_) => "ValidationException",
        Error::Serialization(_) => "SerializationException",
        Error::UnknownOperation(_) => "UnknownOperationException",
        Error::Signature(_) => "InvalidSignatureException",
        Error::Store(_) | Error::Internal(_) => "InternalFailure",
    }
}

fn text(error: &Error) -> Option<&str> {
    match error {
        Error::Service { message, .. } => message.as_deref(),
        Error::Denied(text) | Error::Validation(text) => Some(text),
        Error::Serialization(text) | Error::UnknownOperation(text) => text.as_deref(),
        Error::Signature(_) | Error::Store(_) | Error::Internal(_) => None,
    }
}
