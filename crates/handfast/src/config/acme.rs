//! The sections `[acme.AUTHORITY]`, as registrations and validators want them.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use hf_ca::registration::{
    CaaFuture, RegistrationLimits, RegistrationSettings, Setup, Validator, ValidatorFuture,
};
use hf_challenge::network::Networks;
use hf_challenge::settings::{ChallengePorts, ChallengeSettings, NameServers};
use hf_challenge::validator::NetworkValidator;
use hf_core::name::{DnsName, Identifier};
use hf_proto::acme::challenge::{ChallengeKind, RetryPolicy};
use hf_proto::acme::urls::Urls;
use hf_proto::acme::validation::ValidationTask;
use hf_topology::declared::{Acme, AcmeChallenge, AcmeValidation, ExternalAccount, ListenAddress, Server};

use super::profiles::patterns;
use crate::domain::Domain;
use crate::error::CommandError;

/// The port that need not stand in a URL.
const HTTPS: u16 = 443;

/// What every section says, by authority. `port` is that of the first listener.
pub(crate) fn setups(domain: &Domain, port: Option<u16>) -> Result<Vec<(String, Setup)>, CommandError> {
    let base = external(&domain.topology.server, port);
    let one = |acme: &Acme| Ok((acme.authority.clone(), setup(acme, &base, domain)?));
    domain.topology.acme.iter().map(one).collect()
}

/// What URLs begin with: as declared, else made of the first name and the port.
pub(crate) fn external(server: &Server, port: Option<u16>) -> String {
    if let Some(url) = &server.url {
        return url.clone();
    }
    let dns = server.names.iter().find_map(|name| match name {
        Identifier::Dns(dns) if !dns.is_wildcard() => Some(dns.to_string()),
        Identifier::Dns(_)
        | Identifier::Ip(_)
        | Identifier::Email(_)
        | Identifier::Spiffe(_)
        | Identifier::Uri(_) => None,
    });
    let host = dns.unwrap_or_else(|| "localhost".to_owned());
    match port.or_else(|| declared_port(server)) {
        Some(HTTPS) | None => format!("https://{host}"),
        Some(port) => format!("https://{host}:{port}"),
    }
}

fn declared_port(server: &Server) -> Option<u16> {
    server.listen.iter().find_map(|address| match address {
        ListenAddress::Tcp(address) => Some(address.port()),
        ListenAddress::Unix(_) | ListenAddress::Systemd(_) => None,
    })
}

fn setup(acme: &Acme, base: &str, domain: &Domain) -> Result<Setup, CommandError> {
    let validator = NetworkValidator::new(challenge_settings(&acme.validation, domain)).map_err(|error| {
        CommandError::fault(format!("challenges of `{}` cannot be looked at", acme.authority)).because(error)
    })?;
    Ok(Setup {
        settings: settings(acme)?,
        urls: Urls::new(format!("{base}{}/{}", hf_http::acme::PATH, acme.authority)),
        validator: Arc::new(OverNetwork(validator)),
    })
}

fn settings(acme: &Acme) -> Result<RegistrationSettings, CommandError> {
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let limits = &acme.limits;
    Ok(RegistrationSettings {
        profiles: acme.profiles.clone(),
        external_account_required: acme.external_account == ExternalAccount::Required,
        challenges: acme.challenges.iter().map(|kind| challenge(*kind)).collect(),
        names: patterns(&acme.authority, &acme.names)?,
        trusted: patterns(&acme.authority, &acme.trusted)?,
        authorization_lifetime: acme.authorization_lifetime,
        reuse: acme.reuse,
        order_lifetime: acme.order_lifetime,
        pre_authorization: acme.pre_authorization,
        terms: acme.terms.clone(),
        website: acme.website.clone(),
        caa: acme.caa.clone(),
        retry: RetryPolicy { attempts: acme.validation.attempts, spacing: acme.validation.retry },
        limits: RegistrationLimits {
            accounts_per_hour: limits.accounts_per_hour,
            orders_per_hour: limits.orders_per_hour,
            failures_per_hour: limits.failures_per_hour,
            identifiers: count(limits.identifiers),
            validations: count(limits.validations),
            pause_after: limits.pause_after,
            pause: limits.pause,
        },
    })
}

fn challenge(kind: AcmeChallenge) -> ChallengeKind {
    match kind {
        AcmeChallenge::Http01 => ChallengeKind::Http01,
        AcmeChallenge::Dns01 => ChallengeKind::Dns01,
        AcmeChallenge::DnsAccount01 => ChallengeKind::DnsAccount01,
        AcmeChallenge::TlsAlpn01 => ChallengeKind::TlsAlpn01,
    }
}

fn challenge_settings(declared: &AcmeValidation, domain: &Domain) -> ChallengeSettings {
    // The reader of the file took only networks.
    let networks = |texts: &[String]| texts.iter().filter_map(|text| text.parse().ok()).collect();
    let servers: Vec<SocketAddr> = declared.resolver.clone();
    ChallengeSettings {
        ports: ChallengePorts {
            http: declared.http_port,
            https: declared.https_port,
            tls_alpn: declared.tls_port,
        },
        resolver: if servers.is_empty() { NameServers::System } else { NameServers::These(servers) },
        hosts: declared.hosts.clone(),
        hosts_file: declared.hosts_file.as_ref().map(|file| domain.base.join(file)),
        networks: Networks { allowed: networks(&declared.allow), denied: networks(&declared.deny) },
        ..ChallengeSettings::default()
    }
}

/// Looks at challenges over the network.
struct OverNetwork(NetworkValidator);

impl Validator for OverNetwork {
    fn validate<'a>(&'a self, task: &'a ValidationTask) -> ValidatorFuture<'a> {
        Box::pin(self.0.validate(task))
    }

    fn caa<'a>(&'a self, names: &'a BTreeSet<DnsName>) -> CaaFuture<'a> {
        Box::pin(self.0.caa(names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(section: &str) -> Server {
        let text = format!("[trust]\ndomain = \"shop.internal\"\n[server]\n{section}");
        hf_topology::declare::parse(&text, "f").unwrap().server
    }

    #[test]
    fn urls_begin_with_what_is_declared_else_with_the_first_name_and_the_port() {
        let base = |section: &str, port| external(&server(section), port);
        assert_eq!(base("", None), "https://localhost:8443");
        assert_eq!(base("", Some(4711)), "https://localhost:4711");
        assert_eq!(
            base("names = [\"10.0.0.3\", \"ca.shop.internal\"]\n", None),
            "https://ca.shop.internal:8443"
        );
        assert_eq!(base("listen = [\"0.0.0.0:443\"]\n", None), "https://localhost");
        assert_eq!(base("url = \"https://CA.shop.internal/\"\n", Some(1)), "https://ca.shop.internal");
    }
}
