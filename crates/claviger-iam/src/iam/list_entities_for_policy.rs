//! ListEntitiesForPolicy: the users, groups and roles that a managed policy is attached to or bounds.

use claviger_model::iam::{
    ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse, PolicyGroup, PolicyRole, PolicyUser,
};
use claviger_store::tables::group_table::GroupRecord;
use claviger_store::tables::iam_table::{self, EntityKind, PolicyUseRecord, RoleRecord, UserRecord};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::entities::{self, Entity};
use super::on_resource::ResourceOperation;
use super::pages::Window;
use super::policies::Managed;

pub(crate) struct ListEntitiesForPolicy;

impl ResourceOperation for ListEntitiesForPolicy {
    const ACTION: &'static str = "iam:ListEntitiesForPolicy";
    const READ_ONLY: bool = true;
    type Resource = Managed;
    type Input = ListEntitiesForPolicyRequest;
    type Output = ListEntitiesForPolicyResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn run(input: Self::Input, _policy: Managed, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let arn = input.policy_arn.as_str();
        let filters = [&input.entity_filter, &input.path_prefix, &input.policy_usage_filter].map(Option::as_deref);
        let [entity, prefix, usage] = filters;
        let scope = [Some(arn), entity, prefix, usage];
        let window = Window::open(cx, Self::ACTION, &scope, input.marker.as_deref(), input.max_items)?;
        let read = |after: Option<&[u8]>, limit| iam_table::policy_uses(cx.tx, cx.account(), arn, after, limit);
        let page = window.gather(cx, read, |part| Ok(fits(part, entity, usage) && has_prefix(cx, part, prefix)?))?;
        let (mut users, mut groups, mut roles) = (Vec::new(), Vec::new(), Vec::new());
        for PolicyUseRecord { kind, name, id, .. } in page.items {
            match kind {
                EntityKind::User => users.push(PolicyUser { user_name: Some(name), user_id: Some(id) }),
                EntityKind::Group => groups.push(PolicyGroup { group_name: Some(name), group_id: Some(id) }),
                EntityKind::Role => roles.push(PolicyRole { role_name: Some(name), role_id: Some(id) }),
            }
        }
        Ok(ListEntitiesForPolicyResponse {
            policy_groups: Some(groups),
            policy_users: Some(users),
            policy_roles: Some(roles),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}

fn fits(part: &PolicyUseRecord, entity: Option<&str>, usage: Option<&str>) -> bool {
    let kind = match entity {
        None => true,
        Some("User") => part.kind == EntityKind::User,
        Some("Role") => part.kind == EntityKind::Role,
        Some("Group") => part.kind == EntityKind::Group,
        // Policies use no policies.
        Some(_) => false,
    };
    let usage = match usage {
        Some("PermissionsBoundary") => part.boundary,
        Some("PermissionsPolicy") => !part.boundary,
        _ => true,
    };
    kind && usage
}

fn has_prefix(cx: &Cx<'_, '_>, part: &PolicyUseRecord, prefix: Option<&str>) -> Result<bool, Error> {
    fn check<E: Entity>(cx: &Cx<'_, '_>, name: &str, prefix: Option<&str>) -> Result<bool, Error> {
        Ok(E::read(cx.tx, cx.account(), name)?.is_some_and(|entity| entities::has_prefix(&entity, prefix)))
    }
    match part.kind {
        _ if prefix.is_none() => Ok(true),
        EntityKind::User => check::<UserRecord>(cx, &part.name, prefix),
        EntityKind::Group => check::<GroupRecord>(cx, &part.name, prefix),
        EntityKind::Role => check::<RoleRecord>(cx, &part.name, prefix),
    }
}
