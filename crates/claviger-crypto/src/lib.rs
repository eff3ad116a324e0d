//! The only crate that sees key bytes: sealing, key hierarchy, the ciphertext format, and keys in flight.
//!
//! Everything here is a pure function of its arguments. There is no IO and no clock, and randomness comes in as
//! [`claviger_types::Random`]. Types that hold a key wipe it when dropped, show nothing of it, and cannot be cloned.

mod names;
mod primitive;
mod root;
mod seal;
#[cfg(test)]
mod testing;

pub use names::NameKey;
pub use root::{RootFileError, RootKey};
pub use seal::{OpenError, SEAL_OVERHEAD, SealKey};
