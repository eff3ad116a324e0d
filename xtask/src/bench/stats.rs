//! Percentiles, and the machine on which they were measured.

use std::time::Duration;

/// Sorted times.
pub(crate) struct Latency(Vec<Duration>);

impl Latency {
    pub(crate) fn of(mut times: Vec<Duration>) -> Latency {
        times.sort();
        Latency(times)
    }

    pub(crate) fn p50(&self) -> String {
        self.percentile(50)
    }

    pub(crate) fn p99(&self) -> String {
        self.percentile(99)
    }

    pub(crate) fn max(&self) -> String {
        self.percentile(100)
    }

    fn percentile(&self, percent: usize) -> String {
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).map_or_else(|| "-".to_owned(), |time| show(*time))
    }
}

pub(crate) fn show(time: Duration) -> String {
    let micros = time.as_micros();
    if micros < 1000 { format!("{micros} µs") } else { format!("{:.1} ms", time.as_secs_f64() * 1000.0) }
}

/// The processor and the number of cores.
pub(crate) fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("unknown processor", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("Measured by `cargo xtask bench` on {cores} cores of {model}, {}.", std::env::consts::OS)
}
