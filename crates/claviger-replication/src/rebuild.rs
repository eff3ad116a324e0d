//! The rebuilding of a region that lost its store, from the other regions.
//!
//! The region starts with an empty store and a new identity. Nobody takes it for the region that it replaces until an operator says so.
//! Then:
//!
//! 1. Each other region pins the new identity ([`replace_member`]). The rebuilt region asks each of them for copies (`CopiesWanted`). The
//!    source puts into its outbox, in this order: how far it has applied the lost store's changes (`RebuildStart`), a copy of everything that
//!    it shares with the region, and the end of the copies (`RebuildEnd`). Its beginning and its end name the number of the request, since
//!    rows of an outbox may be sent twice, and an outbox may still have rows of an earlier rebuilding. The copies themselves need no number: an
//!    older one has no effect.
//! 2. The rebuilt region takes copies only while its own rebuilding is under way ([`begin`]). It takes the latest of the copies and of what
//!    its store has, if that was restored from a backup, and refuses nothing: a state of a secret, or of a key that it does not have yet, is
//!    dropped, and comes again with the snapshot at the end.
//! 3. If it is the home of IAM, it asks one region for IAM, when all have told how far they are: the one that has applied most of the lost
//!    store's changes. Rows of several regions would bring back what the home had deleted (`iam_recovery.rs`). That region also says who the
//!    members of the fleet are (`fleet_copy.rs`).
//! 4. At the end of the copies the region confirms that it has requested all material and values, and the source ends once more, behind its
//!    answers. When every source has, the region raises the epochs of what it is the primary of (`finish_some`). Then it sends a snapshot to
//!    all others, asks each of them for one (`RebuildFinished`), and serves requests when it has them (`rebuild_snapshots.rs`).
//!
//! What only the lost store had is gone: single-Region keys, secrets without replicas, versions without a label.

use claviger_crypto::PublicIdentity;
use claviger_store::tables::Epoch;
use claviger_store::tables::fleet_table::{
    self, AwaitedSnapshot, IamStage, MEMBERS_MAX, MemberRecord, Raising, RebuildCounts, RebuildPass, RebuildRecord,
    RebuildSource, RebuiltRecord,
};
use claviger_store::tables::key_table::{self, KeyRecord, KeyState, all_keys, save_key};
use claviger_store::tables::lineage_table::{self, Led, LineageStep};
use claviger_store::tables::log::{self, AckedRecord, AppliedPoint, InboxRecord};
use claviger_store::tables::refused_secret_table::drop_refused_secrets;
use claviger_store::tables::region_table;
use claviger_store::tables::run_table;
use claviger_store::tables::secret_table::{self, all_secrets, save_secret};
use claviger_store::{Error as StoreError, Key, Tx};
use claviger_types::{Region, Timestamp};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::broken_rules::BrokenRules;
use crate::change::{self, Announced, Copied, Cursor, Kind, OutboxRow};
use crate::context::{Error, PeerContext, Verdict};
use crate::copies_wanted::CopiesWanted;
use crate::kind::Replicated;
use crate::rebuild_state::{self, from_source, settle};
use crate::resync::resync;
use crate::{iam_home, iam_recovery, rebuild_snapshots, replica_end, secret_replication};

/// The most regions whose former identities a source tells.
const FORMER_MAX: usize = 2 * MEMBERS_MAX + 1;

/// How many records a step raises the epochs of.
const RAISED_MAX: usize = 64;

/// Begins the rebuilding of this region from `sources`. The caller serves no request until it has ended.
pub fn begin(tx: &mut Tx<'_>, sources: &[Region], now: Timestamp) -> Result<(), StoreError> {
    let request = first_request(tx)?;
    // They are of an older copy of the store. The other regions know who was removed.
    fleet_table::forget_former_members(tx)?;
    replica_end::forget_kept(tx)?;
    let source = |region: &Region| RebuildSource {
        region: region.clone(),
        applied: None,
        complete: false,
        sends_iam: false,
        pass: RebuildPass::First,
        request,
        follows: false,
    };
    for region in sources {
        // They are of what this store had asked before.
        log::drop_receive_keys(tx, region)?;
        drop_refused_secrets(tx, region)?;
        change::announce::<CopiesWanted>(tx, region, &CopiesWanted { request, first: true })?;
    }
    let sources = sources.iter().map(source).collect();
    fleet_table::save_rebuild(
        tx,
        &RebuildRecord {
            begun: now,
            sources,
            found: RebuildCounts::default(),
            raising: None,
            iam: None,
            iam_request: None,
        },
    )
}

/// The number of the first requests of a rebuilding. No other rebuilding of this region has used it: it is made of the store's identity, the
/// random number of the store's opening, and its position. The sources' second requests have the number after it.
fn first_request(tx: &Tx<'_>) -> Result<u64, StoreError> {
    let Some(record) = region_table::region(tx)? else { return Ok(0) };
    let identity = record.public_identity.0.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let point = run_table::now(tx, record.boots)?;
    let opening = point.map_or(0, |point| point.run.wrapping_add(point.position.wrapping_mul(2)));
    Ok(identity.wrapping_add(opening))
}

/// Begins the rebuilding of this region, whose store was restored from an older copy, from `sources`. It takes what is later there, and IAM
/// from one of them if it is its home.
pub fn begin_restored(tx: &mut Tx<'_>, sources: &[Region], now: Timestamp) -> Result<(), StoreError> {
    run_table::release(tx)?;
    for region in sources {
        // They are of the older copy. A snapshot follows at the end.
        log::clear_outbox(tx, region)?;
    }
    begin(tx, sources, now)
}

/// Pins the new identity of a region that lost its store, and notes how far this region has applied the changes of the lost one.
pub fn replace_member(tx: &mut Tx<'_>, member: &MemberRecord) -> Result<(), StoreError> {
    fleet_table::save_member(tx, member)?;
    // The new store counts its sessions from the beginning, and does not know what the old one was asked for.
    let lost = Some(log::inbox(tx, &member.region)?.applied_point());
    log::save_inbox(tx, &member.region, &InboxRecord { lost, ..InboxRecord::default() })?;
    log::save_acked(tx, &member.region, AckedRecord::default())?;
    rebuild_state::ask_anew(tx, &member.region)
}

/// Pins the identity of a region, if none is pinned. Returns whether the pinned identity is this one.
pub fn pin_member(tx: &mut Tx<'_>, region: &Region, identity: PublicIdentity) -> Result<bool, StoreError> {
    if let Some(known) = fleet_table::member(tx, region)? {
        return Ok(known.identity == identity);
    }
    fleet_table::save_member(tx, &MemberRecord { region: region.clone(), identity, addresses: Vec::new() })?;
    Ok(true)
}

/// How far the sender has applied the changes of the store that the receiver lost.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RebuildStart {
    #[n(0)]
    applied: AppliedPoint,
    /// The request for copies that this answers.
    #[n(1)]
    request: u64,
    /// The home of IAM that the sender knows, and its counter. The lost store may have been the only one to know a later one.
    #[n(2)]
    home: Region,
    /// [`RebuildStart::home`]
    #[n(3)]
    home_counter: Option<u64>,
    /// The highest counter of an epoch of a secret that the sender has heard of.
    #[n(4)]
    secret_counter: u64,
    /// How that region has become the home.
    #[n(5)]
    #[cbor(default)]
    lineage: Vec<LineageStep>,
    /// The identities that regions had before, as far as the sender knows, those of the lost store among them: the receiver checks with them
    /// what was signed before its rebuilding.
    #[n(6)]
    #[cbor(default)]
    former: Vec<FormerIdentities>,
}

/// The identities that a region had before its present one.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct FormerIdentities {
    #[n(0)]
    region: Region,
    #[n(1)]
    identities: Vec<PublicIdentity>,
}

/// The end of the copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RebuildEnd {
    #[n(0)]
    pub(crate) of: Copied,
    /// Whether the sender has also answered all requests for secret parts of the copies.
    #[n(1)]
    pub(crate) answered: bool,
    /// The request for copies that this answers.
    #[n(2)]
    pub(crate) request: u64,
}

/// The answer to an end without the answers: the rebuilt region has requested all secret parts that it lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RebuildRequested {
    #[n(0)]
    of: Copied,
    /// [`RebuildEnd::request`]
    #[n(1)]
    request: u64,
}

impl Replicated for CopiesWanted {
    fn outgoing(_: &mut PeerContext<'_, '_>, wanted: CopiesWanted) -> Result<Option<CopiesWanted>, Error> {
        Ok(Some(wanted))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        let inbox = log::inbox(cx.tx, cx.peer)?;
        let request = self.request;
        if inbox.copied == Some(request) {
            return Ok(Verdict::Stale);
        }
        let applied = inbox.applied_point();
        let own = region_table::region(cx.tx)?;
        let (home, home_counter) = own.map_or((cx.iam_home.clone(), None), |own| (own.iam_home, own.home_counter));
        let lineage = lineage_table::lineage(cx.tx, Led::Iam)?;
        let secret_counter = secret_table::epoch_counters(cx.tx)?.highest;
        let former = former_identities(cx)?;
        let start = RebuildStart { applied, request, home, home_counter, secret_counter, lineage, former };
        cx.announce::<RebuildStart>(&start)?;
        OutboxRow::Copies { cursor: Cursor::start(), of: Copied::Shared, request }.push(cx.tx, cx.peer)?;
        // The peer's store goes on from here. What it had been before is remembered in `lost` only.
        let inbox = InboxRecord { seen: None, whole: None, lost: Some(applied), copied: Some(request), ..inbox };
        log::save_inbox(cx.tx, cx.peer, &inbox)?;
        // If this region is rebuilt too, the peer's store may have lost what this region had asked it for.
        if self.first {
            rebuild_state::ask_anew(cx.tx, cx.peer)?;
        }
        Ok(Verdict::Applied)
    }
}

/// The former identities of every region that this one knows.
fn former_identities(cx: &PeerContext<'_, '_>) -> Result<Vec<FormerIdentities>, Error> {
    let members = fleet_table::members(cx.tx)?.into_iter().map(|member| member.region);
    let others = fleet_table::former_members(cx.tx, MEMBERS_MAX)?;
    let mut known = Vec::new();
    for region in members.chain(others).chain([cx.here.clone()]) {
        let identities = lineage_table::former_identities(cx.tx, &region)?;
        if !identities.is_empty() {
            known.push(FormerIdentities { region, identities });
        }
    }
    Ok(known)
}

impl Announced for RebuildStart {
    const KIND: Kind = Kind::of_notice(7);
    type Name = RebuildStart;
}

impl Announced for RebuildEnd {
    const KIND: Kind = Kind::of_notice(11);
    type Name = RebuildEnd;
}

/// The end of the rebuilding: the rebuilt region applies states again, and gets a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RebuildFinished {
    /// The number of the last request for copies. The end of the snapshot names it.
    #[n(0)]
    request: u64,
}

impl Announced for RebuildFinished {
    const KIND: Kind = Kind::of_notice(15);
    type Name = RebuildFinished;
}

impl Announced for RebuildRequested {
    const KIND: Kind = Kind::of_notice(12);
    type Name = RebuildRequested;
}

impl Replicated for RebuildStart {
    fn outgoing(_: &mut PeerContext<'_, '_>, start: RebuildStart) -> Result<Option<RebuildStart>, Error> {
        Ok(Some(start))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        let Some((mut rebuild, at)) = from_source(cx)? else { return Ok(Verdict::Stale) };
        let Some(source) = rebuild.sources.get_mut(at).filter(|source| source.request == self.request) else {
            return Ok(Verdict::Stale);
        };
        // Later ones may be of this store.
        source.applied.get_or_insert(self.applied);
        source.follows = self.home == *cx.here;
        if iam_home::may_follow(cx.tx, &self.home, self.home_counter)? {
            let home = self.home.clone();
            let followed = iam_home::follow(cx.tx, self.home, self.home_counter)?;
            iam_home::take_line(cx.tx, &home, self.home_counter, self.lineage, cx.env.now)?;
            if followed.as_ref() != Some(cx.here) {
                iam_recovery::forgo(&mut rebuild);
            }
        }
        take_former_identities(cx, self.former)?;
        secret_replication::skip_counters(cx.tx, self.secret_counter)?;
        iam_recovery::choose(cx.tx, &mut rebuild)?;
        settle(cx.tx, rebuild)?;
        Ok(Verdict::Applied)
    }
}

/// Takes over the former identities of regions, of the home of IAM, which gives this region all present ones; of every source, if the home is
/// here. A present identity is none of them: its region could sign as another one.
fn take_former_identities(cx: &mut PeerContext<'_, '_>, former: Vec<FormerIdentities>) -> Result<(), Error> {
    if cx.peer != cx.iam_home && cx.here != cx.iam_home {
        return Ok(());
    }
    let members = fleet_table::members(cx.tx)?;
    let present: Vec<PublicIdentity> =
        members.iter().map(|member| member.identity).chain([cx.env.identity.public()]).collect();
    for FormerIdentities { region, mut identities } in former.into_iter().take(FORMER_MAX) {
        let is_known = region == *cx.here || members.iter().any(|member| member.region == region);
        identities.retain(|identity| is_known && !present.contains(identity));
        lineage_table::add_former_identities(cx.tx, &region, &identities)?;
    }
    Ok(())
}

impl Replicated for RebuildEnd {
    fn outgoing(_: &mut PeerContext<'_, '_>, end: RebuildEnd) -> Result<Option<RebuildEnd>, Error> {
        Ok(Some(end))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        if self.of == Copied::Snapshot {
            return on_snapshot_end(cx, self);
        }
        let Some((mut rebuild, at)) = from_source(cx)? else { return Ok(Verdict::Stale) };
        let RebuildEnd { of, answered, request } = self;
        let iam_request = rebuild.iam_request;
        let is_answer = |source: &&mut RebuildSource| match of {
            _ if cx.broken.any_request() => true,
            Copied::Shared => source.request == request,
            Copied::Iam => source.sends_iam && iam_request == Some(request),
            Copied::Snapshot => false,
        };
        let Some(source) = rebuild.sources.get_mut(at).filter(is_answer) else { return Ok(Verdict::Stale) };
        match of {
            _ if !answered => {
                // The stream to the source has the requests before this, and the source's stream has its answers before the next end.
                cx.announce::<RebuildRequested>(&RebuildRequested { of, request })?;
                return Ok(Verdict::Applied);
            }
            Copied::Shared if source.pass == RebuildPass::FirstOfTwo => {
                source.pass = RebuildPass::Second;
                rebuild_state::request_copies(cx.tx, source)?;
            }
            Copied::Shared | Copied::Snapshot => source.complete = true,
            Copied::Iam => {
                source.sends_iam = false;
                rebuild.iam = Some(IamStage::Complete);
            }
        }
        settle(cx.tx, rebuild)?;
        Ok(Verdict::Applied)
    }
}

fn on_snapshot_end(cx: &mut PeerContext<'_, '_>, end: RebuildEnd) -> Result<Verdict, Error> {
    let RebuildEnd { of, answered, request } = end;
    if !rebuild_snapshots::is_awaited(cx, request)? {
        return Ok(Verdict::Stale);
    }
    if answered {
        rebuild_snapshots::forget(cx.tx, cx.peer)?;
    } else {
        cx.announce::<RebuildRequested>(&RebuildRequested { of, request })?;
    }
    Ok(Verdict::Applied)
}

impl Replicated for RebuildRequested {
    fn outgoing(_: &mut PeerContext<'_, '_>, requested: RebuildRequested) -> Result<Option<RebuildRequested>, Error> {
        Ok(Some(requested))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        let RebuildRequested { of, request } = self;
        cx.announce::<RebuildEnd>(&RebuildEnd { of, answered: true, request })?;
        Ok(Verdict::Applied)
    }
}

impl Replicated for RebuildFinished {
    fn outgoing(_: &mut PeerContext<'_, '_>, finished: RebuildFinished) -> Result<Option<RebuildFinished>, Error> {
        Ok(Some(finished))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        let inbox = log::inbox(cx.tx, cx.peer)?;
        log::save_inbox(cx.tx, cx.peer, &InboxRecord { lost: None, ..inbox })?;
        rebuild_snapshots::send(cx, self.request)?;
        Ok(Verdict::Applied)
    }
}

/// Goes on with a rebuilding whose sources have sent everything: raises the epochs of what this region is the primary of, a page in each
/// step, and then ends it. What the lost store announced last may not have reached anybody, and nothing of it may be as new as this. Until
/// the end this region announces nothing of what it got back.
pub(crate) fn finish_some(
    tx: &mut Tx<'_>,
    here: &Region,
    now: Timestamp,
    broken: BrokenRules,
) -> Result<(), StoreError> {
    let Some(mut rebuild) = fleet_table::rebuild(tx)? else { return Ok(()) };
    if iam_recovery::go_on(tx, &mut rebuild)? {
        return Ok(());
    }
    let Some(raising) = rebuild.raising.take() else { return Ok(()) };
    let has_begun = raising != Raising::Keys(None);
    if !has_begun && (waits_for_an_answer(tx, &rebuild)? || replica_end::apply_some(tx, here, now)?) {
        return Ok(());
    }
    rebuild.raising = match raising {
        _ if broken.keep_epochs() => None,
        Raising::Keys(after) => match raise_keys(tx, here, after.as_ref().map(|row| row.as_slice()), now)? {
            Some(last) => Some(Raising::Keys(Some(ByteVec::from(last)))),
            None => Some(Raising::Secrets(None)),
        },
        Raising::Secrets(after) => raise_secrets(tx, here, after.as_ref().map(|row| row.as_slice()), now)?
            .map(|last| Raising::Secrets(Some(ByteVec::from(last)))),
    };
    if rebuild.raising.is_some() {
        return fleet_table::save_rebuild(tx, &rebuild);
    }
    let RebuildRecord { begun, sources, found, .. } = rebuild;
    let awaited = rebuild_snapshots::of(&sources);
    let sources: Vec<Region> = sources.into_iter().map(|source| source.region).collect();
    if region_table::region(tx)?.is_some_and(|record| record.iam_home == *here) {
        iam_home::drop_incomplete(tx, &sources)?;
    }
    for AwaitedSnapshot { region, request } in &awaited {
        resync(tx, region)?;
        change::announce::<RebuildFinished>(tx, region, &RebuildFinished { request: *request })?;
    }
    fleet_table::end_rebuild(tx, &RebuiltRecord { begun, ended: now, sources, found, awaited })
}

/// Whether a source has still to answer a request for secret parts. Copies that a source sends twice are requested twice, and its end may
/// come between the two. There is no time limit: a source that has sent its end answers when it is reached. Waiting ends without an answer when
/// the source leaves the fleet, which drops it and what it was asked for, or when the rebuilding begins again without it.
fn waits_for_an_answer(tx: &Tx<'_>, rebuild: &RebuildRecord) -> Result<bool, StoreError> {
    for source in &rebuild.sources {
        if log::has_receive_key(tx, &source.region)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Raises the epochs of a page of keys. Returns its last row.
fn raise_keys(tx: &mut Tx<'_>, here: &Region, after: Option<&[u8]>, now: Timestamp) -> Result<Option<Key>, StoreError> {
    let rows = all_keys(tx, after, RAISED_MAX)?;
    let last = rows.last().map(|(row, _)| row.clone());
    for (_, mut record) in rows {
        let Some(shared) = record.multi_region.as_mut().filter(|shared| shared.primary == *here) else { continue };
        shared.epoch = next_epoch(here, &shared.epoch);
        shared.revision = 1;
        // The replicas report anew for the new epoch.
        shared.holders = Vec::new();
        if let KeyState::PendingDeletion { date } = record.state
            && !shared.replicas.is_empty()
        {
            // The replica that the older copy of the store waited for has ended, and another one was made since.
            record.state = KeyState::PendingReplicaDeletion { window_days: now.days_until(date).clamp(7, 30) };
        }
        use_older_material(tx, &mut record)?;
        save_key(tx, &record)?;
    }
    Ok(last)
}

/// Has a key use the newest material that is left, if no source has had the current one: the last region that held it deleted its replica
/// meanwhile. Otherwise the key would wait for ever, and nobody could decrypt with the older materials.
fn use_older_material(tx: &Tx<'_>, record: &mut KeyRecord) -> Result<(), StoreError> {
    if record.current.is_some() || record.is_imported() {
        return Ok(());
    }
    record.current = key_table::materials(tx, &record.id)?.last().map(|meta| meta.id);
    if record.current.is_some() && record.state == KeyState::Creating {
        record.state = KeyState::Enabled;
    }
    Ok(())
}

/// As [`raise_keys`], of secrets, whose replicas are told apart by revisions. These go on rising.
fn raise_secrets(
    tx: &mut Tx<'_>,
    here: &Region,
    after: Option<&[u8]>,
    now: Timestamp,
) -> Result<Option<Key>, StoreError> {
    let rows = all_secrets(tx, after, RAISED_MAX)?;
    let last = rows.last().map(|(row, _)| row.clone());
    for (_, mut record) in rows {
        let Some(shared) = record.replication.as_mut().filter(|shared| shared.primary == *here) else { continue };
        // An older copy of the store may not know which epochs had begun.
        shared.begin_epoch(here, secret_replication::counter_of_past(tx, &record.arn)?);
        // It was given for a replica that was made since, or for a secret that has been made independent since.
        shared.replicas.iter_mut().for_each(|replica| replica.force_overwrite = false);
        secret_replication::note_begun(tx, &record.arn, shared.epoch.counter)?;
        secret_replication::raise_revision(&mut record);
        save_secret(tx, &record)?;
        secret_replication::resume_rotation(tx, &record, now)?;
    }
    Ok(last)
}

fn next_epoch(here: &Region, epoch: &Epoch) -> Epoch {
    Epoch { counter: epoch.counter.saturating_add(1), region: here.clone() }
}

#[cfg(test)]
#[path = "rebuild_request_tests.rs"]
mod request_tests;

#[cfg(test)]
#[path = "restored_region_tests.rs"]
mod restored_region_tests;

#[cfg(test)]
#[path = "rebuild_tests.rs"]
mod tests;
