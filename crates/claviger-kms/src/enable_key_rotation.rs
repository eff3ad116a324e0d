//! EnableKeyRotation: new material every 90 to 2560 days.

use claviger_model::kms::EnableKeyRotationRequest;
use claviger_replication::key_replication;
use claviger_store::tables::keys::{self as records, Rotation};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::rotation;

pub(crate) struct EnableKeyRotation;

impl Operation for EnableKeyRotation {
    const NAME: &'static str = "EnableKeyRotation";
    type Input = EnableKeyRotationRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let days = period_days(input, &key.record.rotation);
        let permission = keys::permission("kms:EnableKeyRotation", key, cx)?;
        Ok(vec![permission.with("kms:RotationPeriodInDays", days.to_string())])
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        rotation::require_settable(&key)?;
        let mut record = key.into_inner().record;
        let days = period_days(&input, &record.rotation);
        let unchanged = record.rotation.enabled && record.rotation.period_days == Some(days);
        if !unchanged {
            let next = cx.now.plus_days(days);
            record.rotation = Rotation { enabled: true, period_days: Some(days), next: Some(next) };
            key_replication::raise_revision(&mut record);
            records::save_key(cx.tx, &record)?;
            key_replication::announce(cx.tx, &cx.facts.name, &record)?;
        }
        Ok(())
    }
}

/// What the caller asks for; else what is set; else the default.
fn period_days(input: &EnableKeyRotationRequest, rotation: &Rotation) -> i64 {
    let set = rotation.period_days.filter(|_| rotation.enabled);
    input.rotation_period_in_days.map(i64::from).or(set).unwrap_or(rotation::PERIOD_DAYS_DEFAULT)
}
