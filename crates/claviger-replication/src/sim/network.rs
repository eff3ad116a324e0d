//! The network between the regions: messages under way, and faults.

use std::collections::{BTreeMap, BTreeSet};

use claviger_types::{Region, Timestamp};

use crate::frame::Message;

use claviger_types::SeededRandom;

/// The longest delay of a message without a fault.
const DELAY_MS_MAX: u64 = 300;
/// The most messages under way. Further ones are lost, as on any network.
const QUEUE_MAX: usize = 2_000;

#[derive(Default)]
pub(super) struct FaultyNetwork {
    /// Messages by the moment of delivery.
    under_way: BTreeMap<(Timestamp, u64), Message>,
    sent: u64,
    /// When the last message in each direction arrives. Most messages keep their order.
    last: BTreeMap<(Region, Region), Timestamp>,
    /// Directions in which no message arrives.
    cut: BTreeSet<(Region, Region)>,
    /// Whether messages are lost and repeated.
    pub(super) faulty: bool,
    pub(super) lost_or_repeated: u64,
}

impl FaultyNetwork {
    /// A network that loses and repeats messages.
    pub(super) fn faulty() -> FaultyNetwork {
        FaultyNetwork { faulty: true, ..FaultyNetwork::default() }
    }

    /// Sends a message.
    pub(super) fn send(&mut self, message: Message, now: Timestamp, random: &SeededRandom) {
        if self.faulty && random.one_in(20) {
            self.lost_or_repeated += 1;
            if random.one_in(2) {
                return;
            }
            self.enqueue(message.clone(), now, random);
        }
        self.enqueue(message, now, random);
    }

    fn enqueue(&mut self, message: Message, now: Timestamp, random: &SeededRandom) {
        if self.under_way.len() >= QUEUE_MAX {
            return;
        }
        let late = |longest| Timestamp(now.0.saturating_add(i64::try_from(random.below(longest)).unwrap_or(0)));
        let last = self.last.entry((message.from.clone(), message.to.clone())).or_insert(now);
        let at = if self.faulty && random.one_in(10) {
            // Delivers messages out of order. One in four of these may be delayed past the end of its session.
            late(if random.one_in(4) { 100 * DELAY_MS_MAX } else { DELAY_MS_MAX })
        } else {
            *last = late(DELAY_MS_MAX / 10).max(*last);
            *last
        };
        self.sent += 1;
        self.under_way.insert((at, self.sent), message);
    }

    /// The next message to arrive, and its time of arrival. Messages in a direction that is cut are lost.
    pub(super) fn next(&mut self) -> Option<(Timestamp, Message)> {
        loop {
            let ((at, _), message) = self.under_way.pop_first()?;
            if !self.cut.contains(&(message.from.clone(), message.to.clone())) {
                return Some((at, message));
            }
            self.lost_or_repeated += 1;
        }
    }

    /// Up to `limit` further messages to a region that have arrived by now, in the order of their arrival.
    pub(super) fn due_for(&mut self, to: &Region, now: Timestamp, limit: u64) -> Vec<Message> {
        let arrives = |message: &Message| message.to == *to && !self.cut.contains(&(message.from.clone(), to.clone()));
        let due = self.under_way.iter().take_while(|((at, _), _)| *at <= now).filter(|(_, message)| arrives(message));
        let taken: Vec<(Timestamp, u64)> =
            due.map(|(place, _)| *place).take(usize::try_from(limit).unwrap_or(0)).collect();
        taken.iter().filter_map(|place| self.under_way.remove(place)).collect()
    }

    /// Loses all messages under way: connections end when the identities of their ends are replaced.
    pub(super) fn disconnect(&mut self) {
        self.under_way.clear();
    }

    pub(super) fn cut(&mut self, from: &Region, to: &Region) {
        self.cut.insert((from.clone(), to.clone()));
    }

    pub(super) fn join(&mut self, from: &Region, to: &Region) {
        self.cut.remove(&(from.clone(), to.clone()));
    }

    pub(super) fn heal(&mut self) {
        self.cut.clear();
    }
}
