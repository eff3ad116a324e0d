//! Announces written records to the other regions.

use claviger_replication::iam_replication;
use claviger_store::tables::policy_version_table::PolicyVersionRecord;
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{AccountId, Region};

use claviger_core::context::Cx;
use claviger_core::error::Error;

/// A user was written or deleted.
pub(crate) fn user(cx: &mut Cx<'_, '_>, name: &str) -> Result<(), Error> {
    tell(cx, iam_replication::announce_user, name)
}

/// A role was written or deleted.
pub(crate) fn role(cx: &mut Cx<'_, '_>, name: &str) -> Result<(), Error> {
    tell(cx, iam_replication::announce_role, name)
}

/// A managed policy was written or deleted.
pub(crate) fn policy(cx: &mut Cx<'_, '_>, name: &str) -> Result<(), Error> {
    tell(cx, iam_replication::announce_policy, name)
}

/// A version of a managed policy was written or deleted.
pub(crate) fn policy_version(cx: &mut Cx<'_, '_>, version: &PolicyVersionRecord) -> Result<(), Error> {
    let peers = peers(cx);
    Ok(iam_replication::announce_policy_version(cx.tx, &peers, &version.account, &version.policy_id, version.number)?)
}

/// An access key was written or deleted.
pub(crate) fn access_key(cx: &mut Cx<'_, '_>, id: &str) -> Result<(), Error> {
    tell(cx, iam_replication::announce_access_key, id)
}

type Announce = fn(&mut Tx<'_>, &[Region], &AccountId, &str) -> Result<(), StoreError>;

fn tell(cx: &mut Cx<'_, '_>, announce: Announce, name: &str) -> Result<(), Error> {
    let peers = peers(cx);
    Ok(announce(cx.tx, &peers, &cx.caller.account, name)?)
}

fn peers(cx: &Cx<'_, '_>) -> Vec<Region> {
    cx.facts.topology.regions.iter().filter(|r| *r != cx.region()).cloned().collect()
}
