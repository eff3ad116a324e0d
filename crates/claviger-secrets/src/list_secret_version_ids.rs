//! ListSecretVersionIds: a secret's versions, oldest first. Works on one that is scheduled for deletion, too.

use claviger_model::secretsmanager::{
    ListSecretVersionIdsRequest, ListSecretVersionIdsResponse, SecretVersionsListEntry,
};
use claviger_store::tables::secret_table::{SecretRecord, VersionMeta};

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::paging;

use super::list_secrets::{PAGE_DEFAULT, invalid_token};
use super::on_secret::{Accepts, SecretOperation};

pub(crate) struct ListSecretVersionIds;

impl SecretOperation for ListSecretVersionIds {
    const ACTION: &'static str = "secretsmanager:ListSecretVersionIds";
    const READ_ONLY: bool = true;
    const ACCEPTS: Accepts = Accepts::Any;
    type Input = ListSecretVersionIdsRequest;
    type Output = ListSecretVersionIdsResponse;

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn run(input: Self::Input, record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let arn = record.arn.to_string();
        let deprecated = input.include_deprecated.unwrap_or(false);
        let scope = format!("{arn} {deprecated}");
        let after = match &input.next_token {
            Some(token) => {
                let row = paging::open_marker(cx, Self::ACTION, &scope, token).map_err(|_| invalid_token())?;
                Some(Place::from_row(&row).ok_or_else(invalid_token)?)
            }
            None => None,
        };
        let size = input.max_results.and_then(|n| usize::try_from(n).ok()).unwrap_or(PAGE_DEFAULT);
        let rest = after.map_or(record.versions.as_slice(), |place| place.rest(&record.versions));
        let shown = rest.iter().filter(|version| deprecated || !version.stages.is_empty());
        let rows = shown.take(size.saturating_add(1)).map(|v| (Place::of(v).to_row(), entry(v))).collect();
        let page = paging::page(cx, Self::ACTION, &scope, rows, size);
        Ok(ListSecretVersionIdsResponse {
            arn: Some(arn),
            name: Some(record.arn.name),
            versions: Some(page.items),
            next_token: page.next,
        })
    }
}

fn entry(version: &VersionMeta) -> SecretVersionsListEntry {
    let key = version.kms_key.as_ref().map_or_else(|| "DefaultEncryptionKey".to_owned(), ToString::to_string);
    SecretVersionsListEntry {
        version_id: Some(version.id.clone()),
        version_stages: Some(version.stages.clone()).filter(|stages| !stages.is_empty()),
        last_accessed_date: version.last_accessed,
        created_date: Some(version.created),
        kms_key_ids: Some(vec![key]),
    }
}

/// The end of a page: a version, and its date in case it has been purged meanwhile.
struct Place {
    created: i64,
    id: String,
}

impl Place {
    fn of(version: &VersionMeta) -> Place {
        Place { created: version.created.0, id: version.id.clone() }
    }

    fn to_row(&self) -> Vec<u8> {
        [&self.created.to_be_bytes(), self.id.as_bytes()].concat()
    }

    fn from_row(row: &[u8]) -> Option<Place> {
        let (created, id) = row.split_first_chunk::<8>()?;
        Some(Place { created: i64::from_be_bytes(*created), id: String::from_utf8(id.to_vec()).ok()? })
    }

    /// The versions after it.
    fn rest(self, versions: &[VersionMeta]) -> &[VersionMeta] {
        let at = match versions.iter().position(|v| v.id == self.id) {
            Some(at) => at + 1,
            None => versions.partition_point(|v| v.created.0 <= self.created),
        };
        versions.get(at..).unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::Timestamp;

    use super::*;

    fn version(id: &str, created: i64) -> VersionMeta {
        VersionMeta {
            id: id.to_owned(),
            stages: Vec::new(),
            created: Timestamp(created),
            last_accessed: None,
            kms_key: None,
            has_value: true,
        }
    }

    fn check(place: &VersionMeta, versions: &[VersionMeta], expected: &[&str]) {
        let place = Place::from_row(&Place::of(place).to_row()).unwrap();
        let rest: Vec<&str> = place.rest(versions).iter().map(|v| v.id.as_str()).collect();
        assert_eq!(rest, expected);
    }

    #[test]
    fn a_page_goes_on_where_the_last_one_ended() {
        let versions = [version("b", 1), version("a", 1), version("c", 2)];
        check(&versions[0], &versions, &["a", "c"]);
        check(&versions[2], &versions, &[]);
        check(&version("purged", 1), &versions, &["c"]);
        check(&version("purged", 0), &versions, &["b", "a", "c"]);
        assert!(Place::from_row(b"short").is_none());
    }

    #[test]
    fn what_is_absent() {
        let shown = entry(&version("v", 1));
        assert_eq!((shown.version_stages, shown.last_accessed_date), (None, None));
        assert_eq!(shown.kms_key_ids.unwrap(), ["DefaultEncryptionKey"]);
    }
}
