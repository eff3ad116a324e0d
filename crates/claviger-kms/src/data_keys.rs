//! Rules that the data key operations share.

use claviger_crypto::{MaterialKind, PrivateKey};
use claviger_model::kms::error;
use claviger_types::{KeySpec, Random, Sensitive};

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::crypto::{self, Purpose, Sealed};
use super::materials;
use super::on_crypto::CryptoCall;
use super::region_specs;

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

/// A data key pair.
pub(crate) struct Pair {
    pub(crate) key: PrivateKey,
    /// The private key as PKCS#8, encrypted.
    pub(crate) sealed: Sealed,
}

/// A fresh key pair of a spec, under the call's key. Ends a dry run.
pub(crate) fn pair(spec: &str, call: &CryptoCall<'_>, cx: &RunCx<'_, '_>) -> Result<Pair, Error> {
    let here = KeySpec::parse(spec).ok().filter(|spec| region_specs::has(cx, *spec));
    let Some(MaterialKind::Private(kind)) = here.map(MaterialKind::of) else {
        let text = format!("KeyPairSpec {spec} is not supported in this region.");
        return Err(Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, text));
    };
    // AWS's request quotas of pairs are by the spec of the pair.
    here.into_iter().for_each(|spec| cx.audit.makes_pair_of(spec));
    call.end_dry_run()?;
    let key = materials::generate_private(kind, cx)?;
    let sealed = crypto::seal(cx, call.key, Purpose::of("GenerateDataKeyPair"), call.context, key.expose())?;
    Ok(Pair { key, sealed })
}
