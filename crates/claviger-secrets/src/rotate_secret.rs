//! RotateSecret: configures rotation, and starts one (reference: Secrets Manager API Reference, RotateSecret).
//!
//! The operation makes the version that the rotation fills, and a row that schedules the work. The region's rotation thread does the
//! work (`rotation/claim.rs`), so the answer means that the rotation has started.

use claviger_model::secretsmanager::{RotateSecretRequest, RotateSecretResponse, error};
use claviger_store::tables::rotation_table::{self, RotationRecord, RotationRun};
use claviger_store::tables::secret_table::SecretRecord;
use claviger_types::{AccountId, Arn, SecretArn};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::lookup::{self, Named};
use super::rotation::{self, outcome, unfinished};
use super::rotation_settings as settings;
use super::{replicas, stages, versions};

pub(crate) struct RotateSecret;

impl Operation for RotateSecret {
    const ACTION: &'static str = "secretsmanager:RotateSecret";
    const READ_ONLY: bool = false;
    type Input = RotateSecretRequest;
    type Output = RotateSecretResponse;
    type Target = SecretRecord;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<SecretRecord>, Error> {
        if input.client_request_token.is_none() {
            let text = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
            return Err(Error::new(error::INVALID_PARAMETER_EXCEPTION, text));
        }
        let named = Named::find(cx, &input.secret_id)?;
        let mut permissions = vec![with_conditions(named.permission(Self::ACTION, cx), input)];
        // The caller makes the service invoke this function, so the caller must be allowed to.
        if let Some(arn) = input.rotation_lambda_arn.as_deref().filter(|arn| !arn.is_empty()) {
            let owner = owner(arn)?;
            let resource_policy = ResourcePolicy::Secret(None);
            permissions.push(RequiredPermission::new("lambda:InvokeFunction", arn, &owner, resource_policy));
        }
        Ok(Resolved::new(permissions, named.into_record().map_err(Into::into)))
    }

    fn run(
        input: Self::Input,
        target: Authorized<SecretRecord>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        let mut record = target.into_inner();
        lookup::require_writable(&record)?;
        let token = input.client_request_token.clone().unwrap_or_default();
        let before = record.rotation.clone();
        let stored = rotation_table::rotation(cx.tx, &record.arn.account, &record.arn.name)?.and_then(|row| row.run);
        if let Some(run) = &stored {
            outcome::replace(cx, &mut record, run)?;
        }
        let rotation = settings::changed(record.rotation.as_ref(), &input, cx.now)?;
        require_function(cx, rotation.function_arn.as_deref())?;
        // An SDK repeats a request whose answer was lost. The settings of such a request are those that are stored.
        let is_repeated = record.version(&token).is_some();
        if !is_repeated {
            require_finished(cx, &record)?;
        }
        let is_changed = before.as_ref() != Some(&rotation);
        record.rotation = Some(rotation);
        match is_repeated {
            true => keep(cx, &record, &token, stored)?,
            false => start(cx, &mut record, &token, input.rotate_immediately == Some(false))?,
        }
        if is_changed || !is_repeated {
            replicas::save_written(cx, &mut record)?;
        }
        let version_id = record.version(&token).map(|version| version.id.clone());
        Ok(RotateSecretResponse { arn: Some(record.arn.to_string()), name: Some(record.arn.name), version_id })
    }
}

fn with_conditions(permission: RequiredPermission, input: &RotateSecretRequest) -> RequiredPermission {
    permission
        .with_opt("secretsmanager:RotationLambdaARN", input.rotation_lambda_arn.as_deref())
        .with("secretsmanager:RotateImmediately", input.rotate_immediately.unwrap_or(true).to_string())
        .with("secretsmanager:ModifyRotationRules", input.rotation_rules.is_some().to_string())
        .with_opt("secretsmanager:ExternalSecretRotationRoleArn", input.external_secret_rotation_role_arn.as_deref())
}

/// The account of a function. A caller of another account needs that account's permission, too, which no policy here can give.
fn owner(function_arn: &str) -> Result<AccountId, Error> {
    let arn = Arn::parse(function_arn).ok().filter(|arn| arn.service == "lambda");
    arn.and_then(|arn| AccountId::parse(arn.account).ok()).ok_or_else(|| {
        let text = "The RotationLambdaARN is not the ARN of a Lambda function.";
        Error::new(error::INVALID_PARAMETER_EXCEPTION, text)
    })
}

/// AWS finds out by an invocation. Here it is known which functions there are. Outside dev mode a function needs a role to call back with.
fn require_function(cx: &Cx<'_, '_>, function_arn: Option<&str>) -> Result<(), Error> {
    let functions = cx.facts.rotations.functions();
    let is_usable = |arn: &str| functions.is_bound(arn) && (cx.facts.dev || functions.role(arn).is_some());
    match function_arn.is_some_and(is_usable) {
        true => Ok(()),
        false => Err(Error::Denied(
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the \
             principal secretsmanager.amazonaws.com."
                .to_owned(),
        )),
    }
}

/// An unfinished rotation is tried again, and no other one begins.
fn require_finished(cx: &Cx<'_, '_>, record: &SecretRecord) -> Result<(), Error> {
    if unfinished(record).is_none() {
        return Ok(());
    }
    cx.facts.rotations.want(&record.arn.account, &record.arn.name);
    let text = "A previous rotation isn't complete. That rotation will be reattempted.";
    Err(Error::new(error::INVALID_REQUEST_EXCEPTION, text))
}

/// Keeps the rotation that is not complete, of whichever token, or begins that of this token again if rotation was turned off meanwhile.
/// Otherwise the new settings say when the next one is due.
fn keep(cx: &mut RunCx<'_, '_>, record: &SecretRecord, token: &str, stored: Option<RotationRun>) -> Result<(), Error> {
    let waiting = unfinished(record);
    if waiting.zip(stored).is_some_and(|(version, run)| version.id == run.version) {
        return Ok(());
    }
    let run = waiting
        .filter(|version| version.id == token)
        .map(|version| rotation::claim::adopted(version, cx.random, cx.now));
    schedule(cx, record, run)
}

/// Schedules the rotation for now. Unless only the function is to be tested, makes the version that the function fills.
fn start(cx: &mut RunCx<'_, '_>, record: &mut SecretRecord, token: &str, test_only: bool) -> Result<(), Error> {
    if !test_only {
        let now = cx.now;
        versions::add_empty(cx.tx, record, token, now)?;
        stages::put(&mut record.versions, token, &[stages::PENDING.to_owned()])?;
    }
    let run = RotationRun::new(token.to_owned(), test_only, rotation::claim::rotation_token(cx.random));
    schedule(cx, record, Some(run))
}

/// Has the region's rotations look at the secret now. They find out when the next rotation is due, if there is none to run.
fn schedule(cx: &mut RunCx<'_, '_>, record: &SecretRecord, run: Option<RotationRun>) -> Result<(), Error> {
    let SecretArn { account, name, .. } = record.arn.clone();
    let rotation = RotationRecord { account, name, due: Some(cx.now), run, lease: None };
    Ok(rotation_table::save_rotation(cx.tx, &rotation)?)
}
