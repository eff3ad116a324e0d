//! ReplicateSecretToRegions: asks for replicas, or for a new attempt at them with another key. They are made later, and how it went
//! is told by their status.

use claviger_model::secretsmanager::{ReplicateSecretToRegionsRequest, ReplicateSecretToRegionsResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::lookup::{self, Named};
use super::replicas::{self, Wanted};

pub(crate) struct ReplicateSecretToRegions;

/// The secret and where it shall be.
pub(crate) struct Spread {
    secret: Named,
    wanted: Vec<Wanted>,
}

impl Operation for ReplicateSecretToRegions {
    const NAME: &'static str = "ReplicateSecretToRegions";
    type Input = ReplicateSecretToRegionsRequest;
    type Output = ReplicateSecretToRegionsResponse;
    type Target = Spread;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Spread, Error> {
        let secret = Named::find(cx, &input.secret_id)?;
        let wanted = replicas::parse(cx, &input.add_replica_regions, input.force_overwrite_replica_secret);
        // A replica's own region is one that its primary could have named: that it is a replica is the better answer.
        let wanted = match secret.record() {
            Ok(record) if record.is_replica() => wanted.unwrap_or_default(),
            _ => wanted?,
        };
        Ok(Spread { secret, wanted })
    }

    fn permissions(input: &Self::Input, target: &Spread, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let permission = target.secret.permission("secretsmanager:ReplicateSecretToRegions", cx);
        Ok(vec![replicas::with_wanted(permission, &target.wanted, input.force_overwrite_replica_secret)])
    }

    fn run(_input: Self::Input, target: Authorized<Spread>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let Spread { secret, wanted } = target.into_inner();
        let mut record = secret.into_record()?;
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
