//! A secret as the API shows it: DescribeSecret and ListSecrets leave out the same members.

use std::collections::BTreeMap;

use claviger_model::secretsmanager::{DescribeSecretResponse, SecretListEntry};
use claviger_store::tables::secret_table::SecretRecord;

use super::rotation_settings as settings;
use super::{replicas, tags};

/// A secret as DescribeSecret shows it.
pub(crate) fn description(record: &SecretRecord) -> DescribeSecretResponse {
    let entry = entry(record);
    DescribeSecretResponse {
        arn: entry.arn,
        name: entry.name,
        r#type: entry.r#type,
        description: entry.description,
        kms_key_id: entry.kms_key_id,
        last_changed_date: entry.last_changed_date,
        last_accessed_date: entry.last_accessed_date,
        deleted_date: entry.deleted_date,
        tags: entry.tags,
        version_ids_to_stages: entry.secret_versions_to_stages,
        created_date: entry.created_date,
        primary_region: entry.primary_region,
        replication_status: replicas::status(record),
        rotation_enabled: entry.rotation_enabled,
        rotation_lambda_arn: entry.rotation_lambda_arn,
        rotation_rules: entry.rotation_rules,
        last_rotated_date: entry.last_rotated_date,
        next_rotation_date: entry.next_rotation_date,
        external_secret_rotation_metadata: entry.external_secret_rotation_metadata,
        external_secret_rotation_role_arn: entry.external_secret_rotation_role_arn,
        ..DescribeSecretResponse::default()
    }
}

/// A secret as ListSecrets shows it.
pub(crate) fn entry(record: &SecretRecord) -> SecretListEntry {
    let rotation = settings::shown(record);
    SecretListEntry {
        arn: Some(record.arn.to_string()),
        name: Some(record.arn.name.clone()),
        r#type: record.kind.clone(),
        description: record.description.clone(),
        kms_key_id: record.kms_key_id.clone(),
        last_changed_date: Some(record.last_changed),
        last_accessed_date: record.last_accessed,
        deleted_date: record.deletion.as_ref().map(|d| d.requested),
        tags: record.tags.as_deref().map(tags::shown),
        secret_versions_to_stages: stages(record),
        created_date: Some(record.created),
        primary_region: record.replicated().map(|r| r.primary.to_string()),
        rotation_enabled: rotation.enabled,
        rotation_lambda_arn: rotation.function_arn,
        rotation_rules: rotation.rules,
        last_rotated_date: rotation.last_rotated,
        next_rotation_date: rotation.next,
        external_secret_rotation_metadata: rotation.external_metadata,
        external_secret_rotation_role_arn: rotation.external_role,
        ..SecretListEntry::default()
    }
}

/// Labelled versions only; nothing at all for a secret that has none.
fn stages(record: &SecretRecord) -> Option<BTreeMap<String, Vec<String>>> {
    let labelled = record.versions.iter().filter(|v| !v.stages.is_empty());
    let stages: BTreeMap<_, _> = labelled.map(|v| (v.id.clone(), v.stages.clone())).collect();
    (!stages.is_empty()).then_some(stages)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::testing::secret;

    #[test]
    fn a_plain_secret_shows_nothing_it_does_not_have() {
        let shown = description(&secret("plain"));
        let bare = DescribeSecretResponse {
            arn: shown.arn.clone(),
            name: Some("plain".to_owned()),
            last_changed_date: shown.last_changed_date,
            created_date: shown.created_date,
            ..DescribeSecretResponse::default()
        };
        assert_eq!(shown, bare);
        assert!(shown.last_changed_date.is_some() && shown.created_date.is_some());
    }

    #[test]
    fn tags_stay_as_an_empty_list() {
        let mut record = secret("tagged");
        record.tags = Some(Vec::new());
        assert_eq!(description(&record).tags, Some(Vec::new()));
    }
}
