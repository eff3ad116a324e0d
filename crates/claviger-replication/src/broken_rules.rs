//! The rules that the simulator can break, to prove that it would notice.

/// Which rules are broken. The default breaks none, and nothing but the simulator hands in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BrokenRules {
    /// Compare epochs by their counter alone.
    pub bare_counter: bool,
    /// Let an announced set of material replace the one that is held.
    pub replace_material: bool,
    /// Send what a step says before its writes are durable.
    pub ack_before_commit: bool,
    /// Take messages of any session of the sender for the present one.
    pub ignore_session: bool,
    /// Make rotated material current before the replicas hold it.
    pub use_before_held: bool,
    /// Forget that a replica was deleted, removed or made independent.
    pub ignore_marks: bool,
    /// Apply a message although earlier ones are missing.
    pub skip_gaps: bool,
}

impl BrokenRules {
    /// The names by which [`BrokenRules::breaking`] knows each rule.
    pub const NAMES: [&'static str; 7] = [
        "bare-counter",
        "replace-material",
        "ack-before-commit",
        "ignore-session",
        "use-before-held",
        "ignore-marks",
        "skip-gaps",
    ];

    /// All rules kept but the one named; none if there is no such rule.
    pub fn breaking(name: &str) -> Option<BrokenRules> {
        let mut rules = BrokenRules::default();
        match name {
            "bare-counter" => rules.bare_counter = true,
            "replace-material" => rules.replace_material = true,
            "ack-before-commit" => rules.ack_before_commit = true,
            "ignore-session" => rules.ignore_session = true,
            "use-before-held" => rules.use_before_held = true,
            "ignore-marks" => rules.ignore_marks = true,
            "skip-gaps" => rules.skip_gaps = true,
            _ => return None,
        }
        Some(rules)
    }
}
