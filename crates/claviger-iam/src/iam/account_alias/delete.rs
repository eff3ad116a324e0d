//! DeleteAccountAlias.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_model::iam::{DeleteAccountAliasRequest, error};
use claviger_store::tables::account_alias_table::{account_alias, delete_account_alias};

use super::permission;
use crate::iam::{access, announce};

pub(crate) struct DeleteAccountAlias;

impl Operation for DeleteAccountAlias {
    const ACTION: &'static str = "iam:DeleteAccountAlias";
    const READ_ONLY: bool = false;
    type Input = DeleteAccountAliasRequest;
    type Output = ();
    type Target = ();

    fn resolve(_: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        Ok(Resolved::found(permission(Self::ACTION, cx), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let alias = input.account_alias;
        let Some(record) = account_alias(cx.tx, cx.account())?.filter(|record| record.alias == alias) else {
            let text = format!("The account alias with name {alias} cannot be found.");
            return Err(Error::new(error::NO_SUCH_ENTITY_EXCEPTION, text));
        };
        delete_account_alias(cx.tx, &record)?;
        announce::row(cx, &record)
    }
}
