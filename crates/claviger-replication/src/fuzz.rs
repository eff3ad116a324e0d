//! The fuzz target of this crate: messages, their frames, and the changes in them.

use std::sync::Arc;

use claviger_types::{Region, Timestamp};

use crate::broken_rules::BrokenRules;
use crate::change::{Payload, cbor};
use crate::drive::{LocalRegion, drive};
use crate::engine::{Engine, Event};
use crate::frame::{Bytes, Frame, Message};
use crate::sim::site::Site;
use claviger_types::SeededRandom;

const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// Reads the input as a message, as a frame of a peer, and as a change in a peer's frame. The latter two are signed by the
/// peer and passed to a region, because a peer's software may be faulty although its identity is genuine.
///
/// # Panics
///
/// If a decoded value does not survive an encoding and a second decoding, or if the region stops working.
pub fn replication_frame(data: &[u8]) {
    if let Ok(message) = Message::from_bytes(data) {
        assert_eq!(Message::from_bytes(&message.to_bytes()), Ok(message.clone()), "a message changes as it is written");
        Peer::met().receive(&message);
    }
    if let Ok(frame) = minicbor::decode::<Frame>(data) {
        assert_eq!(minicbor::decode::<Frame>(&cbor(&frame)).ok().as_ref(), Some(&frame), "a frame changes");
        let mut peer = Peer::met();
        let message = peer.sign(&frame);
        peer.receive(&message);
    }
    if let Some(payload) = Bytes(data.into()).read() {
        assert_eq!(minicbor::decode::<Payload>(&cbor(&payload)).ok().as_ref(), Some(&payload), "a change changes");
        let mut peer = Peer::met();
        let frame =
            Frame::Data { session: 1, sequence: 1, sending: 1, payload: Bytes(data.into()), point: None, whole: false };
        let message = peer.sign(&frame);
        peer.receive(&message);
        peer.receive(&message);
    }
}

/// A region, and the identity of its peer.
struct Peer {
    here: Site,
    engine: Engine,
    there: Site,
}

impl Peer {
    #[expect(clippy::expect_used, reason = "the target's own region has to start before it can be tried")]
    fn met() -> Peer {
        let random = Arc::new(SeededRandom::new(1));
        let region = |name: &str| Region::parse(name).expect("a region's name");
        let all = [region("eu-central-1"), region("eu-west-1")];
        let [mut here, there] =
            all.clone().map(|region| Site::new(region, &all, &all[0], &random).expect("a region with a new store"));
        let identities = [&here, &there].map(|site| (site.region.clone(), site.identity.public()));
        let engine = here.start(&identities, BrokenRules::default()).expect("a region that starts");
        Peer { here, engine, there }
    }

    fn sign(&self, frame: &Frame) -> Message {
        Message::signed(&self.there.region, &self.here.region, std::slice::from_ref(frame), &self.there.identity)
    }

    /// Passes a message to the region, and runs the steps that follow from it.
    fn receive(&mut self, message: &Message) {
        for event in [Event::Received(message.clone()), Event::Committed, Event::Tick] {
            let Peer { here, engine, .. } = self;
            let local =
                LocalRegion { store: &here.store, barrier: &here.barrier, rows: None, hooks: here, env: here.env(NOW) };
            let outcome = drive(engine, &event, &local);
            assert!(outcome.is_ok(), "the region stops");
        }
    }
}

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod seeds;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::testing::{A, B, Net};

    #[test]
    fn replication_frames() {
        super::seeds::check("replication_frame", live(), 300, replication_frame);
    }

    /// Frames and changes of this release, one of each kind: those of a key and a secret from their creation to the key's
    /// deletion. The corpus may come from an older release.
    fn live() -> Vec<Vec<u8>> {
        let mut net = Net::new(2);
        net.engines = net.engines.into_iter().map(Engine::telling_peers).collect();
        let mut kinds = BTreeMap::new();
        gather(&mut net, &mut kinds);
        let id = net.create_key();
        net.replicate_key(A, &id, B);
        gather(&mut net, &mut kinds);
        net.rotate_key(A, &id);
        gather(&mut net, &mut kinds);
        net.hand_over(A, &id, B);
        net.create_secret(A, "s", "abcdef");
        net.replicate_secret(A, "s", B, false);
        gather(&mut net, &mut kinds);
        net.delete_key(A, &id);
        gather(&mut net, &mut kinds);
        assert!(kinds.len() >= 10, "{:?}", kinds.keys());
        kinds.into_values().collect()
    }

    /// Delivers all messages until the regions are idle, and keeps the first frame and change of each kind.
    fn gather(net: &mut Net, kinds: &mut BTreeMap<String, Vec<u8>>) {
        for _ in 0..20 {
            while !net.wire.is_empty() {
                let message = net.wire.remove(0);
                let frame = message.frame().unwrap();
                kinds.entry(variant(&frame)).or_insert_with(|| cbor(&frame));
                if let Frame::Data { payload, .. } = &frame {
                    let change = payload.read().unwrap();
                    let kind = change.as_ref().map_or("nothing".to_owned(), |c| format!("{:?} {:?}", c.kind, c.part));
                    kinds.entry(kind).or_insert_with(|| payload.0.to_vec());
                }
                net.deliver(&message);
            }
            net.now = net.now.plus_secs(10);
            [A, B].into_iter().for_each(|at| net.event(at, &Event::Tick));
        }
    }

    fn variant(value: &impl std::fmt::Debug) -> String {
        format!("{value:?}").split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
    }
}
