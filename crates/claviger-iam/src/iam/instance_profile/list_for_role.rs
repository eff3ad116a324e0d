//! ListInstanceProfilesForRole: the instance profiles that hold a role.

use claviger_model::iam::{ListInstanceProfilesForRoleRequest, ListInstanceProfilesForRoleResponse};
use claviger_store::tables::iam_table::RoleRecord;
use claviger_store::tables::instance_profile_table::{instance_profile, instance_profiles_of};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use crate::iam::on_resource::ResourceOperation;
use crate::iam::pages::Window;
use crate::iam::wire::{self, Detail};

pub(crate) struct ListInstanceProfilesForRole;

impl ResourceOperation for ListInstanceProfilesForRole {
    const ACTION: &'static str = "iam:ListInstanceProfilesForRole";
    const READ_ONLY: bool = true;
    type Resource = RoleRecord;
    type Input = ListInstanceProfilesForRoleRequest;
    type Output = ListInstanceProfilesForRoleResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.role_name)
    }

    fn run(input: Self::Input, role: RoleRecord, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let name = role.identity.name.as_str();
        let scope = [Some(role.identity.id.as_str())];
        let window = Window::open(cx, Self::ACTION, &scope, input.marker.as_deref(), input.max_items)?;
        let read = |after: Option<&[u8]>, limit| instance_profiles_of(cx.tx, cx.account(), name, after, limit);
        let page = window.gather(cx, read, |_| Ok(true))?;
        let mut profiles = Vec::with_capacity(page.items.len());
        for held in &page.items {
            let profile = instance_profile(cx.tx, cx.account(), &held.name)?;
            profiles.extend(profile.map(|profile| wire::instance_profile(cx, &profile, Detail::Listed)).transpose()?);
        }
        Ok(ListInstanceProfilesForRoleResponse {
            instance_profiles: profiles,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
