use claviger_types::SeededRandom;
use rustls::pki_types::DnsName;
use rustls::{ClientConnection, ServerConnection};

use super::*;

fn identity(seed: u64) -> Arc<Identity> {
    Arc::new(Identity::generate(&SeededRandom::new(seed)))
}

fn region() -> Region {
    Region::parse("eu-west-1").unwrap()
}

/// A handshake in memory. The error of the side that refused.
fn handshake(client: ClientConfig, server: ServerConfig) -> Result<(ClientConnection, ServerConnection), Error> {
    let mut client = ClientConnection::new(Arc::new(client), tls_name(&region(), Purpose::Link).unwrap()).unwrap();
    let mut server = ServerConnection::new(Arc::new(server)).unwrap();
    for _ in 0..10 {
        let mut bytes = Vec::new();
        client.write_tls(&mut bytes).unwrap();
        let mut read = bytes.as_slice();
        while !read.is_empty() {
            server.read_tls(&mut read).unwrap();
            server.process_new_packets()?;
        }
        let mut bytes = Vec::new();
        server.write_tls(&mut bytes).unwrap();
        let mut read = bytes.as_slice();
        while !read.is_empty() {
            client.read_tls(&mut read).unwrap();
            client.process_new_packets()?;
        }
    }
    assert!(!client.is_handshaking() && !server.is_handshaking());
    Ok((client, server))
}

fn only(key: PublicIdentity) -> KeyCheck {
    KeyCheck::new(move |presented| *presented == key)
}

#[test]
fn both_sides_know_each_other_by_their_keys() {
    let (provider, dialer, listener) = (provider(), identity(1), identity(2));
    let client = client_config(&provider, &dialer, listener.public()).unwrap();
    let server = server_config(&provider, &listener, only(dialer.public())).unwrap();
    let (client, server) = handshake(client, server).unwrap();
    assert_eq!(proved_identity(&client), Some(listener.public()));
    assert_eq!(proved_identity(&server), Some(dialer.public()));
    assert_eq!(server.server_name(), Some("eu-west-1.region.claviger.internal"));
    assert_eq!(client.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    let group = client.negotiated_key_exchange_group().unwrap().name();
    assert_eq!(group, rustls::NamedGroup::X25519MLKEM768);
    let exporter = |bytes: Result<[u8; 32], Error>| bytes.unwrap();
    let label = crate::enrolment::EXPORTER_LABEL;
    let (one, other) =
        (client.export_keying_material([0; 32], label, None), server.export_keying_material([0; 32], label, None));
    assert_eq!(exporter(one), exporter(other));
}

#[test]
fn another_key_is_refused_by_either_side() {
    let (provider, dialer, listener, other) = (provider(), identity(1), identity(2), identity(3));
    let refused = Some(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure));
    let client = client_config(&provider, &dialer, other.public()).unwrap();
    let server = server_config(&provider, &listener, only(dialer.public())).unwrap();
    assert_eq!(handshake(client, server).err(), refused);
    let client = client_config(&provider, &dialer, listener.public()).unwrap();
    let server = server_config(&provider, &listener, only(other.public())).unwrap();
    assert_eq!(handshake(client, server).err(), refused);
}

/// Presents one identity's key and signs with another.
#[derive(Debug)]
struct Thief(Arc<CertifiedKey>);

impl rustls::client::ResolvesClientCert for Thief {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }

    fn only_raw_public_keys(&self) -> bool {
        true
    }

    fn has_certs(&self) -> bool {
        true
    }
}

#[test]
fn a_key_that_is_presented_must_be_held() {
    let (provider, dialer, listener, thief) = (provider(), identity(1), identity(2), identity(3));
    let mut client = client_config(&provider, &thief, listener.public()).unwrap();
    let stolen = CertificateDer::from(spki(&dialer.public()));
    let key = CertifiedKey::new(vec![stolen], Arc::new(HandshakeKey(thief)));
    client.client_auth_cert_resolver = Arc::new(Thief(Arc::new(key)));
    let server = server_config(&provider, &listener, only(dialer.public())).unwrap();
    let error = handshake(client, server).err();
    assert_eq!(error, Some(Error::InvalidCertificate(CertificateError::BadSignature)));
}

#[test]
fn a_client_without_a_key_is_refused() {
    let (provider, listener) = (provider(), identity(2));
    let mut client = client_config(&provider, &identity(1), listener.public()).unwrap();
    client.client_auth_cert_resolver = Arc::new(NoKey);
    let server = server_config(&provider, &listener, KeyCheck::new(|_| true)).unwrap();
    assert_eq!(handshake(client, server).err(), Some(Error::NoCertificatesPresented));
}

#[derive(Debug)]
struct NoKey;

impl rustls::client::ResolvesClientCert for NoKey {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        None
    }

    fn only_raw_public_keys(&self) -> bool {
        true
    }

    fn has_certs(&self) -> bool {
        true
    }
}

#[test]
fn server_names() {
    for purpose in [Purpose::Link, Purpose::Enrol] {
        let name = server_name(&region(), purpose);
        assert!(DnsName::try_from(name.clone()).is_ok());
        assert_eq!(read_server_name(&name), Some((region(), purpose)));
    }
    for bad in [
        "",
        "eu-west-1",
        "eu-west-1.region.claviger.internal.",
        "x.region.claviger.internal",
        ".enrol.claviger.internal",
    ] {
        assert_eq!(read_server_name(bad), None, "{bad}");
    }
}
