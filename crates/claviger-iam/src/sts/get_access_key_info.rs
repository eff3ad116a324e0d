//! GetAccessKeyInfo: the account of an access key.

use claviger_model::sts::{GetAccessKeyInfoRequest, GetAccessKeyInfoResponse};
use claviger_store::tables::iam_table;

use crate::iam::ids;
use crate::own_session;
use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

pub(crate) struct GetAccessKeyInfo;

impl Operation for GetAccessKeyInfo {
    const ACTION: &'static str = "sts:GetAccessKeyInfo";
    const READ_ONLY: bool = true;
    type Input = GetAccessKeyInfoRequest;
    type Output = GetAccessKeyInfoResponse;
    type Target = ();

    fn resolve(_input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        own_session::refuse(cx, Self::NAME)?;
        Ok(Resolved::found(RequiredPermission::on_anything(Self::ACTION, cx), ()))
    }

    fn run(
        input: Self::Input,
        _target: Authorized<()>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<GetAccessKeyInfoResponse, Error> {
        let id = &input.access_key_id;
        // The id encodes the account. Keys that were imported from elsewhere may have an id of an older form.
        let account = match ids::account_of(id) {
            Some(account) => Some(account),
            None => iam_table::access_key(cx.tx, id)?.map(|key| key.account),
        };
        let account = account.ok_or_else(|| Error::Validation(format!("Invalid access key id: {id}")))?;
        Ok(GetAccessKeyInfoResponse { account: Some(account.to_string()) })
    }
}
