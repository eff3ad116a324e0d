//! CreateAlias: a name for a key.

use claviger_model::kms::{CreateAliasRequest, error};
use claviger_store::tables::key_table::{self, ALIASES_PER_KEY, AliasRecord, KeyRecord};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::aliases;
use super::key_lookup::{self, FoundKey};
use super::key_permissions;
use super::state::{self, KeyAction};

pub(crate) struct CreateAlias;

impl Operation for CreateAlias {
    const ACTION: &'static str = "kms:CreateAlias";
    const READ_ONLY: bool = false;
    type Input = CreateAliasRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<FoundKey>, Error> {
        aliases::check_name(&input.alias_name)?;
        aliases::check_target(&input.target_key_id)?;
        let key = key_lookup::find_own(cx, &input.target_key_id)?;
        let permissions = vec![
            aliases::permission(Self::ACTION, &input.alias_name, cx),
            key_permissions::permission(Self::ACTION, &key, cx)?,
        ];
        Ok(Resolved::new(permissions, Ok(key)))
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        state::require(KeyAction::Describe, &key)?;
        let record = key.into_inner().record;
        if key_table::alias(cx.tx, &record.account, &input.alias_name)?.is_some() {
            let arn = key_lookup::alias_arn(cx, &record.account, &input.alias_name);
            return Err(Error::new(
                error::ALREADY_EXISTS_EXCEPTION,
                format!("An alias with the name {arn} already exists"),
            ));
        }
        if key_table::alias_names(cx.tx, &record.account, &record.id)?.len() >= ALIASES_PER_KEY {
            let text = format!("A key can have at most {ALIASES_PER_KEY} aliases.");
            return Err(Error::new(error::LIMIT_EXCEEDED_EXCEPTION, text));
        }
        let KeyRecord { id: target, account, .. } = record.into_owned();
        let alias = AliasRecord { account, name: input.alias_name, target, created: cx.now, updated: cx.now };
        key_table::save_alias(cx.tx, &alias)?;
        Ok(())
    }
}
