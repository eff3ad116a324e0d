//! Makes attestation documents for tests: a PKI in place of Nitro's, and documents with single faults.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use claviger_types::Timestamp;
use minicbor::Encoder;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P384_SHA384,
    date_time_ymd,
};

use super::AttestationRoots;
use crate::private_key::{PrivateKey, PrivateKeyKind, RsaSize};

/// Within the validity of all certificates: 2026-06-01T00:00:00Z.
pub(crate) const NOW: Timestamp = Timestamp(1_780_272_000_000);

/// The settings of a certificate that tests vary.
pub(super) type Change = fn(&mut CertificateParams);

/// A certificate and its key.
pub(super) struct Issued {
    pub(super) der: Vec<u8>,
    params: CertificateParams,
    key: KeyPair,
}

/// The parameters of an authority's certificate.
pub(super) fn authority(name: &str, path_length: Option<u8>) -> CertificateParams {
    let mut params = end(name);
    params.is_ca = IsCa::Ca(path_length.map_or(BasicConstraints::Unconstrained, BasicConstraints::Constrained));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// The parameters of a certificate that signs documents.
pub(super) fn end(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
    params
}

/// A certificate under an issuer, or under itself.
pub(super) fn issue(params: CertificateParams, issuer: Option<&Issued>) -> Issued {
    issue_for(KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap(), params, issuer)
}

/// The same for a key of any kind.
pub(super) fn issue_for(key: KeyPair, params: CertificateParams, issuer: Option<&Issued>) -> Issued {
    let certificate = match issuer {
        Some(issuer) => params.signed_by(&key, &Issuer::from_params(&issuer.params, &issuer.key)),
        None => params.self_signed(&key),
    };
    Issued { der: certificate.unwrap().der().to_vec(), params, key }
}

fn copy(key: &KeyPair) -> KeyPair {
    KeyPair::try_from(key.serialize_der()).unwrap()
}

/// An authority with the same key and another name.
pub(super) fn renamed(issued: &Issued, name: &str) -> Issued {
    let mut params = issued.params.clone();
    params.distinguished_name.push(DnType::CommonName, name);
    Issued { der: Vec::new(), params, key: copy(&issued.key) }
}

/// A certificate of the same key under an issuer.
pub(super) fn reissued(issued: &Issued, issuer: &Issued) -> Issued {
    issue_for(copy(&issued.key), issued.params.clone(), Some(issuer))
}

/// A PEM text of certificates.
pub(super) fn pem(certificates: &[&[u8]]) -> String {
    let one =
        |der: &&[u8]| format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der));
    certificates.iter().map(one).collect()
}

/// A root, an intermediate authority, a certificate that signs documents, and a recipient's key.
pub(super) struct Kit {
    pub(super) root: Issued,
    pub(super) middle: Issued,
    pub(super) leaf: Issued,
    pub(super) recipient: PrivateKey,
}

impl Kit {
    pub(super) fn new() -> Kit {
        Kit::with(|_| {}, |_| {}, |_| {})
    }

    /// With other settings of the root's, the intermediate's and the last certificate.
    pub(super) fn with(root: Change, middle: Change, leaf: Change) -> Kit {
        let made = |mut params: CertificateParams, change: Change, issuer: Option<&Issued>| {
            change(&mut params);
            issue(params, issuer)
        };
        let root = made(authority("root", None), root, None);
        let middle = made(authority("middle", Some(0)), middle, Some(&root));
        let leaf = made(end("leaf"), leaf, Some(&middle));
        let recipient = PrivateKey::generate(PrivateKeyKind::Rsa(RsaSize::Bits2048));
        Kit { root, middle, leaf, recipient }
    }

    pub(super) fn roots(&self) -> AttestationRoots {
        AttestationRoots::default().with_pem(pem(&[&self.root.der]).as_bytes()).unwrap()
    }

    /// A valid document that is not signed yet.
    pub(super) fn draft(&self) -> Draft {
        let members = [
            ("module_id", text("i-1234567890abcdef0-enc9876543210abcde")),
            ("digest", text("SHA384")),
            ("timestamp", uint(u64::try_from(NOW.0).unwrap())),
            ("pcrs", pcrs(&[(0, 48), (1, 48), (8, 48)])),
            ("certificate", bytes(&self.leaf.der)),
            ("cabundle", list(&[bytes(&self.root.der), bytes(&self.middle.der)])),
            ("public_key", bytes(self.recipient.public_key())),
            ("user_data", null()),
            ("nonce", null()),
        ];
        Draft {
            tagged: true,
            protected: vec![0xa1, 0x01, 0x38, 0x22],
            unprotected: vec![0xa0],
            members: members.map(|(name, value)| (name.to_owned(), value)).into(),
        }
    }

    /// The valid document.
    pub(super) fn document(&self) -> Vec<u8> {
        self.sign(&self.draft())
    }

    /// Signs a document with the last certificate's key.
    pub(super) fn sign(&self, draft: &Draft) -> Vec<u8> {
        self.sign_payload(draft, &draft.payload())
    }

    pub(super) fn sign_payload(&self, draft: &Draft, payload: &[u8]) -> Vec<u8> {
        let mut signed = Encoder::new(Vec::new());
        signed.array(4).unwrap().str("Signature1").unwrap().bytes(&draft.protected).unwrap();
        signed.bytes(&[]).unwrap().bytes(payload).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &self.leaf.key.serialize_der()).unwrap();
        let signature = key.sign(&SystemRandom::new(), &signed.into_writer()).unwrap();
        let tag: &[u8] = if draft.tagged { &[0xd2] } else { &[] };
        let parts =
            [&[0x84], &bytes(&draft.protected)[..], &draft.unprotected, &bytes(payload), &bytes(signature.as_ref())];
        [tag, &parts.concat()].concat()
    }
}

/// A document that is not signed yet.
pub(super) struct Draft {
    pub(super) tagged: bool,
    /// The encoded protected header.
    pub(super) protected: Vec<u8>,
    /// The encoded unprotected header.
    pub(super) unprotected: Vec<u8>,
    /// The members and their encoded values.
    pub(super) members: Vec<(String, Vec<u8>)>,
}

impl Draft {
    /// Gives a member another value, or adds it.
    pub(super) fn set(mut self, name: &str, value: Vec<u8>) -> Draft {
        match self.members.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.members.push((name.to_owned(), value)),
        }
        self
    }

    pub(super) fn without(mut self, name: &str) -> Draft {
        self.members.retain(|(known, _)| known != name);
        self
    }

    pub(super) fn payload(&self) -> Vec<u8> {
        let mut out = Encoder::new(Vec::new());
        out.map(u64::try_from(self.members.len()).unwrap()).unwrap();
        let mut out = out.into_writer();
        for (name, value) in &self.members {
            out.extend_from_slice(&text(name));
            out.extend_from_slice(value);
        }
        out
    }
}

type Encoded<'a> = Result<&'a mut Encoder<Vec<u8>>, minicbor::encode::Error<std::convert::Infallible>>;

fn encoded(encode: impl FnOnce(&mut Encoder<Vec<u8>>) -> Encoded<'_>) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    encode(&mut encoder).unwrap();
    encoder.into_writer()
}

pub(super) fn text(value: &str) -> Vec<u8> {
    encoded(|out| out.str(value))
}

pub(super) fn bytes(value: &[u8]) -> Vec<u8> {
    encoded(|out| out.bytes(value))
}

pub(super) fn uint(value: u64) -> Vec<u8> {
    encoded(|out| out.u64(value))
}

pub(super) fn null() -> Vec<u8> {
    vec![0xf6]
}

pub(super) fn list(values: &[Vec<u8>]) -> Vec<u8> {
    let mut out = encoded(|out| out.array(u64::try_from(values.len()).unwrap()));
    values.iter().for_each(|value| out.extend_from_slice(value));
    out
}

/// Registers of these indexes and lengths. Each is filled with its index.
pub(super) fn pcrs(registers: &[(u8, usize)]) -> Vec<u8> {
    encoded(|out| {
        out.map(u64::try_from(registers.len()).unwrap()).unwrap();
        for (index, length) in registers {
            out.u8(*index).unwrap().bytes(&vec![*index; *length]).unwrap();
        }
        Ok(out)
    })
}
