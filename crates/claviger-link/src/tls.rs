//! TLS between regions: version 1.3 only, both sides with raw public keys (RFC 7250) in the place of certificates. The key is the region's
//! identity, so there is no authority, no name in a certificate and no expiry.
//!
//! No session is resumed and no early data is taken: each connection shows the keys of both sides, so that a peer that was removed
//! cannot come back with a ticket.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use claviger_crypto::{Identity, PublicIdentity};
use claviger_types::Region;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureAlgorithm,
    SignatureScheme,
};

/// The application protocol. A TLS server of another kind does not take the connection, nor the link one of another kind.
const PROTOCOL: &[u8] = b"claviger-link";

/// What a dialling region wants of the one that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The link between two regions that know each other's keys.
    Link,
    /// Enrolment. The dialling region's key is not known yet.
    Enrol,
}

/// The server name of a region, by which its process finds the identity to present.
pub(crate) fn server_name(region: &Region, purpose: Purpose) -> String {
    format!("{region}{}", suffix(purpose))
}

/// The region and the purpose that a server name stands for.
pub(crate) fn read_server_name(name: &str) -> Option<(Region, Purpose)> {
    [Purpose::Link, Purpose::Enrol].into_iter().find_map(|purpose| {
        let region = name.strip_suffix(suffix(purpose))?;
        Region::parse(region).ok().map(|region| (region, purpose))
    })
}

fn suffix(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Link => ".region.claviger.internal",
        Purpose::Enrol => ".enrol.claviger.internal",
    }
}

/// AES-256 first, then ChaCha20 for processors without AES. The key exchange is hybrid (X25519 with ML-KEM-768); plain X25519 is left as
/// a fallback for a peer whose build lacks ML-KEM.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        cipher_suites: vec![
            aws_lc_rs::cipher_suite::TLS13_AES_256_GCM_SHA384,
            aws_lc_rs::cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
        ],
        kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768, aws_lc_rs::kx_group::X25519],
        ..aws_lc_rs::default_provider()
    })
}

/// The side that listens. `accepts` says of the key that the other side presents whether the handshake goes on.
pub(crate) fn server_config(
    provider: &Arc<CryptoProvider>,
    identity: &Arc<Identity>,
    accepts: KeyCheck,
) -> Result<ServerConfig, Error> {
    let verifier = Arc::new(RawKeyVerifier { provider: provider.clone(), accepts });
    let mut config = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(certified(identity))));
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(config)
}

/// The side that dials. It accepts this one identity.
pub(crate) fn client_config(
    provider: &Arc<CryptoProvider>,
    identity: &Arc<Identity>,
    expected: PublicIdentity,
) -> Result<ClientConfig, Error> {
    client_config_checking(provider, identity, KeyCheck::new(move |key| *key == expected))
}

/// The same, and notes the identity that the other side presented, for an operator to see.
pub(crate) fn client_config_noting(
    provider: &Arc<CryptoProvider>,
    identity: &Arc<Identity>,
    expected: PublicIdentity,
    presented: Arc<Mutex<Option<PublicIdentity>>>,
) -> Result<ClientConfig, Error> {
    let accepts = KeyCheck::new(move |key| {
        *presented.lock().unwrap_or_else(PoisonError::into_inner) = Some(*key);
        *key == expected
    });
    client_config_checking(provider, identity, accepts)
}

fn client_config_checking(
    provider: &Arc<CryptoProvider>,
    identity: &Arc<Identity>,
    accepts: KeyCheck,
) -> Result<ClientConfig, Error> {
    let verifier = Arc::new(RawKeyVerifier { provider: provider.clone(), accepts });
    let mut config = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(certified(identity))));
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    Ok(config)
}

/// Decides about a key that the other side presents. That it holds the private key is checked afterwards, by TLS.
#[derive(Clone)]
pub(crate) struct KeyCheck(Arc<dyn Fn(&PublicIdentity) -> bool + Send + Sync>);

impl KeyCheck {
    pub(crate) fn new(check: impl Fn(&PublicIdentity) -> bool + Send + Sync + 'static) -> KeyCheck {
        KeyCheck(Arc::new(check))
    }
}

impl fmt::Debug for KeyCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyCheck")
    }
}

/// The bytes before an Ed25519 public key in its SubjectPublicKeyInfo (RFC 8410, section 4).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The identity in a SubjectPublicKeyInfo; none if that holds another kind of key.
fn read_spki(spki: &[u8]) -> Option<PublicIdentity> {
    spki.strip_prefix(&SPKI_PREFIX)?.try_into().ok().map(PublicIdentity)
}

fn spki(identity: &PublicIdentity) -> Vec<u8> {
    [SPKI_PREFIX.as_slice(), &identity.0].concat()
}

/// The identity that the other side of a connection proved, and that the protocol is the link's.
pub(crate) fn proved_identity(connection: &rustls::CommonState) -> Option<PublicIdentity> {
    let [key] = connection.peer_certificates()? else { return None };
    (connection.alpn_protocol() == Some(PROTOCOL)).then(|| read_spki(key))?
}

/// The name to dial, as TLS wants it.
pub(crate) fn tls_name(region: &Region, purpose: Purpose) -> Result<ServerName<'static>, Error> {
    ServerName::try_from(server_name(region, purpose))
        .map_err(|_| Error::General("the region has no server name".into()))
}

fn certified(identity: &Arc<Identity>) -> Arc<CertifiedKey> {
    let key = HandshakeKey(identity.clone());
    let spki = CertificateDer::from(spki(&identity.public()));
    Arc::new(CertifiedKey::new(vec![spki], Arc::new(key)))
}

/// Signs handshakes with a region's identity. The key itself stays in `claviger-crypto`.
struct HandshakeKey(Arc<Identity>);

impl fmt::Debug for HandshakeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandshakeKey")
    }
}

impl SigningKey for HandshakeKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&SignatureScheme::ED25519).then(|| Box::new(HandshakeKey(self.0.clone())) as Box<dyn Signer>)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(spki(&self.0.public()).into())
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ED25519
    }
}

impl Signer for HandshakeKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.0.sign_tls13_handshake(message);
        signature.map(Vec::from).map_err(|error| Error::General(error.to_string()))
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// Accepts raw Ed25519 keys that pass a check. Both sides use it.
#[derive(Debug)]
struct RawKeyVerifier {
    provider: Arc<CryptoProvider>,
    accepts: KeyCheck,
}

impl RawKeyVerifier {
    fn check(&self, key: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Result<(), Error> {
        let accepted = others.is_empty() && read_spki(key).is_some_and(|key| (self.accepts.0)(&key));
        // The alert is `access_denied`, by which the other side knows what is wrong.
        if accepted { Ok(()) } else { Err(CertificateError::ApplicationVerificationFailure.into()) }
    }

    fn check_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = SubjectPublicKeyInfoDer::from(key.as_ref());
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature_with_raw_key(message, &key, signature, algorithms)
    }
}

/// TLS 1.2 is not offered, so nobody asks.
fn no_tls12() -> Result<HandshakeSignatureValid, Error> {
    Err(Error::General("the link speaks TLS 1.3 only".into()))
}

impl ServerCertVerifier for RawKeyVerifier {
    fn verify_server_cert(
        &self,
        key: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(key, others).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        no_tls12()
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(message, key, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for RawKeyVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        key: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(key, others).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        no_tls12()
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(message, key, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#[path = "tls_tests.rs"]
mod tests;
