//! The signed map of an attestation document, and the bounds of its members (AWS, "Attestation Document Specification" and
//! "Syntactical validation").

use std::collections::BTreeMap;

use minicbor::Decoder;
use minicbor::data::Type;

use super::{AttestationError, AttestationSource};

/// The most members. Nine exist; others are ignored, so that an enclave keeps its keys when AWS adds one.
const MEMBERS_MAX: u64 = 32;

/// The most registers.
const PCRS_MAX: u64 = 32;

/// The lengths that a register can have: digests of SHA-256, SHA-384 and SHA-512.
const PCR_BYTES: [usize; 3] = [32, 48, 64];

/// The most bytes of a certificate, and of the optional members.
const BYTES_MAX: usize = 1024;

/// The most certificates above the signing one. Nitro's chains have four; each costs a verification.
const CABUNDLE_MAX: u64 = 8;

/// The content of an attestation document.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) module_id: &'a str,
    /// Milliseconds since the Unix epoch.
    pub(super) timestamp: u64,
    pub(super) source: AttestationSource,
    pub(super) pcrs: BTreeMap<u8, &'a [u8]>,
    pub(super) certificate: &'a [u8],
    /// From the root down.
    pub(super) cabundle: Vec<&'a [u8]>,
    pub(super) public_key: Option<&'a [u8]>,
}

/// The members that were read so far. `user_data` and `nonce` are checked and then only noted.
#[derive(Default)]
struct Members<'a> {
    module_id: Option<&'a str>,
    timestamp: Option<u64>,
    digest: Option<()>,
    pcrs: Option<(AttestationSource, BTreeMap<u8, &'a [u8]>)>,
    certificate: Option<&'a [u8]>,
    cabundle: Option<Vec<&'a [u8]>>,
    public_key: Option<Option<&'a [u8]>>,
    user_data: Option<()>,
    nonce: Option<()>,
}

/// A value of another type or outside its bounds, or bytes that are no CBOR.
struct Refused;

impl From<minicbor::decode::Error> for Refused {
    fn from(_: minicbor::decode::Error) -> Refused {
        Refused
    }
}

impl<'a> Document<'a> {
    /// Reads the payload of a message.
    pub(super) fn parse(payload: &'a [u8]) -> Result<Document<'a>, AttestationError> {
        let members = Members::read(payload)?;
        members.complete().ok_or(AttestationError::Malformed("a member is missing"))
    }
}

impl<'a> Members<'a> {
    fn read(payload: &'a [u8]) -> Result<Members<'a>, AttestationError> {
        const NO_MAP: AttestationError = AttestationError::Malformed("its payload is no map");
        let mut decoder = Decoder::new(payload);
        // Nitro gives the number of members in advance, or marks their end: documents of both kinds exist.
        let count = decoder.map().map_err(|_| NO_MAP)?;
        let mut members = Members::default();
        let mut read = 0;
        while !ends(&mut decoder, count, read).map_err(|Refused| NO_MAP)? {
            let name = Some(decoder.str().map_err(|_| NO_MAP)?).filter(|_| read < MEMBERS_MAX).ok_or(NO_MAP)?;
            members.read_one(name, &mut decoder)?;
            read += 1;
        }
        if decoder.position() == payload.len() { Ok(members) } else { Err(NO_MAP) }
    }

    /// Reads the value of a member.
    fn read_one(&mut self, name: &str, decoder: &mut Decoder<'a>) -> Result<(), AttestationError> {
        let (first, what) = match name {
            "module_id" => (put(&mut self.module_id, module_id(decoder)), "module_id is wrong"),
            "timestamp" => (put(&mut self.timestamp, timestamp(decoder)), "timestamp is wrong"),
            "digest" => (put(&mut self.digest, digest(decoder)), "digest is not SHA384"),
            "pcrs" => (put(&mut self.pcrs, pcrs(decoder, AttestationSource::NitroEnclave)), "pcrs are wrong"),
            "nitrotpm_pcrs" => (put(&mut self.pcrs, pcrs(decoder, AttestationSource::NitroTpm)), "pcrs are wrong"),
            "certificate" => (put(&mut self.certificate, bytes(decoder, 1)), "certificate is wrong"),
            "cabundle" => (put(&mut self.cabundle, cabundle(decoder)), "cabundle is wrong"),
            "public_key" => (put(&mut self.public_key, optional(decoder, 1)), "public_key is wrong"),
            "user_data" => (put(&mut self.user_data, optional(decoder, 0).map(drop)), "user_data is wrong"),
            "nonce" => (put(&mut self.nonce, optional(decoder, 0).map(drop)), "nonce is wrong"),
            _ => (decoder.skip().map_err(Refused::from), "an unknown member is wrong"),
        };
        first.map_err(|Refused| AttestationError::Malformed(what))
    }

    fn complete(self) -> Option<Document<'a>> {
        self.digest?;
        let (source, pcrs) = self.pcrs?;
        Some(Document {
            module_id: self.module_id?,
            timestamp: self.timestamp?,
            source,
            pcrs,
            certificate: self.certificate?,
            cabundle: self.cabundle?,
            public_key: self.public_key.flatten(),
        })
    }
}

/// Whether a map of so many members ends after so many were read. Without a number it ends at a mark, which is read.
fn ends(decoder: &mut Decoder<'_>, count: Option<u64>, read: u64) -> Result<bool, Refused> {
    if let Some(count) = count {
        return Ok(read == count);
    }
    let ends = decoder.datatype()? == Type::Break;
    if ends {
        decoder.set_position(decoder.position() + 1);
    }
    Ok(ends)
}

/// A member must not come twice: another reader could take the other one.
fn put<T>(member: &mut Option<T>, value: Result<T, Refused>) -> Result<(), Refused> {
    let value = value?;
    if member.replace(value).is_some() { Err(Refused) } else { Ok(()) }
}

fn module_id<'a>(decoder: &mut Decoder<'a>) -> Result<&'a str, Refused> {
    Some(decoder.str()?).filter(|id| !id.is_empty()).ok_or(Refused)
}

fn timestamp(decoder: &mut Decoder<'_>) -> Result<u64, Refused> {
    Some(decoder.u64()?).filter(|time| *time > 0).ok_or(Refused)
}

fn digest(decoder: &mut Decoder<'_>) -> Result<(), Refused> {
    if decoder.str()? == "SHA384" { Ok(()) } else { Err(Refused) }
}

fn bytes<'a>(decoder: &mut Decoder<'a>, min: usize) -> Result<&'a [u8], Refused> {
    Some(decoder.bytes()?).filter(|bytes| (min..=BYTES_MAX).contains(&bytes.len())).ok_or(Refused)
}

/// Nitro writes null for an optional member that it does not have.
fn optional<'a>(decoder: &mut Decoder<'a>, min: usize) -> Result<Option<&'a [u8]>, Refused> {
    if decoder.datatype()? == Type::Null {
        decoder.null()?;
        return Ok(None);
    }
    bytes(decoder, min).map(Some)
}

type Pcrs<'a> = (AttestationSource, BTreeMap<u8, &'a [u8]>);

fn pcrs<'a>(decoder: &mut Decoder<'a>, source: AttestationSource) -> Result<Pcrs<'a>, Refused> {
    let count = decoder.map()?.filter(|count| (1..=PCRS_MAX).contains(count)).ok_or(Refused)?;
    let mut pcrs = BTreeMap::new();
    for _ in 0..count {
        let index = Some(decoder.u8()?).filter(|index| u64::from(*index) < PCRS_MAX).ok_or(Refused)?;
        let value = Some(decoder.bytes()?).filter(|value| PCR_BYTES.contains(&value.len())).ok_or(Refused)?;
        if pcrs.insert(index, value).is_some() {
            return Err(Refused);
        }
    }
    Ok((source, pcrs))
}

fn cabundle<'a>(decoder: &mut Decoder<'a>) -> Result<Vec<&'a [u8]>, Refused> {
    let count = decoder.array()?.filter(|count| (1..=CABUNDLE_MAX).contains(count)).ok_or(Refused)?;
    (0..count).map(|_| bytes(decoder, 1)).collect()
}
