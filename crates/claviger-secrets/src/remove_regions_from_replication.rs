//! RemoveRegionsFromReplication: ends replicas at once, without a recovery window. Regions that hold none are ignored.

use claviger_model::secretsmanager::{RemoveRegionsFromReplicationRequest, RemoveRegionsFromReplicationResponse};
use claviger_replication::secret_replication;
use claviger_store::tables::secret_table::{self, SecretRecord};

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::on_secret::{Accepts, SecretOperation};
use super::replicas;

pub(crate) struct RemoveRegionsFromReplication;

impl SecretOperation for RemoveRegionsFromReplication {
    const ACTION: &'static str = "secretsmanager:RemoveRegionsFromReplication";
    const READ_ONLY: bool = false;
    const ACCEPTS: Accepts = Accepts::Writable;
    type Input = RemoveRegionsFromReplicationRequest;
    type Output = RemoveRegionsFromReplicationResponse;

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn run(input: Self::Input, mut record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
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
            secret_table::save_secret(cx.tx, &record)?;
        }
        Ok(RemoveRegionsFromReplicationResponse {
            arn: Some(record.arn.to_string()),
            replication_status: Some(replicas::status(&record).unwrap_or_default()),
        })
    }
}
