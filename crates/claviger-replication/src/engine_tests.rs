#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_crypto::Identity;
use claviger_store::tables::log::{self, AckedRecord};
use claviger_store::tables::region_table;

use crate::change::{Announced, Envelope, Kind, Part, Payload, cbor};
use crate::frame::{Bytes, Frame};
use crate::inbox::Handling;
use crate::key_messages::{KeyReport, SharedKey};
use crate::outbound::OutboundStream;
use crate::secret_transfer::SecretRequest;
use crate::testing::{A, B, C, Net, account, region, says};
use crate::{Engine, Event, Message, resync};
use claviger_types::SeededRandom;

fn is_data(message: &Message) -> bool {
    matches!(message.frame(), Some(Frame::Data { .. }))
}

/// Removes the numbered messages from the wire and returns them.
fn take_data(net: &mut Net) -> Vec<Message> {
    let (data, rest) = std::mem::take(&mut net.wire).into_iter().partition(is_data);
    net.wire = rest;
    data
}

fn data(net: &Net, session: u64, sequence: u64, payload: Payload) -> Message {
    let frame = Frame::Data { session, sequence, sending: 1, payload: Bytes::of(&payload), point: None, whole: false };
    Message::of(&region(A), &region(B), &frame, &net.sites[A].identity)
}

/// The session of A that B has stored, and the last sequence number of it that B has applied.
fn position(net: &Net) -> (u64, u64) {
    let inbox = net.read(B, |tx| log::inbox(tx, &region(A)).unwrap());
    (inbox.session, inbox.applied)
}

/// How many changes of A are not applied in B.
fn unapplied(net: &Net) -> u64 {
    let inbox = net.read(B, |tx| log::inbox(tx, &region(A)).unwrap());
    inbox.unapplied.map_or(0, |unapplied| unapplied.count)
}

#[test]
fn new_regions_exchange_their_token_keys() {
    let net = Net::settled(3);
    for (site, at) in net.sites.iter().zip([A, B, C]) {
        let keys = net.read(at, |tx| region_table::token_keys(tx, 10).unwrap());
        assert_eq!(keys.len(), 3);
        for key in keys {
            assert!(site.keyring.open_sealed(&[b"token-key", key.id.as_bytes()], &key.sealed).is_ok());
        }
    }
}

#[test]
fn forged_and_misaddressed_messages_are_dropped() {
    let mut net = Net::settled(2);
    let before = net.engines[B].counters();
    let (session, applied) = position(&net);
    let genuine = data(&net, session, applied + 1, None);
    let thief = Identity::generate(&SeededRandom::new(9));
    let frame = genuine.frame().unwrap();

    net.deliver(&Message::of(&region(A), &region(B), &frame, &thief));
    net.deliver(&Message::of(&region(A), &region(B), &frame, &net.sites[B].identity));
    assert_eq!(net.engines[B].counters().forged, before.forged + 2, "wrong key");

    net.event(B, &Event::Received(Message::of(&region(C), &region(B), &frame, &thief)));
    let elsewhere = Message::of(&region(A), &region(C), &frame, &net.sites[A].identity);
    net.event(B, &Event::Received(elsewhere));
    let own = Message::of(&region(B), &region(B), &frame, &net.sites[B].identity);
    net.event(B, &Event::Received(own));
    assert_eq!(net.engines[B].counters().misaddressed, before.misaddressed + 3, "unknown region, wrong destination");

    let mut redirected = Message::of(&region(A), &region(C), &frame, &net.sites[A].identity);
    redirected.to = region(B);
    net.deliver(&redirected);
    assert_eq!(net.engines[B].counters().forged, before.forged + 3, "the destination is signed");
    assert_eq!(position(&net), (session, applied));

    net.deliver(&genuine);
    assert_eq!(position(&net), (session, applied + 1));
}

#[test]
fn repeated_reordered_and_missing_messages_change_nothing() {
    let mut net = Net::settled(2);
    let (session, applied) = position(&net);
    let next = data(&net, session, applied + 1, None);
    let later = data(&net, session, applied + 2, None);

    net.deliver(&later);
    assert_eq!(position(&net), (session, applied), "a gap");
    assert_eq!(net.engines[B].counters().gaps, 1);
    net.deliver(&next);
    net.deliver(&next);
    assert_eq!(position(&net), (session, applied + 1), "once");
    net.deliver(&later);
    assert_eq!(position(&net), (session, applied + 2));
}

#[test]
fn the_answer_to_a_repeated_message_carries_the_applied_position() {
    let mut net = Net::settled(2);
    let (session, applied) = position(&net);
    net.deliver(&data(&net, session, applied, None));
    let answers: Vec<Frame> = net.wire.iter().filter_map(Message::frame).collect();
    assert_eq!(answers, [Frame::Ack { session, applied, sending: 1, gap: false }]);
}

#[test]
fn messages_of_an_earlier_session_are_dropped() {
    let mut net = Net::settled(2);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    let old = take_data(&mut net);
    net.restart(A);
    net.run();
    let (session, applied) = position(&net);
    let repeated = net.engines[B].counters().repeated;
    for message in &old {
        net.deliver(message);
    }
    assert!(!old.is_empty());
    assert_eq!(net.engines[B].counters().repeated, repeated + old.len() as u64);
    assert_eq!(position(&net), (session, applied));
    assert!(net.wire.is_empty(), "no answer is sent");
}

#[test]
fn the_first_message_of_a_session_has_number_one() {
    let mut net = Net::settled(2);
    let (session, _) = position(&net);
    net.deliver(&data(&net, session + 1, 2, None));
    assert_eq!(position(&net).0, session);
    net.deliver(&data(&net, session + 1, 1, None));
    assert_eq!(position(&net), (session + 1, 1));
}

#[test]
fn an_undecodable_payload_does_not_stop_the_stream() {
    let mut net = Net::settled(2);
    let (session, applied) = position(&net);
    let payload = Bytes(vec![0xff; 9].into());
    let frame = Frame::Data { session, sequence: applied + 1, sending: 1, payload, point: None, whole: false };
    net.deliver(&Message::of(&region(A), &region(B), &frame, &net.sites[A].identity));
    assert_eq!(net.engines[B].counters().garbage, 1);
    assert_eq!(position(&net), (session, applied + 1));
}

#[test]
fn an_unknown_kind_or_state_does_not_stop_the_stream() {
    let mut net = Net::settled(2);
    let (session, applied) = position(&net);
    let unknown = Envelope { kind: Kind::of_notice(99), part: Part::State, bytes: cbor(&7) };
    net.deliver(&data(&net, session, applied + 1, Some(unknown)));
    let unreadable = Envelope { kind: SharedKey::KIND, part: Part::State, bytes: cbor(&"no key") };
    net.deliver(&data(&net, session, applied + 2, Some(unreadable)));
    assert_eq!(net.engines[B].counters().garbage, 2);
    // Reports have no secret parts to request.
    let request = SecretRequest {
        name: cbor(&7).into(),
        public: claviger_crypto::ReceiveKey::generate(&SeededRandom::new(3)).public(),
        held: Vec::new(),
    };
    let nothing_secret = Envelope { kind: KeyReport::KIND, part: Part::Request, bytes: cbor(&request) };
    net.deliver(&data(&net, session, applied + 3, Some(nothing_secret)));
    assert_eq!(net.engines[B].counters().forbidden, 1);
    assert_eq!(unapplied(&net), 2, "a request and a report are no changes of things of A");
    assert_eq!(position(&net), (session, applied + 3));
}

#[test]
fn lost_messages_are_sent_again() {
    let mut net = Net::settled(2);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.wire.clear();
    net.run();
    assert!(net.key(B, &id).is_some());
}

#[test]
fn equal_changes_in_a_row_are_one_message() {
    let mut net = Net::settled(2);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    net.run();
    // While the peer is unreachable, many changes of one key wait. Only the key's present state is sent.
    net.engines[A] = Engine::new(region(A), 50, region(A), net.identities.clone());
    for _ in 0..10 {
        net.change_key(A, &id, |tx, site, record| {
            crate::key_replication::raise_revision(record);
            crate::key_replication::announce(tx, &site.region, record).unwrap();
        });
    }
    net.run();
    assert_eq!(position(&net).1, 1);
    let revision = |at| net.key(at, &id).unwrap().multi_region.unwrap().revision;
    assert_eq!(revision(A), revision(B));
}

#[test]
fn a_peer_that_has_applied_nothing_receives_a_snapshot() {
    let mut net = Net::new(2);
    let id = net.create_key();
    net.create_secret(A, "db", "AAAAAA");
    net.replicate_key(A, &id, B);
    net.replicate_secret(A, "db", B, false);
    // The outbox is empty, as for a region that joins later.
    net.commit(A, |tx, _| {
        let rows = log::outbox(tx, &region(B), None, 1_000).unwrap();
        log::drop_outbox(tx, rows.into_iter().map(|(row, _)| row).collect()).unwrap();
    });
    net.restart(A);
    net.run();
    assert!(net.key(B, &id).is_some());
    assert_eq!(net.value(B, "db").as_deref(), Some("first-AAAAAA"));
    assert_eq!(net.read(B, |tx| region_table::token_keys(tx, 10).unwrap()).len(), 2);
}

/// Its own greeting, which would show it too, can come after later changes were acknowledged.
#[test]
fn a_peer_that_has_lost_the_end_of_an_earlier_session_receives_a_snapshot() {
    let mut net = Net::settled(2);
    let session = 5 << 20;
    let acked = |applied| AckedRecord { session: 4 << 20, applied };
    net.commit(A, |tx, _| log::save_acked(tx, &region(B), acked(8)).unwrap());
    for (applied, is_sent) in [(8, false), (7, true), (9, false)] {
        net.with_context(A, B, |cx| {
            let mut stream = OutboundStream::new(5);
            stream.due(cx.env.now);
            let welcome = Frame::Welcome { session, known: acked(applied), seen: None };
            super::answer(cx, &mut stream, welcome, Handling::Apply).unwrap();
            assert_eq!(cx.tx.has_writes(), is_sent, "{applied}");
        });
    }
}

#[test]
fn a_snapshot_continues_over_pages_and_restarts() {
    let mut net = Net::settled(2);
    let ids: Vec<_> = (0..300).map(|_| net.create_key()).collect();
    for id in &ids {
        net.replicate_key(A, id, B);
    }
    net.commit(A, |tx, _| {
        let rows = log::outbox(tx, &region(B), None, 10_000).unwrap();
        log::drop_outbox(tx, rows.into_iter().map(|(row, _)| row).collect()).unwrap();
        resync(tx, &region(B)).unwrap();
    });
    net.run_to(&[B]);
    net.restart(A);
    for _ in 0..20 {
        net.run();
    }
    assert!(ids.iter().all(|id| net.key(B, id).is_some_and(|key| key.current.is_some())));
}

#[test]
fn a_peer_may_only_announce_keys_of_its_own() {
    let mut net = Net::settled(3);
    let id = net.create_key();
    let record = net.key(A, &id).unwrap();
    let shared = record.multi_region.clone().unwrap();
    let forbidden = net.engines[B].counters().forbidden;
    let (session, applied) = position(&net);
    // A key of C that A announces, and a key whose id is of a single-Region key.
    let mut foreign = SharedKey {
        name: crate::key_replication::name(&record),
        spec: record.spec,
        usage: record.usage,
        origin: record.origin,
        rotation: record.rotation,
        materials: net.materials(A, &id),
        current: record.current,
        primary: region(C),
        replicas: vec![region(A), region(B)],
        epoch: shared.epoch,
        revision: 9,
        create: None,
        offer: None,
        former: Vec::new(),
        lineage: Vec::new(),
        known_since: None,
    };
    foreign.epoch.region = region(C);
    let mut single = SharedKey { primary: region(A), replicas: vec![region(B)], ..foreign.clone() };
    single.epoch.region = region(A);
    single.name.id = claviger_types::KeyId::generate(&SeededRandom::new(5), false);
    for (offset, payload) in [says(&foreign), says(&single)].into_iter().enumerate() {
        net.deliver(&data(&net, session, applied + 1 + offset as u64, payload));
    }
    assert_eq!(net.engines[B].counters().forbidden, forbidden + 2);
    assert_eq!(unapplied(&net), 2);
    assert!(net.key(B, &id).is_none());
    assert_eq!(net.read(B, |tx| claviger_store::tables::key_table::keys(tx, &account(), None, 10).unwrap()).len(), 0);
}

/// A change of A that B receives and does not apply. A has not sent it: both go on in another session.
fn leave_one_out(net: &mut Net) {
    let (session, applied) = position(net);
    let unknown = Envelope { kind: Kind::of_notice(99), part: Part::State, bytes: cbor(&7) };
    net.deliver(&data(net, session, applied + 1, Some(unknown)));
    net.restart(A);
    tell(net);
}

/// Lets both regions send status messages for some seconds.
fn tell(net: &mut Net) {
    net.engines = std::mem::take(&mut net.engines).into_iter().map(Engine::telling_peers).collect();
    for _ in 0..5 {
        net.run_to(&[A, B]);
        net.now = net.now.plus_secs(1);
        [A, B].into_iter().for_each(|at| net.event(at, &Event::Tick));
    }
    net.run_to(&[A, B]);
}

#[test]
fn what_was_not_applied_is_remembered_until_everything_has_come_again() {
    let mut net = Net::settled(2);
    let id = net.create_key();
    net.replicate_key(A, &id, B);
    tell(&mut net);
    assert_eq!(unapplied(&net), 0);
    leave_one_out(&mut net);
    assert_eq!(unapplied(&net), 1);
    net.restart(B);
    net.rotate_key(A, &id);
    tell(&mut net);
    assert_eq!(unapplied(&net), 1, "a restart and later changes do not bring it");
    net.commit(A, |tx, _| crate::resync(tx, &region(B)).unwrap());
    tell(&mut net);
    assert_eq!(unapplied(&net), 0);
    // The snapshot does not stand for what is left out after it.
    leave_one_out(&mut net);
    net.rotate_key(A, &id);
    tell(&mut net);
    assert_eq!(unapplied(&net), 1);
}

#[test]
fn what_was_not_applied_is_told_to_the_region_that_sent_it() {
    let mut net = Net::settled(2);
    net.engines = net.engines.into_iter().map(Engine::telling_peers).collect();
    let (session, applied) = position(&net);
    let unknown = Envelope { kind: Kind::of_notice(99), part: Part::State, bytes: cbor(&7) };
    net.deliver(&data(&net, session, applied + 1, Some(unknown)));
    for _ in 0..3 {
        net.now = net.now.plus_secs(1);
        [A, B].into_iter().for_each(|at| net.event(at, &Event::Tick));
        net.run_to(&[A, B]);
    }
    let told = net.engines[A].peer_statuses().remove(0).told.unwrap();
    assert_eq!(told.backlog.unapplied, 1);
}
