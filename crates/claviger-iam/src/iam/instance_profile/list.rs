//! ListInstanceProfiles: the account's instance profiles.

use claviger_model::iam::{ListInstanceProfilesRequest, ListInstanceProfilesResponse};
use claviger_store::tables::instance_profile_table::{InstanceProfileRecord, instance_profiles};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use crate::iam::access;
use crate::iam::entities;
use crate::iam::pages::Window;
use crate::iam::wire::{self, Detail};

pub(crate) struct ListInstanceProfiles;

impl Operation for ListInstanceProfiles {
    const ACTION: &'static str = "iam:ListInstanceProfiles";
    const READ_ONLY: bool = true;
    type Input = ListInstanceProfilesRequest;
    type Output = ListInstanceProfilesResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let prefix = input.path_prefix.as_deref();
        Ok(Resolved::found(entities::list_permission::<InstanceProfileRecord>(cx, Self::ACTION, prefix), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let prefix = input.path_prefix.as_deref();
        let window = Window::open(cx, Self::NAME, &[prefix], input.marker.as_deref(), input.max_items)?;
        let read = |after: Option<&[u8]>, limit| instance_profiles(cx.tx, cx.account(), after, limit);
        let page = window.gather(cx, read, |profile| Ok(entities::has_prefix(profile, prefix)))?;
        let profiles = page.items.iter().map(|profile| wire::instance_profile(cx, profile, Detail::Listed));
        Ok(ListInstanceProfilesResponse {
            instance_profiles: profiles.collect::<Result<_, _>>()?,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
