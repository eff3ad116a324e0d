//! The users and roles that can use a resource's permissions, and their last uses of services.

use std::collections::BTreeMap;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::EntityInfo;
use claviger_store::Key;
use claviger_store::tables::access_report_table::ReportSubject;
use claviger_store::tables::group_table;
use claviger_store::tables::iam_table::{self, EntityKind, Identity, RoleRecord, UserRecord};
use claviger_store::tables::last_use_table::{self, LastUseRecord, ServiceUse};

use crate::iam::entities::{self, Entity};

/// The tracking period (IAM API reference, GenerateServiceLastAccessedDetails).
const TRACKED_DAYS: i64 = 400;

/// Rows of one read of members or of a policy's uses.
const ROWS: usize = 256;

/// A user or role.
pub(super) struct Principal {
    pub(super) info: EntityInfo,
    /// The latest use of each service in the tracking period.
    pub(super) uses: Vec<ServiceUse>,
}

impl Principal {
    /// Its use of a service.
    pub(super) fn use_of(&self, namespace: &str) -> Option<&ServiceUse> {
        self.uses.iter().find(|used| used.service == namespace)
    }
}

/// The users and roles as they are now: the user or role itself, the members of a group, or those that a policy is attached to, by itself or
/// by a group. One that was deleted, or made again under its name, is left out.
pub(super) fn of_subject(cx: &Cx<'_, '_>, subject: &ReportSubject) -> Result<Vec<Principal>, Error> {
    let mut found = BTreeMap::new();
    match subject {
        ReportSubject::User { name, id } => {
            if let Some(user) = iam_table::user_with_id(cx.tx, cx.account(), id, name)? {
                add_user(cx, &user, &mut found)?;
            }
        }
        ReportSubject::Role { name, id } => add_role(cx, name, id, &mut found)?,
        ReportSubject::Group { id } => add_members(cx, id, &mut found)?,
        ReportSubject::Policy { arn } => {
            let read = |after: Option<&[u8]>| iam_table::policy_uses(cx.tx, cx.account(), arn, after, ROWS);
            for attached in all(read)?.into_iter().filter(|attached| !attached.boundary) {
                match attached.kind {
                    EntityKind::User => {
                        if let Some(user) = iam_table::user_with_id(cx.tx, cx.account(), &attached.id, &attached.name)?
                        {
                            add_user(cx, &user, &mut found)?;
                        }
                    }
                    EntityKind::Role => add_role(cx, &attached.name, &attached.id, &mut found)?,
                    EntityKind::Group => add_members(cx, &attached.id, &mut found)?,
                }
            }
        }
    }
    Ok(found.into_values().collect())
}

/// Principals by their unique id: one can have a policy in several ways.
type ById = BTreeMap<String, Principal>;

fn add_members(cx: &Cx<'_, '_>, group: &str, found: &mut ById) -> Result<(), Error> {
    for member in all(|after| group_table::members(cx.tx, cx.account(), group, after, ROWS))? {
        if let Some(user) = iam_table::user(cx.tx, cx.account(), &member.user)? {
            add_user(cx, &user, found)?;
        }
    }
    Ok(())
}

fn add_user(cx: &Cx<'_, '_>, user: &UserRecord, found: &mut ById) -> Result<(), Error> {
    if !found.contains_key(&user.identity.id) {
        let uses = last_use_table::uses_of_user(cx.tx, cx.account(), &user.identity.id)?;
        add(cx, user, "USER", uses, found);
    }
    Ok(())
}

fn add_role(cx: &Cx<'_, '_>, name: &str, id: &str, found: &mut ById) -> Result<(), Error> {
    let role: Option<RoleRecord> = iam_table::role(cx.tx, cx.account(), name)?;
    if let Some(role) = role.filter(|role| role.identity.id == id) {
        let used = last_use_table::last_use(cx.tx, id)?;
        let uses = used.iter().flat_map(LastUseRecord::uses).collect();
        add(cx, &role, "ROLE", uses, found);
    }
    Ok(())
}

fn add<E: Entity>(cx: &Cx<'_, '_>, entity: &E, kind: &str, mut uses: Vec<ServiceUse>, found: &mut ById) {
    let Identity { name, id, path, .. } = entity.identity();
    uses.retain(|used| used.at.plus_days(TRACKED_DAYS) > cx.now);
    let info = EntityInfo {
        arn: entities::arn(cx, entity),
        name: name.clone(),
        r#type: kind.to_owned(),
        id: id.clone(),
        path: Some(path.clone()),
    };
    found.insert(id.clone(), Principal { info, uses });
}

/// All rows of a list.
fn all<T>(
    read: impl Fn(Option<&[u8]>) -> Result<Vec<(Key, T)>, claviger_store::Error>,
) -> Result<Vec<T>, claviger_store::Error> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = read(after.as_deref())?;
        let ended = page.len() < ROWS;
        after = page.last().map(|(row, _)| row.clone());
        rows.extend(page.into_iter().map(|(_, row)| row));
        if ended {
            return Ok(rows);
        }
    }
}
