//! A certificate authority of the server's own, for those who have none: it signs the certificate of this server alone.

use claviger_types::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use zeroize::Zeroizing;

use super::TlsError;

/// How long an authority is valid.
const AUTHORITY_DAYS: i64 = 3650;

/// How long a certificate of a server is valid. It is made anew at each start, and long before its end while the server runs.
pub const SERVER_DAYS: i64 = 90;

/// A certificate may be used from an hour before it was made, because the clocks of clients differ.
const BEFORE_SECS: i64 = 3600;

/// A certificate and its key, as PEM.
pub struct Certified {
    /// The certificate.
    pub certificate: String,
    /// The private key.
    pub key: Zeroizing<String>,
}

/// Makes an authority. Its key must be kept as secret as the server's own.
///
/// # Errors
///
/// [`TlsError::Authority`].
pub fn create(now: Timestamp) -> Result<Certified, TlsError> {
    let key = KeyPair::generate()?;
    let mut params = authority_params();
    limit(&mut params, now, AUTHORITY_DAYS);
    let certificate = params.self_signed(&key)?.pem();
    Ok(Certified { certificate, key: Zeroizing::new(key.serialize_pem()) })
}

/// Makes a certificate for a server under these names: DNS names and addresses. `authority_key` is the key of [`create`].
///
/// # Errors
///
/// [`TlsError::Key`] if that is no key, [`TlsError::Authority`] if a name cannot be in a certificate.
pub fn issue(authority_key: &str, names: &[String], now: Timestamp) -> Result<Certified, TlsError> {
    let authority = KeyPair::from_pem(authority_key).map_err(|_| TlsError::Key)?;
    // The issuer's name and key are all that goes into a certificate, and both are those of `create`.
    let issuer = Issuer::new(authority_params(), authority);
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Claviger");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    limit(&mut params, now, SERVER_DAYS);
    let certificate = params.signed_by(&key, &issuer)?.pem();
    Ok(Certified { certificate, key: Zeroizing::new(key.serialize_pem()) })
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Claviger generated CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn limit(params: &mut CertificateParams, now: Timestamp, days: i64) {
    let day = |at: Timestamp| {
        // `2026-11-29T...`: the calendar's parts of a valid time are always numbers.
        let text = at.iso8601();
        let part = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u16>().ok());
        let (year, month, day) = (part(0..4).unwrap_or(1970), part(5..7).unwrap_or(1), part(8..10).unwrap_or(1));
        date_time_ymd(i32::from(year), month as u8, day as u8)
    };
    params.not_before = day(now.plus_secs(-BEFORE_SECS));
    params.not_after = day(now.plus_secs(days * 24 * 3600));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::super::Tls;
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_532_645_000);

    #[test]
    fn an_issued_certificate_goes_with_its_key_only() {
        let authority = create(NOW).unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let server = issue(&authority.key, &names, NOW).unwrap();
        let tls = Tls::new(server.certificate.as_bytes(), server.key.as_bytes()).unwrap();
        let other = issue(&authority.key, &names, NOW).unwrap();
        tls.replace(&Tls::new(other.certificate.as_bytes(), other.key.as_bytes()).unwrap());
        let mixed = Tls::new(server.certificate.as_bytes(), other.key.as_bytes());
        assert!(matches!(mixed, Err(TlsError::Mismatch)), "{mixed:?}");
        assert!(matches!(Tls::new(b"", server.key.as_bytes()), Err(TlsError::NoCertificate)));
        assert!(matches!(Tls::new(server.certificate.as_bytes(), b"no key"), Err(TlsError::Key)));
    }

    #[test]
    fn names_that_no_certificate_can_have_are_refused() {
        let authority = create(NOW).unwrap();
        assert!(issue(&authority.key, &["münchen".to_owned()], NOW).is_err());
        assert!(matches!(issue("no key", &[], NOW), Err(TlsError::Key)));
    }
}
