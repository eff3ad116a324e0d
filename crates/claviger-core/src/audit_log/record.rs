//! Records in the shape of CloudTrail's (reference: AWS KMS Developer Guide, "AWS KMS log entries"). `responseElements` is null
//! everywhere: the parameters and resources show the change, and answers may hold secrets.

use claviger_types::{Caller, CallerKind, FederatingUser, Federation, IamArn, IamKind, WebIdentity};

use crate::audit::{Asked, PartialCall, RecordedCall, Refusal, ResourceAccess, ServiceCall};
use crate::node::Node;

use super::Request;
use super::json::{self, Object};

/// The most characters of an error's text.
const TEXT_MAX: usize = 1024;

/// A caller's own call.
pub(super) struct Own<'a> {
    /// The service's name in credential scopes.
    pub(super) service: &'static str,
    /// Absent if the request names none.
    pub(super) operation: Option<&'a str>,
    pub(super) read_only: bool,
    pub(super) refusal: Option<&'a Refusal>,
    pub(super) access: &'a ResourceAccess,
}

/// Writes the record of a caller's own call, a line.
pub(super) fn write_own(
    out: &mut Vec<u8>,
    node: &Node,
    request: &Request<'_>,
    call: &Own<'_>,
    parameters: impl FnOnce(&mut Vec<u8>),
) {
    let info = request.info;
    let mut record = open(out);
    write_identity(&mut record, node, request.caller, None);
    record.plain("eventTime", request.at.iso8601());
    record.plain("eventSource", format_args!("{}.amazonaws.com", call.service));
    record.text_or_null("eventName", call.operation);
    record.plain("awsRegion", node.region());
    match info.source_ip {
        Some(ip) => record.plain("sourceIPAddress", ip),
        None => record.null("sourceIPAddress"),
    }
    record.text_or_null("userAgent", info.user_agent.as_deref());
    write_refusal(&mut record, call.refusal);
    parameters(record.member("requestParameters"));
    finish(record, node, request, call.access, (call.read_only, call.refusal.is_some()));
}

/// Writes the record of a call beside the request's own, a line.
pub(super) fn write_call(out: &mut Vec<u8>, node: &Node, request: &Request<'_>, call: &RecordedCall) {
    match &call.asked {
        Asked::ByService(asked) => write_service_call(out, node, request, call, asked),
        Asked::Part(asked) => write_part(out, node, request, call, asked),
    }
}

fn write_part(out: &mut Vec<u8>, node: &Node, request: &Request<'_>, call: &RecordedCall, asked: &PartialCall) {
    let own = Own {
        service: asked.service,
        operation: Some(asked.operation),
        read_only: true,
        refusal: call.refusal.as_ref(),
        access: &call.access,
    };
    write_own(out, node, request, &own, |out| {
        let (name, value) = &asked.parameter;
        let mut parameters = Object::open(out);
        parameters.text(name, value);
        parameters.close();
    });
}

/// Writes the record of a call that a service made for a caller.
fn write_service_call(out: &mut Vec<u8>, node: &Node, request: &Request<'_>, call: &RecordedCall, asked: &ServiceCall) {
    let refusal = call.refusal.as_ref();
    let mut record = open(out);
    write_identity(&mut record, node, request.caller, Some(asked.invoked_by));
    record.plain("eventTime", request.at.iso8601());
    record.text("eventSource", asked.event_source);
    record.text("eventName", asked.operation);
    record.plain("awsRegion", node.region());
    record.text("sourceIPAddress", asked.invoked_by);
    record.text("userAgent", asked.invoked_by);
    write_refusal(&mut record, refusal);
    let mut parameters = record.object("requestParameters");
    parameters.text("keyId", &asked.key);
    if !asked.context.is_empty() {
        let mut context = parameters.object("encryptionContext");
        asked.context.iter().for_each(|(name, value)| json::string(context.entry(name), value));
        context.close();
    }
    let (name, value) = asked.parameter;
    parameters.text(name, value);
    parameters.close();
    finish(record, node, request, &call.access, (true, refusal.is_some()));
}

pub(super) fn open(out: &mut Vec<u8>) -> Object<'_> {
    let mut record = Object::open(out);
    record.text("eventVersion", "1.11");
    record
}

/// The fields after the parameters, and the end of the line.
///
/// INVARIANT: no field after `eventID` has member names that a caller chooses. So the last `"eventID":"` of a line is the
/// record's own.
fn finish(
    mut record: Object<'_>,
    node: &Node,
    request: &Request<'_>,
    access: &ResourceAccess,
    (read_only, failed): (bool, bool),
) {
    record.null("responseElements");
    write_additional(&mut record, access);
    // Null for calls that replication makes without a request.
    record.text_or_null("requestID", Some(request.info.id.as_str()).filter(|id| !id.is_empty()));
    record.plain("eventID", access.event_id(node.random()));
    record.boolean("readOnly", read_only);
    write_resources(&mut record, access, failed);
    record.text("eventType", "AwsApiCall");
    record.boolean("managementEvent", true);
    record.plain("recipientAccountId", &request.caller.account);
    let out = record.member("eventCategory");
    out.extend_from_slice(b"\"Management\"}\n");
}

fn write_refusal(record: &mut Object<'_>, refusal: Option<&Refusal>) {
    let Some(refusal) = refusal else { return };
    record.text("errorCode", refusal.code);
    let shortened = |text: &'_ str| text.char_indices().nth(TEXT_MAX).map_or(text.len(), |(end, _)| end);
    let text = refusal.text.as_deref();
    record.text_or_null("errorMessage", text.map(|text| text.get(..shortened(text)).unwrap_or(text)));
}

fn write_resources(record: &mut Object<'_>, access: &ResourceAccess, failed: bool) {
    let mut shown = access
        .resources
        .iter()
        .filter(|resource| resource.certain || !failed)
        .filter_map(|resource| resource.kind.map(|kind| (resource, kind)))
        .peekable();
    if shown.peek().is_none() {
        return;
    }
    json::list(record.member("resources"), shown, |out, (resource, kind)| {
        let mut object = Object::open(out);
        object.text("ARN", &resource.arn);
        object.plain("accountId", &resource.owner);
        object.text("type", kind);
        object.close();
        true
    });
}

/// The key material that was used, the grant, and the recipient. ReEncrypt has two materials: of the old ciphertext and of the new one.
fn write_additional(record: &mut Object<'_>, access: &ResourceAccess) {
    let materials = match (access.opened, access.sealed) {
        (Some(opened), Some(sealed)) => {
            [Some(("sourceKeyMaterialId", opened)), Some(("destinationKeyMaterialId", sealed))]
        }
        (Some(id), None) | (None, Some(id)) => [Some(("keyMaterialId", id)), None],
        (None, None) => [None, None],
    };
    let none = access.grant.is_none() && access.recipient.is_none();
    if none && materials.iter().all(Option::is_none) {
        return;
    }
    let mut data = record.object("additionalEventData");
    for (name, id) in materials.into_iter().flatten() {
        data.plain(name, id);
    }
    if let Some(grant) = &access.grant {
        data.text("grantId", grant);
    }
    if let Some(members) = &access.recipient {
        let mut recipient = data.object("recipient");
        members.iter().for_each(|(name, value)| recipient.text(name, value));
        recipient.close();
    }
    data.close();
}

fn write_identity(record: &mut Object<'_>, node: &Node, caller: &Caller, invoked_by: Option<&str>) {
    let partition = node.region().partition();
    let (kind, user_name) = match &caller.kind {
        CallerKind::Root => ("Root", None),
        CallerKind::User { name, .. } => ("IAMUser", Some(name.as_str())),
        CallerKind::RoleSession { .. } => ("AssumedRole", None),
        CallerKind::FederatedUser { .. } => ("FederatedUser", None),
        CallerKind::WebIdentity(identity) => return write_web_identity(record, caller, identity),
    };
    let mut identity = record.object("userIdentity");
    identity.text("type", kind);
    identity.text("principalId", &caller.user_id());
    identity.text("arn", &caller.arn(partition));
    identity.plain("accountId", &caller.account);
    identity.text("accessKeyId", &caller.access_key_id);
    if let Some(name) = user_name {
        identity.text("userName", name);
    }
    write_session(&mut identity, node, caller);
    if let Some(service) = invoked_by {
        identity.text("invokedBy", service);
    }
    identity.close();
}

/// Who made a federated session.
fn write_federating(mut issuer: Object<'_>, node: &Node, caller: &Caller, user: Option<&FederatingUser>) {
    let partition = node.region().partition();
    let (kind, arn, id) = match user {
        None => ("Root", caller.account.root_arn(partition), caller.account.to_string()),
        Some(FederatingUser { path, name, id }) => {
            ("IAMUser", IamArn::new(partition, &caller.account, IamKind::User, path, name).to_string(), id.clone())
        }
    };
    issuer.text("type", kind);
    issuer.text("principalId", &id);
    issuer.text("arn", &arn);
    issuer.plain("accountId", &caller.account);
    if let Some(user) = user {
        issuer.text("userName", &user.name);
    }
    issuer.close();
}

/// A caller that a token identifies has no account and no access key.
fn write_web_identity(record: &mut Object<'_>, caller: &Caller, proven: &WebIdentity) {
    let mut identity = record.object("userIdentity");
    identity.text("type", "WebIdentityUser");
    identity.text("principalId", &caller.user_id());
    identity.text("userName", &proven.subject);
    identity.text("identityProvider", &proven.provider);
    identity.close();
}

fn write_session(identity: &mut Object<'_>, node: &Node, caller: &Caller) {
    let Some(session) = &caller.session else { return };
    let mut context = identity.object("sessionContext");
    let mut attributes = context.object("attributes");
    attributes.plain("creationDate", session.issued.iso8601());
    attributes.text("mfaAuthenticated", "false");
    attributes.close();
    if let CallerKind::FederatedUser { user, .. } = &caller.kind {
        write_federating(context.object("sessionIssuer"), node, caller, user.as_ref());
    }
    if let CallerKind::RoleSession { role, role_id, .. } = &caller.kind {
        let mut issuer = context.object("sessionIssuer");
        issuer.text("type", "Role");
        issuer.text("principalId", role_id);
        issuer.text("arn", &caller.principal_arn(node.region().partition()));
        issuer.plain("accountId", &caller.account);
        issuer.text("userName", role);
        issuer.close();
    }
    if let Some(Federation { provider, keys }) = &session.federation {
        let mut federation = context.object("webIdFederationData");
        federation.text("federatedProvider", provider);
        let mut attributes = federation.object("attributes");
        for (key, values) in keys {
            json::string(attributes.entry(key), &values.join(","));
        }
        attributes.close();
        federation.close();
    }
    if let Some(source) = &session.source_identity {
        context.text("sourceIdentity", source);
    }
    context.close();
}
