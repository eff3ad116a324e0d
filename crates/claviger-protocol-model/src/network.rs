//! The network between the regions: frames under way, and the streams' numbers. It is `frame.rs`, `outbound.rs` and `inbox.rs` without the
//! greeting of a session, which only delays its first message.

use std::fmt;
use std::sync::Arc;

use crate::key::Region;
use crate::messages::{Payload, Request, Row};
use crate::site::{Inbound, Site};

/// A frame from one region to another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Frame {
    pub(crate) from: Region,
    pub(crate) to: Region,
    /// The session of the stream: for an acknowledgement that of the receiver's stream.
    pub(crate) session: u8,
    pub(crate) body: Body,
}

/// `frame::Frame`
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Body {
    Data { sequence: u8, payload: Arc<Payload> },
    Ack { applied: u8 },
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} to {:?}, session {}: ", self.from, self.to, self.session)?;
        match &self.body {
            Body::Data { sequence, payload } => write!(f, "{sequence} {payload:?}"),
            Body::Ack { applied } => write!(f, "Ack {applied}"),
        }
    }
}

/// The frames under way, sorted. Equal frames are one: the second has no effect that a repeated one has not.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Network(pub(crate) Vec<Frame>);

impl Network {
    pub(crate) fn send(&mut self, frame: Frame) {
        if let Err(place) = self.0.binary_search(&frame) {
            self.0.insert(place, frame);
        }
    }

    pub(crate) fn take(&mut self, frame: &Frame) {
        self.0.retain(|other| other != frame);
    }

    /// The public keys of requests from `from` to `to`, and of their responses, that are under way or wait for their answer.
    pub(crate) fn publics(&self, from: Region, to: Region, sites: &[Arc<Site>]) -> Vec<u8> {
        let in_frame = |frame: &Frame| {
            let Body::Data { payload, .. } = &frame.body else { return None };
            match &**payload {
                Payload::Request(Request { public, .. }) if (frame.from, frame.to) == (from, to) => Some(*public),
                Payload::Response { public, .. } if (frame.from, frame.to) == (to, from) => Some(*public),
                _ => None,
            }
        };
        let answers = sites[to.index()].peers[from.index()].outbound.rows.iter();
        let waiting = answers.filter_map(|row| match row {
            Row::Answer(Request { public, .. }) => Some(*public),
            _ => None,
        });
        self.0.iter().filter_map(in_frame).chain(waiting).collect()
    }

    /// Whether the sender's clock lets it repeat the first message of its window: no frame of it and no answer is under way.
    pub(crate) fn is_silent(&self, from: Region, to: Region, session: u8, first: u8) -> bool {
        self.0.iter().all(|frame| match frame.body {
            Body::Data { sequence, .. } => {
                (frame.from, frame.to, frame.session, sequence) != (from, to, session, first)
            }
            Body::Ack { applied } => (frame.to, frame.from, frame.session) != (from, to, session) || applied < first,
        })
    }

    /// Drops frames without an effect, and numbers each stream anew, so that states which differ only in how much was sent before are one
    /// state.
    pub(crate) fn renumber(&mut self, sites: &mut [Arc<Site>]) {
        let count = u8::try_from(sites.len()).unwrap_or(u8::MAX);
        for (from, to) in (0..count).flat_map(|from| (0..count).map(move |to| (Region(from), Region(to)))) {
            if from != to {
                self.renumber_stream(from, to, sites);
            }
        }
    }

    fn renumber_stream(&mut self, from: Region, to: Region, sites: &mut [Arc<Site>]) {
        let session = sites[from.index()].boots;
        let known = sites[from.index()].peers[to.index()].outbound.acknowledged;
        let inbound = sites[to.index()].peers[from.index()].inbound;
        let is_data = |frame: &Frame| (frame.from, frame.to) == (from, to) && matches!(frame.body, Body::Data { .. });
        let is_ack = |frame: &Frame| (frame.to, frame.from) == (from, to) && matches!(frame.body, Body::Ack { .. });
        self.0.retain(|frame| match frame.body {
            Body::Data { sequence, .. } if is_data(frame) => {
                frame.session >= inbound.session && !(frame.session == session && sequence <= known)
            }
            Body::Ack { applied } if is_ack(frame) => frame.session == session && applied > known,
            _ => true,
        });
        let is_old = |frame: &Frame| is_data(frame) && frame.session < session;
        let mut present = inbound;
        if present.session < session && !self.0.iter().any(is_old) {
            present = Inbound { session, applied: 0 };
        }
        if present.session == session {
            present.applied -= known;
        }
        if present != inbound {
            Arc::make_mut(&mut sites[to.index()]).peers[from.index()].inbound = present;
        }
        if present.session != session || known == 0 {
            return;
        }
        // Of this session only frames and numbers above `known` are left.
        Arc::make_mut(&mut sites[from.index()]).peers[to.index()].outbound.acknowledged = 0;
        for frame in &mut self.0 {
            let ours = is_data(frame) || is_ack(frame);
            match &mut frame.body {
                Body::Data { sequence: number, .. } | Body::Ack { applied: number } if ours => *number -= known,
                _ => {}
            }
        }
        self.0.sort_unstable();
    }
}
