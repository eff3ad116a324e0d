//! Whether a region that claims to be the primary of a key or a secret, or the home of IAM, is the right one.
//!
//! Where a process names operators, a region follows another primary than the present one only if the line from one to the other is proved,
//! step by step: the one before signed the hand-over with its region's identity, or enough operators signed that the next takes its place. A
//! primary that raises its own epoch, as a rebuilt region does, needs no proof for those who follow it.
//!
//! Two lines may part: operators force promotions in two regions at once, or force one while the role is handed over. The later epoch is in
//! force then, as ever, so a claim may also come from the line of an earlier primary that this region knows ([`Tenure`]). But an earlier
//! primary cannot take the role back by raising its own epoch. If one does that in good faith, having been rebuilt from regions that had not
//! heard of its successor, the successor raises its own epoch above ([`Judgement::Refused`]).
//!
//! A statement of operators is about what the lost region was the primary of when it was made: the beginnings of tenures are dated by
//! those who sign them.

use claviger_crypto::{Authorization, FailoverStatement, OPERATORS_MAX, PublicIdentity};
use claviger_store::Error as StoreError;
use claviger_store::Tx;
use claviger_store::tables::lineage_table::{self, Led, LineageStep, Proof, STEPS_MAX};
use claviger_store::tables::{Epoch, fleet_table};
use claviger_types::{Region, Timestamp};
use minicbor::bytes::ByteVec;

use crate::change::cbor;
use crate::context::{Error, PeerContext};
use crate::key_messages::SharedKey;
use crate::rebuild_state;

/// By how much the clocks of regions and operators may differ.
const CLOCKS_SECS: i64 = 2 * 86_400;

/// The most by which a region that is not followed here may have raised its own epoch between two steps: once for each time that it was
/// rebuilt.
pub(crate) const RAISE_MAX: u64 = 8;

const DOMAIN: &str = "hand-over of a primary";

/// The thing of which a region claims to be the primary, as this region knows it.
pub(crate) struct Known<'a> {
    pub(crate) led: Led<'a>,
    /// The epoch that is in force here.
    pub(crate) epoch: &'a Epoch,
    /// When the thing was made: its first primary has been one since then.
    pub(crate) made: Timestamp,
}

/// What becomes of a claim.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It is followed. The steps are the line from then on.
    Followed(Vec<LineageStep>),
    /// It is not proved.
    Refused {
        /// Whether the region that claims was a primary before, and claims no more than to have raised the last epoch that it was the primary
        /// of, as a rebuilt region does: it may not know that it was replaced. The highest epoch of such a claim is [`RAISE_MAX`] above that
        /// last one, so that no former primary has its successor raise its epoch without end.
        may_not_know: bool,
    },
}

/// The time in which one region was the primary, in the line that this region knows.
struct Tenure<'a> {
    region: &'a Region,
    /// The counter of its first epoch, and of its last one. No last one: it is the present primary.
    counters: (u64, Option<u64>),
    since: Timestamp,
    /// How many steps led to it.
    steps: usize,
}

/// Judges a claim to be the primary in a later epoch than the one in force.
pub(crate) fn judge(
    cx: &PeerContext<'_, '_>,
    known: &Known<'_>,
    claimed: &Epoch,
    line: &[LineageStep],
) -> Result<Judgement, Error> {
    if cx.operators.is_empty() || rebuild_state::from_source(cx)?.is_some() {
        // Nobody can prove anything, or a source of this region's rebuilding is believed. The line is kept for those who can check it.
        let line = if leads_to(line, claimed, u64::MAX) { line.to_vec() } else { Vec::new() };
        return Ok(Judgement::Followed(dated(line, cx.env.now)));
    }
    if claimed.region != *cx.peer {
        return Ok(Judgement::Refused { may_not_know: false });
    }
    let own = own_line(cx.tx, known)?;
    let tenures = tenures(&own, known);
    let last = tenures.len().saturating_sub(1);
    for (at, tenure) in tenures.iter().enumerate().rev() {
        let is_present = at == last;
        let Some(steps) = further_steps(&own, tenure, is_present, line) else { continue };
        let exit = own.get(tenure.steps).filter(|_| !is_present);
        if exit.zip(steps.first()).is_some_and(|(exit, step)| !may_part(exit, step)) {
            continue;
        }
        let raise_max = if is_present { u64::MAX } else { RAISE_MAX };
        if leads_to(steps, claimed, raise_max) && are_proved(cx, known, &own, tenure.since, is_present, steps)? {
            let before = own.iter().take(tenure.steps);
            return Ok(Judgement::Followed(before.chain(steps).cloned().collect()));
        }
    }
    if claimed.region == known.epoch.region {
        // It raised its own epoch.
        return Ok(Judgement::Followed(own));
    }
    let last = tenures.iter().rev().find(|tenure| *tenure.region == claimed.region);
    let raised_max = last.and_then(|tenure| tenure.counters.1).map(|end| end.saturating_add(RAISE_MAX));
    let may_not_know = raised_max.is_some_and(|highest| claimed.counter <= highest)
        && line.iter().all(|step| own.iter().any(|known| is_same(known, step)));
    Ok(Judgement::Refused { may_not_know })
}

/// Since when a thing exists, as this region can tell. It existed at `known_since`: a primary that gives a later date, so that no statement of
/// operators covers the thing, is not believed.
pub(crate) fn made(cx: &PeerContext<'_, '_>, created: Timestamp, known_since: Option<Timestamp>) -> Timestamp {
    created.min(known_since.unwrap_or(cx.env.now))
}

/// Since when a key exists of which this region makes its replica, as the primary that has it made says. A region that lost this role before, and
/// has not heard of that, thereby has the replica believe the statement of operators by which it lost it: the statement may be older than the
/// replica, but is not older than the key. Without the line of primaries, of which a date is of the future, nobody here could tell since when the
/// region is the primary.
pub(crate) fn known_since(cx: &PeerContext<'_, '_>, state: &SharedKey) -> Timestamp {
    let now = cx.env.now;
    let has_line = state.lineage.is_empty() || !dated(state.lineage.clone(), now).is_empty();
    state.known_since.filter(|_| has_line).map_or(now, |told| told.min(now))
}

/// A line that is believed without a proof, if none of its dates is of the future. The others would keep this region from following any
/// failover.
pub(crate) fn dated(line: Vec<LineageStep>, now: Timestamp) -> Vec<LineageStep> {
    let latest = now.plus_secs(CLOCKS_SECS);
    if line.iter().all(|step| step.date() <= latest) { line } else { Vec::new() }
}

/// The line that this region knows, if it leads to the epoch in force: it does not if the process named no operators when that began.
fn own_line(tx: &Tx<'_>, known: &Known<'_>) -> Result<Vec<LineageStep>, StoreError> {
    let line = lineage_table::lineage(tx, known.led)?;
    Ok(if leads_to(&line, known.epoch, u64::MAX) { line } else { Vec::new() })
}

fn tenures<'a>(line: &'a [LineageStep], known: &Known<'a>) -> Vec<Tenure<'a>> {
    let first = line.first().map_or(&known.epoch.region, |step| &step.from.region);
    let mut tenures = vec![Tenure { region: first, counters: (0, None), since: known.made, steps: 0 }];
    for (at, step) in line.iter().enumerate() {
        if let Some(before) = tenures.last_mut() {
            before.counters.1 = Some(step.from.counter);
        }
        let (region, counters) = (&step.to.region, (step.to.counter, None));
        tenures.push(Tenure { region, counters, since: step.date(), steps: at + 1 });
    }
    tenures
}

/// The steps of a claim's line from one out of this tenure on, if it has one that this region's own line does not have.
fn further_steps<'l>(
    own: &[LineageStep],
    tenure: &Tenure<'_>,
    is_present: bool,
    line: &'l [LineageStep],
) -> Option<&'l [LineageStep]> {
    let (first, last) = tenure.counters;
    let end = if is_present { u64::MAX } else { last.unwrap_or(u64::MAX).saturating_add(RAISE_MAX) };
    let is_new = |step: &LineageStep| !own.iter().any(|known| is_same(known, step));
    let leaves = |step: &LineageStep| {
        step.from.region == *tenure.region && (first..=end).contains(&step.from.counter) && is_new(step)
    };
    line.get(line.iter().rposition(leaves)?..)
}

/// Whether a step may lead out of a tenure that has ended by another one, as if that had not been: both were under way at the same time. A
/// region that kept an offer which it had declined, or a statement that it had not used, cannot use it after the role was handed over.
fn may_part(exit: &LineageStep, step: &LineageStep) -> bool {
    match (&exit.proof, &step.proof) {
        (Proof::HandOver { .. }, Proof::HandOver { .. }) => false,
        (Proof::HandOver { date, .. }, Proof::Forced(authorization)) => {
            authorization.statement.issued.plus_secs(CLOCKS_SECS) >= *date
        }
        (Proof::Forced(_), _) => true,
    }
}

fn is_same(a: &LineageStep, b: &LineageStep) -> bool {
    (&a.from, &a.to) == (&b.from, &b.to)
}

/// Whether steps lead to an epoch of a region that may have raised its own epochs between them.
pub(crate) fn is_line_to(steps: &[LineageStep], epoch: &Epoch) -> bool {
    leads_to(steps, epoch, u64::MAX)
}

/// Whether the steps follow each other and lead to an epoch. `raise_max` is by how much a region may have raised its own epoch in between.
fn leads_to(steps: &[LineageStep], epoch: &Epoch, raise_max: u64) -> bool {
    let goes_on = |to: &Epoch, next: &Epoch| {
        to.region == next.region && next.counter.checked_sub(to.counter).is_some_and(|raised| raised <= raise_max)
    };
    let is_one = |step: &LineageStep| {
        step.from.region != step.to.region && step.from.counter.checked_add(1) == Some(step.to.counter)
    };
    let next = steps.iter().skip(1).map(|step| &step.from).chain([epoch]);
    let is_short = |step: &LineageStep| match &step.proof {
        Proof::Forced(authorization) => authorization.signatures.len() <= OPERATORS_MAX,
        Proof::HandOver { .. } => true,
    };
    let follow = steps.iter().zip(next).all(|(step, next)| is_one(step) && is_short(step) && goes_on(&step.to, next));
    follow && !steps.is_empty() && steps.len() <= STEPS_MAX
}

/// Whether each step is proved. The first one is out of a tenure that began at `since`.
fn are_proved(
    cx: &PeerContext<'_, '_>,
    known: &Known<'_>,
    own: &[LineageStep],
    since: Timestamp,
    is_present: bool,
    steps: &[LineageStep],
) -> Result<bool, Error> {
    let latest = cx.env.now.plus_secs(CLOCKS_SECS);
    let mut since = since;
    for step in steps {
        let proved = match &step.proof {
            Proof::HandOver { date, signature } => {
                let message = to_sign(known.led, &step.from, &step.to, *date);
                identities(cx, &step.from.region)?.iter().any(|by| by.verify(DOMAIN, &message, signature))
            }
            Proof::Forced(authorization) => {
                // A statement gives the role of one thing once. Only for those who follow the lost region yet does it do so again: that
                // region was rebuilt meanwhile.
                let is_again = !is_present && own.iter().any(|known| is_of_statement(known, authorization));
                !is_again && is_authorized(cx, step, authorization, since)?
            }
        };
        if !proved || step.date() > latest {
            return Ok(false);
        }
        since = step.date();
    }
    Ok(true)
}

fn is_of_statement(step: &LineageStep, authorization: &Authorization) -> bool {
    let number = authorization.statement.number;
    matches!(&step.proof, Proof::Forced(known) if known.statement.number == number)
}

/// Whether operators have authorized a step out of a tenure that began at `since`.
fn is_authorized(
    cx: &PeerContext<'_, '_>,
    step: &LineageStep,
    authorization: &Authorization,
    since: Timestamp,
) -> Result<bool, Error> {
    let statement = &authorization.statement;
    let is_it = statement.lost == step.from.region && statement.to == step.to.region;
    let covers = statement.issued.plus_secs(CLOCKS_SECS) >= since;
    let is_short = statement.expires <= statement.issued.plus_secs(FailoverStatement::VALID_SECS);
    Ok(is_it
        && covers
        && is_short
        && identities(cx, &statement.to)?.contains(&statement.identity)
        && cx.operators.missing(authorization) == 0)
}

/// The present and former identities of a region that this one knows.
fn identities(cx: &PeerContext<'_, '_>, region: &Region) -> Result<Vec<PublicIdentity>, Error> {
    let mut identities = lineage_table::former_identities(cx.tx, region)?;
    if region == cx.here {
        identities.push(cx.env.identity.public());
    } else if region == cx.peer {
        identities.push(*cx.identity);
    } else {
        identities.extend(fleet_table::member(cx.tx, region)?.map(|member| member.identity));
    }
    Ok(identities)
}

/// The proof that this region hands the role of the primary over, in its present epoch. The date is that of the beginning, however often the
/// offer is sent: a region that is cut off goes on to offer, and meanwhile operators may state that it is lost. Both were under way at the same
/// time then ([`may_part`]).
pub(crate) fn hand_over(cx: &PeerContext<'_, '_>, led: Led<'_>, epoch: &Epoch, to: &Region, date: Timestamp) -> Proof {
    let signature = cx.env.identity.sign(DOMAIN, &to_sign(led, epoch, &next(epoch, to), date));
    Proof::HandOver { date, signature }
}

/// Whether the peer has signed that it hands the role over to this region.
pub(crate) fn is_handed_over(cx: &PeerContext<'_, '_>, led: Led<'_>, step: &LineageStep) -> bool {
    match &step.proof {
        Proof::HandOver { date, signature } => {
            cx.identity.verify(DOMAIN, &to_sign(led, &step.from, &step.to, *date), signature)
        }
        Proof::Forced(_) => false,
    }
}

fn to_sign(led: Led<'_>, from: &Epoch, to: &Epoch, date: Timestamp) -> Vec<u8> {
    let parts: Vec<ByteVec> = led.parts().into_iter().map(|part| part.to_vec().into()).collect();
    cbor(&(parts, from, to, date))
}

/// The first epoch of the next primary.
pub(crate) fn next(epoch: &Epoch, region: &Region) -> Epoch {
    Epoch { counter: epoch.counter.saturating_add(1), region: region.clone() }
}

/// Adds the step to this region to the line of a thing. Without a proof the line ends: nobody can check it any more.
pub(crate) fn add_step(
    tx: &mut Tx<'_>,
    led: Led<'_>,
    from: Epoch,
    to: Epoch,
    proof: Option<Proof>,
) -> Result<(), StoreError> {
    let Some(proof) = proof else { return lineage_table::delete_lineage(tx, led) };
    let mut steps = lineage_table::lineage(tx, led)?;
    if !steps.is_empty() && !leads_to(&steps, &from, u64::MAX) {
        steps.clear();
    }
    steps.push(LineageStep { from, to, proof });
    lineage_table::save_lineage(tx, led, steps)
}

#[cfg(test)]
#[path = "lineage_tests.rs"]
mod tests;
