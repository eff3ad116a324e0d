//! The versions of the secret that is rotated.

use claviger_types::{RotationCall, RotationFailure, Sensitive};
use serde_json::{Value, json};

use super::failed;
use crate::binding::PasswordOptions;
use crate::failure_text::cleaned;
use crate::secret_mask::SecretMask;
use crate::secret_value::wipe;
use crate::secrets_api::{ApiFailure, SecretsApi};

const CURRENT: &str = "AWSCURRENT";
const PENDING: &str = "AWSPENDING";
const PREVIOUS: &str = "AWSPREVIOUS";
/// A version without a value, and a secret or a version that is not there.
const NOT_FOUND: &str = "ResourceNotFoundException";

/// The secret of a call, as the server shows it.
pub(crate) struct Versions<'a> {
    pub(crate) api: &'a dyn SecretsApi,
    pub(crate) call: &'a RotationCall,
    pub(crate) passwords: &'a PasswordOptions,
}

impl Versions<'_> {
    /// The id of the version that is current, if there is one. None at all if the call's version is current already: nothing is left to do.
    pub(crate) fn due(&self) -> Result<Option<Option<String>>, RotationFailure> {
        let secret = self.ask("DescribeSecret", json!({"SecretId": self.call.secret_arn}))?;
        if secret.get("RotationEnabled") != Some(&Value::Bool(true)) {
            return Err(failed("the secret is not enabled for rotation"));
        }
        let token = self.call.client_request_token.as_str();
        let versions = secret.get("VersionIdsToStages").and_then(Value::as_object);
        let has = |labels: &Value, label: &str| labels.as_array().is_some_and(|list| list.iter().any(|l| l == label));
        let Some(labels) = versions.and_then(|versions| versions.get(token)) else {
            return Err(failed("the version of the rotation does not exist"));
        };
        if has(labels, CURRENT) {
            return Ok(None);
        }
        if !has(labels, PENDING) {
            return Err(failed("the version of the rotation has lost the label AWSPENDING"));
        }
        let mut all = versions.into_iter().flatten();
        Ok(Some(all.find(|(_, labels)| has(labels, CURRENT)).map(|(id, _)| id.clone())))
    }

    /// The current value.
    pub(crate) fn current(&self) -> Result<Sensitive<String>, RotationFailure> {
        let value = self.value(&self.call.secret_arn, json!({"VersionStage": CURRENT}))?;
        value.ok_or_else(|| failed("the secret has no current value"))
    }

    /// The value before the current one, if there is one.
    pub(crate) fn previous(&self) -> Result<Option<Sensitive<String>>, RotationFailure> {
        self.value(&self.call.secret_arn, json!({"VersionStage": PREVIOUS}))
    }

    /// The pending value. None before the first step is done.
    pub(crate) fn pending(&self) -> Result<Option<Sensitive<String>>, RotationFailure> {
        let version = json!({"VersionId": self.call.client_request_token, "VersionStage": PENDING});
        self.value(&self.call.secret_arn, version)
    }

    /// The pending value, which must be there.
    pub(crate) fn required_pending(&self) -> Result<Sensitive<String>, RotationFailure> {
        self.pending()?.ok_or_else(|| failed("the secret has no pending value"))
    }

    /// The current value of another secret.
    pub(crate) fn other(&self, secret: &str) -> Result<Sensitive<String>, RotationFailure> {
        let value = self.value(secret, json!({"VersionStage": CURRENT}))?;
        value.ok_or_else(|| failed("the master secret has no current value"))
    }

    /// Stores the pending value.
    pub(crate) fn put(&self, value: &Sensitive<String>) -> Result<(), RotationFailure> {
        let input = json!({
            "SecretId": self.call.secret_arn,
            "ClientRequestToken": self.call.client_request_token,
            "SecretString": value.expose(),
            "VersionStages": [PENDING],
            "RotationToken": self.call.rotation_token.expose(),
        });
        self.ask("PutSecretValue", input).map(|_| ())
    }

    /// Moves the label of the current version. No other label is moved.
    pub(crate) fn finish(&self, current: Option<&str>) -> Result<(), RotationFailure> {
        let mut input = json!({
            "SecretId": self.call.secret_arn,
            "VersionStage": CURRENT,
            "MoveToVersionId": self.call.client_request_token,
        });
        if let (Some(current), Some(members)) = (current, input.as_object_mut()) {
            members.insert("RemoveFromVersionId".to_owned(), json!(current));
        }
        self.ask("UpdateSecretVersionStage", input).map(|_| ())
    }

    /// A new password, made by the server.
    pub(crate) fn password(&self) -> Result<Sensitive<String>, RotationFailure> {
        let input = json!({
            "PasswordLength": self.passwords.length,
            "ExcludeCharacters": self.passwords.exclude_characters,
        });
        let mut answer = self.ask("GetRandomPassword", input)?;
        taken(&mut answer, "RandomPassword").ok_or_else(|| failed("the server has made no password"))
    }

    fn value(&self, secret: &str, mut input: Value) -> Result<Option<Sensitive<String>>, RotationFailure> {
        if let Some(members) = input.as_object_mut() {
            members.insert("SecretId".to_owned(), json!(secret));
        }
        match self.api.call(self.call, "GetSecretValue", input) {
            Ok(mut answer) => {
                let text = taken(&mut answer, "SecretString");
                wipe(&mut answer);
                text.map(Some).ok_or_else(|| failed("the value of the secret is not a string"))
            }
            Err(failure) if failure.code == NOT_FOUND => Ok(None),
            Err(failure) => Err(self.refused("GetSecretValue", &failure)),
        }
    }

    fn ask(&self, operation: &str, input: Value) -> Result<Value, RotationFailure> {
        self.api.call(self.call, operation, input).map_err(|failure| self.refused(operation, &failure))
    }

    fn refused(&self, operation: &str, failure: &ApiFailure) -> RotationFailure {
        failed(cleaned(&format!("{operation}: {failure}"), &SecretMask::of_call(self.call)))
    }
}

/// Moves a string out of an answer.
fn taken(answer: &mut Value, name: &str) -> Option<Sensitive<String>> {
    match answer.get_mut(name)?.take() {
        Value::String(text) => Some(Sensitive::new(text)),
        _ => None,
    }
}
