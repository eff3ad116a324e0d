//! Records in the shape of CloudTrail's (reference: AWS KMS Developer Guide, "AWS KMS log entries"). `responseElements` is null
//! everywhere: the parameters and resources show the change, and answers may hold secrets.

use std::borrow::Cow;

use claviger_types::{Caller, CallerKind};
use serde::Serialize;
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
    pub(crate) refusal: Option<Refusal>,
    pub(crate) access: ResourceAccess,
}

/// One record. Its fields are those of CloudTrail, by the same names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record<'a> {
    event_version: &'static str,
    user_identity: UserIdentity<'a>,
    event_time: String,
    event_source: Cow<'a, str>,
    event_name: Option<&'a str>,
    aws_region: &'a str,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: Option<Cow<'a, str>>,
    user_agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    /// Null for an error without a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<Option<String>>,
    request_parameters: Value,
    response_elements: (),
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_event_data: Option<Materials>,
    /// Null for calls that replication makes without a request.
    #[serde(rename = "requestID")]
    request_id: Option<&'a str>,
    #[serde(rename = "eventID")]
    event_id: String,
    read_only: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<AuditedResource<'a>>,
    event_type: &'static str,
    management_event: bool,
    recipient_account_id: &'a str,
    event_category: &'static str,
}

#[derive(Serialize)]
struct AuditedResource<'a> {
    #[serde(rename = "ARN")]
    arn: &'a str,
    #[serde(rename = "accountId")]
    account_id: &'a str,
    r#type: &'static str,
}

/// The key material that was used. ReEncrypt has two: of the old ciphertext and of the new one.
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Materials {
    One { key_material_id: String },
    Two { source_key_material_id: String, destination_key_material_id: String },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserIdentity<'a> {
    r#type: &'static str,
    principal_id: String,
    arn: String,
    account_id: &'a str,
    access_key_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_context: Option<AuditedSession<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoked_by: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuditedSession<'a> {
    attributes: SessionAttributes,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_issuer: Option<SessionIssuer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionAttributes {
    creation_date: String,
    mfa_authenticated: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionIssuer<'a> {
    r#type: &'static str,
    principal_id: &'a str,
    arn: String,
    account_id: &'a str,
    user_name: &'a str,
}

/// The record of a caller's own call.
pub(crate) fn own<'a>(node: &'a Node, request: &Request<'a>, call: &'a Own<'a>, parameters: Value) -> Record<'a> {
    let info = request.info;
    Record {
        event_source: format!("{}.amazonaws.com", call.service).into(),
        event_name: call.operation,
        read_only: call.read_only,
        source_ip_address: info.source_ip.map(|ip| ip.to_string().into()),
        user_agent: info.user_agent.as_deref(),
        request_parameters: parameters,
        ..frame(node, request, &call.access, call.refusal.as_ref())
    }
}

/// The record of a call that a service made for a caller.
pub(crate) fn of_service<'a>(node: &'a Node, request: &Request<'a>, call: &'a RecordedServiceCall) -> Record<'a> {
    let asked = &call.asked;
    let mut parameters = Map::new();
    parameters.insert("keyId".to_owned(), json!(asked.key));
    if !asked.context.is_empty() {
        parameters.insert("encryptionContext".to_owned(), json!(asked.context));
    }
    let (name, value) = asked.parameter;
    parameters.insert(name.to_owned(), json!(value));
    let frame = frame(node, request, &call.access, call.refusal.as_ref());
    Record {
        user_identity: UserIdentity { invoked_by: Some(asked.invoked_by), ..frame.user_identity },
        event_source: asked.event_source.into(),
        event_name: Some(asked.operation),
        read_only: true,
        source_ip_address: Some(asked.invoked_by.into()),
        user_agent: Some(asked.invoked_by),
        request_parameters: Value::Object(parameters),
        ..frame
    }
}

/// The fields that records of both kinds share. The others are empty.
fn frame<'a>(
    node: &'a Node,
    request: &Request<'a>,
    access: &'a ResourceAccess,
    refusal: Option<&'a Refusal>,
) -> Record<'a> {
    let text = |refusal: &Refusal| refusal.text.as_ref().map(|text| text.chars().take(TEXT_MAX).collect::<String>());
    Record {
        event_version: "1.11",
        user_identity: identity(request.caller, node),
        event_time: request.at.iso8601(),
        event_source: Cow::Borrowed(""),
        event_name: None,
        aws_region: node.region().as_str(),
        source_ip_address: None,
        user_agent: None,
        error_code: refusal.map(|refusal| refusal.code),
        error_message: refusal.map(text),
        request_parameters: Value::Null,
        response_elements: (),
        additional_event_data: materials(access),
        request_id: Some(request.info.id.as_str()).filter(|id| !id.is_empty()),
        event_id: node.random().uuid(),
        read_only: false,
        resources: access.resources.iter().filter_map(|r| resource(r, refusal.is_some())).collect(),
        event_type: "AwsApiCall",
        management_event: true,
        recipient_account_id: request.caller.account.as_str(),
        event_category: "Management",
    }
}

fn resource(resource: &Resource, failed: bool) -> Option<AuditedResource<'_>> {
    let Resource { arn, owner, certain } = resource;
    let shown = *certain || !failed;
    let kind = kind(arn).filter(|_| shown)?;
    Some(AuditedResource { arn, account_id: owner.as_str(), r#type: kind })
}

fn materials(access: &ResourceAccess) -> Option<Materials> {
    match (access.opened, access.sealed) {
        (Some(opened), Some(sealed)) => Some(Materials::Two {
            source_key_material_id: opened.to_string(),
            destination_key_material_id: sealed.to_string(),
        }),
        (Some(id), None) | (None, Some(id)) => Some(Materials::One { key_material_id: id.to_string() }),
        (None, None) => None,
    }
}

fn identity<'a>(caller: &'a Caller, node: &Node) -> UserIdentity<'a> {
    let partition = node.region().partition();
    let (kind, user_name) = match &caller.kind {
        CallerKind::Root => ("Root", None),
        CallerKind::User { name, .. } => ("IAMUser", Some(name.as_str())),
        CallerKind::RoleSession { .. } => ("AssumedRole", None),
    };
    let session_issuer = match &caller.kind {
        CallerKind::RoleSession { role, role_id, .. } => Some(SessionIssuer {
            r#type: "Role",
            principal_id: role_id,
            arn: caller.principal_arn(partition),
            account_id: caller.account.as_str(),
            user_name: role,
        }),
        CallerKind::Root | CallerKind::User { .. } => None,
    };
    UserIdentity {
        r#type: kind,
        principal_id: caller.user_id(),
        arn: caller.arn(partition),
        account_id: caller.account.as_str(),
        access_key_id: &caller.access_key_id,
        user_name,
        session_context: caller.session.as_ref().map(|session| AuditedSession {
            attributes: SessionAttributes { creation_date: session.issued.iso8601(), mfa_authenticated: "false" },
            session_issuer,
            source_identity: session.source_identity.as_deref(),
        }),
        invoked_by: None,
    }
}
