//! Text of figures.

use std::time::Duration;

use crate::compare::Figures;
use crate::error::Error;

/// Where lines of text go.
pub type Out<'a> = &'a mut dyn FnMut(&str) -> Result<(), Error>;

/// Writes a row of a table in Markdown.
pub(crate) fn row(out: Out<'_>, cells: &[String]) -> Result<(), Error> {
    out(&format!("| {} |", cells.join(" | ")))
}

/// Writes the first two lines of a table.
pub(crate) fn head(out: Out<'_>, cells: &[&str]) -> Result<(), Error> {
    out(&format!("\n| {} |\n|{}", cells.join(" | "), " --- |".repeat(cells.len())))
}

/// A time with its unit.
pub(crate) fn time(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    match micros {
        ..100.0 => format!("{micros:.1} µs"),
        ..1000.0 => format!("{micros:.0} µs"),
        _ => format!("{:.1} ms", micros / 1000.0),
    }
}

/// Requests per second.
pub(crate) fn rate(figures: &Figures) -> String {
    per_second(figures.sample.rate())
}

/// A number per second.
pub(crate) fn per_second(rate: f64) -> String {
    if rate < 100.0 { format!("{rate:.1}/s") } else { format!("{rate:.0}/s") }
}

/// One rate as a part of another.
pub(crate) fn ratio(one: f64, other: f64) -> String {
    format!("{:.2}", one / other.max(1e-9))
}

/// The processor and the number of cores.
pub(crate) fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("unknown processor", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{cores} cores of {model}, {}", std::env::consts::OS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_figures() {
        let shown = [9_120, 99_000, 250_400, 1_250_000].map(|nanos| time(Duration::from_nanos(nanos)));
        assert_eq!(shown, ["9.1 µs", "99.0 µs", "250 µs", "1.2 ms"]);
        assert_eq!(
            (ratio(1.0, 2.0), per_second(12.34), per_second(1234.5)),
            ("0.50".into(), "12.3/s".into(), "1234/s".into())
        );
    }
}
