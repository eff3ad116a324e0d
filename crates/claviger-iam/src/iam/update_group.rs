//! UpdateGroup: gives a group another name or path. Its members stay in it: they name the group by its id.

use claviger_model::iam::UpdateGroupRequest;
use claviger_store::tables::group_table::GroupRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

use super::entities::{self, Entity};
use super::on_resource::{Found, ResourceOperation};

pub(crate) struct UpdateGroup;

impl ResourceOperation for UpdateGroup {
    const ACTION: &'static str = "iam:UpdateGroup";
    const READ_ONLY: bool = false;
    type Resource = GroupRecord;
    type Input = UpdateGroupRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.group_name)
    }

    fn more_permissions(
        input: &Self::Input,
        found: &Found<GroupRecord>,
        cx: &Cx<'_, '_>,
    ) -> Result<Vec<RequiredPermission>, Error> {
        let (path, name) = (input.new_path.as_deref(), input.new_group_name.as_deref());
        Ok(entities::permission_to_move(Self::ACTION, &input.group_name, path, name, found, cx))
    }

    fn run(input: Self::Input, mut group: GroupRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        if let Some(name) = input.new_group_name {
            if !name.eq_ignore_ascii_case(&group.identity.name) {
                entities::require_free::<GroupRecord>(cx, &name)?;
            }
            group.identity.name = name;
        }
        if let Some(path) = input.new_path {
            group.identity.path = path;
        }
        group.save(cx)
    }
}
