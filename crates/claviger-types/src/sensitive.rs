//! Values that must not appear in logs, errors or `Debug` output.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Holds a secret. It is wiped on drop, `Debug` does not print it, and only [`Sensitive::expose`] gives it.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Sensitive<T: Zeroize>(T);

impl<T: Zeroize> Sensitive<T> {
    /// Wraps the value.
    pub fn new(value: T) -> Sensitive<T> {
        Sensitive(value)
    }

    /// The value. Every use of this method deserves a look in review.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize + Default> Sensitive<T> {
    /// Unwraps the value without leaving a copy.
    pub fn into_exposed(mut self) -> T {
        std::mem::take(&mut self.0)
    }
}

impl<T: Zeroize> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<sensitive>")
    }
}

impl<T: Zeroize> From<T> for Sensitive<T> {
    fn from(value: T) -> Sensitive<T> {
        Sensitive(value)
    }
}
