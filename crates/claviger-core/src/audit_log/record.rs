//! Records in the shape of CloudTrail's (reference: AWS KMS Developer Guide, "AWS KMS log entries"). `responseElements` is null
//! everywhere: the parameters and resources show the change, and answers may hold secrets.

use claviger_types::{Caller, CallerKind};
use serde_json::{Map, Value, json};

use crate::audit::{RecordedServiceCall, Refusal, Resource, ResourceAccess, kind};
use crate::node::Node;

use super::Request;

/// The most characters of an error's text.
const TEXT_MAX: usize = 1024;

/// A caller's own call.
pub(crate) struct Own<'a> {
    /// The service's name in credential scopes.
    pub(crate) service: &'static str,
    /// Absent if the request names none.
    pub(crate) operation: Option<&'a str>,
    pub(crate) read_only: bool,
    pub(crate) parameters: Value,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) access: ResourceAccess,
}

/// The record of a caller's own call.
pub(crate) fn own(node: &Node, request: &Request<'_>, call: &Own<'_>) -> Value {
    let mut record = frame(node, request, &call.access, call.refusal.as_ref());
    let info = request.info;
    set(&mut record, "userIdentity", json!(identity(request.caller, node)));
    set(&mut record, "eventSource", json!(format!("{}.amazonaws.com", call.service)));
    set(&mut record, "eventName", json!(call.operation));
    set(&mut record, "readOnly", json!(call.read_only));
    set(&mut record, "sourceIPAddress", json!(info.source_ip.map(|ip| ip.to_string())));
    set(&mut record, "userAgent", json!(info.user_agent));
    set(&mut record, "requestParameters", call.parameters.clone());
    Value::Object(record)
}

/// The record of a call that a service made for a caller.
pub(crate) fn of_service(node: &Node, request: &Request<'_>, call: &RecordedServiceCall) -> Value {
    let mut record = frame(node, request, &call.access, call.refusal.as_ref());
    let mut identity = identity(request.caller, node);
    set(&mut identity, "invokedBy", json!(call.asked.invoked_by));
    let mut parameters = Map::new();
    set(&mut parameters, "keyId", json!(call.asked.key));
    if !call.asked.context.is_empty() {
        set(&mut parameters, "encryptionContext", json!(call.asked.context));
    }
    let (name, value) = call.asked.parameter;
    set(&mut parameters, name, json!(value));
    set(&mut record, "userIdentity", json!(identity));
    set(&mut record, "eventSource", json!(call.asked.event_source));
    set(&mut record, "eventName", json!(call.asked.operation));
    set(&mut record, "readOnly", json!(true));
    set(&mut record, "sourceIPAddress", json!(call.asked.invoked_by));
    set(&mut record, "userAgent", json!(call.asked.invoked_by));
    set(&mut record, "requestParameters", Value::Object(parameters));
    Value::Object(record)
}

/// The fields that records of both kinds share.
fn frame(node: &Node, request: &Request<'_>, access: &ResourceAccess, refusal: Option<&Refusal>) -> Map<String, Value> {
    let mut record = Map::new();
    set(&mut record, "eventVersion", json!("1.11"));
    set(&mut record, "eventTime", json!(request.at.iso8601()));
    set(&mut record, "awsRegion", json!(node.region().as_str()));
    set(&mut record, "responseElements", Value::Null);
    // Replication makes calls without a request.
    set(&mut record, "requestID", json!(Some(&request.info.id).filter(|id| !id.is_empty())));
    set(&mut record, "eventID", json!(node.random().uuid()));
    set(&mut record, "eventType", json!("AwsApiCall"));
    set(&mut record, "managementEvent", json!(true));
    set(&mut record, "recipientAccountId", json!(request.caller.account.as_str()));
    set(&mut record, "eventCategory", json!("Management"));
    let resources: Vec<Value> = access.resources.iter().filter_map(|r| resource(r, refusal.is_some())).collect();
    if !resources.is_empty() {
        set(&mut record, "resources", Value::Array(resources));
    }
    if let Some(materials) = materials(access) {
        set(&mut record, "additionalEventData", materials);
    }
    if let Some(Refusal { code, text }) = refusal {
        set(&mut record, "errorCode", json!(code));
        let text = text.as_ref().map(|text| text.chars().take(TEXT_MAX).collect::<String>());
        set(&mut record, "errorMessage", json!(text));
    }
    record
}

fn set(record: &mut Map<String, Value>, name: &str, value: Value) {
    record.insert(name.to_owned(), value);
}

fn resource(resource: &Resource, failed: bool) -> Option<Value> {
    let Resource { arn, owner, certain } = resource;
    let shown = *certain || !failed;
    let kind = kind(arn).filter(|_| shown)?;
    Some(json!({ "ARN": arn, "accountId": owner.as_str(), "type": kind }))
}

/// The key material that was used. ReEncrypt has two: of the old ciphertext and of the new one.
fn materials(access: &ResourceAccess) -> Option<Value> {
    match (access.opened, access.sealed) {
        (Some(opened), Some(sealed)) => Some(json!({
            "sourceKeyMaterialId": opened.to_string(), "destinationKeyMaterialId": sealed.to_string()
        })),
        (Some(id), None) | (None, Some(id)) => Some(json!({ "keyMaterialId": id.to_string() })),
        (None, None) => None,
    }
}

fn identity(caller: &Caller, node: &Node) -> Map<String, Value> {
    let partition = node.region().partition();
    let kind = match caller.kind {
        CallerKind::Root => "Root",
        CallerKind::User { .. } => "IAMUser",
        CallerKind::RoleSession { .. } => "AssumedRole",
    };
    let mut identity = Map::new();
    set(&mut identity, "type", json!(kind));
    set(&mut identity, "principalId", json!(caller.user_id()));
    set(&mut identity, "arn", json!(caller.arn(partition)));
    set(&mut identity, "accountId", json!(caller.account.as_str()));
    set(&mut identity, "accessKeyId", json!(caller.access_key_id));
    if let CallerKind::User { name, .. } = &caller.kind {
        set(&mut identity, "userName", json!(name));
    }
    let Some(session) = &caller.session else { return identity };
    let mut context = Map::new();
    let attributes = json!({ "creationDate": session.issued.iso8601(), "mfaAuthenticated": "false" });
    set(&mut context, "attributes", attributes);
    if let CallerKind::RoleSession { role, role_id, .. } = &caller.kind {
        let issuer = json!({
            "type": "Role", "principalId": role_id, "arn": caller.principal_arn(partition),
            "accountId": caller.account.as_str(), "userName": role,
        });
        set(&mut context, "sessionIssuer", issuer);
    }
    if let Some(source) = &session.source_identity {
        set(&mut context, "sourceIdentity", json!(source));
    }
    set(&mut identity, "sessionContext", Value::Object(context));
    identity
}
