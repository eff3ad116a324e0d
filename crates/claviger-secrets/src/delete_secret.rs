//! DeleteSecret: schedules the deletion of a secret, or deletes it at once.

use claviger_model::secretsmanager::{DeleteSecretRequest, DeleteSecretResponse, error};
use claviger_replication::secret_replication;
use claviger_store::tables::secret_table::{self, Deletion, SecretRecord};
use claviger_types::{SecretArn, Timestamp};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::lookup::{self, Named};
use super::replicas;

pub(crate) struct DeleteSecret;

/// The secret, and how many days it can still be restored; none if it is deleted at once.
pub(crate) struct Ending {
    secret: Doomed,
    window_days: Option<i64>,
}

/// The secret to delete.
enum Doomed {
    Present(Box<SecretRecord>),
    /// The forced deletion of a secret that does not exist succeeds (recorded from AWS), and answers an invented ARN.
    Absent(SecretArn),
}

const WINDOW_DAYS_DEFAULT: i64 = 30;

impl Operation for DeleteSecret {
    const ACTION: &'static str = "secretsmanager:DeleteSecret";
    const READ_ONLY: bool = false;
    type Input = DeleteSecretRequest;
    type Output = DeleteSecretResponse;
    type Target = Ending;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Ending>, Error> {
        let window_days = window(input)?;
        let secret = Named::find(cx, &input.secret_id)?;
        let permission = secret
            .permission(Self::ACTION, cx)
            .with("secretsmanager:ForceDeleteWithoutRecovery", window_days.is_none().to_string())
            .with_opt("secretsmanager:RecoveryWindowInDays", window_days.map(|days| days.to_string()));
        let secret = if !secret.exists() && window_days.is_none() {
            Ok(Doomed::Absent(secret.imagined_arn(cx)))
        } else {
            secret.into_record().map(|record| Doomed::Present(Box::new(record)))
        };
        let target = secret.map(|secret| Ending { secret, window_days }).map_err(Into::into);
        Ok(Resolved::new(vec![permission], target))
    }

    fn run(input: Self::Input, target: Authorized<Ending>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let Ending { secret, window_days } = target.into_inner();
        let mut record = match secret {
            Doomed::Present(record) => *record,
            Doomed::Absent(arn) => {
                return Ok(DeleteSecretResponse { name: Some(input.secret_id), ..answer(arn, cx.now) });
            }
        };
        lookup::require_primary(&record)?;
        replicas::require_none(&record)?;
        match window_days {
            None => {
                secret_replication::record_deletion(cx.tx, &record)?;
                secret_table::delete_secret(cx.tx, &record)?;
                Ok(answer(record.arn, cx.now))
            }
            Some(days) => schedule(cx, &mut record, days).map(|date| answer(record.arn, date)),
        }
    }
}

/// The recovery window of a request; none for a forced deletion.
fn window(input: &DeleteSecretRequest) -> Result<Option<i64>, Error> {
    let invalid = |text: &str| Err(Error::new(error::INVALID_PARAMETER_EXCEPTION, text));
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
        return Err(Error::new(error::INVALID_REQUEST_EXCEPTION, text));
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
