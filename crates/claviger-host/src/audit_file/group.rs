//! Group writes: requests that come while another one writes are written together, by one of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use claviger_service::Recording;
use tokio::sync::oneshot;

/// The most bytes of lines that wait, some 50,000 records of common size. Requests beyond are refused, so that a disk that hangs
/// does not fill the memory. Each request that waits has a line here, so this bounds their number too.
const QUEUED_BYTES_MAX: usize = 64 << 20;

/// Takes whole lines.
pub(super) trait Append: Send + Sync + 'static {
    /// Appends the lines, all or none, before it returns.
    fn append(&self, lines: &[u8]) -> Result<(), String>;
}

/// The queue before a file. Its lock is held for the time of a copy and never during a system call.
///
/// A request that finds no writer writes its own lines at once. One that finds a writer leaves its lines in the queue and waits
/// without holding a thread. When the writer has finished, it hands its role to the first that waits, which writes the lines of
/// all. So each request makes at most one write, which contains its own lines.
pub(super) struct GroupWriter<T> {
    queue: Mutex<Queue>,
    target: T,
}

#[derive(Default)]
struct Queue {
    has_writer: bool,
    lines: Vec<u8>,
    waiting: Vec<oneshot::Sender<Turn>>,
    /// Background threads that wait for the file. They go before requests, which could otherwise keep them waiting for ever.
    exclusive: Vec<oneshot::Sender<()>>,
}

/// What a request that waits is told.
enum Turn {
    /// Its lines were written, or refused.
    Written(Result<(), String>),
    /// It is the writer now.
    Write,
}

impl<T: Append> GroupWriter<T> {
    pub(super) fn new(target: T) -> GroupWriter<T> {
        GroupWriter { queue: Mutex::default(), target }
    }

    pub(super) fn target(&self) -> &T {
        &self.target
    }

    /// Appends lines, alone or with those of others.
    pub(super) fn append(self: &Arc<Self>, lines: &[u8]) -> Recording {
        {
            let mut queue = self.queue();
            if queue.has_writer {
                if queue.lines.len().saturating_add(lines.len()) > QUEUED_BYTES_MAX {
                    return Recording::Done(Err("too many audit records wait for the audit file".to_owned()));
                }
                let (sender, turn) = oneshot::channel();
                queue.lines.extend_from_slice(lines);
                queue.waiting.push(sender);
                drop(queue);
                return Recording::Waiting(Box::pin(Waiter { writer: Arc::clone(self), turn }));
            }
            queue.has_writer = true;
        }
        let _turn = WriterTurn(self);
        Recording::Done(self.target.append(lines))
    }

    /// Works on the file while nothing is written to it. Waits on this thread, so it is for background threads. Requests that
    /// come meanwhile wait without holding a thread.
    pub(super) fn exclusive<R>(&self, work: impl FnOnce(&T) -> R) -> R {
        while let Some(free) = self.begin_exclusive() {
            if free.blocking_recv().is_ok() {
                break;
            }
        }
        let _turn = WriterTurn(self);
        work(&self.target)
    }

    /// Becomes the writer, or returns the end of a wait for that.
    fn begin_exclusive(&self) -> Option<oneshot::Receiver<()>> {
        let mut queue = self.queue();
        if !std::mem::replace(&mut queue.has_writer, true) {
            return None;
        }
        let (sender, free) = oneshot::channel();
        queue.exclusive.push(sender);
        Some(free)
    }

    /// Writes the queued lines, among them those of the caller, and tells the others.
    fn write_queued(&self) -> Result<(), String> {
        let _turn = WriterTurn(self);
        let (lines, waiting) = {
            let mut queue = self.queue();
            (std::mem::take(&mut queue.lines), std::mem::take(&mut queue.waiting))
        };
        let written = self.target.append(&lines);
        for sender in waiting {
            // A request that was dropped needs no answer.
            let _ = sender.send(Turn::Written(written.clone()));
        }
        written
    }

    /// Makes the first that still waits the writer.
    fn hand_on(&self) {
        loop {
            let mut queue = self.queue();
            if let Some(next) = queue.exclusive.pop() {
                drop(queue);
                if next.send(()).is_ok() {
                    return;
                }
                continue;
            }
            if queue.waiting.is_empty() {
                if queue.lines.is_empty() {
                    queue.has_writer = false;
                    return;
                }
                // Every request that waited was dropped. Its operation has run, so its record is written all the same.
                let lines = std::mem::take(&mut queue.lines);
                drop(queue);
                // No caller is left to refuse. The target reports its failure itself. A panic must not end this loop, and the
                // process's hook reports it.
                let _ = catch_unwind(AssertUnwindSafe(|| self.target.append(&lines)));
                continue;
            }
            let next = queue.waiting.remove(0);
            drop(queue);
            if next.send(Turn::Write).is_ok() {
                return;
            }
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time during which a thread is the writer. At its end, also by a panic, the next one becomes the writer. Otherwise all
/// later requests would wait for ever.
struct WriterTurn<'a, T: Append>(&'a GroupWriter<T>);

impl<T: Append> Drop for WriterTurn<'_, T> {
    fn drop(&mut self) {
        self.0.hand_on();
    }
}

/// A request whose lines are queued.
struct Waiter<T: Append> {
    writer: Arc<GroupWriter<T>>,
    turn: oneshot::Receiver<Turn>,
}

impl<T: Append> Future for Waiter<T> {
    type Output = Result<(), String>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), String>> {
        Pin::new(&mut self.turn).poll(cx).map(|turn| match turn {
            Ok(Turn::Written(written)) => written,
            Ok(Turn::Write) => self.writer.write_queued(),
            Err(_) => Err("the writer of the audit file ended without an answer".to_owned()),
        })
    }
}

impl<T: Append> Drop for Waiter<T> {
    /// A request may be dropped after it was made the writer and before it ran. The others wait for it.
    fn drop(&mut self) {
        self.turn.close();
        if let Ok(Turn::Write) = self.turn.try_recv() {
            // The target reports its failure itself.
            let _ = self.writer.write_queued();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::task::Waker;
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// Far longer than any step takes, so that a test that waits in vain fails.
    const WAIT: Duration = Duration::from_secs(30);

    /// The outcome that makes a write panic.
    const PANIC: &str = "panic";

    /// A file whose writes end as the test decides, and which reports each write to the test.
    struct Script {
        writes: Mutex<Sender<String>>,
        outcomes: Mutex<Receiver<Result<(), String>>>,
    }

    impl Append for Script {
        fn append(&self, lines: &[u8]) -> Result<(), String> {
            self.writes.lock().unwrap().send(String::from_utf8(lines.to_vec()).unwrap()).unwrap();
            let outcome = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(WAIT).unwrap();
            assert_ne!(outcome, Err(PANIC.to_owned()));
            outcome
        }
    }

    type Queued = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

    struct Rig {
        writer: Arc<GroupWriter<Script>>,
        writes: Receiver<String>,
        outcomes: Sender<Result<(), String>>,
    }

    fn rig() -> Rig {
        let ((tell, writes), (outcomes, script)) = (channel(), channel());
        let target = Script { writes: Mutex::new(tell), outcomes: Mutex::new(script) };
        Rig { writer: Arc::new(GroupWriter::new(target)), writes, outcomes }
    }

    impl Rig {
        /// Starts a first write, and queues requests behind it. Returns their futures once the first has ended.
        fn queued(&self, lines: &[&str]) -> Vec<Queued> {
            let writer = Arc::clone(&self.writer);
            let first = thread::spawn(move || match writer.append(b"first\n") {
                Recording::Done(written) => written,
                Recording::Waiting(_) => panic!("there is no other writer"),
            });
            assert_eq!(self.writes.recv_timeout(WAIT).unwrap(), "first\n");
            let queued = lines.iter().map(|line| match self.writer.append(line.as_bytes()) {
                Recording::Waiting(waiting) => waiting,
                Recording::Done(_) => panic!("the first write has not ended"),
            });
            let queued = queued.collect();
            self.outcomes.send(Ok(())).unwrap();
            first.join().unwrap().unwrap();
            queued
        }

        /// Whether a request that comes now writes at once.
        fn is_free(&self) -> bool {
            self.outcomes.send(Ok(())).unwrap();
            matches!(self.writer.append(b"last\n"), Recording::Done(Ok(())))
                && self.writes.recv_timeout(WAIT).unwrap() == "last\n"
        }
    }

    fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_request_alone_writes_at_once() {
        let rig = rig();
        assert!(rig.is_free());
        rig.outcomes.send(Err("full".to_owned())).unwrap();
        assert!(matches!(rig.writer.append(b"a\n"), Recording::Done(Err(_))));
        assert_eq!(rig.writes.recv_timeout(WAIT).unwrap(), "a\n");
        assert!(rig.is_free());
    }

    #[test]
    fn requests_that_wait_are_written_together() {
        for outcome in [Ok(()), Err("full".to_owned())] {
            let rig = rig();
            let mut queued = rig.queued(&["a\n", "b\n", "c\n"]);
            assert!(poll(&mut queued[1]).is_pending() && poll(&mut queued[2]).is_pending());
            rig.outcomes.send(outcome.clone()).unwrap();
            assert_eq!(poll(&mut queued[0]), Poll::Ready(outcome.clone()));
            assert_eq!(rig.writes.recv_timeout(WAIT).unwrap(), "a\nb\nc\n");
            assert_eq!(poll(&mut queued[1]), Poll::Ready(outcome.clone()));
            assert_eq!(poll(&mut queued[2]), Poll::Ready(outcome));
            drop(queued);
            assert!(rig.is_free());
        }
    }

    #[test]
    fn exclusive_work_waits_for_the_writer_and_requests_for_the_work() {
        let rig = rig();
        let writer = Arc::clone(&rig.writer);
        let first = thread::spawn(move || matches!(writer.append(b"first\n"), Recording::Done(Ok(()))));
        assert_eq!(rig.writes.recv_timeout(WAIT).unwrap(), "first\n");
        let (writer, (begun, wait_begun), (end, wait_end)) = (Arc::clone(&rig.writer), channel(), channel::<()>());
        let work = thread::spawn(move || {
            writer.exclusive(|_| {
                begun.send(()).unwrap();
                wait_end.recv_timeout(WAIT).unwrap();
            });
        });
        while rig.writer.queue().exclusive.is_empty() {
            thread::yield_now();
        }
        rig.outcomes.send(Ok(())).unwrap();
        assert!(first.join().unwrap());
        wait_begun.recv_timeout(WAIT).unwrap();
        let Recording::Waiting(mut waiting) = rig.writer.append(b"a\n") else { panic!("the work has not ended") };
        assert!(poll(&mut waiting).is_pending());
        end.send(()).unwrap();
        work.join().unwrap();
        rig.outcomes.send(Ok(())).unwrap();
        assert_eq!(poll(&mut waiting), Poll::Ready(Ok(())));
        assert_eq!(rig.writes.recv_timeout(WAIT).unwrap(), "a\n");
        assert!(rig.is_free());
    }

    #[test]
    fn a_dropped_request_leaves_its_record_and_holds_nobody_up() {
        // The first of the queue has become the writer when it is dropped. The second is dropped while it waits.
        for dropped in [vec![0], vec![1], vec![1, 0], vec![0, 0, 0]] {
            let rig = rig();
            let mut queued = rig.queued(&["a\n", "b\n", "c\n"]);
            rig.outcomes.send(Ok(())).unwrap();
            dropped.into_iter().for_each(|at| drop(queued.remove(at)));
            for waiting in &mut queued {
                assert_eq!(poll(waiting), Poll::Ready(Ok(())));
            }
            assert_eq!(rig.writes.recv_timeout(WAIT).unwrap(), "a\nb\nc\n");
            assert!(rig.is_free());
        }
    }

    #[test]
    fn requests_that_are_dropped_before_their_turn_are_recorded() {
        let rig = rig();
        let writer = Arc::clone(&rig.writer);
        let first = thread::spawn(move || matches!(writer.append(b"first\n"), Recording::Done(Ok(()))));
        assert_eq!(rig.writes.recv_timeout(WAIT).unwrap(), "first\n");
        drop((rig.writer.append(b"a\n"), rig.writer.append(b"b\n")));
        rig.outcomes.send(Ok(())).unwrap();
        rig.outcomes.send(Ok(())).unwrap();
        assert!(first.join().unwrap());
        assert_eq!(rig.writes.recv_timeout(WAIT).unwrap(), "a\nb\n");
        assert!(rig.is_free());
    }

    #[test]
    fn a_panic_of_the_writer_holds_nobody_up() {
        let panics = |work: &mut dyn FnMut()| catch_unwind(AssertUnwindSafe(work)).unwrap_err();
        // Of a request that is alone.
        let rig = rig();
        rig.outcomes.send(Err(PANIC.to_owned())).unwrap();
        panics(&mut || drop(rig.writer.append(b"a\n")));
        assert_eq!(rig.writes.recv_timeout(WAIT).unwrap(), "a\n");
        assert!(rig.is_free());
        // Of one that writes for others: they are refused, and those that came later are written.
        let mut queued = rig.queued(&["a\n", "b\n"]);
        rig.outcomes.send(Err(PANIC.to_owned())).unwrap();
        panics(&mut || drop(poll(&mut queued[0])));
        assert_eq!(rig.writes.recv_timeout(WAIT).unwrap(), "a\nb\n");
        assert!(matches!(poll(&mut queued[1]), Poll::Ready(Err(_))));
        assert!(rig.is_free());
        // Of the work of a background thread, while a request waits.
        let mut waiting = None;
        panics(&mut || {
            rig.writer.exclusive(|_| {
                let Recording::Waiting(waiter) = rig.writer.append(b"c\n") else { panic!("the work has not ended") };
                waiting = Some(waiter);
                panic!("in the test");
            });
        });
        rig.outcomes.send(Ok(())).unwrap();
        assert_eq!(poll(waiting.as_mut().unwrap()), Poll::Ready(Ok(())));
        assert_eq!(rig.writes.recv_timeout(WAIT).unwrap(), "c\n");
        assert!(rig.is_free());
        // Of one that writes the lines of requests that were dropped.
        rig.outcomes.send(Err(PANIC.to_owned())).unwrap();
        rig.writer.exclusive(|_| drop(rig.writer.append(b"d\n")));
        assert_eq!(rig.writes.recv_timeout(WAIT).unwrap(), "d\n");
        assert!(rig.is_free());
    }

    #[test]
    fn requests_beyond_the_bound_of_the_queue_are_refused() {
        let rig = rig();
        let lines = vec![b'\n'; QUEUED_BYTES_MAX];
        let mut waiting = rig.writer.exclusive(|_| {
            let Recording::Waiting(waiting) = rig.writer.append(&lines) else { panic!("the work has not ended") };
            assert!(matches!(rig.writer.append(b"\n"), Recording::Done(Err(_))));
            waiting
        });
        rig.outcomes.send(Ok(())).unwrap();
        assert_eq!(poll(&mut waiting), Poll::Ready(Ok(())));
        assert_eq!(rig.writes.recv_timeout(WAIT).unwrap().len(), QUEUED_BYTES_MAX);
        assert!(rig.is_free());
    }
}
