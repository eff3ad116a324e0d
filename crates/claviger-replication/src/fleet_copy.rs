//! The members of the fleet, for the home of IAM that is rebuilt.
//!
//! A home whose store was restored from an older copy knows members that were removed since, and does not know those that were admitted. It
//! takes the members from the region that sends it IAM, before the rows of IAM.

use claviger_store::tables::fleet_table::{self, MemberRecord};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;
use minicbor::{Decode, Encode};

use crate::change::{Announced, Envelope, Kind};
use crate::context::{Error, PeerContext, Verdict};
use crate::fleet_replication::{drop_member, note};
use crate::kind::{Page, Replicated, Walk};
use crate::rebuild_state;

/// The most removed regions that are told.
const FORMER_MAX: usize = 512;

/// The other regions as the sender has them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct FleetCopy {
    #[n(0)]
    members: Vec<MemberRecord>,
    /// Regions that were removed.
    #[n(1)]
    former: Vec<Region>,
}

/// There is one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct FleetCopyName {}

impl Announced for FleetCopy {
    const KIND: Kind = Kind::of_notice(17);
    type Name = FleetCopyName;
}

impl Replicated for FleetCopy {
    fn outgoing(cx: &mut PeerContext<'_, '_>, _: FleetCopyName) -> Result<Option<FleetCopy>, Error> {
        if cx.peer != cx.iam_home {
            return Ok(None);
        }
        let members = fleet_table::members(cx.tx)?;
        let others = members.into_iter().filter(|member| member.region != *cx.peer && member.region != *cx.here);
        let former = fleet_table::former_members(cx.tx, FORMER_MAX)?;
        Ok(Some(FleetCopy { members: others.collect(), former }))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        let Some((rebuild, at)) = rebuild_state::from_source(cx)? else { return Ok(Verdict::Forbidden) };
        if !rebuild.sources.get(at).is_some_and(|source| source.sends_iam) {
            return Ok(Verdict::Forbidden);
        }
        let is_other = |region: &Region| region != cx.here && region != cx.peer;
        for known in fleet_table::members(cx.tx)?.into_iter().map(|member| member.region) {
            if is_other(&known) && self.members.iter().all(|member| member.region != known) {
                drop_member(cx.tx, &known)?;
            }
        }
        for region in self.former.iter().filter(|region| is_other(region)) {
            if !fleet_table::is_former_member(cx.tx, region)? {
                drop_member(cx.tx, region)?;
            }
        }
        for member in self.members.into_iter().filter(|member| is_other(&member.region)) {
            // The operator has removed it since the rebuilding began. The sender has not heard of it.
            if fleet_table::is_former_member(cx.tx, &member.region)? {
                continue;
            }
            let known = fleet_table::member(cx.tx, &member.region)?;
            let is_source = rebuild.sources.iter().any(|source| source.region == member.region);
            match known {
                // Of a region of the sender's own process the sender has no addresses.
                Some(known) if known.identity == member.identity && member.addresses.is_empty() => {}
                // What this region has asked it for still waits in the outbox.
                None if is_source => fleet_table::save_member(cx.tx, &member)?,
                _ => note(cx.tx, &member)?,
            }
        }
        cx.diagnostics.fleet_changed = true;
        Ok(Verdict::Applied)
    }

    fn iam_copies(_: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        let is_wanted = walk.peer == walk.iam_home && walk.after.is_none();
        let items = is_wanted.then(|| Envelope::naming::<FleetCopy>(&FleetCopyName {}));
        Ok(Page { items: items.into_iter().collect(), ..Page::default() })
    }
}

#[cfg(test)]
#[path = "fleet_copy_tests.rs"]
mod tests;
