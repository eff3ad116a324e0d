//! UntagUser: takes tags away from a user.

use claviger_model::iam::UntagUserRequest;
use claviger_store::tables::iam::UserRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::entities::Entity;
use super::tags;

pub(crate) struct UntagUser;

impl Act for UntagUser {
    const NAME: &'static str = "UntagUser";
    const ACTION: &'static str = "iam:UntagUser";
    const ACCESS: Access = Access::Write;
    type Subject = UserRecord;
    type Input = UntagUserRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        tags::with_keys(permission, input.tag_keys.clone())
    }

    fn act(input: Self::Input, mut user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        tags::remove(&mut user.identity.tags, &input.tag_keys);
        user.save(cx)
    }
}
