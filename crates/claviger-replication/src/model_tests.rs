//! Takes random steps in the model of the protocol and in the code at once, and compares what each region has of the key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_protocol_model::{Change, KeyView, Replay};
use claviger_store::tables::Epoch;
use claviger_types::{KeyId, MaterialId, Region, SeededRandom};

use crate::frame::Frame;
use crate::testing::{Net, region};
use crate::{BrokenRules, Event, end_handover_with, key_replication};

/// The code, beside the model.
struct Both {
    model: Replay,
    net: Net,
    id: KeyId,
    regions: u8,
    /// The materials in the order in which they were made.
    made: Vec<MaterialId>,
    schedules: i64,
}

impl Both {
    fn new(regions: u8) -> Both {
        let mut net = Net::settled(regions.into());
        let id = net.create_key();
        let made = net.materials(0, &id).iter().map(|meta| meta.id).collect();
        net.wire.clear();
        let mut both = Both { model: Replay::new(regions), net, id, regions, made, schedules: 0 };
        (0..regions.into()).for_each(|at| both.require_all(at));
        both
    }

    /// The model knows no region that is away: its rotations wait for every replica.
    fn require_all(&mut self, at: usize) {
        let engine = self.net.engines[at].clone();
        self.net.engines[at] = engine.requiring_replicas(Some(u32::MAX));
    }

    /// Makes a change in both. Returns whether the model allows it.
    fn change(&mut self, at: u8, change: Change) -> bool {
        let allowed = self.model.change(at, change);
        if allowed {
            self.change_code(at.into(), change);
        }
        allowed
    }

    fn change_code(&mut self, at: usize, change: Change) {
        let Both { net, id, .. } = self;
        let now = net.now;
        match change {
            Change::Rotate => {
                net.rotate_key(at, id);
                let held = net.materials(at, id);
                self.made.extend(held.iter().map(|meta| meta.id).find(|id| !self.made.contains(id)));
            }
            Change::SetSchedule => {
                self.schedules += 1;
                let number = self.schedules;
                net.change_key(at, id, |tx, site, record| {
                    record.rotation.period_days = Some(number);
                    key_replication::raise_revision(record);
                    key_replication::announce(tx, &site.region, record).unwrap();
                });
            }
            Change::HandOver(to) => net.hand_over(at, id, to.into()),
            Change::Replicate(to) => net.replicate_key(at, id, to.into()),
            Change::Delete => net.delete_key(at, id),
            Change::FailOver(lost) => net.change_key(at, id, |tx, site, record| {
                let lost = region(lost.into());
                end_handover_with(record, &lost);
                if record.multi_region.as_ref().is_some_and(|shared| shared.primary == lost) {
                    let signed = site.authorization(&lost, now);
                    key_replication::promote(tx, &site.region, record, Some(&signed)).unwrap();
                }
            }),
        }
        self.answer();
    }

    /// Delivers the next change from one region to another in both. Returns whether there was one.
    fn deliver(&mut self, from: u8, to: u8, refuses: bool) -> bool {
        let is_next = |message: &crate::Message| {
            let ends = (&message.from, &message.to) == (&region(from.into()), &region(to.into()));
            ends && matches!(message.frame(), Some(Frame::Data { .. }))
        };
        let place = self.net.wire.iter().position(is_next);
        assert_eq!(self.model.deliver(from, to, refuses), place.is_some(), "a message from {from} to {to}");
        let Some(place) = place else { return false };
        let message = self.net.wire.remove(place);
        // A message that was repeated before its acknowledgement came is the same one, which the model delivers once.
        let number = |message: &crate::Message| match message.frame() {
            Some(Frame::Data { session, sequence, .. }) => {
                Some((message.from.clone(), message.to.clone(), session, sequence))
            }
            _ => None,
        };
        self.net.wire.retain(|other| number(other) != number(&message) || number(other).is_none());
        self.net.sites[usize::from(to)].refuses = refuses;
        self.net.deliver(&message);
        self.answer();
        true
    }

    /// Delivers all frames that are not changes: greetings and acknowledgements.
    fn answer(&mut self) {
        let is_answer = |message: &crate::Message| !matches!(message.frame(), Some(Frame::Data { .. }));
        while let Some(place) = self.net.wire.iter().position(is_answer) {
            let message = self.net.wire.remove(place);
            self.net.deliver(&message);
        }
    }

    /// Restarts a region in both. No time passes, so that nothing but what that region has lost is sent again.
    fn restart(&mut self, at: u8) {
        self.model.restart(at);
        let (net, at) = (&mut self.net, usize::from(at));
        net.wire.retain(|message| message.from != region(at));
        net.engines[at] = net.sites[at].start(&net.identities, BrokenRules::default()).unwrap();
        net.event(at, &Event::Tick);
        self.require_all(at);
        self.answer();
    }

    fn compare(&self, steps: &[String]) {
        for at in 0..self.regions {
            assert_eq!(self.key(at), self.model.key(at), "code and model in region {at} after {steps:#?}");
        }
    }

    /// What the code has in a region.
    fn key(&self, at: u8) -> Option<KeyView> {
        let record = self.net.key(at.into(), &self.id)?;
        let shared = record.multi_region.unwrap();
        let number = |name: &Region| (0..self.regions).find(|at| region((*at).into()) == *name).unwrap();
        let epoch = |epoch: &Epoch| (epoch.counter, number(&epoch.region));
        let material = |id: &MaterialId| self.made.iter().position(|made| made == id).unwrap();
        let mut view = KeyView {
            state: format!("{:?}", record.state),
            primary: number(&shared.primary),
            replicas: shared.replicas.iter().map(number).collect(),
            epoch: epoch(&shared.epoch),
            revision: shared.revision,
            materials: self
                .net
                .materials(at.into(), &self.id)
                .iter()
                .map(|meta| (material(&meta.id), meta.rotated.is_some()))
                .collect(),
            current: record.current.as_ref().map(material),
            schedule: record.rotation.period_days.unwrap_or(0).try_into().unwrap(),
            pending: shared.pending.iter().map(|p| (number(&p.region), epoch(&p.epoch), p.generation)).collect(),
            holders: shared.holders.iter().map(|h| (number(&h.region), h.awaited.as_ref().map(material))).collect(),
            handover: shared.handover.map(|handover| (number(&handover.from), number(&handover.to))),
        };
        view.replicas.sort_unstable();
        view.pending.sort_unstable();
        view.holders.sort_unstable();
        Some(view)
    }
}

/// One random step. Returns what it was, unless there was nothing to do.
fn step(both: &mut Both, random: &SeededRandom) -> Option<String> {
    let pick = |below: u8| u8::try_from(random.below(below.into())).unwrap();
    let (at, other) = (pick(both.regions), pick(both.regions));
    let changed = |both: &mut Both, change| both.change(at, change).then(|| format!("{change:?} in {at}"));
    match random.below(100) {
        0..8 => changed(both, Change::Rotate),
        8..13 => changed(both, Change::SetSchedule),
        _ if at == other => None,
        13..20 => changed(both, Change::HandOver(other)),
        20..28 => changed(both, Change::Replicate(other)),
        28..29 => changed(both, Change::Delete),
        29..31 => changed(both, Change::FailOver(other)),
        31..32 => {
            both.restart(at);
            Some(format!("restart of {at}"))
        }
        picked => {
            let refuses = picked < 45;
            let what = format!("a message from {at} to {other}{}", if refuses { ", which refuses" } else { "" });
            both.deliver(at, other, refuses).then_some(what)
        }
    }
}

#[test]
fn the_model_and_the_code_take_the_same_steps() {
    let mut taken = 0;
    for seed in 1..=20 {
        let random = SeededRandom::new(seed);
        let mut both = Both::new(if seed % 2 == 0 { 2 } else { 3 });
        let mut steps = vec![format!("seed {seed}")];
        for _ in 0..400 {
            if let Some(taken) = step(&mut both, &random) {
                steps.push(taken);
                both.compare(&steps);
            }
        }
        taken += steps.len();
    }
    assert!(taken > 600, "only {taken} steps");
}
