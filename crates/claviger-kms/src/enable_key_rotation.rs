//! EnableKeyRotation: new material every 90 to 2560 days.

use claviger_model::kms::EnableKeyRotationRequest;
use claviger_replication::key_replication;
use claviger_store::tables::key_table::{self, Rotation};

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::rotation;
use super::state::KeyAction;

pub(crate) struct EnableKeyRotation;

impl KeyOperation for EnableKeyRotation {
    const ACTION: &'static str = "kms:EnableKeyRotation";
    const READ_ONLY: bool = false;
    // `require_settable` checks the state, after the origin.
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = EnableKeyRotationRequest;
    type Output = ();

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn condition(
        input: &Self::Input,
        key: &FoundKey,
        permission: RequiredPermission,
    ) -> Result<RequiredPermission, Error> {
        let days = period_days(input, &key.record.rotation);
        Ok(permission.with("kms:RotationPeriodInDays", days.to_string()))
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        rotation::require_settable(&key)?;
        let (mut record, facts) = (key.record, cx.facts);
        let days = period_days(&input, &record.rotation);
        let unchanged = record.rotation.enabled && record.rotation.period_days == Some(days);
        if !unchanged {
            let next = cx.now.plus_days(days);
            record.rotation = Rotation { enabled: true, period_days: Some(days), next: Some(next) };
            key_replication::raise_revision(&mut record);
            key_table::save_key(cx.tx, &record)?;
            key_replication::announce(cx.tx, &facts.name, &record)?;
        }
        Ok(())
    }
}

/// The period of the request, or else the present one, or else the default.
fn period_days(input: &EnableKeyRotationRequest, rotation: &Rotation) -> i64 {
    let set = rotation.period_days.filter(|_| rotation.enabled);
    input.rotation_period_in_days.map(i64::from).or(set).unwrap_or(rotation::PERIOD_DAYS_DEFAULT)
}
