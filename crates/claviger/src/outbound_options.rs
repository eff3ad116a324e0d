//! Options that say how other servers are reached.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// How the proxies of external key stores are reached.
#[derive(Debug, Args)]
pub(crate) struct KeyStoreOptions {
    /// Reach the external key store proxy https://NAME without TLS, at a port of this machine; may be given several times
    #[arg(long, value_name = "NAME=ADDRESS:PORT", value_parser = xks_proxy)]
    pub(crate) xks_proxy: Vec<(String, SocketAddr)>,
    /// The authorities that may certify external key store proxies, as PEM; without it, the public ones
    #[arg(long, value_name = "FILE")]
    pub(crate) xks_ca: Option<PathBuf>,
}

/// How the issuers of web identity tokens are reached.
#[derive(Debug, Args)]
pub(crate) struct IssuerOptions {
    /// Fetch the keys of the OpenID Connect issuer https://NAME without TLS, at a port of this machine; may be given several times
    #[arg(long, value_name = "NAME=ADDRESS:PORT", value_parser = issuer)]
    pub(crate) issuer: Vec<(String, SocketAddr)>,
    /// Authorities that may certify OpenID Connect issuers beside the public ones, as PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer_ca: Option<PathBuf>,
}

/// A name and the loopback address that stands for it.
fn xks_proxy(text: &str) -> Result<(String, SocketAddr), String> {
    route(text, ".-")
}

/// The same for an issuer, whose name can have a port.
fn issuer(text: &str) -> Result<(String, SocketAddr), String> {
    route(text, ".-:")
}

fn route(text: &str, marks: &str) -> Result<(String, SocketAddr), String> {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c));
    let (name, address) = text.split_once('=').filter(|(name, _)| is_name(name)).ok_or("a name is lacking")?;
    let address: SocketAddr = address.parse().map_err(|_| "an address is such as 127.0.0.1:8000")?;
    if address.ip().is_loopback() {
        Ok((name.to_owned(), address))
    } else {
        Err("without TLS, a server must be on this machine: 127.0.0.1 or [::1]".to_owned())
    }
}
