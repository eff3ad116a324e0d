//! The incoming connections that have not proved who they are. They are few, and a new one takes the place of the oldest.
//!
//! A handshake takes some milliseconds, and the oldest of many strangers has been there for longer. So somebody who opens connections and
//! says nothing keeps no peer out, as he would if the new ones were turned away.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

#[derive(Default)]
pub(crate) struct Strangers(Arc<Mutex<Present>>);

#[derive(Default)]
struct Present {
    arrived: u64,
    /// In the order of arrival.
    strangers: BTreeMap<u64, (IpAddr, Arc<Notify>)>,
}

impl Strangers {
    /// Takes a connection in, of all and of its address at most so many. Says whether another had to go for it.
    pub(crate) fn admit(&self, address: IpAddr, most: usize, most_of_one: usize) -> (Stranger, bool) {
        let mut present = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = || present.strangers.iter().filter(|(_, (other, _))| *other == address);
        let oldest = if same().count() >= most_of_one {
            same().next()
        } else if present.strangers.len() >= most {
            present.strangers.iter().next()
        } else {
            None
        };
        let oldest = oldest.map(|(number, _)| *number);
        if let Some((_, leave)) = oldest.and_then(|number| present.strangers.remove(&number)) {
            leave.notify_one();
        }
        present.arrived += 1;
        let (number, leave) = (present.arrived, Arc::new(Notify::new()));
        present.strangers.insert(number, (address, leave.clone()));
        (Stranger { all: self.0.clone(), number, leave }, oldest.is_some())
    }
}

/// One of them, until it is dropped.
pub(crate) struct Stranger {
    all: Arc<Mutex<Present>>,
    number: u64,
    leave: Arc<Notify>,
}

impl Stranger {
    /// Waits until this connection has to go for a newer one.
    pub(crate) async fn must_leave(&self) {
        self.leave.notified().await;
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).strangers.remove(&self.number);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn leaves(stranger: &Stranger) -> bool {
        tokio::time::timeout(Duration::from_secs(1), stranger.must_leave()).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_leaves() {
        let strangers = Strangers::default();
        let [one, other]: [IpAddr; 2] = ["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
        let admit = |address| strangers.admit(address, 3, 2);
        let (a, pushed_a) = admit(one);
        let (b, pushed_b) = admit(one);
        assert!(!pushed_a && !pushed_b);
        // The third of one address: the oldest of that address leaves.
        let (c, pushed_c) = admit(one);
        assert!(pushed_c && leaves(&a).await && !leaves(&b).await);
        drop(a);
        let (d, pushed_d) = admit(other);
        assert!(!pushed_d);
        // The fourth of all: the oldest of all leaves.
        let (e, pushed_e) = admit(other);
        assert!(pushed_e && leaves(&b).await && !leaves(&c).await && !leaves(&d).await && !leaves(&e).await);
        drop((b, c, d, e));
        assert!(strangers.0.lock().unwrap().strangers.is_empty());
    }
}
