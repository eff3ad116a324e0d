//! Metrics in Prometheus's text format (exposition format 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write;

/// The kind of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// A number that only grows, until the process ends. Its name ends in `_total`.
    Counter,
    /// A number that grows and shrinks.
    Gauge,
}

/// Metrics that are being written. All samples of one name come together, whatever the order in which sources write them.
#[derive(Debug, Default)]
pub struct MetricsText {
    families: BTreeMap<&'static str, String>,
}

impl MetricsText {
    /// Adds a sample. The labels' values must be few: names of regions, peers, operations, never of keys or callers.
    pub fn sample(
        &mut self,
        name: &'static str,
        kind: MetricKind,
        help: &'static str,
        labels: &[(&str, &str)],
        value: f64,
    ) {
        let family = self.families.entry(name).or_insert_with(|| {
            let kind = if kind == MetricKind::Counter { "counter" } else { "gauge" };
            format!("# HELP {name} {help}\n# TYPE {name} {kind}\n")
        });
        let labels: Vec<String> =
            labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        // Writing to a text does not fail.
        let _ = writeln!(family, "{name}{labels} {value}");
    }

    pub(crate) fn into_text(self) -> String {
        self.families.into_values().collect()
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_one_name_come_together() {
        let mut text = MetricsText::default();
        text.sample("b_total", MetricKind::Counter, "B.", &[("x", "1"), ("y", "a\"b\\c\nd")], 1.0);
        text.sample("a", MetricKind::Gauge, "A.", &[], 0.5);
        text.sample("b_total", MetricKind::Counter, "B.", &[("x", "2")], 3.0);
        let expected = "# HELP a A.\n# TYPE a gauge\na 0.5\n# HELP b_total B.\n# TYPE b_total counter\n\
            b_total{x=\"1\",y=\"a\\\"b\\\\c\\nd\"} 1\nb_total{x=\"2\"} 3\n";
        assert_eq!(text.into_text(), expected);
    }
}
