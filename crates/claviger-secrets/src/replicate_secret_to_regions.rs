//! ReplicateSecretToRegions: requests replicas, or a new attempt at them with another key. They are made later, and their status
//! shows the result.

use claviger_model::secretsmanager::{ReplicateSecretToRegionsRequest, ReplicateSecretToRegionsResponse};
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::lookup::{self, Named};
use super::replicas::{self, Wanted};

pub(crate) struct ReplicateSecretToRegions;

/// The secret and the replicas that it is to have.
pub(crate) struct Spread {
    record: SecretRecord,
    wanted: Vec<Wanted>,
}

impl Operation for ReplicateSecretToRegions {
    const ACTION: &'static str = "secretsmanager:ReplicateSecretToRegions";
    const READ_ONLY: bool = false;
    type Input = ReplicateSecretToRegionsRequest;
    type Output = ReplicateSecretToRegionsResponse;
    type Target = Spread;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Spread>, Error> {
        let secret = Named::find(cx, &input.secret_id)?;
        let wanted = replicas::parse(cx, &input.add_replica_regions, input.force_overwrite_replica_secret);
        // A region list that holds the replica's own region would be refused. The error that the secret is a replica comes
        // first.
        let wanted = match secret.record() {
            Ok(record) if record.is_replica() => wanted.unwrap_or_default(),
            _ => wanted?,
        };
        let permission = secret.permission(Self::ACTION, cx);
        let permission = replicas::with_wanted(permission, &wanted, input.force_overwrite_replica_secret);
        let target = secret.into_record().map(|record| Spread { record, wanted }).map_err(Into::into);
        Ok(Resolved::new(vec![permission], target))
    }

    fn run(_input: Self::Input, target: Authorized<Spread>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let Spread { mut record, wanted } = target.into_inner();
        lookup::require_writable(&record)?;
        let asked = replicas::regions(&wanted);
        replicas::add(cx, &mut record, wanted)?;
        replicas::save_asked(cx, &mut record, &asked)?;
        Ok(ReplicateSecretToRegionsResponse {
            arn: Some(record.arn.to_string()),
            replication_status: replicas::status(&record),
        })
    }
}
