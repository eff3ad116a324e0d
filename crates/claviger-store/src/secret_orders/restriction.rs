//! What a list is restricted to.

use super::attributes::SecretAttribute;
use super::prefixes::Prefixes;

/// The secrets of a list, as far as the orders can tell them from others. A list may have more filters: it applies all of them to the
/// records that it gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restriction {
    /// The beginnings of names. None: every name.
    pub names: Option<Prefixes>,
    /// Beginnings of which each secret has a value, for each of these.
    pub attributes: Vec<(SecretAttribute, Prefixes)>,
}

impl Restriction {
    /// Whether every secret fits.
    pub fn is_none(&self) -> bool {
        self.names.is_none() && self.attributes.is_empty()
    }

    /// Whether a secret of this name may fit.
    pub(super) fn may_name(&self, name: &str) -> bool {
        self.names.as_ref().is_none_or(|names| names.begin(name))
    }
}
