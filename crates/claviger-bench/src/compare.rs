//! Measures several servers under the same load, in slices in turn.

use std::time::Duration;

use crate::error::Error;
use crate::load::{Load, Requests, Sample};
use crate::process::ServerProcess;
use crate::subject::{Signer, Subject};
use crate::workload::Workload;

/// How long a measurement takes: for each server, slices of a length. One more slice in front warms up and does not count.
#[derive(Debug, Clone, Copy)]
pub struct Slices {
    /// How many count.
    pub count: u32,
    /// The length of each.
    pub time: Duration,
}

impl Slices {
    /// For a figure that is published.
    pub const FULL: Slices = Slices { count: 5, time: Duration::from_millis(400) };
    /// For a first impression.
    pub const SHORT: Slices = Slices { count: 2, time: Duration::from_millis(250) };
}

/// A server and its load.
pub struct Contender<'a> {
    address: String,
    requests: Requests,
    process: Option<&'a ServerProcess>,
    /// A slow server gets at most this many requests in a slice.
    requests_max: u64,
}

impl<'a> Contender<'a> {
    /// A server that answers quickly.
    pub fn new(address: &str, requests: Requests, process: Option<&'a ServerProcess>) -> Contender<'a> {
        Contender { address: address.to_owned(), requests, process, requests_max: u64::MAX }
    }

    /// A subject under one of its workloads.
    ///
    /// # Errors
    ///
    /// There is no IAM user.
    pub fn of(subject: &'a Subject, workload: Workload, signer: Signer) -> Result<Contender<'a>, Error> {
        let requests = subject.requests(workload, signer)?;
        Ok(Contender::new(&subject.address, requests, subject.server.as_ref()))
    }

    /// Limits the requests of a slice.
    pub fn limited(self, requests_max: u64) -> Contender<'a> {
        Contender { requests_max, ..self }
    }

    /// Measures one slice.
    ///
    /// # Errors
    ///
    /// The load fails.
    pub fn measure(&self, connections: usize, time: Duration) -> Result<Figures, Error> {
        let load = Load::lasting(&self.address, connections, self.requests.clone(), time);
        let cpu = || self.process.map_or(Ok(Duration::ZERO), ServerProcess::cpu);
        let before = cpu()?;
        let sample = Load { count_max: self.requests_max, ..load }.run()?;
        Ok(Figures { sample, cpu: cpu()?.saturating_sub(before) })
    }
}

/// The outcome for one server.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Throughput and latency.
    pub sample: Sample,
    /// The server's processor time.
    pub cpu: Duration,
}

impl Figures {
    /// Adds another slice.
    pub fn add(&mut self, other: &Figures) {
        self.sample.add(&other.sample);
        self.cpu += other.cpu;
    }

    /// Processor time of one request.
    pub fn cpu_per_request(&self) -> Duration {
        Duration::from_secs_f64(self.cpu.as_secs_f64() / self.sample.latency.count().max(1) as f64)
    }

    /// A quantile of the latency.
    pub fn quantile(&self, share: f64) -> Duration {
        self.sample.latency.quantile(share)
    }
}

/// Measures the contenders, each with this many connections, and returns their figures in the same order.
///
/// # Errors
///
/// A load fails.
pub fn compare(contenders: &[Contender<'_>], connections: usize, slices: Slices) -> Result<Vec<Figures>, Error> {
    let mut all = vec![Figures::default(); contenders.len()];
    for slice in 0..=slices.count {
        for (contender, figures) in contenders.iter().zip(&mut all) {
            let measured = contender.measure(connections, slices.time)?;
            if slice > 0 {
                figures.add(&measured);
            }
        }
    }
    Ok(all)
}
