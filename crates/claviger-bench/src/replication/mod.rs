//! Replication between two processes of `claviger server` over the link: lag, hand-over, failover, catch-up, rebuilding.
//!
//! The API is called without TLS at 127.0.0.1, so that the load costs little of the machine that both servers share with it. The link is
//! the real one, with TLS, through a relay that delays it and cuts it.

mod availability;
mod catch_up;
mod failover;
mod fleet;
mod healing;
mod hour;
mod items;
mod keys;
mod lag;
mod rebuild;
mod relay;
mod report;
mod watch;

use std::path::Path;
use std::time::Duration;

use crate::error::Error;
use crate::table::Out;
use fleet::Fleet;
use report::Report;

/// Each direction of a delayed link: a round trip of 80 ms.
const DELAY: Duration = Duration::from_millis(40);

/// How much is measured.
#[derive(Debug, Clone)]
pub struct Amounts {
    /// Replicas of keys that are made one after the other.
    pub replicas: u64,
    /// Hand-overs.
    pub handovers: u32,
    /// How long the writes for the lag last.
    pub lag: Duration,
    /// The keys and secrets of each failover.
    pub failovers: [u64; 2],
    /// Cuts of the link.
    pub cuts: u64,
    /// Changes while a region is away.
    pub changes: u64,
    /// The keys and secrets of the region that is rebuilt.
    pub rebuilt: u64,
    /// Rounds of faults while the replica region is used.
    pub faults: u32,
}

impl Amounts {
    /// The sizes of the goals. Takes an hour.
    pub const FULL: Amounts = Amounts {
        replicas: 500,
        handovers: 100,
        lag: Duration::from_secs(60),
        failovers: [1_000, 10_000],
        cuts: 20,
        changes: 1_000_000,
        rebuilt: 100_000,
        faults: 60,
    };
    /// About four minutes.
    pub const SHORT: Amounts = Amounts {
        replicas: 100,
        handovers: 20,
        lag: Duration::from_secs(10),
        failovers: [1_000, 10_000],
        cuts: 3,
        changes: 20_000,
        rebuilt: 2_000,
        faults: 10,
    };
}

/// The parts of the measurement, in their order.
pub const PARTS: [&str; 8] = ["keys", "lag", "failover", "healing", "catch-up", "rebuild", "availability", "hour"];

/// Measures and writes the table.
///
/// # Errors
///
/// A server does not start, a call fails, or the regions do not agree in the end.
pub fn run(binary: &Path, folder: &Path, amounts: &Amounts, only: Option<&str>, out: Out<'_>) -> Result<(), Error> {
    let measurement = Measurement { binary, folder, amounts };
    let mut report = Report::begin(out)?;
    type Part = for<'a, 'b, 'c> fn(&'a Measurement<'b>, &'a mut Report<'c>) -> Result<(), Error>;
    let parts: [Part; PARTS.len()] = [
        |m, report| m.keys(report),
        |m, report| m.lag(report),
        |m, report| m.failover(report),
        |m, report| healing::run(report, &m.fleet("healing", Duration::ZERO)?, m.amounts.cuts),
        |m, report| catch_up::run(report, m.binary, &m.folder.join("catch-up"), m.amounts.changes),
        |m, report| rebuild::run(report, m.binary, &m.folder.join("rebuild"), m.amounts.rebuilt),
        |m, report| availability::run(report, &mut m.fleet("availability", Duration::ZERO)?, m.amounts.faults),
        |m, report| hour::run(report, &mut m.fleet("hour", Duration::ZERO)?),
    ];
    for (_, part) in PARTS.iter().zip(parts).filter(|(name, _)| only.is_none_or(|only| only == **name)) {
        part(&measurement, &mut report)?;
    }
    report.end()
}

struct Measurement<'a> {
    binary: &'a Path,
    folder: &'a Path,
    amounts: &'a Amounts,
}

impl Measurement<'_> {
    fn fleet(&self, name: &str, delay: Duration) -> Result<Fleet, Error> {
        Fleet::start(self.binary, &self.folder.join(name), delay)
    }

    fn keys(&self, report: &mut Report<'_>) -> Result<(), Error> {
        let Amounts { replicas, handovers, .. } = *self.amounts;
        let (near, far) = (self.fleet("keys", Duration::ZERO)?, self.fleet("keys-far", DELAY)?);
        keys::replicate(report, &near, replicas, ("local", Duration::from_secs(1)))?;
        keys::replicate(report, &far, replicas, (FAR, Duration::from_secs(2)))?;
        keys::hand_over(report, &near, handovers, "local")?;
        keys::hand_over(report, &far, handovers, FAR)
    }

    fn lag(&self, report: &mut Report<'_>) -> Result<(), Error> {
        let ms = Duration::from_millis;
        let goals = lag::Goals { p50: Some(ms(20)), p99: ms(250) };
        lag::run(report, &self.fleet("lag", Duration::ZERO)?, self.amounts.lag, ("local", goals))?;
        let goals = lag::Goals { p50: None, p99: ms(1000) };
        lag::run(report, &self.fleet("lag-far", DELAY)?, self.amounts.lag, (FAR, goals))
    }

    fn failover(&self, report: &mut Report<'_>) -> Result<(), Error> {
        self.amounts.failovers.iter().try_for_each(|items| {
            failover::run(report, self.binary, &self.folder.join(format!("failover-{items}")), *items)
        })
    }
}

/// The name of the delayed link in the table.
const FAR: &str = "round trip of 80 ms";
