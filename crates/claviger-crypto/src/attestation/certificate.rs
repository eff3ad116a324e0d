//! X.509 certificates of the Nitro attestation PKI (RFC 5280): version 3, P-384 keys, ECDSA signatures with SHA-384.
//!
//! Only this profile is read. Every other algorithm, encoding or critical extension is refused.

use aws_lc_rs::signature::{ECDSA_P384_SHA384_ASN1, UnparsedPublicKey};
use claviger_types::Timestamp;
use der::asn1::{AnyRef, BitStringRef, GeneralizedTime, OctetStringRef, UtcTime};
use der::{Decode, Reader, SliceReader, Tag};

use super::AttestationError;

/// `[0] EXPLICIT INTEGER`: version 3.
const VERSION_3: &[u8] = &[0xa0, 0x03, 0x02, 0x01, 0x02];

/// The algorithm identifier of `ecdsa-with-SHA384` (RFC 5758), without parameters.
const ECDSA_WITH_SHA384: &[u8] = &[0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];

/// The SubjectPublicKeyInfo of an uncompressed point of P-384 (RFC 5480), up to the point.
const P384_KEY: &[u8] = &[
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
    0x22, 0x03, 0x62, 0x00,
];

/// The length of an uncompressed point of P-384.
const POINT_BYTES: usize = 97;

/// The first byte of `[3]`, constructed.
const EXTENSIONS: u8 = 0xa3;

/// `id-ce-basicConstraints` (2.5.29.19).
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];

/// `id-ce-keyUsage` (2.5.29.15).
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];

/// The bit `digitalSignature` of a key usage.
const DIGITAL_SIGNATURE: usize = 0;

/// The bit `keyCertSign`.
const KEY_CERT_SIGN: usize = 5;

const NOT_SIGNED: AttestationError =
    AttestationError::Chain("a certificate of its chain was not signed by the one above it");

/// A certificate whose signature is not verified yet.
#[derive(Debug)]
pub(super) struct Certificate<'a> {
    /// The encoded TBSCertificate.
    signed: &'a [u8],
    signature: &'a [u8],
    /// The encoded names.
    issuer: &'a [u8],
    subject: &'a [u8],
    /// Seconds since the Unix epoch, both included.
    validity: (u64, u64),
    /// The uncompressed point.
    key: &'a [u8],
    extensions: Extensions<'a>,
}

/// The extensions that this profile knows.
#[derive(Debug, Default)]
struct Extensions<'a> {
    constraints: Option<Constraints>,
    usage: Option<BitStringRef<'a>>,
}

#[derive(Debug)]
struct Constraints {
    authority: bool,
    path_length: Option<u8>,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate in DER.
    pub(super) fn parse(der: &'a [u8]) -> Result<Certificate<'a>, AttestationError> {
        read(der).ok().flatten().ok_or(AttestationError::Chain("a certificate of its chain cannot be read"))
    }

    /// The public key, an uncompressed point of P-384.
    pub(super) fn key(&self) -> &'a [u8] {
        self.key
    }

    /// Whether the time is within the validity.
    pub(super) fn require_time(&self, now: Timestamp) -> Result<(), AttestationError> {
        let (from, until) = self.validity;
        let valid = u64::try_from(now.secs()).is_ok_and(|now| (from..=until).contains(&now));
        if valid { Ok(()) } else { Err(AttestationError::CertificateTime) }
    }

    /// Whether it names the other certificate as its issuer.
    pub(super) fn require_name(&self, issuer: &Certificate<'_>) -> Result<(), AttestationError> {
        if self.issuer == issuer.subject { Ok(()) } else { Err(NOT_SIGNED) }
    }

    /// Whether the other certificate's key has signed this one.
    pub(super) fn require_signature(&self, issuer: &Certificate<'_>) -> Result<(), AttestationError> {
        let key = UnparsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, issuer.key);
        key.verify(self.signed, self.signature).map_err(|_| NOT_SIGNED)
    }

    /// Whether it may sign certificates, with so many authorities between itself and the last certificate.
    pub(super) fn require_authority(&self, below: usize) -> Result<(), AttestationError> {
        let fits = |constraints: &Constraints| {
            constraints.authority && constraints.path_length.is_none_or(|most| below <= usize::from(most))
        };
        if self.extensions.constraints.as_ref().is_some_and(fits) && self.has_usage(KEY_CERT_SIGN) {
            return Ok(());
        }
        Err(AttestationError::Chain("a certificate of its chain may not sign the one below it"))
    }

    /// Whether it may sign documents, and no certificates.
    pub(super) fn require_signer(&self) -> Result<(), AttestationError> {
        let is_end = |constraints: &Constraints| !constraints.authority && constraints.path_length.is_none();
        if self.extensions.constraints.as_ref().is_none_or(is_end) && self.has_usage(DIGITAL_SIGNATURE) {
            return Ok(());
        }
        Err(AttestationError::Chain("its certificate may not sign it"))
    }

    fn has_usage(&self, bit: usize) -> bool {
        self.extensions.usage.as_ref().and_then(|usage| usage.get(bit)).unwrap_or(false)
    }
}

/// None for a certificate of another profile.
fn read(bytes: &[u8]) -> der::Result<Option<Certificate<'_>>> {
    let (signed, algorithm, signature) = AnyRef::from_der(bytes)?.sequence(|reader| {
        Ok::<_, der::Error>((reader.tlv_bytes()?, reader.tlv_bytes()?, BitStringRef::decode(reader)?))
    })?;
    let Some(signature) = signature.as_bytes().filter(|_| algorithm == ECDSA_WITH_SHA384) else { return Ok(None) };
    AnyRef::from_der(signed)?.sequence(|reader| {
        let (version, serial) = (reader.tlv_bytes()?, AnyRef::decode(reader)?);
        let (algorithm, issuer) = (reader.tlv_bytes()?, reader.tlv_bytes()?);
        let validity = read_validity(reader)?;
        let (subject, key, extensions) = (reader.tlv_bytes()?, reader.tlv_bytes()?, reader.tlv_bytes()?);
        let key = key.strip_prefix(P384_KEY).filter(|point| point.len() == POINT_BYTES);
        let is_known = version == VERSION_3 && algorithm == ECDSA_WITH_SHA384 && tag(&serial) == Tag::Integer;
        let (Some(key), true) = (key, is_known) else { return Ok(None) };
        let Some(extensions) = read_extensions(extensions)? else { return Ok(None) };
        Ok(Some(Certificate { signed, signature, issuer, subject, validity, key, extensions }))
    })
}

fn tag(value: &AnyRef<'_>) -> Tag {
    der::Tagged::tag(value)
}

fn read_validity(reader: &mut SliceReader<'_>) -> der::Result<(u64, u64)> {
    AnyRef::decode(reader)?.sequence(|reader| Ok((read_time(reader)?, read_time(reader)?)))
}

fn read_time(reader: &mut SliceReader<'_>) -> der::Result<u64> {
    Ok(match Tag::peek(reader)? {
        Tag::UtcTime => UtcTime::decode(reader)?.to_unix_duration().as_secs(),
        _ => GeneralizedTime::decode(reader)?.to_unix_duration().as_secs(),
    })
}

/// None for an unknown critical extension, and for one that comes twice.
fn read_extensions(tagged: &[u8]) -> der::Result<Option<Extensions<'_>>> {
    let tagged_value = AnyRef::from_der(tagged)?;
    if tagged.first() != Some(&EXTENSIONS) {
        return Ok(None);
    }
    AnyRef::from_der(tagged_value.value())?.sequence(|reader| {
        let mut known = Extensions::default();
        while !reader.is_finished() {
            if !AnyRef::decode(reader)?.sequence(|reader| read_extension(reader, &mut known))? {
                reader.drain(reader.remaining_len())?;
                return Ok(None);
            }
        }
        Ok(Some(known))
    })
}

/// False for an extension that must be known and is not, and for one that was there already.
fn read_extension<'a>(reader: &mut SliceReader<'a>, known: &mut Extensions<'a>) -> der::Result<bool> {
    let id = AnyRef::decode(reader)?;
    let critical = Option::<bool>::decode(reader)?.unwrap_or(false);
    let value = <&'a OctetStringRef>::decode(reader)?.as_bytes();
    if tag(&id) != Tag::ObjectIdentifier {
        return Ok(false);
    }
    Ok(match id.value() {
        BASIC_CONSTRAINTS => known.constraints.replace(read_constraints(value)?).is_none(),
        KEY_USAGE => known.usage.replace(BitStringRef::from_der(value)?).is_none(),
        _ => !critical,
    })
}

fn read_constraints(value: &[u8]) -> der::Result<Constraints> {
    AnyRef::from_der(value)?.sequence(|reader| {
        let authority = Option::<bool>::decode(reader)?.unwrap_or(false);
        Ok(Constraints { authority, path_length: Option::<u8>::decode(reader)? })
    })
}
