//! Rules that the data key operations share.

use claviger_types::{Random, Sensitive};

use claviger_core::error::Error;

/// The length of the data key in bytes. Exactly one of the two members gives it.
pub(crate) fn length(key_spec: Option<&str>, number_of_bytes: Option<i32>) -> Result<usize, Error> {
    match (key_spec, number_of_bytes) {
        (Some("AES_128"), None) => Ok(16),
        (Some("AES_256"), None) => Ok(32),
        (None, Some(bytes)) => Ok(usize::try_from(bytes).unwrap_or_default()),
        _ => Err(Error::Validation("Please specify either number of bytes or key spec.".to_owned())),
    }
}

/// A fresh data key.
pub(crate) fn generate(random: &dyn Random, length: usize) -> Sensitive<Vec<u8>> {
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    Sensitive::new(bytes)
}
