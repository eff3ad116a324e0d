//! RemoveRegionsFromReplication: ends replicas at once, without a recovery window. Regions that hold none are ignored.

use claviger_model::secretsmanager::{RemoveRegionsFromReplicationRequest, RemoveRegionsFromReplicationResponse};
use claviger_replication::secret_replication;
use claviger_store::tables::secrets as records;

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named};
use super::replicas;

pub(crate) struct RemoveRegionsFromReplication;

impl Operation for RemoveRegionsFromReplication {
    const NAME: &'static str = "RemoveRegionsFromReplication";
    type Input = RemoveRegionsFromReplicationRequest;
    type Output = RemoveRegionsFromReplicationResponse;
    type Target = Named;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Named, Error> {
        Named::find(cx, &input.secret_id)
    }

    fn permissions(_input: &Self::Input, secret: &Named, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![secret.permission("secretsmanager:RemoveRegionsFromReplication", cx)])
    }

    fn run(input: Self::Input, secret: Authorized<Named>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let mut record = secret.into_inner().into_record()?;
        lookup::require_writable(&record)?;
        let removed = replicas::remove(&mut record, &input.remove_replica_regions);
        if let Some(shared) = record.replication.clone().filter(|_| !removed.is_empty()) {
            for replica in removed {
                secret_replication::announce_removal(
                    cx.tx,
                    &record.arn,
                    &replica.region,
                    replica.generation,
                    &shared.epoch,
                )?;
            }
            records::save_secret(cx.tx, &record)?;
        }
        Ok(RemoveRegionsFromReplicationResponse {
            arn: Some(record.arn.to_string()),
            replication_status: Some(replicas::status(&record).unwrap_or_default()),
        })
    }
}
