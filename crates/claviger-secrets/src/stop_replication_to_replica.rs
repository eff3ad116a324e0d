//! StopReplicationToReplica: makes a replica a secret of its own, under the same ARN. Called in the replica's region; the primary's
//! region may be down.

use claviger_model::secretsmanager::{StopReplicationToReplicaRequest, StopReplicationToReplicaResponse};
use claviger_replication::secret_replication;
use claviger_store::tables::secrets as records;

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named};

pub(crate) struct StopReplicationToReplica;

impl Operation for StopReplicationToReplica {
    const NAME: &'static str = "StopReplicationToReplica";
    type Input = StopReplicationToReplicaRequest;
    type Output = StopReplicationToReplicaResponse;
    type Target = Named;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Named, Error> {
        Named::find(cx, &input.secret_id)
    }

    fn permissions(_input: &Self::Input, secret: &Named, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![secret.permission("secretsmanager:StopReplicationToReplica", cx)])
    }

    fn run(_input: Self::Input, secret: Authorized<Named>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let mut record = secret.into_inner().into_record()?;
        if !record.is_replica() {
            let text = "You can only stop the replication of a replica secret. The specified secret is not a replica.";
            return Err(Error::new("InvalidParameterException", text));
        }
        lookup::require_not_deleted(&record)?;
        secret_replication::detach(cx.tx, &mut record)?;
        records::save_secret(cx.tx, &record)?;
        Ok(StopReplicationToReplicaResponse { arn: Some(record.arn.to_string()) })
    }
}
