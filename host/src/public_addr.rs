//! Which machines a request may reach: a vendor is on the internet, and what is on this machine or in the network around it
//! is not for components.
//!
//! A component names its vendor, and whoever owns that name says where it leads. So an address that stands in a catalogue
//! may lead to public addresses only; it is looked at where the connection is opened, so that a name cannot lead elsewhere
//! between the look and the connection. An address that a person set (`…_BASE_URL`) may lead anywhere.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec::IntoIter;

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

/// What finding the addresses of a name gives in the end.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Finds the addresses of names. For tests; without one, the machine's own way is used.
pub trait Resolver: Send + Sync + 'static {
    /// The addresses of a name.
    fn resolve(&self, name: &str) -> Resolving;
}

/// The machine's own way.
pub(crate) struct System;

impl Resolver for System {
    fn resolve(&self, name: &str) -> Resolving {
        let name = name.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    }
}

/// Marks a request that may reach public addresses only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicOnly;

/// Why no connection was opened: the address is none of the internet's.
#[derive(Debug)]
pub(crate) struct Prohibited(pub IpAddr);

impl fmt::Display for Prohibited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is no public address", self.0)
    }
}

impl StdError for Prohibited {}

/// How a client finds addresses.
#[derive(Clone)]
pub(crate) struct Names {
    pub resolver: Arc<dyn Resolver>,
    pub public_only: bool,
}

impl Service<Name> for Names {
    type Response = IntoIter<SocketAddr>;
    type Error = Box<dyn StdError + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (resolving, public_only) = (self.resolver.resolve(name.as_str()), self.public_only);
        Box::pin(async move {
            let found = resolving.await?;
            let (allowed, other): (Vec<IpAddr>, Vec<IpAddr>) =
                found.into_iter().partition(|address| !public_only || is_public(*address));
            match (allowed.is_empty(), other.first()) {
                (true, Some(address)) => Err(Prohibited(*address).into()),
                _ => Ok(allowed.into_iter().map(|address| SocketAddr::new(address, 0)).collect::<Vec<_>>().into_iter()),
            }
        })
    }
}

/// The address that a host is, where it is written as one: nobody is asked for it.
pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    let v6 = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    v6.unwrap_or(host).parse().ok()
}

/// Whether a host, as a URL writes it, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let v4 = |host: &str| host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    host.eq_ignore_ascii_case("localhost") || host == "[::1]" || v4(host)
}

/// Whether an address is on the internet, by IANA's registries of special-purpose addresses.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        // Carriers' own networks.
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        // Measurements.
        || (a == 198 && (18..20).contains(&b))
        // Multicast, reserved, broadcast.
        || a >= 224;
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // Addresses of IPv4 in other clothes: mapped, translated (NAT64), 6to4.
        (0, 0) => (c, d, e, f) == (0, 0, 0, 0xffff) && v4(g, h),
        (0x64, 0xff9b) => (c, d, e, f) == (0, 0, 0, 0) && v4(g, h),
        (0x2002, _) => v4(b, c),
        // Teredo and the other protocols' own, and documentation.
        (0x2001, 0..0x200 | 0xdb8) | (0x3fff, 0..0x1000) => false,
        // All that is given out as global unicast; so neither unique local, link-local, site-local nor multicast.
        _ => (0x2000..0x4000).contains(&a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "169.253.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "223.255.255.254",
            "2606:4700:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
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
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2001::1",
            "2001:db8::1",
            "100::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_address_is_known_as_one_however_a_url_writes_it() {
        for host in ["127.0.0.1", "[::1]", "[::ffff:10.0.0.1]"] {
            assert!(literal(host).is_some(), "{host}");
        }
        // What only resolvers take for an address is looked at when they have answered.
        for host in ["localhost", "127.1", "2130706433", "0x7f.1", "example.com"] {
            assert_eq!(literal(host), None, "{host}");
        }
    }

    /// A name may lead to an address of this network beside a public one: what is connected to is the public one alone.
    #[tokio::test]
    async fn of_the_addresses_of_a_name_the_public_ones_are_used() {
        struct Fixed(Vec<IpAddr>);
        impl Resolver for Fixed {
            fn resolve(&self, _: &str) -> Resolving {
                let all = self.0.clone();
                Box::pin(async move { Ok(all) })
            }
        }
        let (public, private): (IpAddr, IpAddr) = ([1, 1, 1, 1].into(), [10, 0, 0, 1].into());
        for (all, public_only, used) in [
            (vec![private, public], true, Some(vec![public])),
            (vec![private], true, None),
            (vec![private, public], false, Some(vec![private, public])),
        ] {
            let mut names = Names { resolver: Arc::new(Fixed(all)), public_only };
            let found = names.call("acme.example".parse().unwrap()).await.ok();
            assert_eq!(found.map(|found| found.map(|address| address.ip()).collect::<Vec<_>>()), used);
        }
    }
}
