//! The committed figures, and the comparison with them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// How much of a figure it may grow before the check fails.
const ALARM: f64 = 0.05;

/// The figures of one request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Figures {
    pub(super) instructions: u64,
    pub(super) allocations: u64,
    /// Absent if strace was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) system_calls: Option<f64>,
}

/// All figures, by the names of their rows.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Baseline {
    /// The version of valgrind that counted. Another one may emulate another processor.
    pub(super) valgrind: String,
    pub(super) rows: BTreeMap<String, Figures>,
}

impl Baseline {
    pub(super) fn read(path: &Path) -> Result<Baseline, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).map_err(|e| e.to_string())?;
        std::fs::write(path, text + "\n").map_err(|e| format!("{}: {e}", path.display()))
    }

    /// A message for each figure that has grown by more than the alarm, and for each row that only one side has. System calls
    /// are not compared: their number depends on which thread is awake.
    pub(super) fn alarms(&self, new: &Baseline) -> Vec<String> {
        let missing = self.rows.keys().filter(|row| !new.rows.contains_key(*row));
        let mut alarms: Vec<String> = missing.map(|row| format!("{row} was not counted")).collect();
        for (row, now) in &new.rows {
            let Some(then) = self.rows.get(row) else {
                alarms.push(format!("{row} has no baseline"));
                continue;
            };
            let figures = [
                ("instructions", then.instructions, now.instructions),
                ("allocations", then.allocations, now.allocations),
            ];
            for (what, then, now) in figures {
                if now as f64 > then as f64 * (1.0 + ALARM) {
                    let percent = (now as f64 / (then as f64).max(1.0) - 1.0) * 100.0;
                    alarms.push(format!("{row}: {now} {what} instead of {then}, {percent:.1} % more"));
                }
            }
        }
        alarms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(row: &str, instructions: u64, allocations: u64) -> Baseline {
        let figures = Figures { instructions, allocations, system_calls: None };
        Baseline { rows: BTreeMap::from([(row.to_owned(), figures)]), ..Baseline::default() }
    }

    #[test]
    fn growth_over_the_alarm_is_found() {
        let alarms = |instructions, allocations| {
            baseline("a", 1000, 100).alarms(&baseline("a", instructions, allocations)).len()
        };
        assert_eq!([alarms(1050, 105), alarms(1051, 105), alarms(1051, 106), alarms(1, 1)], [0, 1, 2, 0]);
        assert_eq!(baseline("a", 1, 1).alarms(&baseline("b", 1, 1)).len(), 2);
    }
}
