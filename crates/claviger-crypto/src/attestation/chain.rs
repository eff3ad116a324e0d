//! The certificate chain of an attestation document, from a trusted root down to the certificate that signed it.

use claviger_types::Timestamp;

use super::certificate::Certificate;
use super::{AttestationError, AttestationRoots};

/// Verifies a chain and returns the public key of its last certificate.
///
/// The first certificate of the bundle must be a trusted root, and each other one must be signed by the one before it. All must be
/// valid now, the root too. Cheap checks come before signatures, and the last certificate's signature before those above it: all but
/// the last certificate may be genuine in a forged document.
pub(super) fn leaf_key<'a>(
    roots: &AttestationRoots,
    bundle: &[&'a [u8]],
    leaf: &'a [u8],
    now: Timestamp,
) -> Result<&'a [u8], AttestationError> {
    if !bundle.first().is_some_and(|root| roots.contains(root)) {
        return Err(AttestationError::UntrustedRoot);
    }
    let authorities: Vec<Certificate<'_>> =
        bundle.iter().map(|der| Certificate::parse(der)).collect::<Result<_, _>>()?;
    let mut ders = bundle.iter().chain([&leaf]);
    while let Some(der) = ders.next() {
        if ders.clone().any(|other| other == der) {
            return Err(AttestationError::Chain("a certificate of its chain comes twice"));
        }
    }
    let leaf = Certificate::parse(leaf)?;
    for (below, authority) in authorities.iter().rev().enumerate() {
        authority.require_time(now)?;
        authority.require_authority(below)?;
    }
    leaf.require_time(now)?;
    leaf.require_signer()?;
    let issued: Vec<&Certificate<'_>> = authorities.iter().skip(1).chain([&leaf]).collect();
    authorities.iter().zip(&issued).try_for_each(|(issuer, issued)| issued.require_name(issuer))?;
    authorities.iter().zip(&issued).rev().try_for_each(|(issuer, issued)| issued.require_signature(issuer))?;
    Ok(leaf.key())
}
