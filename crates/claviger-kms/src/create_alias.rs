//! CreateAlias: a name for a key.

use claviger_model::kms::CreateAliasRequest;
use claviger_store::tables::keys::{self as records, ALIASES_PER_KEY, AliasRecord, KeyRecord};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::{aliases, state};

pub(crate) struct CreateAlias;

impl Operation for CreateAlias {
    const NAME: &'static str = "CreateAlias";
    type Input = CreateAliasRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        aliases::check_name(&input.alias_name)?;
        aliases::check_target(&input.target_key_id)?;
        keys::find_own(cx, &input.target_key_id)
    }

    fn permissions(input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![
            aliases::permission("kms:CreateAlias", &input.alias_name, cx),
            keys::permission("kms:CreateAlias", key, cx)?,
        ])
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        state::require_not_pending_deletion(&key)?;
        let record = key.into_inner().record;
        if records::alias(cx.tx, &record.account, &input.alias_name)?.is_some() {
            let arn = keys::alias_arn(cx, &record.account, &input.alias_name);
            return Err(Error::new("AlreadyExistsException", format!("An alias with the name {arn} already exists")));
        }
        if records::alias_names(cx.tx, &record.account, &record.id)?.len() >= ALIASES_PER_KEY {
            let text = format!("A key can have at most {ALIASES_PER_KEY} aliases.");
            return Err(Error::new("LimitExceededException", text));
        }
        let KeyRecord { id: target, account, .. } = record;
        let alias = AliasRecord { account, name: input.alias_name, target, created: cx.now, updated: cx.now };
        records::save_alias(cx.tx, &alias)?;
        Ok(())
    }
}
