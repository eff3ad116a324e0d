//! GetAccessKeyLastUsed: whose an access key is, and when it was last used.

use claviger_model::iam::{GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse};
use claviger_store::tables::iam::{self, AccessKeyRecord, UserRecord};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::access::{self, Access};
use super::access_keys;
use super::act::{Found, Subject};
use super::last_used;

pub(crate) struct GetAccessKeyLastUsed;

/// A key of the account and its owner.
pub(crate) struct Owned {
    key: AccessKeyRecord,
    owner: Found<UserRecord>,
}

impl Operation for GetAccessKeyLastUsed {
    const NAME: &'static str = "GetAccessKeyLastUsed";
    type Input = GetAccessKeyLastUsedRequest;
    type Output = GetAccessKeyLastUsedResponse;
    type Target = Option<Owned>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Option<Owned>, Error> {
        access::admit(cx, Access::Read)?;
        let key = iam::access_key(cx.tx, &input.access_key_id)?.filter(|k| &k.account == cx.account());
        let owned = key.map(|key| UserRecord::find(cx, &key.user).map(|owner| Owned { key, owner }));
        owned.transpose()
    }

    fn permissions(
        _input: &Self::Input,
        owned: &Option<Owned>,
        cx: &Cx<'_, '_>,
    ) -> Result<Vec<RequiredPermission>, Error> {
        const ACTION: &str = "iam:GetAccessKeyLastUsed";
        Ok(vec![match owned {
            Some(owned) => owned.owner.permission(ACTION, cx),
            None => RequiredPermission::on_anything(ACTION, cx),
        }])
    }

    fn run(
        input: Self::Input,
        owned: Authorized<Option<Owned>>,
        cx: &mut Cx<'_, '_>,
    ) -> Result<GetAccessKeyLastUsedResponse, Error> {
        let owned = owned.into_inner().ok_or_else(|| access_keys::not_found(&input.access_key_id))?;
        let access_key_last_used = last_used::access_key(cx, &owned.key.id)?;
        Ok(GetAccessKeyLastUsedResponse { user_name: Some(owned.key.user), access_key_last_used })
    }
}
