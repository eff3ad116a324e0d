//! BatchGetSecretValue: the current values of up to 20 secrets. A secret whose value cannot be had is an entry in `Errors`.

use claviger_model::secretsmanager::{
    APIErrorType, BatchGetSecretValueRequest, BatchGetSecretValueResponse, GetSecretValueRequest, ListSecretsRequest,
    SecretValueEntry, error,
};

use claviger_core::audit::PartialCall;
use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use super::get_secret_value::GetSecretValue;
use super::list_secrets::{self, ListSecrets, Listing};

pub(crate) struct BatchGetSecretValue;

/// The most secrets of an answer, and the size of a page when the request gives none.
const SECRETS_MAX: i32 = 20;

impl Operation for BatchGetSecretValue {
    const ACTION: &'static str = "secretsmanager:BatchGetSecretValue";
    const READ_ONLY: bool = true;
    // As GetSecretValue.
    const WRITES_MAY_BE_LOST: bool = true;
    type Input = BatchGetSecretValueRequest;
    type Output = BatchGetSecretValueResponse;
    /// With filters: the secrets that pass them.
    type Target = Option<Listing>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Self::Target>, Error> {
        require_one_selection(input)?;
        let permission = RequiredPermission::on_anything(Self::ACTION, cx).without_resource();
        match &input.filters {
            None => Ok(Resolved::found(permission, None)),
            Some(_) => Ok(ListSecrets::resolve(&listed(input), cx)?.and([permission]).map(Some)),
        }
    }

    fn run(
        input: Self::Input,
        listing: Authorized<Self::Target>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        let (ids, next_token) = match (listing.transpose(), &input.secret_id_list) {
            (Some(listing), _) => {
                let page = list_secrets::list(cx, Self::NAME, &listed(&input), &listing)?;
                let entries = page.secret_list.unwrap_or_default();
                (entries.into_iter().filter_map(|entry| entry.arn).collect(), page.next_token)
            }
            (None, ids) => (ids.clone().unwrap_or_default(), None),
        };
        let (mut values, mut errors) = (Vec::new(), Vec::new());
        for secret_id in ids {
            let audit = cx.audit;
            let asked = || PartialCall {
                service: "secretsmanager",
                operation: "GetSecretValue",
                parameter: ("secretId", secret_id.clone()),
            };
            match audit.part(asked, || value(&secret_id, cx)) {
                Ok(value) => values.push(value),
                Err(error) => errors.push(entry_of(secret_id, error)?),
            }
        }
        Ok(BatchGetSecretValueResponse { secret_values: Some(values), next_token, errors: Some(errors) })
    }
}

/// Names or filters, and pages of filtered secrets only.
fn require_one_selection(input: &BatchGetSecretValueRequest) -> Result<(), Error> {
    let refused = |text: &str| Err(Error::new(error::INVALID_PARAMETER_EXCEPTION, text));
    match (&input.secret_id_list, &input.filters) {
        (Some(_), None) if input.max_results.is_some() => {
            refused("'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.")
        }
        (Some(_), None) | (None, Some(_)) => Ok(()),
        (Some(_), Some(_)) | (None, None) => {
            refused("Either 'SecretIdList' or 'Filters' must be provided, but not both.")
        }
    }
}

/// The list that the filters stand for.
fn listed(input: &BatchGetSecretValueRequest) -> ListSecretsRequest {
    ListSecretsRequest {
        filters: input.filters.clone(),
        max_results: Some(input.max_results.unwrap_or(SECRETS_MAX)),
        next_token: input.next_token.clone(),
        ..ListSecretsRequest::default()
    }
}

/// The value of one secret, by the steps and the permissions of GetSecretValue.
fn value(secret_id: &str, cx: &mut RunCx<'_, '_>) -> Result<SecretValueEntry, Error> {
    let request = GetSecretValueRequest { secret_id: secret_id.to_owned(), ..GetSecretValueRequest::default() };
    let resolved = GetSecretValue::resolve(&request, cx)?;
    let reading = cx.authorize_part(resolved)?;
    let answer = GetSecretValue::run(request, reading, cx)?;
    Ok(SecretValueEntry {
        arn: answer.arn,
        name: answer.name,
        version_id: answer.version_id,
        secret_binary: answer.secret_binary,
        secret_string: answer.secret_string,
        version_stages: answer.version_stages,
        created_date: answer.created_date,
    })
}

/// The entry for a refusal. A fault of the region fails the request.
fn entry_of(secret_id: String, refusal: Error) -> Result<APIErrorType, Error> {
    let (code, message) = match refusal {
        Error::Service { info, message } if info.status < 500 => (info.code, message),
        Error::Denied(text) => ("AccessDeniedException", Some(text)),
        Error::Validation(text) => ("ValidationException", Some(text)),
        fault => return Err(fault),
    };
    Ok(APIErrorType { secret_id: Some(secret_id), error_code: Some(code.to_owned()), message })
}
