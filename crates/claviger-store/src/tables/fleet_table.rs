//! The other regions of the fleet as this region knows them, and the recovery of a region that lost its store.

use claviger_crypto::{InvitationId, PublicIdentity};
use claviger_types::{Region, Timestamp};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::lineage_table::note_former_identity;
use super::log::AppliedPoint;
use super::{Record, Table, fetch, list, put, row};
use crate::{Error, Key, Tx};

/// The most regions of a fleet.
pub const MEMBERS_MAX: usize = 64;

/// Another region of the fleet.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MemberRecord {
    /// Its name.
    #[n(0)]
    pub region: Region,
    /// The public half of its signing key. Messages of any other key are dropped.
    #[n(1)]
    pub identity: PublicIdentity,
    /// Where its link listens, as `host:port`, in the order in which the addresses are tried. Empty for a region of the same process.
    #[n(2)]
    pub addresses: Vec<String>,
}

impl Record for MemberRecord {
    const TABLE: Table = Table::Member;
}

fn member_row(tx: &Tx<'_>, region: &Region) -> Key {
    row(tx, Table::Member, &[region.as_str().as_bytes()], &[])
}

/// Reads another region's record.
pub fn member(tx: &Tx<'_>, region: &Region) -> Result<Option<MemberRecord>, Error> {
    fetch(tx, &member_row(tx, region))
}

/// All other regions that this region knows.
pub fn members(tx: &Tx<'_>) -> Result<Vec<MemberRecord>, Error> {
    Ok(list(tx, &[Table::Member as u8], None, MEMBERS_MAX)?.into_iter().map(|(_, record)| record).collect())
}

/// Writes another region's record. A region that had been removed is a member again.
pub fn save_member(tx: &mut Tx<'_>, record: &MemberRecord) -> Result<(), Error> {
    if is_former_member(tx, &record.region)? {
        tx.delete(former_row(tx, &record.region))?;
    }
    note_former(tx, &record.region, Some(record.identity))?;
    put(tx, member_row(tx, &record.region), record)
}

/// Keeps the identity of a member that gets another one, or none: others may still have to check what it has signed.
fn note_former(tx: &mut Tx<'_>, region: &Region, next: Option<PublicIdentity>) -> Result<(), Error> {
    match member(tx, region)?.filter(|known| Some(known.identity) != next) {
        Some(known) => note_former_identity(tx, region, known.identity),
        None => Ok(()),
    }
}

/// Removes another region's record, and notes that it was removed.
pub fn delete_member(tx: &mut Tx<'_>, region: &Region) -> Result<(), Error> {
    note_former(tx, region, None)?;
    put(tx, former_row(tx, region), &FormerMemberRecord { region: region.clone() })?;
    tx.delete(member_row(tx, region))
}

/// A region that was removed from the fleet. The row stays until a region of this name is a member again.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FormerMemberRecord {
    /// Its name.
    #[n(0)]
    pub region: Region,
}

impl Record for FormerMemberRecord {
    const TABLE: Table = Table::FormerMember;
}

fn former_row(tx: &Tx<'_>, region: &Region) -> Key {
    row(tx, Table::FormerMember, &[region.as_str().as_bytes()], &[])
}

/// Whether the region was removed from the fleet.
pub fn is_former_member(tx: &Tx<'_>, region: &Region) -> Result<bool, Error> {
    Ok(fetch::<FormerMemberRecord>(tx, &former_row(tx, region))?.is_some())
}

/// The regions that were removed from the fleet, at most `limit`.
pub fn former_members(tx: &Tx<'_>, limit: usize) -> Result<Vec<Region>, Error> {
    let rows = list::<FormerMemberRecord>(tx, &[Table::FormerMember as u8], None, limit)?;
    Ok(rows.into_iter().map(|(_, record)| record.region).collect())
}

/// Forgets which regions were removed from the fleet.
pub fn forget_former_members(tx: &mut Tx<'_>) -> Result<(), Error> {
    let rows = list::<FormerMemberRecord>(tx, &[Table::FormerMember as u8], None, usize::MAX)?;
    rows.into_iter().try_for_each(|(row, _)| tx.delete(row))
}

/// Regions that were removed, and how far they have been taken out of the sets of keys and secrets whose primary is here. The row
/// exists until that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct DepartureRecord {
    /// The regions.
    #[n(0)]
    pub regions: Vec<Region>,
    /// The position.
    #[n(1)]
    pub at: SetsCursor,
}

/// The position of a walk over all keys and then all secrets, after this row.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum SetsCursor {
    /// Among the keys.
    #[n(0)]
    Keys(#[n(0)] Option<ByteVec>),
    /// Among the secrets.
    #[n(1)]
    Secrets(#[n(0)] Option<ByteVec>),
}

impl Record for DepartureRecord {
    const TABLE: Table = Table::Departure;
}

/// The removed regions that are being taken out of sets, if there are any.
pub fn departure(tx: &Tx<'_>) -> Result<Option<DepartureRecord>, Error> {
    fetch(tx, &[Table::Departure as u8])
}

/// Writes how far removed regions have been taken out of sets.
pub fn save_departure(tx: &mut Tx<'_>, record: &DepartureRecord) -> Result<(), Error> {
    put(tx, vec![Table::Departure as u8], record)
}

/// Notes that the removed regions are out of all sets.
pub fn end_departure(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.delete(vec![Table::Departure as u8])
}

/// An invitation of a region to the fleet. It stays after its use, so that a second use is told from an unknown invitation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InvitationRecord {
    /// Its name, a hash of the secret.
    #[n(0)]
    pub id: InvitationId,
    /// The secret, sealed by this region's keyring with the context `["invitation", id]`.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub secret: Vec<u8>,
    /// The region that is invited.
    #[n(2)]
    pub region: Region,
    /// Whether the region is a member that lost its store, and is to be rebuilt.
    #[n(3)]
    pub rebuilds: bool,
    /// From then on it is not accepted.
    #[n(4)]
    pub expires: Timestamp,
    /// When it was used.
    #[n(5)]
    pub used: Option<Timestamp>,
}

impl Record for InvitationRecord {
    const TABLE: Table = Table::Invitation;
}

fn invitation_row(tx: &Tx<'_>, id: &InvitationId) -> Key {
    row(tx, Table::Invitation, &[&id.0], &[])
}

/// Reads an invitation.
pub fn invitation(tx: &Tx<'_>, id: &InvitationId) -> Result<Option<InvitationRecord>, Error> {
    fetch(tx, &invitation_row(tx, id))
}

/// Writes an invitation.
pub fn save_invitation(tx: &mut Tx<'_>, record: &InvitationRecord) -> Result<(), Error> {
    put(tx, invitation_row(tx, &record.id), record)
}

/// Deletes the invitations that have expired before this time, at most `limit`.
pub fn drop_invitations(tx: &mut Tx<'_>, before: Timestamp, limit: usize) -> Result<(), Error> {
    let rows = list::<InvitationRecord>(tx, &[Table::Invitation as u8], None, limit)?;
    let expired = rows.into_iter().filter(|(_, record)| record.expires < before);
    expired.map(|(row, _)| row).try_for_each(|row| tx.delete(row))
}

/// The rebuilding of this region from other ones. The row exists until it has ended; see [`RebuiltRecord`] for its result.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RebuildRecord {
    /// When it began.
    #[n(0)]
    pub begun: Timestamp,
    /// The regions that send what they know.
    #[n(1)]
    pub sources: Vec<RebuildSource>,
    /// What has arrived.
    #[n(2)]
    pub found: RebuildCounts,
    /// Once everything has arrived: how far the epochs of what this region is the primary of are raised.
    #[n(3)]
    pub raising: Option<Raising>,
    /// In the home of IAM: how far it has got IAM back. `None`: the source has not been chosen.
    #[n(4)]
    pub iam: Option<IamStage>,
    /// The number of the request for the copies of IAM.
    #[n(5)]
    pub iam_request: Option<u64>,
}

/// How far the home of IAM, which is rebuilt, has got IAM back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum IamStage {
    /// A source has been chosen, and the rows of this store are being deleted.
    #[n(0)]
    Deleting,
    /// The source has been asked for its copies.
    #[n(1)]
    Requested,
    /// It has sent everything.
    #[n(2)]
    Complete,
}

/// The position of the last part of a rebuilding, after this row.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Raising {
    /// Among the keys.
    #[n(0)]
    Keys(#[n(0)] Option<ByteVec>),
    /// Among the secrets.
    #[n(1)]
    Secrets(#[n(0)] Option<ByteVec>),
}

/// A region that sends what it knows of one that is rebuilt.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RebuildSource {
    /// The region.
    #[n(0)]
    pub region: Region,
    /// How far it has applied the changes of the lost store. `None` before it has told.
    #[n(1)]
    pub applied: Option<AppliedPoint>,
    /// Whether it has sent everything.
    #[n(2)]
    pub complete: bool,
    /// Whether it was asked for the copies of IAM, which only one region sends.
    #[n(3)]
    pub sends_iam: bool,
    /// Which time it sends its copies of what is shared.
    #[n(4)]
    pub pass: RebuildPass,
    /// The number of the request for its copies. What answers another request is of an earlier rebuilding, or was repeated.
    #[n(5)]
    pub request: u64,
    /// Whether it regards this region as the home of IAM. Only such a region sends IAM.
    #[n(6)]
    pub follows: bool,
}

/// A region sends its copies once or twice: again if some could not be taken before the material of their keys had arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum RebuildPass {
    /// The first time, and all copies were taken so far.
    #[n(0)]
    First,
    /// The first time, and some have to come again.
    #[n(1)]
    FirstOfTwo,
    /// The second time.
    #[n(2)]
    Second,
}

/// The numbers of what a rebuilt region got back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct RebuildCounts {
    /// Multi-Region keys.
    #[n(0)]
    pub keys: u64,
    /// Those of them whose policy, tags and description are those of another region's key.
    #[n(1)]
    pub keys_with_borrowed_settings: u64,
    /// Secrets whose primary is in this region.
    #[n(2)]
    pub secrets: u64,
    /// Users, roles, policies and access keys.
    #[n(3)]
    pub iam: u64,
    /// Those of the secrets whose key is lost, and which are under the default key now.
    #[n(4)]
    pub secrets_under_default_key: u64,
    /// Secrets that could not be taken: a key or a permission is lacking.
    #[n(5)]
    pub secrets_refused: u64,
}

impl Record for RebuildRecord {
    const TABLE: Table = Table::Rebuild;
}

/// The result of the last rebuilding of this region.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RebuiltRecord {
    /// When it began.
    #[n(0)]
    pub begun: Timestamp,
    /// When it ended.
    #[n(1)]
    pub ended: Timestamp,
    /// The regions that sent what they knew.
    #[n(2)]
    pub sources: Vec<Region>,
    /// What this region got back.
    #[n(3)]
    pub found: RebuildCounts,
    /// The snapshots that it waits for before it serves requests.
    #[n(4)]
    pub awaited: Vec<AwaitedSnapshot>,
}

/// The snapshot that a source sends at the end.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AwaitedSnapshot {
    /// The source.
    #[n(0)]
    pub region: Region,
    /// The number that the end of the snapshot names.
    #[n(1)]
    pub request: u64,
}

impl Record for RebuiltRecord {
    const TABLE: Table = Table::Rebuilt;
}

/// The rebuilding that is under way, if one is.
pub fn rebuild(tx: &Tx<'_>) -> Result<Option<RebuildRecord>, Error> {
    fetch(tx, &[Table::Rebuild as u8])
}

/// Writes the state of the rebuilding.
pub fn save_rebuild(tx: &mut Tx<'_>, record: &RebuildRecord) -> Result<(), Error> {
    put(tx, vec![Table::Rebuild as u8], record)
}

/// Ends the rebuilding.
pub fn end_rebuild(tx: &mut Tx<'_>, result: &RebuiltRecord) -> Result<(), Error> {
    tx.delete(vec![Table::Rebuild as u8])?;
    save_rebuilt(tx, result)
}

/// Writes the result of the last rebuilding.
pub fn save_rebuilt(tx: &mut Tx<'_>, result: &RebuiltRecord) -> Result<(), Error> {
    put(tx, vec![Table::Rebuilt as u8], result)
}

/// The result of the last rebuilding.
pub fn rebuilt(tx: &Tx<'_>) -> Result<Option<RebuiltRecord>, Error> {
    fetch(tx, &[Table::Rebuilt as u8])
}
