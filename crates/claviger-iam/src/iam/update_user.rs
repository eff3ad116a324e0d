//! UpdateUser: gives a user another name or path. Its access keys and memberships go with it.

use claviger_model::iam::UpdateUserRequest;
use claviger_store::tables::iam_table::UserRecord;
use claviger_store::tables::last_use_table;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::access_keys;
use super::entities::{self, Entity};
use super::on_resource::{Found, ResourceOperation};

pub(crate) struct UpdateUser;

impl ResourceOperation for UpdateUser {
    const ACTION: &'static str = "iam:UpdateUser";
    const READ_ONLY: bool = false;
    type Resource = UserRecord;
    type Input = UpdateUserRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn more_permissions(
        input: &Self::Input,
        found: &Found<UserRecord>,
        cx: &Cx<'_, '_>,
    ) -> Result<Vec<RequiredPermission>, Error> {
        let (path, name) = (input.new_path.as_deref(), input.new_user_name.as_deref());
        Ok(entities::permission_to_move(Self::ACTION, &input.user_name, path, name, found, cx))
    }

    fn run(input: Self::Input, mut user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let old = user.identity.name.clone();
        // A new name is a new row, and the old one takes its last uses with it.
        let used = last_use_table::last_use(cx.tx, &user.identity.id)?;
        if let Some(name) = input.new_user_name.filter(|name| *name != old) {
            rename(cx, &mut user, name)?;
        }
        if let Some(path) = input.new_path {
            user.identity.path = path;
        }
        user.save(cx)?;
        if let Some(used) = used {
            last_use_table::save_last_use(cx.tx, &used)?;
        }
        Ok(())
    }
}

fn rename(cx: &mut Cx<'_, '_>, user: &mut UserRecord, name: String) -> Result<(), Error> {
    // The same name in another case is the same row.
    if !name.eq_ignore_ascii_case(&user.identity.name) {
        entities::require_free::<UserRecord>(cx, &name)?;
        user.remove(cx)?;
    }
    for mut key in access_keys::all(cx, user)? {
        key.user.clone_from(&name);
        access_keys::save(cx, &key)?;
    }
    user.identity.name = name;
    Ok(())
}
