//! Claims to be the primary of a thing, or the home of IAM, that are not proved: what follows after one was refused.
//!
//! - The region that refuses notes the claim and tells the one that claims. It asks for the claim again from time to time (`claim_pass.rs`):
//!   its clock may have been wrong, or its configuration may have named other operators.
//! - The region that claims notes the refusal, for its operator. If its process names no operators, it believes every other member, and gives
//!   the claim up. The right primary then raises its own epoch above the claim, once a day for each region and thing, and the other one
//!   follows it as it follows every later epoch: it becomes a replica, and its material is merged.

use claviger_store::tables::claim_table::{self, DisputedRoleRecord, RefusedClaimRecord};
use claviger_store::tables::key_table::{self, KeyRecord};
use claviger_store::tables::lineage_table::{self, Led, LedName};
use claviger_store::tables::secret_table::{self, SecretRecord};
use claviger_store::tables::{Epoch, fleet_table, region_table};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Region, SecretArn, Timestamp};
use minicbor::{Decode, Encode};

use crate::change::{Announced, Kind};
use crate::context::{Error, PeerContext, Verdict};
use crate::key_messages::{KeyName, SharedKey};
use crate::kind::{Coverage, Replicated};
use crate::notice::Notice;
use crate::secret_messages::SharedSecret;
use crate::{home_moved, key_replication, secret_replication};

/// How long no second claim of the same region to the same thing makes this region raise its epoch. A region that claims without end delays
/// a rotation no more than once a day.
const RAISED_EVERY_SECS: i64 = 86_400;
/// The most claims of one region that are counted for an operator.
const COUNTED_MAX: usize = 1_000;

/// What one region says to another about a claim.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ClaimNotice {
    #[n(0)]
    of: LedName,
    /// The epoch that is claimed.
    #[n(1)]
    epoch: Epoch,
    #[n(2)]
    step: ClaimStep,
}

impl ClaimNotice {
    /// The request to make a claim again.
    pub(crate) fn wanting(claim: &RefusedClaimRecord) -> ClaimNotice {
        ClaimNotice { of: claim.of.clone(), epoch: claim.epoch.clone(), step: ClaimStep::Wanted }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
enum ClaimStep {
    /// To the region that claims: it is not followed.
    #[n(0)]
    Refused,
    /// To the region that claims: it may claim again.
    #[n(1)]
    Wanted,
    /// To either: there is no such claim any more, or it is followed.
    #[n(2)]
    Settled,
    /// To the region that refused: the claim is given up.
    #[n(3)]
    Yielded,
}

impl Announced for ClaimNotice {
    const KIND: Kind = Kind::of_notice(19);
    type Name = ClaimNotice;
}

impl Replicated for ClaimNotice {
    fn outgoing(_: &mut PeerContext<'_, '_>, notice: ClaimNotice) -> Result<Option<ClaimNotice>, Error> {
        Ok(Some(notice))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        let ClaimNotice { of, epoch, step } = self;
        match step {
            ClaimStep::Refused => on_refused(cx, of, epoch),
            ClaimStep::Wanted => on_wanted(cx, &of, epoch),
            ClaimStep::Settled => {
                forget_claim(cx.tx, cx.peer, of.as_led(), cx.env.now)?;
                claim_table::drop_disputed_role(cx.tx, cx.peer, of.as_led())?;
                Ok(Verdict::Applied)
            }
            ClaimStep::Yielded => on_yielded(cx, &of, &epoch),
        }
    }

    fn coverage(_: &Tx<'_>, _: &ClaimNotice) -> Result<Coverage, StoreError> {
        Ok(Coverage::Once)
    }
}

/// Refuses a claim of the peer to a thing that exists here.
pub(crate) fn refuse(cx: &mut PeerContext<'_, '_>, led: Led<'_>, epoch: &Epoch) -> Result<(), Error> {
    let before = claim_table::refused_claim(cx.tx, cx.peer, led)?;
    if before.as_ref().is_none_or(|before| before.epoch != *epoch) {
        let of = LedName::from(led);
        cx.diagnostics.notice(Notice::UnprovenClaim { by: cx.peer.clone(), of: of.to_string() });
        let (by, raised) = (cx.peer.clone(), before.and_then(|before| before.raised));
        let record = RefusedClaimRecord { by, of, epoch: epoch.clone(), noticed: cx.env.now, raised };
        claim_table::save_refused_claim(cx.tx, &record)?;
    }
    tell(cx, led, epoch, ClaimStep::Refused)
}

/// Notes that a claim of the peer is followed. If an earlier one was refused, the peer hears that this has ended.
pub(crate) fn settle(cx: &mut PeerContext<'_, '_>, led: Led<'_>, epoch: &Epoch) -> Result<(), Error> {
    if claim_table::refused_claim(cx.tx, cx.peer, led)?.is_none() {
        return Ok(());
    }
    forget_claim(cx.tx, cx.peer, led, cx.env.now)?;
    tell(cx, led, epoch, ClaimStep::Settled)
}

/// Raises the epoch of what this region leads above one that another region claims. Returns whether it did.
pub(crate) fn raise_above(cx: &mut PeerContext<'_, '_>, led: Led<'_>, claimed: &Epoch) -> Result<bool, Error> {
    let Some(own) = role(cx.tx, cx.here, led)?.filter(|own| own < claimed) else { return Ok(false) };
    let epoch = Epoch { counter: claimed.counter.saturating_add(1), region: own.region };
    match led {
        Led::Key(account, id) => {
            let Some(mut record) = key_table::key(cx.tx, account, id)? else { return Ok(false) };
            if let Some(shared) = record.multi_region.as_mut() {
                (shared.epoch, shared.revision, shared.holders) = (epoch, 1, Vec::new());
            }
            key_replication::announce(cx.tx, cx.here, &record)?;
            key_table::save_key(cx.tx, &record)?;
        }
        Led::Secret(arn) => {
            let Some(mut record) = secret(cx.tx, arn)? else { return Ok(false) };
            if let Some(shared) = record.replication.as_mut() {
                shared.first_epoch = Some(shared.first_epoch().clone());
                secret_replication::note_begun(cx.tx, &record.arn, epoch.counter)?;
                shared.epoch = epoch;
            }
            secret_replication::raise_revision(&mut record);
            secret_table::save_secret(cx.tx, &record)?;
            secret_replication::announce(cx.tx, &record)?;
        }
        Led::Iam => {
            let peers: Vec<Region> = fleet_table::members(cx.tx)?.into_iter().map(|member| member.region).collect();
            home_moved::raise(cx.tx, &peers, cx.peer, epoch.counter)?;
        }
    }
    Ok(true)
}

/// The peer does not follow this region. Its operator has to know.
fn on_refused(cx: &mut PeerContext<'_, '_>, of: LedName, epoch: Epoch) -> Result<Verdict, Error> {
    if role(cx.tx, cx.here, of.as_led())?.as_ref() != Some(&epoch) {
        return Ok(Verdict::Stale);
    }
    let before = claim_table::disputed_role(cx.tx, cx.peer, of.as_led())?;
    if before.is_none_or(|before| before.epoch != epoch) {
        cx.diagnostics.notice(Notice::RoleDisputed { by: cx.peer.clone(), of: of.to_string() });
        let (by, noticed) = (cx.peer.clone(), cx.env.now);
        let record = DisputedRoleRecord { by, of: of.clone(), epoch: epoch.clone(), noticed };
        claim_table::save_disputed_role(cx.tx, &record)?;
    }
    if cx.operators.is_empty() && lineage_table::lineage(cx.tx, of.as_led())?.is_empty() {
        // It believes every other member, and has no proof to show. Else the other one may only not be able to check the proof yet.
        tell(cx, of.as_led(), &epoch, ClaimStep::Yielded)?;
    }
    Ok(Verdict::Applied)
}

fn on_wanted(cx: &mut PeerContext<'_, '_>, of: &LedName, epoch: Epoch) -> Result<Verdict, Error> {
    let led = of.as_led();
    let Some(own) = role(cx.tx, cx.here, led)? else {
        tell(cx, led, &epoch, ClaimStep::Settled)?;
        return Ok(Verdict::Applied);
    };
    match led {
        Led::Key(account, id) => {
            let name = KeyName { account: account.clone(), id: id.clone() };
            cx.announce::<SharedKey>(&name)?;
        }
        Led::Secret(arn) => cx.announce::<SharedSecret>(&arn.in_region(cx.here))?,
        Led::Iam => home_moved::announce_to(cx.tx, cx.peer, own.counter)?,
    }
    Ok(Verdict::Applied)
}

/// The peer gives a claim up that was refused here, and follows whoever has a later epoch.
fn on_yielded(cx: &mut PeerContext<'_, '_>, of: &LedName, epoch: &Epoch) -> Result<Verdict, Error> {
    let claim = claim_table::refused_claim(cx.tx, cx.peer, of.as_led())?.filter(|claim| claim.epoch == *epoch);
    let (Some(claim), Some(own)) = (claim, role(cx.tx, cx.here, of.as_led())?) else { return Ok(Verdict::Stale) };
    // The first epoch after this one, as a region claims that takes this one's place. With more, claims could bring this region out of the reach
    // of a successor of which it has not heard.
    let is_near = epoch.counter <= own.counter.saturating_add(1);
    if !is_near || is_recent(&claim, cx.env.now) || !raise_above(cx, of.as_led(), epoch)? {
        return Ok(Verdict::Stale);
    }
    claim_table::save_refused_claim(cx.tx, &RefusedClaimRecord { raised: Some(cx.env.now), ..claim })?;
    Ok(Verdict::Applied)
}

fn tell(cx: &mut PeerContext<'_, '_>, led: Led<'_>, epoch: &Epoch, step: ClaimStep) -> Result<(), Error> {
    cx.announce::<ClaimNotice>(&ClaimNotice { of: led.into(), epoch: epoch.clone(), step })
}

fn is_recent(claim: &RefusedClaimRecord, now: Timestamp) -> bool {
    // A clock that was set back keeps nothing waiting for longer than that.
    claim
        .raised
        .is_some_and(|raised| now < raised.plus_secs(RAISED_EVERY_SECS) && now.plus_secs(RAISED_EVERY_SECS) > raised)
}

/// Forgets a claim that is settled, unless the row has still to keep the region from making this one raise its epoch again.
pub(crate) fn forget_claim(tx: &mut Tx<'_>, by: &Region, led: Led<'_>, now: Timestamp) -> Result<(), StoreError> {
    match claim_table::refused_claim(tx, by, led)? {
        Some(claim) if !is_recent(&claim, now) => claim_table::drop_refused_claim(tx, by, led),
        _ => Ok(()),
    }
}

/// The epoch in which this region is the primary of a thing; none if it is not.
fn role(tx: &Tx<'_>, here: &Region, led: Led<'_>) -> Result<Option<Epoch>, StoreError> {
    Ok(followed(tx, led)?.filter(|(primary, _)| primary == here).map(|(_, epoch)| epoch))
}

/// The primary of a thing that exists here, and its epoch.
fn followed(tx: &Tx<'_>, led: Led<'_>) -> Result<Option<(Region, Epoch)>, StoreError> {
    Ok(match led {
        Led::Key(account, id) => {
            let shared = key_table::key(tx, account, id)?.and_then(|record: KeyRecord| record.multi_region);
            shared.map(|shared| (shared.primary, shared.epoch))
        }
        Led::Secret(arn) => {
            let shared = secret(tx, arn)?.and_then(|record| record.replication);
            shared.map(|shared| (shared.primary, shared.epoch))
        }
        Led::Iam => region_table::region(tx)?.map(|record| (record.iam_home.clone(), home_moved::epoch(&record))),
    })
}

fn secret(tx: &Tx<'_>, arn: &SecretArn) -> Result<Option<SecretRecord>, StoreError> {
    let found = secret_table::secret(tx, &arn.account, &arn.name)?;
    Ok(found.filter(|record| record.arn.suffix == arn.suffix))
}

/// Whether a claim would still change something. A row that cannot be read is no reason to forget it.
pub(crate) fn is_refused(tx: &Tx<'_>, claim: &RefusedClaimRecord) -> Result<bool, StoreError> {
    match followed(tx, claim.of.as_led()) {
        Err(StoreError::Corrupt { .. }) => Ok(true),
        found => Ok(found?.is_some_and(|(_, epoch)| epoch < claim.epoch)),
    }
}

pub(crate) fn is_disputed(tx: &Tx<'_>, here: &Region, disputed: &DisputedRoleRecord) -> Result<bool, StoreError> {
    match role(tx, here, disputed.of.as_led()) {
        Err(StoreError::Corrupt { .. }) => Ok(true),
        own => Ok(own?.as_ref() == Some(&disputed.epoch)),
    }
}

/// Claims for lack of whose proof two regions follow different primaries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenClaims {
    /// What the other region claims and this one does not accept, at most 1,000.
    pub refused: Vec<LedName>,
    /// What this region leads and the other one does not accept, at most 1,000.
    pub disputed: Vec<LedName>,
}

impl OpenClaims {
    /// The claims between this region and another one that are still open.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub fn read(tx: &Tx<'_>, here: &Region, peer: &Region) -> Result<OpenClaims, StoreError> {
        let mut open = OpenClaims::default();
        for claim in claim_table::refused_claims_by(tx, peer, COUNTED_MAX)? {
            if is_refused(tx, &claim)? {
                open.refused.push(claim.of);
            }
        }
        for disputed in claim_table::disputed_roles_by(tx, peer, COUNTED_MAX)? {
            if is_disputed(tx, here, &disputed)? {
                open.disputed.push(disputed.of);
            }
        }
        Ok(open)
    }
}

#[cfg(test)]
#[path = "refused_claims_tests.rs"]
mod tests;
