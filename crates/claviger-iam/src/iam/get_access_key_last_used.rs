//! GetAccessKeyLastUsed: the user of an access key, and its last use.

use claviger_model::iam::{GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse};
use claviger_store::tables::iam_table::{self, AccessKeyRecord, UserRecord};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use super::access;
use super::access_keys;
use super::last_used;
use super::on_resource::IamResource;

pub(crate) struct GetAccessKeyLastUsed;

impl Operation for GetAccessKeyLastUsed {
    const ACTION: &'static str = "iam:GetAccessKeyLastUsed";
    const READ_ONLY: bool = true;
    type Input = GetAccessKeyLastUsedRequest;
    type Output = GetAccessKeyLastUsedResponse;
    type Target = AccessKeyRecord;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<AccessKeyRecord>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let key = iam_table::access_key(cx.tx, &input.access_key_id)?.filter(|k| &k.account == cx.account());
        Ok(match key {
            Some(key) => Resolved::found(UserRecord::find(cx, &key.user)?.permission(Self::ACTION, cx), key),
            None => {
                let missing = access_keys::not_found(&input.access_key_id);
                Resolved::new(vec![RequiredPermission::on_anything(Self::ACTION, cx)], Err(missing.into()))
            }
        })
    }

    fn run(
        _input: Self::Input,
        key: Authorized<AccessKeyRecord>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<GetAccessKeyLastUsedResponse, Error> {
        let key = key.into_inner();
        let access_key_last_used = last_used::access_key(cx, &key.id)?;
        Ok(GetAccessKeyLastUsedResponse { user_name: Some(key.user), access_key_last_used })
    }
}
