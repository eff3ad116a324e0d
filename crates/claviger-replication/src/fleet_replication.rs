//! The members of the fleet. The home of IAM admits and removes them, and tells the others: a region that may write everybody's permissions
//! may say who takes part.

use claviger_crypto::PublicIdentity;
use claviger_store::tables::claim_table::drop_claims_by;
use claviger_store::tables::fleet_table::{self, MemberRecord};
use claviger_store::tables::lineage_table::{add_former_identities, former_identities};
use claviger_store::tables::log::{self, InboxRecord};
use claviger_store::tables::refused_secret_table::drop_refused_secrets;
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;
use minicbor::{Decode, Encode};

use crate::change::{self, Announced, Envelope, Kind};
use crate::context::{Error, PeerContext, Verdict};
use crate::kind::{Coverage, Page, Replicated, Walk};
use crate::{departures, rebuild, rebuild_state};

/// The most removed regions that a snapshot announces.
const FORMER_MAX: usize = 512;

/// A member as the home has it, or its absence.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct FleetMember {
    #[n(0)]
    region: Region,
    #[n(1)]
    record: Option<MemberRecord>,
    /// The identities that it had before, as far as the home knows: another region may have been away for some of them. The receiver itself
    /// may have forgotten its own.
    #[n(2)]
    #[cbor(default)]
    former: Vec<PublicIdentity>,
}

/// Admits a region, or notes its new addresses. `replaces` says that it lost its store and has another identity now. The caller, in the
/// home of IAM, has checked that it may.
pub fn admit(tx: &mut Tx<'_>, here: &Region, member: &MemberRecord, replaces: bool) -> Result<(), StoreError> {
    if replaces {
        rebuild::replace_member(tx, member)?;
    } else {
        note(tx, member)?;
    }
    announce(tx, here, &member.region)
}

/// Notes a member. The stream of one that was not known before begins anew: a region of the same name may have been a member once.
pub(crate) fn note(tx: &mut Tx<'_>, member: &MemberRecord) -> Result<(), StoreError> {
    if fleet_table::member(tx, &member.region)?.is_none() {
        forget(tx, &member.region)?;
    }
    fleet_table::save_member(tx, member)
}

/// Forgets the streams to and from a region.
fn forget(tx: &mut Tx<'_>, region: &Region) -> Result<(), StoreError> {
    log::save_inbox(tx, region, &InboxRecord::default())?;
    log::drop_receive_keys(tx, region)?;
    drop_refused_secrets(tx, region)?;
    drop_claims_by(tx, region)?;
    log::clear_outbox(tx, region)
}

/// Removes a region. Its replicas stay as they are in its own store, nothing is sent to it any more, and the other regions take it out of
/// the sets of their keys and secrets.
pub fn remove(tx: &mut Tx<'_>, here: &Region, region: &Region) -> Result<(), StoreError> {
    drop_member(tx, region)?;
    announce(tx, here, region)
}

/// Drops a member, its streams, the wait of a rebuilding for its copies, and its part in sets.
pub(crate) fn drop_member(tx: &mut Tx<'_>, region: &Region) -> Result<(), StoreError> {
    fleet_table::delete_member(tx, region)?;
    forget(tx, region)?;
    departures::begin(tx, region)?;
    rebuild_state::drop_source(tx, region)
}

/// Tells the other members of a change.
pub fn announce(tx: &mut Tx<'_>, here: &Region, changed: &Region) -> Result<(), StoreError> {
    let members = fleet_table::members(tx)?.into_iter().map(|member| member.region);
    let others: Vec<Region> = members.filter(|region| region != here && region != changed).collect();
    others.iter().try_for_each(|other| change::announce::<FleetMember>(tx, other, changed))
}

impl Announced for FleetMember {
    const KIND: Kind = Kind::of_notice(14);
    type Name = Region;
}

impl Replicated for FleetMember {
    fn outgoing(cx: &mut PeerContext<'_, '_>, region: Region) -> Result<Option<FleetMember>, Error> {
        if cx.here != cx.iam_home || rebuild_state::is_under_way(cx)? {
            return Ok(None);
        }
        let former = former_identities(cx.tx, &region)?;
        if region == *cx.peer {
            return Ok((!former.is_empty()).then_some(FleetMember { region, record: None, former }));
        }
        Ok(Some(FleetMember { record: fleet_table::member(cx.tx, &region)?, region, former }))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        let named = self.record.as_ref().is_none_or(|record| record.region == self.region);
        if cx.peer != cx.iam_home || !named {
            return Ok(Verdict::Forbidden);
        }
        let present = cx.env.identity.public();
        let former: Vec<PublicIdentity> = self.former.into_iter().filter(|identity| *identity != present).collect();
        add_former_identities(cx.tx, &self.region, &former)?;
        // What the home says of this region itself besides is not needed here.
        if self.region == *cx.here {
            return Ok(Verdict::Stale);
        }
        let known = fleet_table::member(cx.tx, &self.region)?;
        match (known, self.record) {
            (known, Some(record)) if known.as_ref() == Some(&record) => return Ok(Verdict::Stale),
            (Some(known), Some(record)) if known.identity != record.identity => {
                rebuild::replace_member(cx.tx, &record)?;
            }
            (_, Some(record)) => note(cx.tx, &record)?,
            (None, None) if fleet_table::is_former_member(cx.tx, &self.region)? => return Ok(Verdict::Stale),
            // The home itself cannot leave.
            (_, None) if self.region != *cx.peer => drop_member(cx.tx, &self.region)?,
            (_, None) => return Ok(Verdict::Forbidden),
        }
        cx.diagnostics.fleet_changed = true;
        Ok(Verdict::Applied)
    }

    /// Announces every member and every region that was removed. A home that was rebuilt may have lost the rows that announced a removal.
    fn walk(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        if walk.here != walk.iam_home || walk.after.is_some() {
            return Ok(Page::default());
        }
        let members = fleet_table::members(tx)?.into_iter().map(|member| member.region);
        let members = members.chain(fleet_table::former_members(tx, FORMER_MAX)?);
        let knows_former = !former_identities(tx, walk.peer)?.is_empty();
        let members = members.filter(|region| region != walk.peer || knows_former);
        let items = members.map(|region| Envelope::naming::<FleetMember>(&region));
        Ok(Page { items: items.collect(), ..Page::default() })
    }

    fn coverage(tx: &Tx<'_>, region: &Region) -> Result<Coverage, StoreError> {
        Ok(match fleet_table::member(tx, region)? {
            Some(_) => Coverage::Announced,
            None if fleet_table::is_former_member(tx, region)? => Coverage::Announced,
            None => Coverage::Once,
        })
    }
}

#[cfg(test)]
#[path = "fleet_replication_tests.rs"]
mod tests;
