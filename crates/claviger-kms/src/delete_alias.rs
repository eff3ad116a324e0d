//! DeleteAlias: the name goes, the key stays.

use claviger_model::kms::DeleteAliasRequest;
use claviger_store::tables::keys as records;

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::aliases;
use super::keys::{self, FoundKey};

pub(crate) struct DeleteAlias;

impl Operation for DeleteAlias {
    const NAME: &'static str = "DeleteAlias";
    type Input = DeleteAliasRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        aliases::check_name(&input.alias_name)?;
        let alias = records::alias(cx.tx, cx.account(), &input.alias_name)?
            .ok_or_else(|| keys::alias_not_found(cx, cx.account(), &input.alias_name))?;
        keys::find_own(cx, alias.target.as_str())
    }

    fn permissions(input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![
            aliases::permission("kms:DeleteAlias", &input.alias_name, cx),
            keys::permission("kms:DeleteAlias", key, cx)?,
        ])
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let record = key.into_inner().record;
        records::delete_alias(cx.tx, &record.account, &input.alias_name)?;
        Ok(())
    }
}
