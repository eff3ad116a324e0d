//! StopReplicationToReplica: makes a replica an independent secret under the same ARN. It is called in the replica's region.
//! The primary's region may be down.

use claviger_model::secretsmanager::{StopReplicationToReplicaRequest, StopReplicationToReplicaResponse, error};
use claviger_replication::secret_replication;
use claviger_store::tables::secret_table::{self, SecretRecord};

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::lookup;
use super::on_secret::{Accepts, SecretOperation};

pub(crate) struct StopReplicationToReplica;

impl SecretOperation for StopReplicationToReplica {
    const ACTION: &'static str = "secretsmanager:StopReplicationToReplica";
    const READ_ONLY: bool = false;
    const ACCEPTS: Accepts = Accepts::Any;
    type Input = StopReplicationToReplicaRequest;
    type Output = StopReplicationToReplicaResponse;

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn run(_input: Self::Input, mut record: SecretRecord, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        if !record.is_replica() {
            let text = "You can only stop the replication of a replica secret. The specified secret is not a replica.";
            return Err(Error::new(error::INVALID_PARAMETER_EXCEPTION, text));
        }
        lookup::require_not_deleted(&record)?;
        secret_replication::detach(cx.tx, &mut record)?;
        secret_table::save_secret(cx.tx, &record)?;
        Ok(StopReplicationToReplicaResponse { arn: Some(record.arn.to_string()) })
    }
}
