//! COSE_Sign1 with ES384 (RFC 9052, 4.2; RFC 9053, 2.1), in the form that Nitro makes: no unprotected headers, no external data.

use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED, UnparsedPublicKey};
use minicbor::Decoder;
use minicbor::data::Tag;

use super::AttestationError;

/// The tag of COSE_Sign1. A message may come without it.
const COSE_SIGN1: Tag = Tag::new(18);

/// The header parameter `alg`.
const ALG: i64 = 1;

/// ECDSA with P-384 and SHA-384.
const ES384: i64 = -35;

/// The most bytes of a payload (AWS, "COSE and CBOR").
const PAYLOAD_BYTES_MAX: usize = 16384;

/// The length of a signature: r and s.
const SIGNATURE_BYTES: usize = 96;

/// A signed message that is not verified yet.
#[derive(Debug)]
pub(super) struct Message<'a> {
    /// The protected header, encoded.
    protected: &'a [u8],
    /// The signed content.
    pub(super) payload: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads a message of ES384.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Message<'a>, AttestationError> {
        const NOT_COSE: AttestationError = AttestationError::Malformed("it is no COSE_Sign1 message");
        let message = read(bytes).map_err(|_| NOT_COSE)?.ok_or(NOT_COSE)?;
        if !is_es384(message.protected).unwrap_or(false) {
            return Err(AttestationError::Malformed("it is not signed with ES384"));
        }
        let fits = (1..=PAYLOAD_BYTES_MAX).contains(&message.payload.len());
        if !fits || message.signature.len() != SIGNATURE_BYTES {
            return Err(NOT_COSE);
        }
        Ok(message)
    }

    /// Whether the owner of this public key, an uncompressed point of P-384, has signed the message.
    pub(super) fn verify(&self, key: &[u8]) -> Result<(), AttestationError> {
        let signed = self.to_be_signed().map_err(|_| AttestationError::Signature)?;
        let key = UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, key);
        key.verify(&signed, self.signature).map_err(|_| AttestationError::Signature)
    }

    /// `Sig_structure` (RFC 9052, 4.4).
    fn to_be_signed(&self) -> Result<Vec<u8>, minicbor::encode::Error<std::convert::Infallible>> {
        let mut encoder = minicbor::Encoder::new(Vec::new());
        encoder.array(4)?.str("Signature1")?.bytes(self.protected)?.bytes(&[])?.bytes(self.payload)?;
        Ok(encoder.into_writer())
    }
}

/// None for another structure. Lengths that are not given in advance are another structure, too.
fn read(bytes: &[u8]) -> Result<Option<Message<'_>>, minicbor::decode::Error> {
    let mut decoder = Decoder::new(bytes);
    if decoder.datatype()? == minicbor::data::Type::Tag && decoder.tag()? != COSE_SIGN1 {
        return Ok(None);
    }
    if decoder.array()? != Some(4) {
        return Ok(None);
    }
    let protected = decoder.bytes()?;
    if decoder.map()? != Some(0) {
        return Ok(None);
    }
    let (payload, signature) = (decoder.bytes()?, decoder.bytes()?);
    let ended = decoder.position() == bytes.len();
    Ok(ended.then_some(Message { protected, payload, signature }))
}

/// Whether the protected header has the algorithm and nothing else.
fn is_es384(header: &[u8]) -> Result<bool, minicbor::decode::Error> {
    let mut decoder = Decoder::new(header);
    Ok(decoder.map()? == Some(1)
        && decoder.i64()? == ALG
        && decoder.i64()? == ES384
        && decoder.position() == header.len())
}
