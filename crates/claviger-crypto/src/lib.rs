//! The only crate that sees key bytes: sealing, key hierarchy, the ciphertext format, and keys in flight.
//!
//! Everything here is a pure function of its arguments. There is no IO and no clock, and randomness comes in as
//! [`claviger_types::Random`]. Types that hold a key wipe it when dropped, show nothing of it, and cannot be cloned.
//! Where a method hands out the bytes of a key (`expose`, `seed`, `to_bytes`), the only use for them is to seal them.

mod ciphertext;
mod datakey;
mod digest;
#[cfg(any(test, feature = "test-kit"))]
pub mod fuzz;
mod identity;
mod keyring;
mod material;
mod names;
mod primitive;
mod root;
mod seal;
#[cfg(test)]
mod testing;
mod transport;

pub use ciphertext::{BLOB_OVERHEAD, Blob, EncryptionContext, InvalidCiphertext, encrypt};
pub use datakey::{DataKey, open_with_data_key, seal_with_data_key};
pub use digest::{equal, sha256};
pub use identity::{Identity, PublicIdentity};
pub use keyring::Keyring;
pub use material::{Material, MaterialKind, SealedMaterial, SymmetricKey};
pub use names::NameKey;
pub use primitive::WrongKeyLength;
pub use root::{RootFileError, RootKey};
pub use seal::{OpenError, SEAL_OVERHEAD, SealKey};
pub use transport::{ReceiveKey, ReceivePublic, SealedPayload, WeakPublicKey, open_from, seal_for};
