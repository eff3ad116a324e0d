//! Switches that break one rule of the protocol each, so that the simulator can show that it detects the violation.
//!
//! The switches exist only with the feature `test-kit`. Without it `BrokenRules` has no fields and every method returns a
//! constant `false`, so that a production build contains the correct rule and no branch around it.

/// Which rules are broken. The default breaks none.
#[cfg(feature = "test-kit")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BrokenRules {
    /// Compare epochs by their counter alone.
    pub bare_counter: bool,
    /// Let an announced set of material replace the one that is held.
    pub replace_material: bool,
    /// Send the messages of a step before its writes are durable.
    pub ack_before_commit: bool,
    /// Accept messages of any session of the sender as messages of the present one.
    pub ignore_session: bool,
    /// Make rotated material current before the replicas hold it.
    pub use_before_held: bool,
    /// Ignore the records of replicas that were deleted, removed or made independent.
    pub ignore_marks: bool,
    /// Apply a message although earlier ones are missing.
    pub skip_gaps: bool,
    /// Go on with a store that was restored from an older copy.
    pub trust_restored: bool,
    /// Keep the epochs of a rebuilt region as they were in the copies.
    pub keep_epochs: bool,
    /// Answer that a key was deleted if a region that is being rebuilt does not know it yet.
    pub refuse_unknown: bool,
    /// Keep replicas that a restored region had deleted.
    pub forget_ended: bool,
    /// Take the end of any request's copies for the end of the present one.
    pub any_request: bool,
    /// Force a promotion without the signatures of operators.
    pub promote_unsigned: bool,
}

/// No rule can be broken in this build.
#[cfg(not(feature = "test-kit"))]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BrokenRules {}

#[cfg(feature = "test-kit")]
impl BrokenRules {
    /// The names that [`BrokenRules::breaking`] accepts.
    pub const NAMES: [&'static str; 13] = [
        "bare-counter",
        "replace-material",
        "ack-before-commit",
        "ignore-session",
        "use-before-held",
        "ignore-marks",
        "skip-gaps",
        "trust-restored",
        "keep-epochs",
        "refuse-unknown",
        "forget-ended",
        "any-request",
        "unsigned-promotion",
    ];

    /// Breaks the named rule and keeps all others. `None` if no rule has that name.
    pub fn breaking(name: &str) -> Option<BrokenRules> {
        let mut broken = BrokenRules::default();
        match name {
            "bare-counter" => broken.bare_counter = true,
            "replace-material" => broken.replace_material = true,
            "ack-before-commit" => broken.ack_before_commit = true,
            "ignore-session" => broken.ignore_session = true,
            "use-before-held" => broken.use_before_held = true,
            "ignore-marks" => broken.ignore_marks = true,
            "skip-gaps" => broken.skip_gaps = true,
            "trust-restored" => broken.trust_restored = true,
            "keep-epochs" => broken.keep_epochs = true,
            "refuse-unknown" => broken.refuse_unknown = true,
            "forget-ended" => broken.forget_ended = true,
            "any-request" => broken.any_request = true,
            "unsigned-promotion" => broken.promote_unsigned = true,
            _ => return None,
        }
        Some(broken)
    }
}

/// One method for each rule. It returns the field with the feature and `false` without it.
macro_rules! questions {
    ($($rule:ident),* $(,)?) => {
        impl BrokenRules {
            $(
                #[inline]
                pub(crate) const fn $rule(self) -> bool {
                    #[cfg(feature = "test-kit")]
                    return self.$rule;
                    #[cfg(not(feature = "test-kit"))]
                    return false;
                }
            )*
        }
    };
}

questions!(
    bare_counter,
    replace_material,
    ack_before_commit,
    ignore_session,
    use_before_held,
    ignore_marks,
    skip_gaps,
    trust_restored,
    keep_epochs,
    refuse_unknown,
    forget_ended,
    any_request,
    promote_unsigned,
);
