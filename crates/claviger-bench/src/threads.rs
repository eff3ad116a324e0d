//! Throughput of work in this process on one thread and on two.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::compare::Slices;
use crate::error::{Error, unexpected};
use crate::table::{self, Out};
use crate::time;

/// Does a piece of work again and again until the flag is set, and returns how often. Several threads call it at a time.
pub type Work<'w> = &'w (dyn Fn(&AtomicBool) -> Result<u64, Error> + Sync);

/// Writes a table with a row for each work. Slices of one thread and of two are measured in turn.
///
/// # Errors
///
/// A work fails.
pub fn run(works: &[(&str, Work<'_>)], slices: Slices, out: Out<'_>) -> Result<(), Error> {
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        return out("\nSKIPPED: one thread and two in one process, because there is only one core");
    }
    table::head(out, &["In one process, without sockets", "one thread", "two threads", "two / one"])?;
    for (name, work) in works {
        let mut rates = [0.0; 2];
        for slice in 0..=slices.count {
            for (threads, rate) in (1..).zip(&mut rates) {
                let measured = measure(*work, threads, slices)?;
                if slice > 0 {
                    *rate += measured / f64::from(slices.count);
                }
            }
        }
        let [one, two] = rates;
        let cells = [(*name).to_owned(), table::per_second(one), table::per_second(two), table::ratio(two, one)];
        table::row(out, &cells)?;
    }
    Ok(())
}

/// How often all threads together do the work in a second.
fn measure(work: Work<'_>, threads: usize, slices: Slices) -> Result<f64, Error> {
    let stop = AtomicBool::new(false);
    let begun = time::instant();
    let done = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(&stop))).collect();
        time::sleep(slices.time);
        stop.store(true, Ordering::Relaxed);
        running
            .into_iter()
            .map(|thread| thread.join().map_err(|_| unexpected("a thread panicked"))?)
            .sum::<Result<u64, _>>()
    })?;
    Ok(done as f64 / begun.elapsed().as_secs_f64())
}
