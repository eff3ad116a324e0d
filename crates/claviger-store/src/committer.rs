//! The one thread that writes to a disk: it drains a queue into groups, so that one fsync serves all who wait.

use std::iter;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use claviger_types::panics::{self, PanicReport};

use crate::conflict::Window;
use crate::{Batch, Done, Error, Key};

/// Commits that become durable together at most.
const GROUP_COMMITS_MAX: usize = 256;
/// Commits that wait at most; further ones are refused as [`Error::Overloaded`].
const QUEUE_COMMITS_MAX: usize = 4096;

/// What a disk has to do for the committer.
pub(crate) trait Engine: Send + 'static {
    /// Makes these writes durable, all or none, and `position` the store's last.
    fn write(&mut self, writes: &[(Key, Option<Vec<u8>>)], position: u64) -> Result<(), Failure>;

    /// Work that keeps the store small, between groups. `idle` tells that few wait for it.
    fn tidy(&mut self, idle: bool) -> Result<(), Failure>;
}

/// How a write failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing was written, and the next write may well succeed.
    Refused(Error),
    /// What is on the disk is unknown. An fsync that failed may have dropped the pages it was to write, so that asking again
    /// would succeed and lose them: only reading everything back, by opening the store again, tells.
    Unknown(String),
}

/// What the committer tells readers.
#[derive(Default)]
pub(crate) struct Progress {
    position: AtomicU64,
    poison: OnceLock<String>,
}

impl Progress {
    /// The last position known to be durable.
    pub(crate) fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// Learns that `position` is durable. A reader may see a commit before the committer has come round to tell, so both
    /// call this, and nobody's time runs backwards.
    pub(crate) fn reach(&self, position: u64) {
        self.position.fetch_max(position, Ordering::AcqRel);
    }
}

/// The handle of the committer's thread.
pub(crate) struct Committer {
    progress: Arc<Progress>,
    queue: RwLock<Option<SyncSender<Pending>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Pending {
    batch: Batch,
    done: Done,
}

impl Committer {
    /// Starts the thread. `progress` holds the position that the engine's store is at.
    pub(crate) fn start(engine: impl Engine, progress: Arc<Progress>) -> Result<Committer, Error> {
        let (sender, receiver) = sync_channel(QUEUE_COMMITS_MAX);
        let window = Window::new(progress.position());
        let worker = Worker { engine, window, progress: Arc::clone(&progress) };
        let thread = thread::Builder::new()
            .name("store-commit".to_owned())
            .spawn(move || worker.run(&receiver))
            .map_err(|e| Error::Io(e.to_string()))?;
        Ok(Committer { progress, queue: RwLock::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    /// See [`Store::commit`](crate::Store::commit).
    pub(crate) fn commit(&self, batch: Batch, done: Done) {
        let Some(queue) = self.queue.read().unwrap_or_else(PoisonError::into_inner).clone() else {
            return done(Err(Error::Closed));
        };
        match queue.try_send(Pending { batch, done }) {
            Ok(()) => {}
            Err(TrySendError::Full(pending)) => (pending.done)(Err(Error::Overloaded)),
            Err(TrySendError::Disconnected(pending)) => (pending.done)(Err(Error::Closed)),
        }
    }

    /// Whether writes are taken.
    pub(crate) fn healthy(&self) -> bool {
        let open = self.queue.read().unwrap_or_else(PoisonError::into_inner).is_some();
        open && self.progress.poison.get().is_none()
    }

    /// Lets the queue run dry and ends the thread.
    pub(crate) fn close(&self) {
        drop(self.queue.write().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last owner of a store may be a `done`, which runs on the very thread to wait for.
        if let Some(thread) = thread
            && thread.thread().id() != thread::current().id()
        {
            // A panic of that thread has been reported where it happened.
            drop(thread.join());
        }
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.close();
    }
}

struct Worker<E> {
    engine: E,
    window: Window,
    progress: Arc<Progress>,
}

impl<E: Engine> Worker<E> {
    fn run(mut self, queue: &Receiver<Pending>) {
        while let Ok(first) = queue.recv() {
            let group: Vec<Pending> = iter::once(first).chain(queue.try_iter()).take(GROUP_COMMITS_MAX).collect();
            let idle = group.len() < GROUP_COMMITS_MAX;
            self.commit(group);
            if self.progress.poison.get().is_none() {
                let tidied = panics::catch(|| self.engine.tidy(idle)).unwrap_or_else(|panic| Err(unknown(&panic)));
                tidied.err().map(|failure| self.failed(failure));
            }
        }
    }

    fn commit(&mut self, group: Vec<Pending>) {
        if let Some(reason) = self.progress.poison.get() {
            group.into_iter().for_each(|pending| (pending.done)(Err(Error::Poisoned(reason.clone()))));
            return;
        }
        let (batches, waiting): (Vec<Batch>, Vec<Done>) = group.into_iter().map(|p| (p.batch, p.done)).unzip();
        // After a panic it is unknown which of the group's writes are on the disk.
        let answers = panics::catch(|| self.admit_and_write(batches)).unwrap_or_else(|panic| {
            let error = self.failed(unknown(&panic));
            waiting.iter().map(|_| Err(error.clone())).collect()
        });
        // Refusals wait for the group too: a transaction that lost to another of the group would only lose again, and use
        // up its attempts, on a snapshot that does not show the winner yet.
        for (done, answer) in waiting.into_iter().zip(answers) {
            if let Err(panic) = panics::catch(|| done(answer)) {
                self.failed(unknown(&panic));
            }
        }
    }

    /// The group's answers, in its order.
    fn admit_and_write(&mut self, batches: Vec<Batch>) -> Vec<Result<u64, Error>> {
        let before = self.window.position();
        let mut writes = Vec::new();
        let mut answers = Vec::with_capacity(batches.len());
        for batch in batches {
            let answer = self.window.admit(batch).map(|admitted| {
                writes.extend(admitted.writes);
                admitted.position
            });
            answers.push(answer);
        }
        if let Err(error) = self.write(&writes, before) {
            answers.iter_mut().for_each(|answer| *answer = answer.clone().and(Err(error.clone())));
        }
        answers
    }

    fn write(&mut self, writes: &[(Key, Option<Vec<u8>>)], before: u64) -> Result<(), Error> {
        if writes.is_empty() {
            return Ok(());
        }
        let position = self.window.position();
        match self.engine.write(writes, position) {
            Ok(()) => self.progress.reach(position),
            Err(failure) => {
                self.window.roll_back_to(before);
                return Err(self.failed(failure));
            }
        }
        Ok(())
    }

    fn failed(&self, failure: Failure) -> Error {
        match failure {
            Failure::Refused(error) => error,
            Failure::Unknown(reason) => Error::Io(self.progress.poison.get_or_init(|| reason).clone()),
        }
    }
}

/// A panic of the thread leaves what is on the disk as unknown as an fsync that failed.
fn unknown(panic: &PanicReport) -> Failure {
    Failure::Unknown(format!("the committer stopped: {panic}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::sync::mpsc::{Sender, channel};
    use std::time::Duration;

    use super::*;
    use crate::Write;

    /// Far longer than anything takes, so that a test that waits in vain fails.
    const WAIT: Duration = Duration::from_secs(30);

    type Written = Vec<(Key, Option<Vec<u8>>)>;

    /// A disk that does what the test says, write by write, and tells what it was asked.
    struct Script {
        outcomes: Receiver<Result<(), Failure>>,
        writes: Sender<(Written, u64)>,
        tidying: Result<(), Failure>,
    }

    impl Engine for Script {
        fn write(&mut self, writes: &[(Key, Option<Vec<u8>>)], position: u64) -> Result<(), Failure> {
            self.writes.send((writes.to_vec(), position)).unwrap();
            self.outcomes.recv_timeout(WAIT).unwrap()
        }

        fn tidy(&mut self, _: bool) -> Result<(), Failure> {
            self.tidying.clone()
        }
    }

    struct Rig {
        committer: Committer,
        outcomes: Sender<Result<(), Failure>>,
        writes: Receiver<(Written, u64)>,
        progress: Arc<Progress>,
    }

    fn rig(tidying: Result<(), Failure>) -> Rig {
        let (outcomes, script) = channel();
        let (tell, writes) = channel();
        let progress = Arc::new(Progress::default());
        let engine = Script { outcomes: script, writes: tell, tidying };
        let committer = Committer::start(engine, Arc::clone(&progress)).unwrap();
        Rig { committer, outcomes, writes, progress }
    }

    impl Rig {
        fn commit(&self, batch: Batch) -> Receiver<Result<u64, Error>> {
            let (sender, receiver) = channel();
            self.committer.commit(batch, Box::new(move |result| sender.send(result).unwrap()));
            receiver
        }

        /// Commits and waits until the engine is asked to write it, which then waits for an outcome.
        fn begin(&self, batch: Batch) -> Receiver<Result<u64, Error>> {
            let answer = self.commit(batch);
            self.writes.recv_timeout(WAIT).unwrap();
            answer
        }
    }

    fn put(key: &[u8]) -> Batch {
        let writes = vec![Write::Put { key: key.to_vec(), value: vec![] }];
        Batch { reads: vec![key.to_vec()], writes, ..Batch::default() }
    }

    #[test]
    fn those_who_wait_become_durable_together() {
        let rig = rig(Ok(()));
        let first = rig.begin(put(b"a"));
        let rest: Vec<_> = [b"b", b"c", b"d"].iter().map(|key| rig.commit(put(*key))).collect();
        rig.outcomes.send(Ok(())).unwrap();
        assert_eq!(first.recv_timeout(WAIT).unwrap(), Ok(1));
        let (written, position) = rig.writes.recv_timeout(WAIT).unwrap();
        assert_eq!((written.len(), position), (3, 4));
        assert!(rest.iter().all(|answer| answer.try_recv().is_err()), "nobody is told before it is durable");
        assert_eq!(rig.progress.position(), 1);
        rig.outcomes.send(Ok(())).unwrap();
        let positions: Vec<_> = rest.iter().map(|answer| answer.recv_timeout(WAIT).unwrap()).collect();
        assert_eq!(positions, [Ok(2), Ok(3), Ok(4)]);
        assert_eq!(rig.progress.position(), 4);
    }

    #[test]
    fn within_a_group_the_later_of_two_that_clash_is_refused() {
        let rig = rig(Ok(()));
        let first = rig.begin(put(b"a"));
        let (winner, loser) = (rig.commit(put(b"b")), rig.commit(put(b"b")));
        rig.outcomes.send(Ok(())).unwrap();
        first.recv_timeout(WAIT).unwrap().unwrap();
        rig.writes.recv_timeout(WAIT).unwrap();
        assert!(loser.try_recv().is_err(), "told only once a new snapshot would show the winner");
        rig.outcomes.send(Ok(())).unwrap();
        assert_eq!(
            (winner.recv_timeout(WAIT).unwrap(), loser.recv_timeout(WAIT).unwrap()),
            (Ok(2), Err(Error::Conflict))
        );
    }

    #[test]
    fn a_full_disk_refuses_the_group_and_then_goes_on() {
        let rig = rig(Ok(()));
        let refused = rig.begin(put(b"a"));
        rig.outcomes.send(Err(Failure::Refused(Error::Full))).unwrap();
        assert_eq!(refused.recv_timeout(WAIT).unwrap(), Err(Error::Full));
        assert!(rig.committer.healthy());
        let again = rig.begin(put(b"a"));
        rig.outcomes.send(Ok(())).unwrap();
        assert_eq!(
            again.recv_timeout(WAIT).unwrap(),
            Ok(1),
            "neither the position nor the key of the failed commit is taken"
        );
    }

    #[test]
    fn an_unknown_outcome_poisons() {
        let rig = rig(Ok(()));
        let unknown = rig.begin(put(b"a"));
        let behind = rig.commit(put(b"b"));
        rig.outcomes.send(Err(Failure::Unknown("fsync: EIO".to_owned()))).unwrap();
        assert_eq!(unknown.recv_timeout(WAIT).unwrap(), Err(Error::Io("fsync: EIO".to_owned())));
        let poisoned = Err(Error::Poisoned("fsync: EIO".to_owned()));
        assert_eq!(behind.recv_timeout(WAIT).unwrap(), poisoned);
        assert_eq!(rig.commit(put(b"c")).recv_timeout(WAIT).unwrap(), poisoned);
        assert!(!rig.committer.healthy());
        assert_eq!(rig.progress.position(), 0);
        assert!(rig.writes.try_recv().is_err(), "the disk is not asked again");
    }

    #[test]
    fn a_panic_while_writing_poisons_and_answers_everybody() {
        let rig = rig(Ok(()));
        let (first, behind) = (rig.begin(put(b"a")), rig.commit(put(b"b")));
        // Without its other end the script panics in the engine.
        drop(rig.outcomes);
        assert!(matches!(first.recv_timeout(WAIT).unwrap(), Err(Error::Io(reason)) if reason.contains("panic")));
        assert!(matches!(behind.recv_timeout(WAIT).unwrap(), Err(Error::Poisoned(_))));
        assert!(!rig.committer.healthy());
    }

    #[test]
    fn a_panic_of_a_callback_poisons_and_answers_the_others() {
        let rig = rig(Ok(()));
        let first = rig.begin(put(b"a"));
        rig.committer.commit(put(b"b"), Box::new(|_| panic!("in the test")));
        let behind = rig.commit(put(b"c"));
        (0..2).for_each(|_| rig.outcomes.send(Ok(())).unwrap());
        assert_eq!(first.recv_timeout(WAIT).unwrap(), Ok(1));
        assert_eq!(behind.recv_timeout(WAIT).unwrap(), Ok(3));
        assert!(matches!(rig.commit(put(b"d")).recv_timeout(WAIT).unwrap(), Err(Error::Poisoned(_))));
    }

    #[test]
    fn tidying_that_fails_unknown_poisons_too() {
        let rig = rig(Err(Failure::Unknown("checkpoint: EIO".to_owned())));
        let first = rig.begin(put(b"a"));
        rig.outcomes.send(Ok(())).unwrap();
        assert_eq!(first.recv_timeout(WAIT).unwrap(), Ok(1));
        assert_eq!(
            rig.commit(put(b"b")).recv_timeout(WAIT).unwrap(),
            Err(Error::Poisoned("checkpoint: EIO".to_owned()))
        );
    }

    #[test]
    fn a_queue_that_is_full_refuses_at_once() {
        let rig = rig(Ok(()));
        let first = rig.begin(put(b"a"));
        let queued: Vec<_> = (0..QUEUE_COMMITS_MAX).map(|_| rig.commit(Batch::default())).collect();
        assert_eq!(rig.commit(put(b"b")).recv_timeout(WAIT).unwrap(), Err(Error::Overloaded));
        rig.outcomes.send(Ok(())).unwrap();
        assert_eq!(first.recv_timeout(WAIT).unwrap(), Ok(1));
        assert!(
            queued.iter().all(|answer| answer.recv_timeout(WAIT).unwrap() == Ok(1)),
            "what only read needs no position"
        );
    }

    #[test]
    fn closing_ends_what_is_queued_and_refuses_the_rest() {
        let rig = rig(Ok(()));
        let answers = [rig.begin(put(b"a")), rig.commit(put(b"b"))];
        rig.outcomes.send(Ok(())).unwrap();
        rig.outcomes.send(Ok(())).unwrap();
        rig.committer.close();
        let results: Vec<_> = answers.iter().map(|answer| answer.recv_timeout(WAIT).unwrap()).collect();
        assert_eq!(results, [Ok(1), Ok(2)]);
        assert_eq!(rig.commit(put(b"c")).recv_timeout(WAIT).unwrap(), Err(Error::Closed));
        assert!(!rig.committer.healthy());
        rig.committer.close();
    }

    #[test]
    fn the_last_owner_may_be_an_answer() {
        let (outcomes, script) = channel();
        let (tell, _writes) = channel();
        let engine = Script { outcomes: script, writes: tell, tidying: Ok(()) };
        let committer = Arc::new(Committer::start(engine, Arc::new(Progress::default())).unwrap());
        let (sender, receiver) = channel();
        let owner = Arc::clone(&committer);
        let done = move |result: Result<u64, Error>| {
            drop(owner);
            sender.send(result).unwrap();
        };
        committer.commit(put(b"a"), Box::new(done));
        drop(committer);
        outcomes.send(Ok(())).unwrap();
        assert_eq!(receiver.recv_timeout(WAIT).unwrap(), Ok(1));
    }
}
