//! The simulated world: regions, network, time, and the choice of the next event.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use claviger_crypto::PublicIdentity;
use claviger_store::tables::fleet_table::MemberRecord;
use claviger_store::{Batch, Error as StoreError, Tx, commit_blocking};
use claviger_types::{Region, Timestamp};

use crate::broken_rules::BrokenRules;
use crate::drive::{Ports, drive_with};
use crate::engine::{Engine, Event};
use crate::frame::Message;
use crate::rebuild;

use super::facts::Facts;
use super::network::FaultyNetwork;
use super::operators;
use super::report::{ChangeMix, Options, Report};
use super::site::{Outcome, Site, text};
use claviger_types::SeededRandom;

const NAMES: [&str; 5] = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-south-1"];
const START_MS: i64 = 1_800_000_000_000;
/// The average number of steps between two agreements.
const AGREE_ONE_IN: u64 = 2_000;
/// The most changes that are tried until one is possible.
const TRIES: usize = 8;
/// One more than the most further messages that are delivered together with one.
const TOGETHER_MAX: u64 = 8;
/// How many frames a message has at most, by the rest of the seed.
const FRAMES_MAX: [usize; 4] = [1, 2, 4, 64];
const DAY_MS: i64 = 86_400_000;
/// So short that rotations often end without a region.
const AWAY_MS: i64 = 3_000;

pub(super) struct World {
    pub(super) random: Arc<SeededRandom>,
    pub(super) sites: Vec<Site>,
    pub(super) engines: Vec<Engine>,
    pub(super) identities: Vec<(Region, PublicIdentity)>,
    pub(super) network: FaultyNetwork,
    pub(super) now: Timestamp,
    pub(super) broken: BrokenRules,
    pub(super) changes: ChangeMix,
    pub(super) facts: Facts,
    /// The new identity of a region that was replaced while these regions were down.
    pub(super) missed: BTreeMap<usize, MemberRecord>,
    /// Regions that were restored from an older copy of their store, and not rebuilt yet.
    pub(super) restored: BTreeSet<usize>,
    /// How many frames the messages of a region have at most.
    pub(super) frames_max: usize,
    /// How many frames the last commit by replication has applied.
    pub(super) together: usize,
    pub(super) report: Report,
}

/// The effect of a crash on a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Crash {
    None,
    BeforeCommit,
    AfterCommit,
}

impl World {
    /// Makes and starts two to five regions.
    pub(super) fn new(options: Options) -> Outcome<World> {
        let random = Arc::new(SeededRandom::new(options.seed));
        let count = match options.regions {
            0 => 2 + usize::try_from(random.below(4)).map_err(text)?,
            given => given.clamp(2, NAMES.len()),
        };
        let regions: Vec<Region> = NAMES.iter().take(count).filter_map(|name| Region::parse(name).ok()).collect();
        let home = regions.first().cloned().ok_or("no region")?;
        let mut sites: Vec<Site> =
            regions.iter().map(|r| Site::new(r.clone(), &regions, &home, &random)).collect::<Result<_, _>>()?;
        let frames_max = FRAMES_MAX.get((options.seed % 4) as usize).copied().unwrap_or(1);
        sites.iter_mut().for_each(|site| site.frames_max = frames_max);
        if !operators::are_named(options.seed) {
            sites.iter_mut().for_each(|site| site.operators = Arc::default());
        }
        let identities = sites.iter().map(|site| (site.region.clone(), site.identity.public())).collect();
        let mut world = World {
            random,
            sites,
            engines: Vec::new(),
            identities,
            network: FaultyNetwork::faulty(),
            now: Timestamp(START_MS),
            broken: options.broken,
            changes: options.changes,
            facts: Facts::default(),
            missed: BTreeMap::new(),
            restored: BTreeSet::new(),
            frames_max,
            together: 0,
            report: Report { regions: count as u64, ..Report::default() },
        };
        world.pin_members()?;
        for site in &mut world.sites {
            world.engines.push(site.start(&world.identities, world.broken)?);
        }
        Ok(world)
    }

    /// Notes in each region's store the identities of the others.
    fn pin_members(&self) -> Outcome<()> {
        for site in &self.sites {
            let mut tx = site.begin()?;
            for (region, identity) in self.identities.iter().filter(|(region, _)| *region != site.region) {
                rebuild::pin_member(&mut tx, region, *identity).map_err(text)?;
            }
            site.commit(tx.into_batch())?;
        }
        Ok(())
    }

    pub(super) fn report(&self) -> Report {
        Report { lost_or_repeated: self.network.lost_or_repeated, ..self.report }
    }

    /// Runs one random event.
    pub(super) fn step(&mut self) -> Outcome<()> {
        match self.random.below(100) {
            0..75 => self.deliver().map(drop),
            75..90 => self.tick(),
            90..97 => self.change(),
            97..99 => self.fault(),
            _ if self.random.one_in(AGREE_ONE_IN / 100) => self.agree(),
            _ => self.tick(),
        }
    }

    /// Delivers the next message. Returns whether there was one.
    pub(super) fn deliver(&mut self) -> Outcome<bool> {
        let Some((at, message)) = self.network.next() else { return Ok(false) };
        self.now = self.now.max(at);
        let Some(index) = self.index(&message.to).filter(|index| self.sites.get(*index).is_some_and(|s| !s.down))
        else {
            return Ok(true);
        };
        // A server applies what has come in together in one commit.
        let further = self.network.due_for(&message.to, self.now, self.random.below(TOGETHER_MAX));
        let messages: Vec<Message> = std::iter::once(message).chain(further).collect();
        for message in &messages {
            self.report.delivered += 1;
            self.note(&message.to_bytes());
        }
        self.together = messages.iter().filter_map(Message::frames).map(|frames| frames.len()).sum();
        let crash = match self.random.below(if self.network.faulty { 100 } else { u64::MAX }) {
            0 => Crash::BeforeCommit,
            1 => Crash::AfterCommit,
            _ => Crash::None,
        };
        self.drive(index, &Event::ReceivedTogether(messages), crash)?;
        Ok(true)
    }

    fn tick(&mut self) -> Outcome<()> {
        self.advance(i64::try_from(self.random.below(400)).map_err(text)?);
        let index = self.any_site();
        self.wake(index, &Event::Tick)
    }

    /// Lets a region process its outbox.
    pub(super) fn wake(&mut self, index: usize, event: &Event) -> Outcome<()> {
        if self.sites.get(index).is_none_or(|site| site.down) {
            return Ok(());
        }
        self.drive(index, event, Crash::None)
    }

    fn drive(&mut self, index: usize, event: &Event, crash: Crash) -> Outcome<()> {
        let (Some(site), Some(engine)) = (self.sites.get(index), self.engines.get_mut(index)) else { return Ok(()) };
        let mut sent: Vec<Message> = Vec::new();
        engine.away_ms = AWAY_MS;
        self.facts.away_before.clone_from(engine.away());
        let (mut crashed, mut wrote) = (false, false);
        let mut commit = |batch: Batch| {
            wrote = true;
            crashed = crash != Crash::None;
            if crash != Crash::BeforeCommit {
                commit_blocking(&site.store, batch)?;
            }
            if crashed { Err(StoreError::Closed) } else { Ok(()) }
        };
        let begin = || Tx::begin(&site.store, &site.barrier, &*site.random);
        let env = site.env(self.now);
        let mut send = |message| sent.push(message);
        let mut ports = Ports { begin: &begin, commit: &mut commit, send: &mut send, hooks: site, env: &env };
        let driven = drive_with(engine, event, &mut ports);
        if let (Err(error), false) = (driven, crashed) {
            return Err(text(error));
        }
        for message in sent {
            self.network.send(message, self.now, &self.random);
        }
        if crashed {
            self.stop(index);
        }
        if wrote { self.check(index, false) } else { Ok(()) }
    }

    /// Makes a change by a user of one region as the service would: in a commit of its own, after which the engine is woken
    /// at once or later.
    fn change(&mut self) -> Outcome<()> {
        let mut changed = None;
        for _ in 0..TRIES {
            let index = self.any_site();
            let done = match self.random.below(10) {
                _ if self.sites.get(index).is_none_or(|site| site.down) || self.serves_nobody(index)? => false,
                0..8 if self.changes == ChangeMix::LabelMoves => self.move_labels(index)?,
                _ if self.changes == ChangeMix::LabelMoves => self.change_secrets(index)?,
                0..5 => self.change_keys(index)?,
                5..9 => self.change_secrets(index)?,
                _ => self.change_iam(index)?,
            };
            changed = done.then_some(index);
            if done {
                break;
            }
        }
        let Some(index) = changed else { return Ok(()) };
        self.report.changes += 1;
        self.note(&[u8::try_from(index).map_err(text)?]);
        self.check(index, true)?;
        if self.random.one_in(4) { Ok(()) } else { self.wake(index, &Event::Committed) }
    }

    fn fault(&mut self) -> Outcome<()> {
        let (a, b) = (self.any_site(), self.any_site());
        let names = self.sites.get(a).zip(self.sites.get(b)).map(|(a, b)| (a.region.clone(), b.region.clone()));
        let Some((from, to)) = names else { return Ok(()) };
        let kinds = if self.changes == ChangeMix::Disasters { 24 } else { 16 };
        match self.random.below(kinds) {
            0..2 => self.network.cut(&from, &to),
            2..4 => {
                self.network.cut(&from, &to);
                self.network.cut(&to, &from);
            }
            4..7 => self.network.join(&from, &to),
            7..10 => self.network.heal(),
            10 => self.stop(a),
            11..14 => return self.start_all(),
            14 => {
                // A region is stopped for a week, or its clock is set wrong by an hour or a day, or set right again.
                if self.random.one_in(4) {
                    self.stop(a);
                    self.advance(7 * DAY_MS);
                } else if let Some(site) = self.sites.get_mut(a) {
                    site.skew_ms = [0, 3_600_000, -3_600_000, DAY_MS, -DAY_MS]
                        .get(usize::try_from(self.random.below(5)).map_err(text)?)
                        .copied()
                        .unwrap_or(0);
                }
            }
            16..18 => return self.move_home(a),
            18 if self.random.one_in(2) => return self.lose_disk(a),
            20 => return self.back_up(a),
            21 => return self.restore(a),
            22..24 => return self.rebuild_held(),
            _ => {
                let refuses = self.random.one_in(3);
                if let Some(site) = self.sites.get_mut(a) {
                    site.refuses = refuses;
                }
            }
        }
        Ok(())
    }

    fn stop(&mut self, index: usize) {
        if let Some(site) = self.sites.get_mut(index).filter(|site| !site.down) {
            site.down = true;
            self.report.crashes += 1;
        }
    }

    /// Starts every region that is down.
    pub(super) fn start_all(&mut self) -> Outcome<()> {
        for at in 0..self.sites.len() {
            if self.sites.get(at).is_some_and(|site| !site.down) {
                continue;
            }
            if let Some(member) = self.missed.remove(&at) {
                self.replace_member(at, &member)?;
            }
            if let (Some(site), Some(engine)) = (self.sites.get_mut(at), self.engines.get_mut(at)) {
                *engine = site.start(&self.identities, self.broken)?;
            }
        }
        Ok(())
    }

    /// Whether no engine waits for an answer.
    pub(super) fn engines_are_idle(&self) -> bool {
        self.engines.iter().all(Engine::is_idle)
    }

    pub(super) fn advance(&mut self, ms: i64) {
        self.now = Timestamp(self.now.0.saturating_add(ms));
    }

    fn index(&self, region: &Region) -> Option<usize> {
        self.sites.iter().position(|site| site.region == *region)
    }

    pub(super) fn any_site(&self) -> usize {
        usize::try_from(self.random.below(self.sites.len() as u64)).unwrap_or(0)
    }

    /// Adds to the run's digest (FNV-1a).
    fn note(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.report.digest = (self.report.digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// Runs a change in one transaction of a region, and commits it if it returns true.
    pub(super) fn transact(
        &self,
        index: usize,
        change: impl FnOnce(&mut Tx<'_>, &Site) -> Outcome<bool>,
    ) -> Outcome<bool> {
        let Some(site) = self.sites.get(index) else { return Ok(false) };
        let mut tx = site.begin()?;
        let changed = change(&mut tx, site)?;
        if changed {
            site.commit(tx.into_batch())?;
        }
        Ok(changed)
    }
}
