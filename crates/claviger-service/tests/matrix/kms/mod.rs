//! KMS.

pub(crate) mod aliases;
pub(crate) mod asymmetric;
pub(crate) mod cryptography;
pub(crate) mod grants;
pub(crate) mod imports;
pub(crate) mod key_stores;
pub(crate) mod keys;
