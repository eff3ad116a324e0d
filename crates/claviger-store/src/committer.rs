//! The only thread that writes to a disk. It drains a queue into groups, so that one fsync serves all waiting commits.

use std::iter;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use claviger_types::panics::{self, PanicReport};

use crate::changes::RowChanges;
use crate::conflict::Window;
use crate::{Batch, CommitCounts, Done, Error, Key};

/// The most commits that become durable together.
const GROUP_COMMITS_MAX: usize = 256;
/// The most commits that wait. Further ones are refused as [`Error::Overloaded`].
const QUEUE_COMMITS_MAX: usize = 4096;

/// The disk operations that the committer needs.
pub(crate) trait Engine: Send + 'static {
    /// Makes these writes durable, all or none, and stores `position` as the store's last.
    fn write(&mut self, writes: &[(Key, Option<Vec<u8>>)], position: u64) -> Result<(), Failure>;

    /// Keeps the store's files small, between groups. `idle` is whether no commit waits meanwhile.
    fn tidy(&mut self, idle: bool) -> Result<(), Failure>;
}

/// The kind of a failed write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing was written, and the next write may succeed.
    Refused(Error),
    /// The state of the disk is unknown. A failed fsync may have dropped the pages that it was to write. A second fsync would
    /// then succeed although the pages are lost. Only opening the store again, which reads all of it back, determines the
    /// state.
    Unknown(String),
}

/// The state that the committer shares with readers.
#[derive(Default)]
pub(crate) struct Progress {
    position: AtomicU64,
    poison: OnceLock<String>,
    commits: AtomicU64,
    groups: AtomicU64,
    conflicts: AtomicU64,
}

impl Progress {
    /// The last position known to be durable.
    pub(crate) fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// Records that `position` is durable. A reader may see a commit before the committer has recorded it, so both call this,
    /// and no later snapshot shows an earlier position.
    pub(crate) fn reach(&self, position: u64) {
        self.position.fetch_max(position, Ordering::AcqRel);
    }

    fn counts(&self) -> CommitCounts {
        CommitCounts {
            commits: self.commits.load(Ordering::Relaxed),
            groups: self.groups.load(Ordering::Relaxed),
            conflicts: self.conflicts.load(Ordering::Relaxed),
        }
    }

    /// Counts the answers of a group that moved the position by `commits`.
    fn count(&self, commits: u64, answers: &[Result<u64, Error>]) {
        let conflicts = answers.iter().filter(|answer| **answer == Err(Error::Conflict)).count();
        self.commits.fetch_add(commits, Ordering::Relaxed);
        self.groups.fetch_add(u64::from(commits > 0), Ordering::Relaxed);
        self.conflicts.fetch_add(conflicts as u64, Ordering::Relaxed);
    }
}

/// The handle of the committer's thread.
pub(crate) struct Committer {
    progress: Arc<Progress>,
    changes: Arc<RowChanges>,
    queue: RwLock<Option<SyncSender<Pending>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Pending {
    batch: Batch,
    done: Done,
}

impl Committer {
    /// Starts the thread. `progress` holds the position of the engine's store.
    pub(crate) fn start(engine: impl Engine, progress: Arc<Progress>) -> Result<Committer, Error> {
        let (sender, receiver) = sync_channel(QUEUE_COMMITS_MAX);
        let window = Window::new(progress.position());
        let changes = window.changes();
        let worker = Worker { engine, window, progress: Arc::clone(&progress) };
        let thread = thread::Builder::new()
            .name("store-commit".to_owned())
            .spawn(move || worker.run(&receiver))
            .map_err(|e| Error::Io(e.to_string()))?;
        Ok(Committer { progress, changes, queue: RwLock::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    /// See [`Store::position`](crate::Store::position).
    pub(crate) fn position(&self) -> u64 {
        self.progress.position()
    }

    /// When rows changed last, and which ones.
    pub(crate) fn changes(&self) -> &RowChanges {
        &self.changes
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

    /// See [`Store::commit_counts`](crate::Store::commit_counts).
    pub(crate) fn commit_counts(&self) -> CommitCounts {
        self.progress.counts()
    }

    /// Whether the store takes writes.
    pub(crate) fn healthy(&self) -> bool {
        let open = self.queue.read().unwrap_or_else(PoisonError::into_inner).is_some();
        open && self.progress.poison.get().is_none()
    }

    /// Completes the queued commits and ends the thread.
    pub(crate) fn close(&self) {
        drop(self.queue.write().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // If a `done` callback drops the last owner of the store, this runs on the committer's own thread, which cannot join
        // itself.
        if let Some(thread) = thread
            && thread.thread().id() != thread::current().id()
        {
            // The panic of that thread has already been reported.
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
        let mut next = queue.recv().ok();
        while let Some(first) = next {
            self.commit(iter::once(first).chain(queue.try_iter()).take(GROUP_COMMITS_MAX).collect());
            // Commits that came during this one wait already. The next group takes all of them.
            next = queue.try_recv().ok();
            self.tidy(next.is_none());
            next = next.or_else(|| queue.recv().ok());
        }
    }

    fn tidy(&mut self, idle: bool) {
        if self.progress.poison.get().is_none() {
            let tidied = panics::catch(|| self.engine.tidy(idle)).unwrap_or_else(|panic| Err(unknown(&panic)));
            tidied.err().map(|failure| self.failed(failure));
        }
    }

    fn commit(&mut self, group: Vec<Pending>) {
        if let Some(reason) = self.progress.poison.get() {
            group.into_iter().for_each(|pending| (pending.done)(Err(Error::Poisoned(reason.clone()))));
            return;
        }
        let (batches, waiting): (Vec<Batch>, Vec<Done>) = group.into_iter().map(|p| (p.batch, p.done)).unzip();
        // After a panic it is unknown which writes of the group are on the disk.
        let answers = panics::catch(|| self.admit_and_write(batches)).unwrap_or_else(|panic| {
            let error = self.failed(unknown(&panic));
            waiting.iter().map(|_| Err(error.clone())).collect()
        });
        // Refusals wait for the group too. A transaction that lost to another one of the group would only lose again, on a
        // snapshot that does not show the other one yet, and use up its attempts.
        for (done, answer) in waiting.into_iter().zip(answers) {
            if let Err(panic) = panics::catch(|| done(answer)) {
                self.failed(unknown(&panic));
            }
        }
    }

    /// Returns the results of the group, in its order.
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
        // Rows of the same page become neighbours. The sort keeps the order of two writes of one row.
        writes.sort_by(|(one, _), (other, _)| one.cmp(other));
        if let Err(error) = self.write(&writes, before) {
            answers.iter_mut().for_each(|answer| *answer = answer.clone().and(Err(error.clone())));
        }
        self.progress.count(self.window.position() - before, &answers);
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

/// After a panic of the thread the state of the disk is as unknown as after a failed fsync.
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

    /// Far longer than any step takes, so that a test that waits in vain fails.
    const WAIT: Duration = Duration::from_secs(30);

    type Written = Vec<(Key, Option<Vec<u8>>)>;

    /// A disk whose writes end as the test decides, and which reports each write to the test.
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

        /// Commits, and waits until the engine receives the write. The engine then waits for an outcome.
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
    fn waiting_commits_become_durable_together() {
        let rig = rig(Ok(()));
        let first = rig.begin(put(b"a"));
        let rest: Vec<_> = [b"b", b"c", b"d"].iter().map(|key| rig.commit(put(*key))).collect();
        rig.outcomes.send(Ok(())).unwrap();
        assert_eq!(first.recv_timeout(WAIT).unwrap(), Ok(1));
        let (written, position) = rig.writes.recv_timeout(WAIT).unwrap();
        assert_eq!((written.len(), position), (3, 4));
        assert!(rest.iter().all(|answer| answer.try_recv().is_err()), "no commit is answered before it is durable");
        assert_eq!(rig.progress.position(), 1);
        rig.outcomes.send(Ok(())).unwrap();
        let positions: Vec<_> = rest.iter().map(|answer| answer.recv_timeout(WAIT).unwrap()).collect();
        assert_eq!(positions, [Ok(2), Ok(3), Ok(4)]);
        assert_eq!(rig.progress.position(), 4);
        assert_eq!(rig.committer.commit_counts(), CommitCounts { commits: 4, groups: 2, conflicts: 0 });
    }

    #[test]
    fn the_later_of_two_conflicting_commits_of_a_group_is_refused() {
        let rig = rig(Ok(()));
        let first = rig.begin(put(b"a"));
        let (winner, loser) = (rig.commit(put(b"b")), rig.commit(put(b"b")));
        rig.outcomes.send(Ok(())).unwrap();
        first.recv_timeout(WAIT).unwrap().unwrap();
        rig.writes.recv_timeout(WAIT).unwrap();
        assert!(loser.try_recv().is_err(), "refused only once a new snapshot shows the winner");
        rig.outcomes.send(Ok(())).unwrap();
        assert_eq!(
            (winner.recv_timeout(WAIT).unwrap(), loser.recv_timeout(WAIT).unwrap()),
            (Ok(2), Err(Error::Conflict))
        );
        assert_eq!(rig.committer.commit_counts(), CommitCounts { commits: 2, groups: 2, conflicts: 1 });
    }

    #[test]
    fn a_full_disk_refuses_the_group_and_later_writes_succeed() {
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
    fn an_unknown_outcome_poisons_the_store() {
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
        assert!(rig.writes.try_recv().is_err(), "no further write reaches the disk");
    }

    #[test]
    fn a_panic_while_writing_poisons_the_store_and_answers_all_commits() {
        let rig = rig(Ok(()));
        let (first, behind) = (rig.begin(put(b"a")), rig.commit(put(b"b")));
        // When the test's end of the channel is dropped, the script panics in the engine.
        drop(rig.outcomes);
        assert!(matches!(first.recv_timeout(WAIT).unwrap(), Err(Error::Io(reason)) if reason.contains("panic")));
        assert!(matches!(behind.recv_timeout(WAIT).unwrap(), Err(Error::Poisoned(_))));
        assert!(!rig.committer.healthy());
    }

    #[test]
    fn a_panic_of_a_callback_poisons_the_store_and_answers_the_others() {
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
    fn an_unknown_outcome_of_tidying_poisons_the_store() {
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
    fn a_full_queue_refuses_at_once() {
        let rig = rig(Ok(()));
        let first = rig.begin(put(b"a"));
        let queued: Vec<_> = (0..QUEUE_COMMITS_MAX).map(|_| rig.commit(Batch::default())).collect();
        assert_eq!(rig.commit(put(b"b")).recv_timeout(WAIT).unwrap(), Err(Error::Overloaded));
        rig.outcomes.send(Ok(())).unwrap();
        assert_eq!(first.recv_timeout(WAIT).unwrap(), Ok(1));
        assert!(
            queued.iter().all(|answer| answer.recv_timeout(WAIT).unwrap() == Ok(1)),
            "a batch without writes takes no position"
        );
    }

    #[test]
    fn closing_completes_queued_commits_and_refuses_later_ones() {
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
    fn a_callback_may_drop_the_last_owner() {
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
