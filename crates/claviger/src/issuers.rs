//! The client that fetches the keys of identity providers.

use std::net::SocketAddr;
use std::time::Duration;

use claviger_outbound::{Addresses, HttpsClient, Settings, SettingsError};

/// The time for one request to an issuer, from the lookup of its name to the last byte of its answer.
const TIME: Duration = Duration::from_secs(5);

/// The most bytes of a discovery document or a key set.
const ANSWER_BYTES_MAX: usize = 512 << 10;

/// A client that trusts these authorities, as PEM, beside the public ones, reaches these addresses, and these names without TLS.
pub(crate) fn client(
    roots: Option<Vec<u8>>,
    addresses: Addresses,
    plain: Vec<(String, SocketAddr)>,
) -> Result<HttpsClient, SettingsError> {
    HttpsClient::new(Settings {
        roots,
        public_roots: true,
        addresses,
        plain,
        ports: true,
        answer_bytes: ANSWER_BYTES_MAX,
        time: TIME,
    })
}
