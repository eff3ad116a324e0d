//! Users, groups, roles and versions as the API shows them. Each operation leaves out the members that AWS leaves out.

use claviger_model::iam::{
    AttachedPermissionsBoundary, Group, InstanceProfile, PolicyVersion as WireVersion, Role, User,
};
use claviger_store::tables::group_table::GroupRecord;
use claviger_store::tables::iam_table::{self, Identity, RoleRecord, UserRecord};
use claviger_store::tables::instance_profile_table::InstanceProfileRecord;
use claviger_store::tables::policy_version_table::PolicyVersionRecord;

use claviger_core::binding;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::{documents, entities, tags};

/// How much of an entity a call shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The answer of a creation.
    Created,
    /// One of a list: no tags, no boundary.
    Listed,
    /// All of it.
    Full,
}

/// A user.
pub(crate) fn user(cx: &Cx<'_, '_>, record: &UserRecord, detail: Detail) -> User {
    let identity = &record.identity;
    let listed = detail == Detail::Listed;
    User {
        path: identity.path.clone(),
        user_name: identity.name.clone(),
        user_id: identity.id.clone(),
        arn: entities::arn(cx, record),
        create_date: identity.created,
        permissions_boundary: boundary(identity).filter(|_| !listed),
        tags: tags::shown(&identity.tags).filter(|_| !listed),
        ..User::default()
    }
}

/// A group. Every call shows all of it.
pub(crate) fn group(cx: &Cx<'_, '_>, record: &GroupRecord) -> Group {
    let identity = &record.identity;
    Group {
        path: identity.path.clone(),
        group_name: identity.name.clone(),
        group_id: identity.id.clone(),
        arn: entities::arn(cx, record),
        create_date: identity.created,
    }
}

/// An instance profile with its role. Lists leave out the tags.
pub(crate) fn instance_profile(
    cx: &Cx<'_, '_>,
    record: &InstanceProfileRecord,
    detail: Detail,
) -> Result<InstanceProfile, Error> {
    let identity = &record.identity;
    let stored = record.role.as_ref().map(|name| iam_table::role(cx.tx, &identity.account, name)).transpose()?;
    let roles = stored.flatten().iter().map(|stored| member_role(cx, stored)).collect::<Result<_, _>>()?;
    Ok(InstanceProfile {
        path: identity.path.clone(),
        instance_profile_name: identity.name.clone(),
        instance_profile_id: identity.id.clone(),
        arn: entities::arn(cx, record),
        create_date: identity.created,
        roles,
        tags: tags::shown(&identity.tags).filter(|_| detail != Detail::Listed),
    })
}

fn member_role(cx: &Cx<'_, '_>, record: &RoleRecord) -> Result<Role, Error> {
    Ok(Role { description: None, max_session_duration: None, ..role(cx, record, Detail::Listed)? })
}

/// A role. One that was just made shows no longest session.
pub(crate) fn role(cx: &Cx<'_, '_>, record: &RoleRecord, detail: Detail) -> Result<Role, Error> {
    let identity = &record.identity;
    let trust = binding::shown(cx, &record.trust, &record.bound)?;
    let listed = detail == Detail::Listed;
    let max_session = i32::try_from(record.max_session_secs).ok();
    Ok(Role {
        path: identity.path.clone(),
        role_name: identity.name.clone(),
        role_id: identity.id.clone(),
        arn: entities::arn(cx, record),
        create_date: identity.created,
        assume_role_policy_document: Some(documents::encode(&trust)),
        description: record.description.clone(),
        max_session_duration: max_session.filter(|_| detail != Detail::Created),
        permissions_boundary: boundary(identity).filter(|_| !listed),
        tags: tags::shown(&identity.tags).filter(|_| !listed),
        // GetRole alone shows it (`last_used.rs`).
        role_last_used: None,
    })
}

fn boundary(identity: &Identity) -> Option<AttachedPermissionsBoundary> {
    identity.boundary.as_ref().map(|arn| AttachedPermissionsBoundary {
        permissions_boundary_type: Some("PermissionsBoundaryPolicy".to_owned()),
        permissions_boundary_arn: Some(arn.clone()),
    })
}

/// A version of a policy; its document is shown by GetPolicyVersion alone.
pub(crate) fn version(version: &PolicyVersionRecord, default: u32, with_document: bool) -> WireVersion {
    WireVersion {
        document: with_document.then(|| documents::encode(&version.document)),
        version_id: Some(version_id(version.number)),
        is_default_version: Some(version.number == default),
        create_date: Some(version.created),
    }
}

/// `v1`, `v2`, ...
pub(crate) fn version_id(number: u32) -> String {
    format!("v{number}")
}

/// A count as the API's number type.
pub(crate) fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
