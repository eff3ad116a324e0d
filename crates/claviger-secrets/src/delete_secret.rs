//! DeleteSecret: schedules the end of a secret, or ends it at once.

use claviger_model::secretsmanager::{DeleteSecretRequest, DeleteSecretResponse};
use claviger_store::tables::secrets::{self as records, Deletion, SecretRecord};
use claviger_types::{SecretArn, Timestamp};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named};
use super::replicas;

pub(crate) struct DeleteSecret;

/// The secret, and how many days it can still be restored; none if it goes at once.
pub(crate) struct Ending {
    secret: Named,
    window_days: Option<i64>,
}

const WINDOW_DAYS_DEFAULT: i64 = 30;

impl Operation for DeleteSecret {
    const NAME: &'static str = "DeleteSecret";
    type Input = DeleteSecretRequest;
    type Output = DeleteSecretResponse;
    type Target = Ending;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Ending, Error> {
        let window_days = window(input)?;
        Ok(Ending { secret: Named::find(cx, &input.secret_id)?, window_days })
    }

    fn permissions(_input: &Self::Input, target: &Ending, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let Ending { secret, window_days } = target;
        let permission = secret
            .permission("secretsmanager:DeleteSecret", cx)
            .with("secretsmanager:ForceDeleteWithoutRecovery", window_days.is_none().to_string())
            .with_opt("secretsmanager:RecoveryWindowInDays", window_days.map(|days| days.to_string()));
        Ok(vec![permission])
    }

    fn run(input: Self::Input, target: Authorized<Ending>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let Ending { secret, window_days } = target.into_inner();
        if !secret.exists() && window_days.is_none() {
            // Forcing the end of what is not there succeeds (seen against AWS), with an ARN that never was.
            return Ok(DeleteSecretResponse {
                arn: Some(secret.imagined_arn(cx).to_string()),
                name: Some(input.secret_id),
                deletion_date: Some(cx.now),
            });
        }
        let mut record = secret.into_record()?;
        lookup::require_primary(&record)?;
        replicas::require_none(&record)?;
        match window_days {
            None => {
                records::delete_secret(cx.tx, &record)?;
                Ok(answer(record.arn, cx.now))
            }
            Some(days) => schedule(cx, &mut record, days).map(|date| answer(record.arn, date)),
        }
    }
}

/// The recovery window that a request asks for; none for a forced deletion.
fn window(input: &DeleteSecretRequest) -> Result<Option<i64>, Error> {
    let invalid = |text: &str| Err(Error::new("InvalidParameterException", text));
    match (input.force_delete_without_recovery.unwrap_or(false), input.recovery_window_in_days) {
        (true, Some(_)) => {
            invalid("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
        }
        (true, None) => Ok(None),
        (false, None) => Ok(Some(WINDOW_DAYS_DEFAULT)),
        (false, Some(days)) if (7..=30).contains(&days) => Ok(Some(days)),
        (false, Some(_)) => invalid("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."),
    }
}

fn schedule(cx: &mut Cx<'_, '_>, record: &mut SecretRecord, days: i64) -> Result<Timestamp, Error> {
    if record.deletion.is_some() {
        let text = "You can't perform this operation on the secret because it was already scheduled for deletion.";
        return Err(Error::new("InvalidRequestException", text));
    }
    let date = cx.now.plus_days(days);
    record.deletion = Some(Deletion { requested: cx.now, date });
    replicas::save_changed(cx, record)?;
    Ok(date)
}

fn answer(arn: SecretArn, date: Timestamp) -> DeleteSecretResponse {
    DeleteSecretResponse { arn: Some(arn.to_string()), name: Some(arn.name), deletion_date: Some(date) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn check(force: Option<bool>, days: Option<i64>, expected: Result<Option<i64>, &str>) {
        let input = DeleteSecretRequest {
            secret_id: "x".to_owned(),
            force_delete_without_recovery: force,
            recovery_window_in_days: days,
        };
        let found = window(&input).map_err(|e| e.to_string());
        assert_eq!(found, expected.map_err(|text| format!("InvalidParameterException: {text}")), "{force:?} {days:?}");
    }

    #[test]
    fn windows() {
        let range = Err("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
        check(None, None, Ok(Some(30)));
        check(Some(false), Some(7), Ok(Some(7)));
        check(None, Some(30), Ok(Some(30)));
        check(None, Some(6), range);
        check(None, Some(31), range);
        check(None, Some(-1), range);
        check(Some(true), None, Ok(None));
        let both = Err("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
        check(Some(true), Some(7), both);
    }
}
