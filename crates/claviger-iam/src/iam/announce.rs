//! Announces written records to the other regions.

use claviger_replication::home_row;
use claviger_store::tables::iam_table::{self, AccessKeyRecord, PolicyRecord, RoleRecord, UserRecord};
use claviger_store::tables::{Named, RowName};
use claviger_types::Region;

use claviger_core::context::Cx;
use claviger_core::error::Error;

/// A user was written or deleted.
pub(crate) fn user(cx: &mut Cx<'_, '_>, name: &str) -> Result<(), Error> {
    announce::<UserRecord>(cx, &iam_table::entity_name(&cx.caller.account, name))
}

/// A role was written or deleted.
pub(crate) fn role(cx: &mut Cx<'_, '_>, name: &str) -> Result<(), Error> {
    announce::<RoleRecord>(cx, &iam_table::entity_name(&cx.caller.account, name))
}

/// A managed policy was written or deleted.
pub(crate) fn policy(cx: &mut Cx<'_, '_>, name: &str) -> Result<(), Error> {
    announce::<PolicyRecord>(cx, &iam_table::entity_name(&cx.caller.account, name))
}

/// An access key was written or deleted.
pub(crate) fn access_key(cx: &mut Cx<'_, '_>, id: &str) -> Result<(), Error> {
    announce::<AccessKeyRecord>(cx, &iam_table::access_key_name(id))
}

/// A record was written or deleted that its own row names.
pub(crate) fn row<R: Named>(cx: &mut Cx<'_, '_>, record: &R) -> Result<(), Error> {
    announce::<R>(cx, &record.row_name())
}

/// A record of any kind that the registry of replication lists was written or deleted under this name.
fn announce<R: Named>(cx: &mut Cx<'_, '_>, name: &RowName) -> Result<(), Error> {
    let peers: Vec<Region> = cx.facts.peers();
    Ok(home_row::announce::<R>(cx.tx, &peers, name)?)
}
