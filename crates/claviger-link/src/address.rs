//! The addresses of listeners: `host:port`.

/// The most addresses of one region.
pub const ADDRESSES_MAX: usize = 8;

/// Whether the text is a host name or an IP address with a port: `kms.example.org:7443`, `192.0.2.7:7443`, `[2001:db8::7]:7443`.
pub fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let is_host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            (1..=253).contains(&host.len())
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        }
    };
    let is_port = port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit());
    is_host && is_port && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Whether this is an acceptable list of a region's addresses. It may be empty: such a region is not dialled, it dials.
pub(crate) fn are_addresses(addresses: &[String]) -> bool {
    addresses.len() <= ADDRESSES_MAX && addresses.iter().all(|address| is_address(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["kms.example.org:7443", "192.0.2.7:1", "[2001:db8::7]:65535", "localhost:7443", "a_b-c:7443"] {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["", "host", "host:", ":7443", "host:0", "host:65536", "host:+1", "2001:db8::7:7443", "[::g]:1", "a b:1"]
        {
            assert!(!is_address(bad), "{bad}");
        }
        assert!(!is_address(&format!("{}:1", "a".repeat(254))));
        assert!(are_addresses(&[]));
        assert!(!are_addresses(&vec!["a:1".to_owned(); ADDRESSES_MAX + 1]));
    }
}
