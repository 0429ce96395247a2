//! Which addresses may be connected to. A name is resolved once, and what was checked is what is connected to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Which addresses a target may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Those that are reached over the internet.
    Public,
    /// Those of a private network as well: the target says `allow_private`.
    Private,
    /// This machine alone: the target's address names it.
    Loopback,
}

impl Allowed {
    /// Whether `address` may be connected to.
    pub fn takes(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::Private => !address.is_unspecified() && !address.is_multicast() && address != IpAddr::V4(Ipv4Addr::BROADCAST),
            Self::Loopback => address.is_loopback(),
        }
    }
}

/// Whether an address is one of the internet: not of this machine, a private or carrier's network, a link, a group, or reserved
/// (IANA's registries of special-purpose addresses). Addresses that stand for an IPv4 address are as that one is.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || matches!((a, b, c), (0 | 224.., ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _));
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low) && (high, low) != (0, 1),
        [0x2002, high, low, ..] => inner(high, low),
        // Global unicast, but for what is set apart in it: protocols (2001::/23), documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

/// A resolver that lets only allowed addresses through.
pub struct Guarded<R = DefaultResolver> {
    /// What resolves names.
    pub inner: R,
    /// Which addresses pass.
    pub allowed: Allowed,
}

impl<R> fmt::Debug for Guarded<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl<R: Resolver> Resolver for Guarded<R> {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let mut kept = self.empty();
        found.iter().filter(|address| self.allowed.takes(address.ip())).for_each(|address| kept.push(*address));
        match found.first() {
            Some(first) if kept.is_empty() => Err(ureq::Error::Io(std::io::Error::other(Refused(first.ip(), self.allowed)))),
            _ => Ok(kept),
        }
    }
}

/// An address that may not be connected to.
#[derive(Debug)]
struct Refused(IpAddr, Allowed);

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(address, allowed) = self;
        match allowed {
            Allowed::Loopback => write!(f, "its name should stand for this machine and stands for {address}"),
            Allowed::Public => write!(
                f,
                "its name stands for {address}, which is no address of the internet; write `allow_private: true` if that is meant"
            ),
            Allowed::Private => write!(f, "its name stands for {address}, which is no address of a machine"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        let public =
            ["1.1.1.1", "100.63.0.1", "100.128.0.1", "172.32.0.1", "198.17.0.1", "2606:4700::1111", "64:ff9b::1.1.1.1", "2002:101:101::1"];
        let other = [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
        ];
        for (text, expected) in public.iter().map(|text| (text, true)).chain(other.iter().map(|text| (text, false))) {
            let address: IpAddr = text.parse().expect("because it is an address");
            assert_eq!(is_public(address), expected, "{text}");
        }
        assert!(
            Allowed::Private.takes(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1))) && !Allowed::Private.takes(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
        );
        assert!(
            Allowed::Loopback.takes(IpAddr::V6(Ipv6Addr::LOCALHOST)) && !Allowed::Loopback.takes(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)))
        );
    }
}
