//! Enrolment: `us-east-1` (seed 2) invites, `eu-west-1` (seed 1) joins.

use std::collections::BTreeSet;

use claviger_types::Timestamp;

use super::raw_client::RawClient;
use super::relay::Relay;
use super::*;
use crate::chunk::Kind;
use crate::enrolment::{EnrolRequest, Session, decode_answer};
use crate::handshake::exporter;
use crate::tls::Purpose;

const NOW: Timestamp = Timestamp(1_000_000);

/// An inviter whose invitations are good once.
fn inviter(settings: LinkSettings) -> Process {
    let process = process_with(settings);
    process.add("us-east-1", 2);
    let used = Mutex::new(BTreeSet::new());
    *process.host.on_admit.lock().unwrap() = Some(Box::new(move |id, joiner| {
        let is_first = used.lock().unwrap().insert(id);
        if is_first { Ok(format!("fleet with {joiner:?}").into_bytes()) } else { Err(EnrolRefusal::Used) }
    }));
    process
}

fn joiner() -> Process {
    let process = process();
    process.add("eu-west-1", 1);
    process
}

/// Invites at these addresses.
fn invite(inviter: &Process, seed: u64, addresses: &[&str]) -> Invitation {
    let secret = EnrolmentSecret::generate(&SeededRandom::new(seed));
    inviter.host.invitations.lock().unwrap().insert(secret.id(), *secret.expose());
    let invitation = Invitation {
        inviter: region("us-east-1"),
        identity: identity(2).public(),
        addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
        expires: NOW.plus_secs(INVITATION_SECS),
        secret,
    };
    // The operator carries the text.
    Invitation::parse(&invitation.to_text()).unwrap()
}

async fn enrol(joiner: &Process, invitation: &Invitation) -> Result<Vec<u8>, EnrolError> {
    let addresses = vec![joiner.address()];
    joiner.links.enrol(&region("eu-west-1"), invitation, addresses, b"details".to_vec()).await
}

#[tokio::test]
async fn an_invited_region_joins_and_is_linked() {
    let (inviter, joiner) = (inviter(settings()), joiner());
    let invitation = invite(&inviter, 7, &["127.0.0.1:1", &inviter.address()]);
    let expected = Joiner {
        region: region("eu-west-1"),
        identity: identity(1).public(),
        addresses: vec![joiner.address()],
        details: b"details".to_vec(),
    };
    assert_eq!(enrol(&joiner, &invitation).await.unwrap(), format!("fleet with {expected:?}").into_bytes());
    eventually("the count", || inviter.links.listener_counts().enrolments_admitted == 1).await;
    // Both hosts pin what they learnt.
    inviter.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[&joiner.address()])]);
    joiner.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[&inviter.address()])]);
    eventually("a connection", || joiner.is_connected("eu-west-1", "us-east-1")).await;
}

#[tokio::test]
async fn an_invitation_is_good_once() {
    let (inviter, joiner) = (inviter(settings()), joiner());
    let invitation = invite(&inviter, 7, &[&inviter.address()]);
    enrol(&joiner, &invitation).await.unwrap();
    assert_eq!(enrol(&joiner, &invitation).await, Err(EnrolError::Refused(EnrolRefusal::Used)));
    let counts = inviter.links.listener_counts();
    assert_eq!(counts.enrolments_admitted, 1);
    eventually("the count", || inviter.links.listener_counts().enrolments_refused == 1).await;
}

#[tokio::test]
async fn an_expired_invitation_is_refused_by_the_inviters_clock() {
    let (inviter, joiner) = (inviter(settings()), joiner());
    *inviter.host.on_admit.lock().unwrap() = Some(Box::new(|_, _| Err(EnrolRefusal::Expired)));
    let invitation = invite(&inviter, 7, &[&inviter.address()]);
    assert_eq!(enrol(&joiner, &invitation).await, Err(EnrolError::Refused(EnrolRefusal::Expired)));
}

#[tokio::test]
async fn another_secret_is_unknown() {
    let (inviter, joiner) = (inviter(settings()), joiner());
    let mut invitation = invite(&inviter, 7, &[&inviter.address()]);
    invitation.secret = EnrolmentSecret::generate(&SeededRandom::new(8));
    assert_eq!(enrol(&joiner, &invitation).await, Err(EnrolError::Refused(EnrolRefusal::Unknown)));
    assert_eq!(inviter.links.listener_counts().enrolments_admitted, 0);
}

#[tokio::test]
async fn somebody_in_between_with_another_identity_is_shown() {
    let (inviter, joiner, between) = (inviter(settings()), joiner(), process());
    // It takes the inviter's name and has all that the inviter has but its key.
    between.add("us-east-1", 3);
    let admitted = Arc::new(AtomicUsize::new(0));
    let count = admitted.clone();
    *between.host.on_admit.lock().unwrap() = Some(Box::new(move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
        Ok(vec![])
    }));
    let invitation = invite(&inviter, 7, &[&between.address(), &inviter.address()]);
    between.host.invitations.lock().unwrap().extend(inviter.host.invitations.lock().unwrap().clone());
    let shown = EnrolError::WrongIdentity {
        expected: fingerprint(&identity(2).public()),
        presented: fingerprint(&identity(3).public()),
    };
    assert_eq!(enrol(&joiner, &invitation).await, Err(shown));
    assert_eq!(admitted.load(Ordering::SeqCst), 0);
    // Somebody who passes the bytes on gets nothing, and the invitation is still good.
    let relay = Relay::start(inviter.address()).await;
    let mut invitation = invite(&inviter, 7, &[&relay.address]);
    invitation.addresses = vec![relay.address.clone()];
    enrol(&joiner, &invitation).await.unwrap();
}

/// The session of a raw client that joins as `eu-west-1`.
fn session(client: &RawClient, seed: u64) -> Session {
    Session {
        exporter: exporter(&client.stream).unwrap(),
        inviter: (region("us-east-1"), identity(2).public()),
        joiner: (region("eu-west-1"), identity(seed).public()),
    }
}

async fn ask(client: &mut RawClient, request: &[u8]) -> Result<Vec<u8>, EnrolRefusal> {
    client.send(Kind::Enrol, request).await;
    let answer = client.next().await.unwrap();
    assert_eq!(answer.kind, Kind::Enrolled);
    decode_answer(&answer.bytes).unwrap()
}

#[tokio::test]
async fn a_proof_of_another_session_or_another_key_is_worth_nothing() {
    let inviter = inviter(settings());
    let invitation = invite(&inviter, 7, &[&inviter.address()]);
    let request = |session: &Session| EnrolRequest::new(&invitation.secret, session, vec![], vec![]).encode();
    // The session in which the proof was made breaks before it is sent.
    let first = RawClient::greeted(&inviter.address(), 1, Purpose::Enrol).await;
    let recorded = request(&session(&first, 1));
    drop(first);
    // By the same key in a new session.
    let mut again = RawClient::greeted(&inviter.address(), 1, Purpose::Enrol).await;
    assert_eq!(ask(&mut again, &recorded).await, Err(EnrolRefusal::Unknown));
    // By another key, which names that of the joiner.
    let mut thief = RawClient::greeted(&inviter.address(), 5, Purpose::Enrol).await;
    let stolen = request(&session(&thief, 1));
    assert_eq!(ask(&mut thief, &stolen).await, Err(EnrolRefusal::Unknown));
    // The same with everything right.
    let mut good = RawClient::greeted(&inviter.address(), 1, Purpose::Enrol).await;
    let right = request(&session(&good, 1));
    assert!(ask(&mut good, &right).await.is_ok());
}

#[tokio::test]
async fn an_unpinned_connection_can_do_nothing_else() {
    let inviter = inviter(settings());
    inviter.set_peers("us-east-1", vec![peer("eu-west-1", 1, &[])]);
    // Not even a peer can, when it connects to enrol.
    for (seed, kind) in [(5, Kind::Frame), (5, Kind::Request), (5, Kind::Answer), (5, Kind::Hello), (1, Kind::Frame)] {
        let mut client = RawClient::greeted(&inviter.address(), seed, Purpose::Enrol).await;
        client.send(kind, b"0123456789").await;
        client.read_to_end().await;
    }
    eventually("the counts", || inviter.links.listener_counts().failed == 5).await;
    assert!(inviter.host.frames().is_empty());
    assert_eq!(inviter.host.connects.load(Ordering::SeqCst), 0);
    // Garbage in the place of a request, and a request over the limit.
    let mut client = RawClient::greeted(&inviter.address(), 5, Purpose::Enrol).await;
    assert_eq!(ask(&mut client, b"garbage").await, Err(EnrolRefusal::Malformed));
    let mut client = RawClient::greeted(&inviter.address(), 5, Purpose::Enrol).await;
    client.write(&[&[Kind::Enrol as u8, 0, 0x3f, 0xf8, 0, 1, 0, 0][..], &[0; 100]].concat()).await;
    client.read_to_end().await;
}

#[tokio::test]
async fn attempts_are_limited_in_all_and_for_each_address() {
    for (all, of_one) in [(3, 100), (100, 3)] {
        let mut limited = settings();
        (limited.enrolments_per_minute, limited.enrolments_per_address_and_minute) = (all, of_one);
        let (inviter, joiner) = (inviter(limited), joiner());
        let good = invite(&inviter, 7, &[&inviter.address()]);
        let mut bad = invite(&inviter, 7, &[&inviter.address()]);
        bad.secret = EnrolmentSecret::generate(&SeededRandom::new(8));
        for _ in 0..3 {
            assert_eq!(enrol(&joiner, &bad).await, Err(EnrolError::Refused(EnrolRefusal::Unknown)));
        }
        assert_eq!(enrol(&joiner, &good).await, Err(EnrolError::Refused(EnrolRefusal::TooManyAttempts)));
        // From another address it is let in, unless all attempts are used up.
        let answer = enrol_from("127.0.0.9", &inviter, &good).await;
        assert_eq!(answer, if all > 3 { Ok(()) } else { Err(EnrolRefusal::TooManyAttempts) });
    }
}

/// Enrols as `eu-west-1` with a socket of this address.
async fn enrol_from(address: &str, inviter: &Process, invitation: &Invitation) -> Result<(), EnrolRefusal> {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(format!("{address}:0").parse().unwrap()).unwrap();
    let tcp = socket.connect(inviter.links.listens_on().unwrap()).await.unwrap();
    let mut client = RawClient::over(tcp, 1, Purpose::Enrol).await;
    let request = EnrolRequest::new(&invitation.secret, &session(&client, 1), vec![], vec![]).encode();
    ask(&mut client, &request).await.map(|_| ())
}

#[tokio::test]
async fn a_lost_answer_is_told_apart_from_a_refusal() {
    let (inviter, joiner) = (inviter(settings()), joiner());
    let invitation = invite(&inviter, 7, &[&inviter.address()]);
    *inviter.host.on_admit.lock().unwrap() = Some(Box::new(|_, _| panic!("the panic of this test")));
    assert!(matches!(enrol(&joiner, &invitation).await, Err(EnrolError::AnswerLost(_))));
    let nowhere = invite(&inviter, 7, &["127.0.0.1:1"]);
    assert!(matches!(enrol(&joiner, &nowhere).await, Err(EnrolError::NotReached(_))));
    let elsewhere = joiner.links.enrol(&region("eu-west-9"), &invitation, vec![], vec![]).await;
    assert_eq!(elsewhere, Err(EnrolError::UnknownLocal(region("eu-west-9"))));
    let large = joiner.links.enrol(&region("eu-west-1"), &invitation, vec![], vec![0; DETAILS_BYTES_MAX + 1]).await;
    assert_eq!(large, Err(EnrolError::Malformed));
}
