//! Encryption under KMS keys and region keys: sealing, the key hierarchy, the ciphertext format, and transport between regions.
//!
//! This is the only crate that encrypts and decrypts. Other crates see some secret bytes: `claviger-sigv4` computes signatures with the
//! secrets of access keys, the core and IAM hold those secrets when they open or seal them, data keys pass through KMS and Secrets
//! Manager, and replication holds material between opening it for one region and sealing it for another.
//!
//! Everything here is a pure function of its arguments. There is no IO and no clock, and randomness comes in as
//! [`claviger_types::Random`]. Types that hold a key wipe it when dropped, print nothing of it, and cannot be cloned.
//! Where a method gives the bytes of a key (`expose`, `seed`, `to_bytes`), the caller uses them only to seal them.

mod attestation;
mod ciphertext;
mod cms;
mod context;
mod datakey;
mod digest;
mod enrolment;
mod external;
#[cfg(any(test, feature = "test-kit"))]
pub mod fuzz;
mod identity;
mod keyring;
mod mac;
mod material;
mod names;
mod open_error;
mod operator;
mod passphrase;
mod primitive;
mod private_key;
mod recipient;
mod replay;
mod root;
mod seal;
mod transport;
mod wrapping;

pub use attestation::{Attestation, AttestationError, AttestationRoots, AttestationSource, InvalidRoot};
pub use ciphertext::{BLOB_OVERHEAD, Blob, InvalidCiphertext, encrypt};
pub use context::EncryptionContext;
pub use datakey::{DataKey, open_with_data_key, seal_with_data_key};
pub use digest::{equal, sha256};
pub use enrolment::{EnrolmentSecret, InvitationId};
pub use external::ExternalParts;
pub use identity::{Identity, NotAHandshake, PublicIdentity};
pub use keyring::Keyring;
pub use mac::{MacHash, MacKey};
pub use material::{Material, MaterialKind, SealedMaterial, SymmetricKey, WrongMaterial};
pub use names::NameKey;
pub use open_error::OpenError;
pub use operator::{
    Authorization, DifferentStatements, FailoverStatement, OPERATORS_MAX, OperatorKey, OperatorPublicKey,
    OperatorSignature, OperatorTextError, Operators, OperatorsError, StatementTimeError,
};
pub use passphrase::{Passphrase, PassphraseCost, SealedRootError};
pub use primitive::WrongKeyLength;
pub use private_key::{
    Curve, MessageToSign, MlDsaLevel, PrivateKey, PrivateKeyError, PrivateKeyKind, RsaSize, WrongPrivateKey,
};
pub use recipient::{RecipientKey, RecipientKeyError};
pub use replay::ReplayRandom;
pub use root::{RootFileError, RootKey};
pub use seal::{SEAL_OVERHEAD, SealKey};
pub use transport::{ReceiveKey, ReceivePublic, SealedPayload, WeakPublicKey, open_from, seal_for};
pub use wrapping::{NotUnwrapped, WrappingAlgorithm, WrappingKey, WrappingKeyKind};
