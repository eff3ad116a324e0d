//! The addresses that a request may go to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses that a client connects to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addresses {
    /// All.
    Any,
    /// Those of the public Internet, and whatever these names lead to. A URL that somebody else has chosen then reaches no server that only
    /// this machine or its network can reach.
    PublicAnd(Vec<String>),
}

impl Addresses {
    /// Whether a server of this name may be at this address.
    pub(crate) fn admit(&self, name: &str, address: IpAddr) -> bool {
        match self {
            Addresses::Any => true,
            Addresses::PublicAnd(names) => {
                names.iter().any(|listed| listed.eq_ignore_ascii_case(name)) || is_public(address)
            }
        }
    }

    /// Whether a host is admitted by its name, wherever it is.
    pub(crate) fn lists(&self, name: &str) -> bool {
        matches!(self, Addresses::PublicAnd(names) if names.iter().any(|listed| listed.eq_ignore_ascii_case(name)))
    }

    /// The same for a host that is an address itself and is not looked up. True for a name.
    pub(crate) fn admit_host(&self, host: &str) -> bool {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        address.map_or(true, |address| self.admit(host, address))
    }
}

/// Whether packets to the address leave the networks that are somebody's own (reference: IANA's registries of special-purpose addresses).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0 | 10 | 127, ..] | [169, 254, ..] | [192, 168, ..] | [192, 0, 0, _] | [192, 88, 99, _] => true,
        [100, second, ..] => (64..128).contains(&second),
        [172, second, ..] => (16..32).contains(&second),
        [198, second, ..] => second == 18 || second == 19 || address.is_documentation(),
        [first, ..] => first >= 224 || address.is_documentation(),
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // An IPv4 address in the form of an IPv6 address, or behind a translator.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        [0x2002, high, low, ..] => inner(high, low),
        // Teredo and the other special blocks of 2001::/23, and documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn own_networks_are_not_public() {
        for own in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "::7f00:1",
            "3fff::1",
        ] {
            assert!(!is_public(own.parse().unwrap()), "{own}");
        }
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "192.1.0.1",
            "198.20.0.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn listed_names_may_be_anywhere() {
        let admitted = Addresses::PublicAnd(vec!["idp.internal".to_owned(), "10.0.0.9".to_owned()]);
        let private: IpAddr = "10.0.0.1".parse().unwrap();
        assert!(admitted.admit("IDP.internal", private));
        assert!(!admitted.admit("other.internal", private));
        assert!(Addresses::Any.admit("other.internal", private));
        assert!(admitted.admit_host("10.0.0.9") && !admitted.admit_host("10.0.0.1") && !admitted.admit_host("[::1]"));
        assert!(admitted.admit_host("other.internal") && Addresses::Any.admit_host("[::1]"));
    }
}
