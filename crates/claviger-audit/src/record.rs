//! A record as its readers use it.

use serde_json::Value;

use crate::checkpoint;

/// A line of a trail, parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRecord(Value);

impl AuditRecord {
    /// Parses a line. None if it is not a JSON object.
    pub fn parse(line: &[u8]) -> Option<AuditRecord> {
        serde_json::from_slice(line).ok().filter(Value::is_object).map(AuditRecord)
    }

    /// Whether it signs the trail, and is not of a call or an event.
    pub fn is_checkpoint(&self) -> bool {
        checkpoint::is_checkpoint(&self.0)
    }

    /// `eventTime`
    pub fn time(&self) -> &str {
        self.text(&["eventTime"]).unwrap_or_default()
    }

    /// The service, as actions name it: `kms`.
    pub fn service(&self) -> &str {
        let source = self.text(&["eventSource"]).unwrap_or_default();
        source.split_once('.').map_or(source, |(service, _)| service)
    }

    /// `eventName`
    pub fn event(&self) -> &str {
        self.text(&["eventName"]).unwrap_or_default()
    }

    /// `errorCode`
    pub fn error(&self) -> Option<&str> {
        self.text(&["errorCode"])
    }

    /// Whether the call was refused for lack of a permission.
    pub fn is_denied(&self) -> bool {
        self.error().is_some_and(|code| code.starts_with("AccessDenied"))
    }

    /// `requestID`
    pub fn request_id(&self) -> Option<&str> {
        self.text(&["requestID"])
    }

    /// The Region of the record.
    pub fn region(&self) -> &str {
        self.text(&["awsRegion"]).unwrap_or_default()
    }

    /// The kind of the caller: `IAMUser`, `AssumedRole`, `Root`.
    pub fn caller_kind(&self) -> Option<&str> {
        self.text(&["userIdentity", "type"])
    }

    /// The caller's ARN: of the user, or of the role's session.
    pub fn caller_arn(&self) -> Option<&str> {
        self.text(&["userIdentity", "arn"])
    }

    /// The ARN of the role whose session called, or of the user or root whose federated user did.
    pub fn issuer_arn(&self) -> Option<&str> {
        self.text(&["userIdentity", "sessionContext", "sessionIssuer", "arn"])
    }

    /// The service that called in the caller's name, or whose event it is.
    pub fn invoked_by(&self) -> Option<&str> {
        self.text(&["userIdentity", "invokedBy"])
    }

    /// The ARNs of the resources.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        let list = self.0.get("resources").and_then(Value::as_array);
        list.into_iter().flatten().filter_map(|resource| resource.get("ARN").and_then(Value::as_str))
    }

    /// The account whose trail the record is of.
    pub fn account(&self) -> Option<&str> {
        self.text(&["recipientAccountId"])
    }

    /// The texts among the parameters of the request, and among the members and items of these: the names and ARNs that it used for
    /// resources are there.
    pub fn requested_names(&self) -> impl Iterator<Item = &str> {
        let parameters = self.0.get("requestParameters").into_iter().flat_map(children);
        parameters.flat_map(|parameter| std::iter::once(parameter).chain(children(parameter))).filter_map(Value::as_str)
    }

    /// A parameter of the request. None if it is absent, null or empty.
    pub fn parameter(&self, name: &str) -> Option<&Value> {
        self.0.get("requestParameters")?.get(name).filter(|value| match value {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            _ => true,
        })
    }

    fn text(&self, path: &[&str]) -> Option<&str> {
        path.iter().try_fold(&self.0, |value, name| value.get(name))?.as_str()
    }
}

/// The members of an object, or the items of an array.
fn children(value: &Value) -> impl Iterator<Item = &Value> {
    let members = value.as_object().into_iter().flat_map(serde_json::Map::values);
    members.chain(value.as_array().into_iter().flatten())
}

/// The part of an IAM or STS ARN that names the entity: the last word after the path.
pub(crate) fn entity_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
