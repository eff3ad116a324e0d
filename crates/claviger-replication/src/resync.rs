//! A snapshot for a peer: everything that is shared with it, put into its outbox page by page.
//!
//! It is begun by itself whenever a peer answers the greeting with having applied nothing of ours ever, or when either side's
//! store turns out to be older than what the other remembers. The snapshot is only a walk that announces: what the peer holds
//! already it finds to be no news. How far the walk is lies in the outbox too, so that a crash does not end it.

use claviger_store::tables::iam_table::{AccessKeyRecord, PolicyRecord, RoleRecord, UserRecord};
use claviger_store::tables::key_table::{self, KeyRecord};
use claviger_store::tables::last_use_table::LastUseRecord;
use claviger_store::tables::policy_version_table::PolicyVersionRecord;
use claviger_store::tables::region_table::TokenKeyRecord;
use claviger_store::tables::secret_table::{self, SecretRecord};
use claviger_store::tables::{Record, list};
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::Region;
use minicbor::bytes::ByteVec;

use crate::change::{Change, Cursor, IamKind, IamName};
use crate::iam_replication::policy_version_name;

/// How many records are looked at in one step.
const PAGE: usize = 128;
/// The last table of the walk.
const LAST_STAGE: u8 = 7;

/// Announces to `peer` everything that is shared with it.
pub fn resync(tx: &mut Tx<'_>, peer: &Region) -> Result<(), StoreError> {
    Change::Resync(Cursor { stage: 0, after: None }).push(tx, peer)
}

/// What a page of the walk has met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expanded {
    /// Records, or none.
    Whole,
    /// A record that cannot be read; the walk goes on behind it.
    Damaged,
}

/// One page of the walk: its changes, and the cursor of the next page if there is one.
pub(crate) fn expand(
    tx: &mut Tx<'_>,
    here: &Region,
    peer: &Region,
    iam_home: &Region,
    cursor: Cursor,
) -> Result<Expanded, StoreError> {
    let after = cursor.after.as_ref().map(|after| after.as_slice());
    let walk = Walk { here, peer, iam_home, after };
    let mut expanded = Expanded::Whole;
    // A page with a damaged record is read one by one, so that only that record is left out.
    let page = match walk.page(tx, cursor.stage, PAGE) {
        Err(StoreError::Corrupt { .. }) => match walk.page(tx, cursor.stage, 1) {
            Err(StoreError::Corrupt { key }) => {
                expanded = Expanded::Damaged;
                Page { changes: Vec::new(), last: Some(key).filter(|key| after.is_none_or(|after| after < &**key)) }
            }
            page => page?,
        },
        page => page?,
    };
    if cursor.stage > LAST_STAGE {
        return Ok(expanded);
    }
    page.changes.iter().try_for_each(|change| change.push(tx, peer))?;
    let next = match page.last {
        Some(row) => Cursor { stage: cursor.stage, after: Some(ByteVec::from(row)) },
        None => Cursor { stage: cursor.stage + 1, after: None },
    };
    Change::Resync(next).push(tx, peer)?;
    Ok(expanded)
}

struct Walk<'a> {
    here: &'a Region,
    peer: &'a Region,
    iam_home: &'a Region,
    after: Option<&'a [u8]>,
}

impl Walk<'_> {
    fn page(&self, tx: &Tx<'_>, stage: u8, limit: usize) -> Result<Page, StoreError> {
        let Walk { here, peer, iam_home, after } = *self;
        let home = here == iam_home;
        // Policies come before those they are attached to, keys after the users that they belong to.
        match stage {
            0 => page::<TokenKeyRecord>(tx, after, limit, |r| (r.region == *here).then_some(Change::TokenKey(r.id))),
            // The home tells of IAM, and the other regions tell the home of last uses.
            1 if peer == iam_home => {
                page::<LastUseRecord>(tx, after, limit, |r| Some(Change::LastUse(r.principal.id().to_owned())))
            }
            1 if home => page::<PolicyRecord>(tx, after, limit, |r| iam(IamKind::Policy, r.account, r.name)),
            2 if home => page::<PolicyVersionRecord>(tx, after, limit, |r| {
                let name = policy_version_name(&r.policy_id, r.number);
                iam(IamKind::PolicyVersion, r.account, name)
            }),
            3 if home => {
                page::<UserRecord>(tx, after, limit, |r| iam(IamKind::User, r.identity.account, r.identity.name))
            }
            4 if home => {
                page::<RoleRecord>(tx, after, limit, |r| iam(IamKind::Role, r.identity.account, r.identity.name))
            }
            5 if home => page::<AccessKeyRecord>(tx, after, limit, |r| iam(IamKind::AccessKey, r.account, r.id)),
            6 => Ok(made_of(key_table::all_keys(tx, after, limit)?, limit, |r| key(here, peer, &r))),
            LAST_STAGE => Ok(made_of(secret_table::all_secrets(tx, after, limit)?, limit, |r| secret(peer, &r))),
            _ => Ok(Page::default()),
        }
    }
}

#[derive(Default)]
struct Page {
    changes: Vec<Change>,
    /// The last row, if there may be more.
    last: Option<Key>,
}

fn page<T: Record>(
    tx: &Tx<'_>,
    after: Option<&[u8]>,
    limit: usize,
    change: impl Fn(T) -> Option<Change>,
) -> Result<Page, StoreError> {
    Ok(made_of(list::<T>(tx, &[T::TABLE as u8], after, limit)?, limit, change))
}

fn made_of<T>(rows: Vec<(Key, T)>, limit: usize, change: impl Fn(T) -> Option<Change>) -> Page {
    let last = rows.get(limit - 1).map(|(row, _)| row.clone());
    Page { changes: rows.into_iter().filter_map(|(_, record)| change(record)).collect(), last }
}

fn iam(kind: IamKind, account: claviger_types::AccountId, name: String) -> Option<Change> {
    Some(Change::Iam(IamName { kind, account, name }))
}

fn key(here: &Region, peer: &Region, record: &KeyRecord) -> Option<Change> {
    let shared = record.multi_region.as_ref()?;
    let name = crate::key_replication::name(record);
    if shared.primary == *here && shared.replicas.contains(peer) {
        return Some(Change::Key(name));
    }
    (shared.primary == *peer).then_some(Change::KeyReport(name))
}

fn secret(peer: &Region, record: &SecretRecord) -> Option<Change> {
    let shared = record.replication.as_ref()?;
    if record.is_replica() {
        return (shared.primary == *peer)
            .then(|| crate::secret_replication::success(record))
            .flatten()
            .map(|(_, report)| Change::SecretReport(report));
    }
    shared.replicas.iter().any(|replica| replica.region == *peer).then(|| Change::Secret(record.arn.clone()))
}
