//! The users and roles that can use a resource's permissions, and their last uses of services.

use std::collections::BTreeMap;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::{EntityDetails, EntityInfo};
use claviger_store::tables::access_report_table::{ENTITIES_MAX, EntityUse, ReportedEntity, ReportedService};
use claviger_store::tables::group_table;
use claviger_store::tables::iam_table::{self, EntityKind, Identity, RoleRecord, UserRecord};
use claviger_store::tables::last_use_table::{self, LastUseRecord, ServiceUse};
use claviger_store::{Error as StoreError, Key};

use super::resource::Resource;
use crate::iam::entities::{self, Entity};

/// The tracking period (IAM API reference, GenerateServiceLastAccessedDetails).
const TRACKED_DAYS: i64 = 400;

/// Rows of one read of members or of a policy's uses.
const ROWS: usize = 256;

/// The most rows of members and of a policy's uses that a report reads. A user can be in several groups that have the policy.
const ROWS_MAX: usize = 2 * ENTITIES_MAX;

/// A user or role.
pub(super) struct Principal {
    kind: EntityKind,
    pub(super) arn: String,
    name: String,
    id: String,
    /// The latest use of each service in the tracking period.
    uses: Vec<ServiceUse>,
}

impl Principal {
    /// Its use of a service.
    pub(super) fn use_of(&self, namespace: &str) -> Option<&ServiceUse> {
        self.uses.iter().find(|used| used.service == namespace)
    }

    /// As a report keeps it.
    pub(super) fn reported(self, services: &[ReportedService]) -> ReportedEntity {
        let is_reported = |used: &ServiceUse| services.iter().any(|service| service.namespace == used.service);
        let uses = self.uses.into_iter().filter(is_reported);
        ReportedEntity {
            kind: self.kind,
            name: self.name,
            id: self.id,
            uses: uses.map(|used| EntityUse { service: used.service, at: used.at }).collect(),
        }
    }
}

/// The user or role itself, the members of a group, or those that a policy is attached to, by itself or by a group: users first, and by their
/// ARNs. At most [`ENTITIES_MAX`].
pub(super) fn of_resource(cx: &Cx<'_, '_>, resource: &Resource) -> Result<Vec<Principal>, Error> {
    let mut found = Gathered::default();
    match resource {
        Resource::User(user) => found.add_user(cx, user)?,
        Resource::Role(role) => found.add_role(cx, role)?,
        Resource::Group(group) => found.add_members(cx, &group.identity.id)?,
        Resource::Policy(arn) => found.add_users_of_policy(cx, arn)?,
    }
    let mut all: Vec<Principal> = found.by_id.into_values().collect();
    all.sort_by(|a, b| (a.kind == EntityKind::Role, &a.arn).cmp(&(b.kind == EntityKind::Role, &b.arn)));
    Ok(all)
}

/// The user or role of a report under its present name. None if it was deleted, or made again under its name.
pub(super) fn details(
    cx: &Cx<'_, '_>,
    entity: &ReportedEntity,
    namespace: &str,
) -> Result<Option<EntityDetails>, Error> {
    let ReportedEntity { kind, name, id, .. } = entity;
    let info = match kind {
        EntityKind::User => {
            iam_table::user_with_id(cx.tx, cx.account(), id, name)?.map(|user| info(cx, &*user, "USER"))
        }
        EntityKind::Role => role(cx, name, id)?.map(|role| info(cx, &role, "ROLE")),
        EntityKind::Group => None,
    };
    Ok(info.map(|entity_info| EntityDetails { entity_info, last_authenticated: entity.use_of(namespace) }))
}

fn info<E: Entity>(cx: &Cx<'_, '_>, entity: &E, kind: &str) -> EntityInfo {
    let Identity { name, id, path, .. } = entity.identity();
    EntityInfo {
        arn: entities::arn(cx, entity),
        name: name.clone(),
        r#type: kind.to_owned(),
        id: id.clone(),
        path: Some(path.clone()),
    }
}

/// The role of that name, if it has the unique id.
fn role(cx: &Cx<'_, '_>, name: &str, id: &str) -> Result<Option<RoleRecord>, Error> {
    Ok(iam_table::role(cx.tx, cx.account(), name)?.filter(|role| role.identity.id == id))
}

/// Principals that were found, by their unique id: one can have a policy in several ways.
#[derive(Default)]
struct Gathered {
    by_id: BTreeMap<String, Principal>,
    /// How many rows of lists were read.
    rows: usize,
}

impl Gathered {
    fn is_full(&self) -> bool {
        self.by_id.len() >= ENTITIES_MAX || self.rows >= ROWS_MAX
    }

    fn add_users_of_policy(&mut self, cx: &Cx<'_, '_>, arn: &str) -> Result<(), Error> {
        let read = |after: Option<&[u8]>| iam_table::policy_uses(cx.tx, cx.account(), arn, after, ROWS);
        self.each(read, |found, attached| match attached.kind {
            _ if attached.boundary => Ok(()),
            EntityKind::User => match iam_table::user_with_id(cx.tx, cx.account(), &attached.id, &attached.name)? {
                Some(user) => found.add_user(cx, &user),
                None => Ok(()),
            },
            EntityKind::Role => match role(cx, &attached.name, &attached.id)? {
                Some(role) => found.add_role(cx, &role),
                None => Ok(()),
            },
            EntityKind::Group => found.add_members(cx, &attached.id),
        })
    }

    fn add_members(&mut self, cx: &Cx<'_, '_>, group: &str) -> Result<(), Error> {
        let read = |after: Option<&[u8]>| group_table::members(cx.tx, cx.account(), group, after, ROWS);
        self.each(read, |found, member| match iam_table::user(cx.tx, cx.account(), &member.user)? {
            Some(user) => found.add_user(cx, &user),
            None => Ok(()),
        })
    }

    fn add_user(&mut self, cx: &Cx<'_, '_>, user: &UserRecord) -> Result<(), Error> {
        if !self.by_id.contains_key(&user.identity.id) {
            let uses = last_use_table::uses_of_user(cx.tx, cx.account(), &user.identity.id)?;
            self.add(cx, user, EntityKind::User, uses);
        }
        Ok(())
    }

    fn add_role(&mut self, cx: &Cx<'_, '_>, role: &RoleRecord) -> Result<(), Error> {
        let used = last_use_table::last_use(cx.tx, &role.identity.id)?;
        self.add(cx, role, EntityKind::Role, used.iter().flat_map(LastUseRecord::uses).collect());
        Ok(())
    }

    fn add<E: Entity>(&mut self, cx: &Cx<'_, '_>, entity: &E, kind: EntityKind, mut uses: Vec<ServiceUse>) {
        let Identity { name, id, .. } = entity.identity();
        uses.retain(|used| used.at.plus_days(TRACKED_DAYS) > cx.now);
        let principal = Principal { kind, arn: entities::arn(cx, entity), name: name.clone(), id: id.clone(), uses };
        self.by_id.insert(id.clone(), principal);
    }

    /// Takes the rows of a list one by one, until enough was found.
    fn each<T>(
        &mut self,
        read: impl Fn(Option<&[u8]>) -> Result<Vec<(Key, T)>, StoreError>,
        take: impl Fn(&mut Gathered, T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut after: Option<Key> = None;
        loop {
            let page = read(after.as_deref())?;
            let ended = page.len() < ROWS;
            after = page.last().map(|(row, _)| row.clone());
            for (_, row) in page {
                if self.is_full() {
                    return Ok(());
                }
                self.rows += 1;
                take(self, row)?;
            }
            if ended {
                return Ok(());
            }
        }
    }
}
