//! DeleteAlias: deletes an alias. The key stays.

use claviger_model::kms::DeleteAliasRequest;
use claviger_store::tables::key_table;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::aliases;
use super::key_lookup::{self, FoundKey};
use super::key_permissions;

pub(crate) struct DeleteAlias;

impl Operation for DeleteAlias {
    const ACTION: &'static str = "kms:DeleteAlias";
    const READ_ONLY: bool = false;
    type Input = DeleteAliasRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<FoundKey>, Error> {
        aliases::check_name(&input.alias_name)?;
        let alias = key_table::alias(cx.tx, cx.account(), &input.alias_name)?
            .ok_or_else(|| key_lookup::alias_not_found(cx, cx.account(), &input.alias_name))?;
        let key = key_lookup::find_own(cx, alias.target.as_str())?;
        let permissions = vec![
            aliases::permission(Self::ACTION, &input.alias_name, cx),
            key_permissions::permission(Self::ACTION, &key, cx)?,
        ];
        Ok(Resolved::new(permissions, Ok(key)))
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let record = key.into_inner().record;
        key_table::delete_alias(cx.tx, &record.account, &input.alias_name)?;
        Ok(())
    }
}
