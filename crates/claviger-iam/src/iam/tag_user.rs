//! TagUser: adds tags to a user, or changes their values.

use claviger_model::iam::TagUserRequest;
use claviger_store::tables::iam::UserRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::entities::Entity;
use super::tags;

pub(crate) struct TagUser;

impl Act for TagUser {
    const NAME: &'static str = "TagUser";
    const ACTION: &'static str = "iam:TagUser";
    const ACCESS: Access = Access::Write;
    type Subject = UserRecord;
    type Input = TagUserRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        tags::with_request_tags(permission, &input.tags)
    }

    fn act(input: Self::Input, mut user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        tags::merge(&mut user.identity.tags, &input.tags, "User")?;
        user.save(cx)
    }
}
