//! CreateAccountAlias: gives the account an alias, in place of an earlier one.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_model::iam::{CreateAccountAliasRequest, error};
use claviger_store::tables::account_alias_table::{AccountAliasRecord, is_taken, save_account_alias};

use super::permission;
use crate::iam::{access, announce};

pub(crate) struct CreateAccountAlias;

impl Operation for CreateAccountAlias {
    const ACTION: &'static str = "iam:CreateAccountAlias";
    const READ_ONLY: bool = false;
    type Input = CreateAccountAliasRequest;
    type Output = ();
    type Target = ();

    fn resolve(_: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        Ok(Resolved::found(permission(Self::ACTION, cx), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let alias = input.account_alias;
        if is_taken(cx.tx, cx.account(), &alias)? {
            let text = format!("The account alias {alias} already exists.");
            return Err(Error::new(error::ENTITY_ALREADY_EXISTS_EXCEPTION, text));
        }
        let record = AccountAliasRecord { account: cx.account().clone(), alias };
        save_account_alias(cx.tx, &record)?;
        announce::row(cx, &record)
    }
}
