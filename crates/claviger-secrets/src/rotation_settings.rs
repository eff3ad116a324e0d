//! The rotation settings of a secret: from a request to the record, and from the record to answers.

use claviger_model::secretsmanager::{
    ExternalSecretRotationMetadataItem, RotateSecretRequest, RotationRulesType, error,
};
use claviger_schedule::{RotationHistory, RotationRules};
use claviger_store::tables::Tag;
use claviger_store::tables::rotation_table::SecretRotation;
use claviger_store::tables::secret_table::SecretRecord;
use claviger_types::Timestamp;

use claviger_core::error::Error;

use crate::stages;

/// The members of DescribeSecret and ListSecrets about rotation.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) enabled: Option<bool>,
    pub(crate) function_arn: Option<String>,
    pub(crate) rules: Option<RotationRulesType>,
    pub(crate) last_rotated: Option<Timestamp>,
    pub(crate) next: Option<Timestamp>,
    pub(crate) external_metadata: Option<Vec<ExternalSecretRotationMetadataItem>>,
    pub(crate) external_role: Option<String>,
}

/// What a secret shows of its rotation: nothing until rotation was configured once.
pub(crate) fn shown(record: &SecretRecord) -> Shown {
    let Some(rotation) = &record.rotation else { return Shown::default() };
    let (rules, history) = (rules(rotation), history(rotation));
    let shown_rules = |rules: &RotationRules| RotationRulesType {
        automatically_after_days: Some(rules.automatically_after_days(history)),
        duration: rules.duration().map(str::to_owned),
        schedule_expression: rules.schedule_expression().map(str::to_owned),
    };
    let item =
        |tag: &Tag| ExternalSecretRotationMetadataItem { key: Some(tag.key.clone()), value: Some(tag.value.clone()) };
    Shown {
        enabled: Some(rotation.enabled),
        function_arn: rotation.function_arn.clone(),
        rules: rules.as_ref().map(shown_rules),
        last_rotated: rotation.last_rotated,
        next: rules.filter(|_| rotation.enabled).and_then(|rules| rules.next_rotation_date(history)),
        external_metadata: rotation.external_metadata.as_ref().map(|tags| tags.iter().map(item).collect()),
        external_role: rotation.external_role.clone(),
    }
}

/// The settings after a request. Members that it does not give stay.
///
/// # Errors
///
/// If the schedule is not valid, or no function is named now and none was named before.
pub(crate) fn changed(
    before: Option<&SecretRotation>,
    input: &RotateSecretRequest,
    now: Timestamp,
) -> Result<SecretRotation, Error> {
    let mut after = before.cloned().unwrap_or(SecretRotation {
        enabled: true,
        function_arn: None,
        after_days: None,
        schedule: None,
        duration: None,
        configured: now,
        value_set: None,
        last_rotated: None,
        external_metadata: None,
        external_role: None,
    });
    after.enabled = true;
    if let Some(arn) = &input.rotation_lambda_arn {
        after.function_arn = Some(arn.clone()).filter(|arn| !arn.is_empty());
    }
    if after.function_arn.is_none() {
        let text = "No Lambda rotation function ARN is associated with this secret.";
        return Err(Error::new(error::INVALID_REQUEST_EXCEPTION, text));
    }
    if let Some(RotationRulesType { automatically_after_days, duration, schedule_expression }) = &input.rotation_rules {
        RotationRules::parse(*automatically_after_days, schedule_expression.as_deref(), duration.as_deref())
            .map_err(|refusal| Error::new(error::INVALID_PARAMETER_EXCEPTION, refusal.to_string()))?;
        let given = (*automatically_after_days, schedule_expression.clone(), duration.clone());
        if given != (after.after_days, after.schedule.clone(), after.duration.clone()) {
            after.configured = now;
        }
        (after.after_days, after.schedule, after.duration) = given;
    }
    if let Some(items) = &input.external_secret_rotation_metadata {
        let tag = |item: &ExternalSecretRotationMetadataItem| Tag {
            key: item.key.clone().unwrap_or_default(),
            value: item.value.clone().unwrap_or_default(),
        };
        after.external_metadata = Some(items.iter().map(tag).collect());
    }
    if let Some(role) = &input.external_secret_rotation_role_arn {
        after.external_role = Some(role.clone());
    }
    Ok(after)
}

/// The rules of a secret; none if it has no schedule. Stored rules were valid when they were given.
pub(crate) fn rules(rotation: &SecretRotation) -> Option<RotationRules> {
    RotationRules::parse(rotation.after_days, rotation.schedule.as_deref(), rotation.duration.as_deref()).ok()
}

/// The times that the schedule counts from.
pub(crate) fn history(rotation: &SecretRotation) -> RotationHistory {
    RotationHistory { configured: rotation.configured, rotated: rotation.value_set }
}

/// Notes that the value of `version` has become the current one. AWS counts it as a rotation of the schedule. A rotation of another
/// version that is not complete is given up: its version loses its label.
pub(crate) fn value_set(record: &mut SecretRecord, version: &str, now: Timestamp) {
    let Some(rotation) = &mut record.rotation else { return };
    rotation.value_set = Some(now);
    if rotation.enabled {
        let others = record.versions.iter_mut().filter(|other| other.id != version);
        others.for_each(|other| other.stages.retain(|stage| stage != stages::PENDING));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::testing::secret;

    fn input(days: Option<i64>, schedule: Option<&str>) -> RotateSecretRequest {
        RotateSecretRequest {
            rotation_lambda_arn: Some("arn:aws:lambda:us-east-1:111122223333:function:f".to_owned()),
            rotation_rules: Some(RotationRulesType {
                automatically_after_days: days,
                duration: None,
                schedule_expression: schedule.map(str::to_owned),
            }),
            ..RotateSecretRequest::default()
        }
    }

    #[test]
    fn members_that_are_not_given_stay() {
        let day = |n: i64| Timestamp::from_secs(n * 86_400);
        let first = changed(None, &input(Some(30), None), day(1)).unwrap();
        let again = changed(Some(&first), &RotateSecretRequest::default(), day(2)).unwrap();
        assert_eq!(again, first);
        let same_rules = changed(Some(&first), &input(Some(30), None), day(3)).unwrap();
        assert_eq!(same_rules.configured, day(1));
        let other = changed(Some(&first), &input(None, Some("rate(10 days)")), day(3)).unwrap();
        assert_eq!(
            (other.configured, other.after_days, other.schedule.as_deref()),
            (day(3), None, Some("rate(10 days)"))
        );
    }

    #[test]
    fn what_is_shown() {
        let mut record = secret("x");
        assert!(shown(&record).enabled.is_none());
        record.rotation = Some(changed(None, &input(Some(7), None), Timestamp::from_secs(86_400)).unwrap());
        let now = shown(&record);
        assert_eq!((now.enabled, now.last_rotated), (Some(true), None));
        assert_eq!(now.rules.unwrap().automatically_after_days, Some(7));
        assert_eq!(now.next, Some(Timestamp::from_secs(9 * 86_400 - 1)));
        record.rotation.as_mut().unwrap().enabled = false;
        let off = shown(&record);
        assert_eq!((off.enabled, off.next), (Some(false), None));
        assert!(off.rules.is_some() && off.function_arn.is_some());
    }

    #[test]
    fn refusals() {
        let refusal = |input: &RotateSecretRequest| changed(None, input, Timestamp(0)).unwrap_err().to_string();
        assert_eq!(
            refusal(&RotateSecretRequest::default()),
            "InvalidRequestException: No Lambda rotation function ARN is associated with this secret."
        );
        assert_eq!(
            refusal(&input(Some(1), Some("rate(1 day)"))),
            "InvalidParameterException: You cannot specify both rotation frequency and schedule expression together."
        );
    }
}
