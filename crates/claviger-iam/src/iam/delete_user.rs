//! DeleteUser: deletes a user that has no access keys and no policies and is in no group.

use claviger_model::iam::DeleteUserRequest;
use claviger_store::tables::iam_table::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access_keys;
use super::entities::{self, Entity};
use super::on_resource::ResourceOperation;

pub(crate) struct DeleteUser;

impl ResourceOperation for DeleteUser {
    const ACTION: &'static str = "iam:DeleteUser";
    const READ_ONLY: bool = false;
    type Resource = UserRecord;
    type Input = DeleteUserRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn run(_input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        if !access_keys::all(cx, &user)?.is_empty() {
            return Err(entities::conflict("Cannot delete entity, must delete access keys first."));
        }
        if !user.groups.is_empty() {
            return Err(entities::conflict(entities::STILL_MEMBERS));
        }
        entities::require_bare(&user)?;
        user.remove(cx)
    }
}
