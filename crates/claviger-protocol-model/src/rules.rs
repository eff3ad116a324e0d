//! How a region applies a message of a peer: `key_apply.rs`, rule by rule and in its order.

use std::cmp::Ordering;

use crate::handover;
use crate::key::{Holder, Key, KeyState, MaterialNumber, Meta, Pending, Region, make_current};
use crate::messages::{HandoverOffer, KeyReport, Payload, ReplicaDeleted, Request, Row, SharedKey};
use crate::site::Asked;
use crate::step::{Rules, Step};

/// The message by which a state of a key arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arrival {
    Announced,
    WithMaterial,
    WithoutMaterial,
}

impl Step<'_> {
    /// Applies a message.
    pub(crate) fn apply(&mut self, payload: &Payload) {
        match payload.clone() {
            Payload::Nothing => {}
            Payload::State(state) => self.on_state(state),
            Payload::Report(report) => self.on_report(&report),
            Payload::Members(report) => handover::on_members(self, report),
            Payload::Declined(declined) => handover::on_declined(self, declined),
            Payload::Deleted(deleted) => self.on_deleted(deleted),
            Payload::Request(request) => self.announce(Row::Answer(request)),
            Payload::Response { public, state, parts } => self.on_response(public, state, &parts),
        }
    }

    /// Puts a row into the outbox for the peer.
    pub(crate) fn announce(&mut self, row: Row) {
        self.site.push(self.peer, row);
    }

    /// `secret_transfer::request_secrets`
    fn request(&mut self, held: Vec<MaterialNumber>) {
        let asked = &self.site.peers[self.peer.index()].asked;
        if asked.as_ref().is_some_and(|asked| asked.session == self.session && asked.held == held) {
            return;
        }
        let public = self.site.unused_public(self.peer, self.publics);
        let asked = Asked { public, session: self.session, held: held.clone() };
        self.site.peers[self.peer.index()].asked = Some(asked);
        self.announce(Row::Request(Request { public, held }));
    }

    /// `secret_transfer::on_response`
    fn on_response(&mut self, public: u8, state: Option<SharedKey>, parts: &[MaterialNumber]) {
        let asked = &mut self.site.peers[self.peer.index()].asked;
        if asked.take_if(|asked| asked.public == public).is_some()
            && let Some(state) = state
        {
            self.receive(state, parts);
        }
    }

    /// `key_apply::apply`
    fn on_state(&mut self, state: SharedKey) {
        let named = state.epoch.region == self.peer && state.primary == self.peer;
        if !named || !state.replicas.has(self.here) || state.replicas.has(self.peer) {
            return;
        }
        match self.site.key.take() {
            None => self.create(state),
            Some(key) => self.apply_to(key, state, Arrival::Announced),
        }
    }

    /// `key_apply::receive`
    fn receive(&mut self, state: SharedKey, parts: &[MaterialNumber]) {
        let Some(mut key) = self.site.key.clone().filter(|key| key.members().has(self.peer)) else { return };
        let is_primary = key.primary == self.here;
        let mut grew = false;
        for meta in state.materials.iter().filter(|meta| parts.contains(&meta.id)) {
            if !key.holds(meta.id) {
                let ended = meta.rotated || is_primary;
                key.materials.push(Meta { rotated: ended, ..*meta });
                grew = true;
            }
        }
        if grew && is_primary {
            key.revision += 1;
        }
        self.site.key = Some(key.clone());
        if grew && is_primary {
            self.site.announce(self.here);
        }
        let known_elsewhere = key.primary == self.here || key.primary == self.peer || self.rules.keep_material_quiet();
        if grew && !known_elsewhere {
            self.site.push(key.primary, Row::Report);
        }
        if state.primary == self.peer {
            self.apply_to(key, state, if grew { Arrival::WithMaterial } else { Arrival::WithoutMaterial });
        }
    }

    /// `key_apply::on_report`
    fn on_report(&mut self, report: &KeyReport) {
        let Some(key) = self.site.key.as_mut().filter(|key| key.replicas.has(self.peer)) else { return };
        if key.primary != self.here || key.epoch != report.epoch {
            return;
        }
        let unknown = report.materials.iter().any(|id| !key.holds(*id));
        let awaited = key.awaited().filter(|id| report.materials.contains(id));
        key.put_holder(Holder { region: self.peer, awaited, revision: report.revision });
        let seen = (report.epoch, report.revision);
        key.pending.retain(|p| p.region != self.peer || (p.epoch, p.generation) > seen);
        handover::finish_if_from(key, self.peer);
        let held = key.material_ids();
        if make_awaited_current(key) {
            self.site.announce(self.here);
        }
        if unknown {
            self.request(held);
        }
    }

    /// `key_apply::on_deleted`
    fn on_deleted(&mut self, gone: ReplicaDeleted) {
        let Some(key) = self.site.key.as_mut() else { return };
        let asked_again = key.pending.iter().any(|p| p.region == self.peer && (p.epoch, p.generation) > gone.until)
            || key.holders.iter().any(|h| h.region == self.peer && (key.epoch, h.revision) > gone.until);
        let ours = key.primary == self.here && key.epoch == gone.epoch;
        if !ours || asked_again || !key.replicas.has(self.peer) {
            return;
        }
        key.replicas = key.replicas.without(self.peer);
        key.pending.retain(|pending| pending.region != self.peer);
        key.holders.retain(|holder| holder.region != self.peer);
        handover::finish_if_from(key, self.peer);
        handover::withdraw_if_to(key, self.peer);
        if !make_awaited_current(key) {
            key.revision += 1;
        }
        self.site.announce(self.here);
    }

    /// `key_apply::create`
    fn create(&mut self, state: SharedKey) {
        let above = |pending: &Pending| self.site.mark.is_none_or(|mark| (pending.epoch, pending.generation) > mark);
        if state.create.filter(|pending| pending.region == self.here && above(pending)).is_none() {
            return self.refuse(&state);
        }
        let key = Key {
            state: KeyState::Creating,
            schedule: state.schedule,
            materials: Vec::new(),
            current: None,
            primary: state.primary,
            replicas: state.replicas,
            epoch: state.epoch,
            revision: state.revision,
            pending: Vec::new(),
            holders: Vec::new(),
            handover: None,
        };
        self.apply_to(key, state, Arrival::Announced);
    }

    /// `key_apply::refuse`
    fn refuse(&mut self, state: &SharedKey) {
        let version = (state.epoch, state.revision);
        if state.create.is_none() && self.site.mark.is_none_or(|mark| mark < version) {
            self.site.mark = Some(version);
        }
        if let Some(until) = self.site.mark {
            self.announce(Row::Deleted(ReplicaDeleted { epoch: state.epoch, until }));
        }
    }

    /// `key_apply::apply_to`
    fn apply_to(&mut self, mut key: Key, state: SharedKey, arrival: Arrival) {
        let order = self.rules.compare((state.epoch, state.revision), key.version());
        if order == Ordering::Less {
            self.site.key = Some(key);
            return;
        }
        if key.epoch != state.epoch && !self.rules.forget_members() {
            handover::report_members(self, &key, &state);
        }
        if key.primary == self.here {
            handover::step_down(&mut key);
        }
        key.primary = state.primary;
        key.replicas = state.replicas;
        key.epoch = state.epoch;
        key.revision = state.revision;
        key.schedule = state.schedule;
        merge_metas(&mut key, &state.materials, self.rules);
        let complete = state.materials.iter().all(|meta| key.holds(meta.id));
        if state.current.is_some_and(|id| key.holds(id)) {
            key.current = state.current;
        }
        if complete && key.state == KeyState::Creating {
            key.state = KeyState::Enabled;
        }
        let held = key.material_ids();
        self.site.key = Some(key);
        if !complete {
            if arrival != Arrival::WithoutMaterial {
                self.request(held);
            }
            return;
        }
        let is_new = arrival != Arrival::Announced || order == Ordering::Greater || self.rules.accept_twice();
        self.consider_or_report(state.offer.filter(|_| is_new));
    }

    /// `key_apply::consider_or_report`
    fn consider_or_report(&mut self, offer: Option<HandoverOffer>) {
        if offer.is_some_and(|offer| handover::consider(self, offer)) {
            return;
        }
        self.announce(Row::Report);
    }
}

/// `key_apply::make_awaited_current`
fn make_awaited_current(key: &mut Key) -> bool {
    let Some(id) = key.awaited() else { return false };
    let holds = |region: Region| key.holders.iter().any(|h| h.region == region && h.awaited == Some(id));
    let all = key.replicas.iter().all(holds);
    if all {
        make_current(key, id);
    }
    all
}

/// `key_apply::merge_metas`
fn merge_metas(key: &mut Key, announced: &[Meta], rules: Rules) {
    let before = std::mem::take(&mut key.materials);
    let held = |meta: &&Meta| before.iter().any(|known| known.id == meta.id);
    key.materials = announced.iter().filter(held).copied().collect();
    if !rules.replace_material() {
        let extra = before.iter().filter(|meta| announced.iter().all(|known| known.id != meta.id));
        key.materials.extend(extra.copied());
    }
}
