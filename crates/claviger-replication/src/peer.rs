//! One other region: the stream to it, and what it has said.

use claviger_crypto::PublicIdentity;
use claviger_store::tables::log;
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Region, Timestamp};

use crate::backlog::{Backlog, Moments, ToldBacklog};
use crate::context::Error;
use crate::frame::Frame;
use crate::outbound::{OutboundStream, elapsed};
use crate::replica_counts::ReplicaCounts;
use crate::survey::survey;

/// The state of the stream to another region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerStatus {
    /// The other region.
    pub region: Region,
    /// Its pinned identity.
    pub identity: PublicIdentity,
    /// When its last authentic message came; none since this region was started.
    pub heard: Option<Timestamp>,
    /// Whether it does not answer.
    pub silent: bool,
    /// Whether it has not answered for so long that rotations of keys do not wait for its replicas.
    pub away: bool,
    /// How many changes are sent to it and not yet acknowledged.
    pub in_flight: usize,
    /// What waited for it when that was last counted.
    pub backlog: Option<Backlog>,
    /// What it said last of its own changes for this region; none since this region was started.
    pub told: Option<ToldBacklog>,
    /// The last moment, by the peer's clock and of those that its statuses told of, up to which this region has received every change; none if
    /// no such moment is known since this region was started. About a second old.
    pub whole_at: Option<Timestamp>,
    /// The session of the stream to it, and the number of the last change in that.
    pub position: (u64, u64),
    /// How many changes for it this region could not send since it was started: they are too large, or their row cannot be read.
    pub unsent: u64,
    /// The replicas in it of what has its primary in this region, and when they were counted; none before the first count. A pass over all
    /// keys and secrets counts them, about once a minute and for as long as it takes.
    pub replicas: Option<(Timestamp, ReplicaCounts)>,
}

/// The stream to another region, and what is known of that region since the start.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) identity: PublicIdentity,
    pub(crate) stream: OutboundStream,
    /// When the last authentic message came.
    pub(crate) heard: Option<Timestamp>,
    /// For how long nothing came while it had messages to answer, counted by ticks. It begins at zero at a start, so that no peer is away
    /// at once.
    pub(crate) silence_ms: i64,
    /// When the rows of this peer's outbox were last counted.
    pub(crate) counted_at: Option<Timestamp>,
    /// What waited for the peer when that was last read, and when it was.
    backlog: Option<Backlog>,
    surveyed_at: Option<Timestamp>,
    /// How many statuses the peer was sent.
    statuses: u64,
    /// The last status of the peer, with its session and number.
    told: Option<((u64, u64), ToldBacklog)>,
    /// At which of its moments the peer's store was at which position, by its statuses.
    told_moments: Moments,
    /// See [`PeerStatus::whole_at`].
    whole_at: Option<Timestamp>,
}

impl Peer {
    /// A peer of which nothing is known yet.
    pub(crate) fn new(identity: PublicIdentity, boots: u64) -> Peer {
        Peer {
            identity,
            stream: OutboundStream::new(boots),
            heard: None,
            silence_ms: 0,
            counted_at: None,
            backlog: None,
            surveyed_at: None,
            statuses: 0,
            told: None,
            told_moments: Moments::default(),
            whole_at: None,
        }
    }

    /// Keeps the peer's status, unless a later one is known.
    pub(crate) fn keep(&mut self, order: (u64, u64), backlog: Backlog, now: Timestamp) {
        if self.told.is_none_or(|(known, _)| known < order) {
            self.told = Some((order, ToldBacklog { received: now, backlog }));
            if let Some(point) = backlog.point {
                self.told_moments.note(point.position, backlog.at);
            }
            if backlog.waiting == 0 {
                self.whole_at = self.whole_at.max(Some(backlog.at));
            }
        }
    }

    /// Counts what waits for the peer, if it is time to. Returns the frame that tells it.
    pub(crate) fn survey(
        &mut self,
        tx: &Tx<'_>,
        (boots, region, unsent): (u64, &Region, u64),
        moments: &Moments,
        every_ms: i64,
        now: Timestamp,
    ) -> Result<Option<Frame>, Error> {
        if self.surveyed_at.is_some_and(|at| elapsed(at, now) < every_ms) {
            return Ok(None);
        }
        self.surveyed_at = Some(now);
        let whole = log::inbox(tx, region)?.whole;
        self.whole_at = self.whole_at.max(whole.and_then(|whole| self.told_moments.until(whole.position)));
        self.backlog = match survey(tx, boots, region, moments, now) {
            // The stream drops a damaged row when it reaches it.
            Err(StoreError::Corrupt { .. }) => None,
            backlog => Some(Backlog { unsent, ..backlog? }),
        };
        let Some(backlog) = self.backlog.filter(|_| self.stream.is_greeted()) else { return Ok(None) };
        self.statuses += 1;
        let (session, _) = self.stream.position();
        let snapshot = self.stream.snapshot();
        Ok(Some(Frame::Status { session, number: self.statuses, backlog, snapshot }))
    }

    /// The state without what the engine counts.
    pub(crate) fn status(&self, region: &Region, away: bool) -> PeerStatus {
        PeerStatus {
            region: region.clone(),
            identity: self.identity,
            heard: self.heard,
            silent: self.stream.is_silent(),
            away,
            in_flight: self.stream.in_flight(),
            backlog: self.backlog,
            told: self.told.map(|(_, told)| told),
            whole_at: self.whole_at,
            position: self.stream.position(),
            unsent: 0,
            replicas: None,
        }
    }
}
