//! GetAccountAuthorizationDetails: all users, groups, roles and managed policies of the account, with their documents.

use claviger_model::iam::{
    AttachedPolicy, GetAccountAuthorizationDetailsRequest, GetAccountAuthorizationDetailsResponse, GroupDetail,
    ManagedPolicyDetail, PolicyDetail, RoleDetail, UserDetail,
};
use claviger_store::tables::group_table::{self, GroupRecord};
use claviger_store::tables::iam_table::{self, Identity, RoleRecord, UserRecord};
use claviger_store::tables::instance_profile_table::{instance_profile, instance_profiles_of};
use claviger_store::{Error as StoreError, Key};
use claviger_types::IamArn;

use claviger_core::aws_managed_policies::POLICIES;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_core::{authorize::Authorized, paging::Page};

use super::pages::Window;
use super::policies::Managed;
use super::wire::{self, Detail};
use super::{access, documents, last_used};

/// How many instance profiles of a role are read at a time.
const PROFILES_PAGE: usize = 100;

pub(crate) struct GetAccountAuthorizationDetails;

impl Operation for GetAccountAuthorizationDetails {
    const ACTION: &'static str = "iam:GetAccountAuthorizationDetails";
    const READ_ONLY: bool = true;
    type Input = GetAccountAuthorizationDetailsRequest;
    type Output = GetAccountAuthorizationDetailsResponse;
    type Target = ();

    fn resolve(_: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let permission = RequiredPermission::new(Self::ACTION, "*", cx.account(), ResourcePolicy::Identity);
        Ok(Resolved::found(permission, ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let mut filter = input.filter.unwrap_or_default();
        filter.sort_unstable();
        filter.dedup();
        let scope = filter.join(",");
        let window = Window::open(cx, Self::NAME, &[Some(&scope)], input.marker.as_deref(), input.max_items)?;
        let read = |after: Option<&[u8]>, limit| read(cx, &filter, after, limit);
        let page = window.gather(cx, read, |item| item.is_shown(cx))?;
        answer(cx, page)
    }
}

/// What the answer lists, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    User,
    Group,
    Role,
    AwsPolicy,
    OwnPolicy,
}

/// The kinds, each with its name in a filter. A row of a kind is the kind's place here and the row's key.
const KINDS: [(Kind, &str); 5] = [
    (Kind::User, "User"),
    (Kind::Group, "Group"),
    (Kind::Role, "Role"),
    (Kind::AwsPolicy, "AWSManagedPolicy"),
    (Kind::OwnPolicy, "LocalManagedPolicy"),
];

enum Item {
    User(UserRecord),
    Group(GroupRecord),
    Role(RoleRecord),
    Policy(Managed),
}

impl Item {
    /// Of AWS's policies those in use are shown.
    fn is_shown(&self, cx: &Cx<'_, '_>) -> Result<bool, Error> {
        match self {
            Item::Policy(policy @ Managed::Aws(..)) => {
                let uses = policy.uses(cx)?;
                Ok(uses.attached > 0 || uses.bounding > 0)
            }
            _ => Ok(true),
        }
    }
}

fn read(
    cx: &Cx<'_, '_>,
    filter: &[String],
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, Item)>, StoreError> {
    let (first, last) = match after.and_then(<[u8]>::split_first) {
        Some((kind, rest)) => (*kind, Some(rest)),
        None => (0, None),
    };
    let mut rows = Vec::new();
    for (at, (kind, name)) in (0_u8..).zip(KINDS) {
        let is_asked = filter.is_empty() || filter.iter().any(|asked| asked == name);
        if at < first || !is_asked || rows.len() >= limit {
            continue;
        }
        let last = last.filter(|_| at == first);
        let of_kind = rows_of(cx, kind, last, limit.saturating_sub(rows.len()))?;
        rows.extend(of_kind.into_iter().map(|(row, item)| ([&[at], row.as_slice()].concat(), item)));
    }
    Ok(rows)
}

fn rows_of(cx: &Cx<'_, '_>, kind: Kind, after: Option<&[u8]>, limit: usize) -> Result<Vec<(Key, Item)>, StoreError> {
    fn items<T>(rows: Vec<(Key, T)>, item: impl Fn(T) -> Item) -> Vec<(Key, Item)> {
        rows.into_iter().map(|(row, record)| (row, item(record))).collect()
    }
    let (tx, account) = (&*cx.tx, cx.account());
    Ok(match kind {
        Kind::User => items(iam_table::users(tx, account, after, limit)?, Item::User),
        Kind::Group => items(group_table::groups(tx, account, after, limit)?, Item::Group),
        Kind::Role => items(iam_table::roles(tx, account, after, limit)?, Item::Role),
        Kind::OwnPolicy => {
            items(iam_table::policies(tx, account, after, limit)?, |record| Item::Policy(Managed::Own(record)))
        }
        Kind::AwsPolicy => {
            let skip = after.and_then(<[u8]>::first).map_or(0, |n| usize::from(*n).saturating_add(1));
            let of_aws = (0_u8..).zip(&POLICIES).skip(skip).take(limit);
            of_aws.map(|(n, p)| (vec![n], Item::Policy(Managed::Aws(p, p.arn(cx.partition()))))).collect()
        }
    })
}

fn answer(cx: &Cx<'_, '_>, page: Page<Item>) -> Result<GetAccountAuthorizationDetailsResponse, Error> {
    let (mut users, mut groups, mut roles, mut policies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for item in &page.items {
        match item {
            Item::User(record) => users.push(user(cx, record)?),
            Item::Group(record) => groups.push(group(cx, record)),
            Item::Role(record) => roles.push(role(cx, record)?),
            Item::Policy(managed) => policies.push(policy(cx, managed)?),
        }
    }
    Ok(GetAccountAuthorizationDetailsResponse {
        user_detail_list: Some(users),
        group_detail_list: Some(groups),
        role_detail_list: Some(roles),
        policies: Some(policies),
        is_truncated: Some(page.next.is_some()),
        marker: page.next,
    })
}

fn user(cx: &Cx<'_, '_>, record: &UserRecord) -> Result<UserDetail, Error> {
    let shown = wire::user(cx, record, Detail::Full);
    let mut groups = Vec::with_capacity(record.groups.len());
    for id in &record.groups {
        groups.extend(group_table::group_with_id(cx.tx, cx.account(), id)?.map(|group| group.identity.name));
    }
    Ok(UserDetail {
        path: Some(shown.path),
        user_name: Some(shown.user_name),
        user_id: Some(shown.user_id),
        arn: Some(shown.arn),
        create_date: Some(shown.create_date),
        user_policy_list: Some(inline(&record.identity)),
        group_list: Some(groups),
        attached_managed_policies: Some(attached(&record.identity)),
        permissions_boundary: shown.permissions_boundary,
        tags: shown.tags,
    })
}

fn group(cx: &Cx<'_, '_>, record: &GroupRecord) -> GroupDetail {
    let shown = wire::group(cx, record);
    GroupDetail {
        path: Some(shown.path),
        group_name: Some(shown.group_name),
        group_id: Some(shown.group_id),
        arn: Some(shown.arn),
        create_date: Some(shown.create_date),
        group_policy_list: Some(inline(&record.identity)),
        attached_managed_policies: Some(attached(&record.identity)),
    }
}

fn role(cx: &Cx<'_, '_>, record: &RoleRecord) -> Result<RoleDetail, Error> {
    let shown = wire::role(cx, record, Detail::Full)?;
    let mut profiles = Vec::new();
    let mut after: Option<Key> = None;
    loop {
        let name = &record.identity.name;
        let rows = instance_profiles_of(cx.tx, cx.account(), name, after.as_deref(), PROFILES_PAGE)?;
        for (_, held) in &rows {
            let profile = instance_profile(cx.tx, cx.account(), &held.name)?;
            profiles.extend(profile.map(|profile| wire::instance_profile(cx, &profile, Detail::Listed)).transpose()?);
        }
        after = rows.last().map(|(row, _)| row.clone());
        if rows.len() < PROFILES_PAGE {
            break;
        }
    }
    Ok(RoleDetail {
        path: Some(shown.path),
        role_name: Some(shown.role_name),
        role_id: Some(shown.role_id),
        arn: Some(shown.arn),
        create_date: Some(shown.create_date),
        assume_role_policy_document: shown.assume_role_policy_document,
        instance_profile_list: Some(profiles),
        role_policy_list: Some(inline(&record.identity)),
        attached_managed_policies: Some(attached(&record.identity)),
        permissions_boundary: shown.permissions_boundary,
        tags: shown.tags,
        role_last_used: last_used::role(cx, record)?,
    })
}

fn policy(cx: &Cx<'_, '_>, managed: &Managed) -> Result<ManagedPolicyDetail, Error> {
    let shown = managed.shown(cx, true)?;
    let versions = managed.versions(cx)?;
    let versions = versions.iter().map(|version| wire::version(version, managed.default_version(), true));
    Ok(ManagedPolicyDetail {
        policy_name: shown.policy_name,
        policy_id: shown.policy_id,
        arn: shown.arn,
        path: shown.path,
        default_version_id: shown.default_version_id,
        attachment_count: shown.attachment_count,
        permissions_boundary_usage_count: shown.permissions_boundary_usage_count,
        is_attachable: shown.is_attachable,
        description: shown.description,
        create_date: shown.create_date,
        update_date: shown.update_date,
        policy_version_list: Some(versions.collect()),
    })
}

fn inline(identity: &Identity) -> Vec<PolicyDetail> {
    let shown = identity.inline.iter().map(|policy| PolicyDetail {
        policy_name: Some(policy.name.clone()),
        policy_document: Some(documents::encode(policy.document.text())),
    });
    shown.collect()
}

fn attached(identity: &Identity) -> Vec<AttachedPolicy> {
    let shown = identity.attached.iter().map(|arn| AttachedPolicy {
        policy_name: IamArn::parse(arn).ok().map(|arn| arn.name),
        policy_arn: Some(arn.clone()),
    });
    shown.collect()
}
