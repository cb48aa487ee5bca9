//! From the file to the limits of the listeners.

use std::time::Duration;

use hf_core::time::Lifetime;
use hf_http::limits::{Limits, Rate};
use hf_topology::declared::{RequestRate, ServerLimits};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Networks without limits of their own when the file names none: behind a proxy on this machine everybody has its
/// address.
const LOOPBACK: [&str; 2] = ["127.0.0.0/8", "::1/128"];

/// What the file says; what it leaves open as the listeners have it by themselves.
pub(super) fn from(declared: &ServerLimits) -> Limits {
    let base = Limits::default();
    let count =
        |number: Option<u32>, base| number.and_then(|number| usize::try_from(number).ok()).unwrap_or(base);
    let time = |time: Option<Lifetime>, base| time.map_or(base, duration);
    let exempt = match &declared.exempt {
        Some(networks) => networks.iter().filter_map(|network| network.parse().ok()).collect(),
        None => LOOPBACK.iter().filter_map(|network| network.parse().ok()).collect(),
    };
    Limits {
        connections: count(declared.connections, base.connections),
        connections_per_address: count(declared.connections_per_address, base.connections_per_address),
        per_address: declared.per_address.map(rate).or(base.per_address),
        per_credential: declared.per_credential.map(rate).or(base.per_credential),
        body_octets: count(declared.body, base.body_octets),
        header: time(declared.header_time, base.header),
        body: time(declared.body_time, base.body),
        answer: time(declared.answer_time, base.answer),
        idle: time(declared.idle_time, base.idle),
        writers: count(declared.writers, base.writers),
        exempt,
        ..base
    }
}

fn rate(declared: RequestRate) -> Rate {
    Rate::per_second(declared.per_second, declared.burst)
}

pub(super) fn duration(time: Lifetime) -> Duration {
    Duration::from_secs(u64::try_from(time.seconds()).unwrap_or(1))
}

/// As many file descriptors as this process may have: a connection takes one. Without the right to more, what there is
/// must do, and the listener waits when they run out.
pub(super) fn raise_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
    {
        tracing::warn!(%error, "the limit of file descriptors stays as it is");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_wins_and_this_machine_is_exempt_until_it_says_otherwise() {
        let limits = from(&ServerLimits::default());
        assert!(
            limits
                .exempt
                .iter()
                .any(|network| network.contains(&std::net::IpAddr::from(std::net::Ipv4Addr::LOCALHOST)))
        );
        let declared = ServerLimits {
            connections: Some(7),
            exempt: Some(vec!["10.0.0.0/8".to_owned()]),
            per_address: Some("5/s burst 6".parse().unwrap()),
            header_time: Some(Lifetime::from_seconds(3)),
            ..ServerLimits::default()
        };
        let limits = from(&declared);
        assert_eq!((limits.connections, limits.header), (7, Duration::from_secs(3)));
        assert_eq!(limits.per_address, Some(Rate::per_second(5, 6)));
        assert_eq!(limits.exempt, ["10.0.0.0/8".parse().unwrap()]);
    }
}
