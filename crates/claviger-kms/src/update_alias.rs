//! UpdateAlias: points an alias to another key.

use claviger_model::kms::UpdateAliasRequest;
use claviger_store::tables::keys::{self as records, ALIASES_PER_KEY, AliasRecord};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::{aliases, state};

pub(crate) struct UpdateAlias;

/// The alias, the key it names now, and the key it shall name.
pub(crate) struct Change {
    alias: AliasRecord,
    from: FoundKey,
    to: FoundKey,
}

impl Operation for UpdateAlias {
    const NAME: &'static str = "UpdateAlias";
    type Input = UpdateAliasRequest;
    type Output = ();
    type Target = Change;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Change, Error> {
        aliases::check_name(&input.alias_name)?;
        aliases::check_target(&input.target_key_id)?;
        let alias = records::alias(cx.tx, cx.account(), &input.alias_name)?
            .ok_or_else(|| keys::alias_not_found(cx, cx.account(), &input.alias_name))?;
        let from = keys::find_own(cx, alias.target.as_str())?;
        Ok(Change { alias, from, to: keys::find_own(cx, &input.target_key_id)? })
    }

    fn permissions(input: &Self::Input, change: &Change, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![
            aliases::permission("kms:UpdateAlias", &input.alias_name, cx),
            keys::permission("kms:UpdateAlias", &change.from, cx)?,
            keys::permission("kms:UpdateAlias", &change.to, cx)?,
        ])
    }

    fn run(_input: Self::Input, change: Authorized<Change>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let Change { mut alias, from, to } = change.into_inner();
        state::require_not_pending_deletion(&to)?;
        if (&from.record.spec, &from.record.usage) != (&to.record.spec, &to.record.usage) {
            let text = format!("Alias {} can only refer to a key of the same type and usage.", alias.name);
            return Err(Error::Validation(text));
        }
        let account = to.record.account;
        let moved = alias.target != to.record.id;
        if moved && records::alias_names(cx.tx, &account, &to.record.id)?.len() >= ALIASES_PER_KEY {
            let text = format!("A key can have at most {ALIASES_PER_KEY} aliases.");
            return Err(Error::new("LimitExceededException", text));
        }
        alias.target = to.record.id;
        alias.updated = cx.now;
        records::save_alias(cx.tx, &alias)?;
        Ok(())
    }
}
