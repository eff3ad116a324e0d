//! UpdateAlias: points an alias to another key.

use claviger_model::kms::{UpdateAliasRequest, error};
use claviger_store::tables::key_table::{self, ALIASES_PER_KEY, AliasRecord};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::aliases;
use super::key_lookup::{self, FoundKey};
use super::key_permissions;
use super::state::{self, KeyAction};

pub(crate) struct UpdateAlias;

/// The alias, its present key, and its new key.
pub(crate) struct Change {
    alias: AliasRecord,
    from: FoundKey,
    to: FoundKey,
}

impl Operation for UpdateAlias {
    const ACTION: &'static str = "kms:UpdateAlias";
    const READ_ONLY: bool = false;
    type Input = UpdateAliasRequest;
    type Output = ();
    type Target = Change;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Change>, Error> {
        aliases::check_name(&input.alias_name)?;
        aliases::check_target(&input.target_key_id)?;
        let alias = key_table::alias(cx.tx, cx.account(), &input.alias_name)?
            .ok_or_else(|| key_lookup::alias_not_found(cx, cx.account(), &input.alias_name))?;
        let from = key_lookup::find_own(cx, alias.target.as_str())?;
        let to = key_lookup::find_own(cx, &input.target_key_id)?;
        let permissions = vec![
            aliases::permission(Self::ACTION, &input.alias_name, cx),
            key_permissions::permission(Self::ACTION, &from, cx)?,
            key_permissions::permission(Self::ACTION, &to, cx)?,
        ];
        Ok(Resolved::new(permissions, Ok(Change { alias, from, to })))
    }

    fn run(_input: Self::Input, change: Authorized<Change>, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let Change { mut alias, from, to } = change.into_inner();
        state::require(KeyAction::Describe, &to)?;
        if (&from.record.spec, &from.record.usage) != (&to.record.spec, &to.record.usage) {
            let text = format!("Alias {} can only refer to a key of the same type and usage.", alias.name);
            return Err(Error::Validation(text));
        }
        let account = to.record.account.clone();
        let moved = alias.target != to.record.id;
        if moved && key_table::alias_names(cx.tx, &account, &to.record.id)?.len() >= ALIASES_PER_KEY {
            let text = format!("A key can have at most {ALIASES_PER_KEY} aliases.");
            return Err(Error::new(error::LIMIT_EXCEEDED_EXCEPTION, text));
        }
        alias.target = to.record.id.clone();
        alias.updated = cx.now;
        key_table::save_alias(cx.tx, &alias)?;
        Ok(())
    }
}
