//! tls-alpn-01: what proves, and everything that is almost that.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use hf_challenge::settings::{ChallengePorts, ChallengeSettings};
use hf_proto::acme::problem::ProblemType;
use hf_proto::acme::validation::{ChallengeKind, ValidationOutcome};
use rcgen::{CertificateParams, CustomExtension, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SanType};
use rustls::crypto::aws_lc_rs::{default_provider, sign};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::ResolvesServerCertUsingSni;
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SupportedProtocolVersion};

use crate::servers::Server;
use crate::setup::{HOST, assert_failed, assert_retry, attempt, settings, task};

const ALPN: &[&str] = &["acme-tls/1"];
const ARCS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 31];
/// The digest of the key authorization, in an OCTET STRING.
const VALUE: &str = "0420653471d42925d7eb4cd39a39cda8b34d3034c94cb90067ab78c8123560ba2e5f";

/// A certificate and the key that the server signs with.
pub(crate) struct Shown {
    pub(crate) certificate: Vec<u8>,
    pub(crate) key: KeyPair,
}

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

impl Shown {
    /// A certificate of the web.
    pub(crate) fn for_names(names: &[&str]) -> Self {
        Self::new(KeyPair::generate().unwrap(), names, &[])
    }

    fn new(key: KeyPair, names: &[&str], extensions: &[(&[u64], bool, &str)]) -> Self {
        let mut params = CertificateParams::default();
        params.subject_alt_names = names
            .iter()
            .map(|name| match name.parse() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName((*name).try_into().unwrap()),
            })
            .collect();
        params.custom_extensions = extensions
            .iter()
            .map(|(arcs, critical, value)| {
                let mut extension = CustomExtension::from_oid_content(arcs, octets(value));
                extension.set_criticality(*critical);
                extension
            })
            .collect();
        let certificate = params.self_signed(&key).unwrap().der().to_vec();
        Self { certificate, key }
    }

    /// What proves the host.
    fn good() -> Self {
        Self::new(KeyPair::generate().unwrap(), &[HOST], &[(ARCS, true, VALUE)])
    }
}

/// A server that shows this, agrees to these protocols and speaks these versions.
pub(crate) fn server_config(
    shown: &Shown,
    protocols: &[&str],
    versions: &[&'static SupportedProtocolVersion],
) -> ServerConfig {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(shown.key.serialize_der()));
    let signer = sign::any_supported_type(&key).unwrap();
    // Not compared with the certificate, so that a server can show a certificate of somebody else.
    let certified = CertifiedKey::new(vec![CertificateDer::from(shown.certificate.clone())], signer);
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Always(Arc::new(certified))));
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    config
}

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl rustls::server::ResolvesServerCert for Always {
    fn resolve(&self, _hello: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

fn at(port: u16) -> ChallengeSettings {
    let ports = ChallengePorts { http: 1, https: 1, tls_alpn: port };
    ChallengeSettings { ports, ..settings(&["127.0.0.1"]) }
}

async fn try_config(config: ServerConfig) -> ValidationOutcome {
    let server = Server::tls(config, None);
    attempt(at(server.port()), &task(ChallengeKind::TlsAlpn01, HOST)).await
}

async fn try_shown(shown: &Shown) -> ValidationOutcome {
    try_config(server_config(shown, ALPN, rustls::ALL_VERSIONS)).await
}

#[tokio::test]
async fn the_certificate_proves_in_both_versions_and_with_keys_of_every_kind() {
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13]] {
        let outcome = try_config(server_config(&Shown::good(), ALPN, versions)).await;
        assert_eq!(outcome, ValidationOutcome::Valid);
    }
    for algorithm in [&PKCS_ECDSA_P384_SHA384, &PKCS_ED25519, &rcgen::PKCS_RSA_SHA256] {
        for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13]] {
            let key = KeyPair::generate_for(algorithm).unwrap();
            let shown = Shown::new(key, &[HOST], &[(ARCS, true, VALUE)]);
            let outcome = try_config(server_config(&shown, ALPN, versions)).await;
            assert_eq!(outcome, ValidationOutcome::Valid, "{algorithm:?}");
        }
    }
}

#[tokio::test]
async fn an_address_is_asked_for_by_its_reverse_name() {
    let shown = Shown::new(KeyPair::generate().unwrap(), &["127.0.0.1"], &[(ARCS, true, VALUE)]);
    let server = Server::tls(server_config(&shown, ALPN, rustls::ALL_VERSIONS), None);
    let outcome = attempt(at(server.port()), &task(ChallengeKind::TlsAlpn01, "ip:127.0.0.1")).await;
    assert_eq!(outcome, ValidationOutcome::Valid);
    assert_eq!(server.wait_for(1), ["1.0.0.127.in-addr.arpa"]);
}

#[tokio::test]
async fn without_the_protocol_nothing_is_proved() {
    let outcome = try_config(server_config(&Shown::good(), &[], rustls::ALL_VERSIONS)).await;
    assert_failed(&outcome, ProblemType::Tls, "did not agree to the protocol `acme-tls/1`");
    let outcome = try_config(server_config(&Shown::good(), &["h2", "http/1.1"], rustls::ALL_VERSIONS)).await;
    assert_retry(&outcome, ProblemType::Tls, "no TLS connection");
}

#[tokio::test]
async fn almost_the_certificate_is_not_the_certificate() {
    let key = || KeyPair::generate().unwrap();
    let legacy: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 30, 1];
    let other = VALUE.replace("0420653471", "0420653472");
    for (shown, words) in [
        (Shown::for_names(&[HOST]), "no `acmeIdentifier`"),
        (Shown::new(key(), &[HOST], &[(legacy, true, VALUE)]), "identifier of a draft"),
        (Shown::new(key(), &[HOST, "b.example"], &[(ARCS, true, VALUE)]), "2 names"),
        (Shown::new(key(), &["b.example"], &[(ARCS, true, VALUE)]), "another name"),
        (Shown::new(key(), &[HOST], &[(ARCS, false, VALUE)]), "not critical"),
        (Shown::new(key(), &[HOST], &[(ARCS, true, &other)]), "another key authorization"),
        (Shown::new(key(), &[HOST], &[(ARCS, true, &VALUE[4..])]), "not an OCTET STRING of 32 octets"),
    ] {
        assert_failed(&try_shown(&shown).await, ProblemType::IncorrectResponse, words);
    }
}

/// The certificate is public; whoever shows it has to hold its key.
#[tokio::test]
async fn a_certificate_of_somebody_else_is_not_shown_with_success() {
    let copied = Shown { certificate: Shown::good().certificate, key: KeyPair::generate().unwrap() };
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13]] {
        let outcome = try_config(server_config(&copied, ALPN, versions)).await;
        assert_retry(&outcome, ProblemType::Tls, "BadSignature");
    }
}

#[tokio::test]
async fn a_server_without_a_certificate_for_the_name_may_have_one_later() {
    let resolver = Arc::new(ResolvesServerCertUsingSni::new());
    let mut config = server_config(&Shown::good(), ALPN, rustls::ALL_VERSIONS);
    config.cert_resolver = resolver;
    assert_retry(&try_config(config).await, ProblemType::Tls, "no TLS connection");
}

#[tokio::test]
async fn tls_1_1_is_not_spoken() {
    let server = Server::start(([127, 0, 0, 1], 0), |mut stream, kept| {
        let mut hello = vec![0; 5];
        stream.read_exact(&mut hello).unwrap();
        let mut rest = vec![0; usize::from(u16::from_be_bytes([hello[3], hello[4]]))];
        stream.read_exact(&mut rest).unwrap();
        let offers = |versions: &[u8]| rest.windows(versions.len()).any(|window| window == versions);
        kept.push(format!("{}", offers(b"\x00\x2b\x00\x05\x04\x03\x04\x03\x03")));
        // A ServerHello of TLS 1.1 (RFC 4346 section 7.4.1.3) that chooses ECDHE-RSA with AES-128.
        let body = [b"\x03\x02".as_slice(), &[7; 32], b"\x00\xc0\x13\x00"].concat();
        let message = [b"\x02\x00\x00\x26".as_slice(), &body].concat();
        let record = [b"\x16\x03\x02\x00\x2a".as_slice(), &message].concat();
        stream.write_all(&record).ok();
        stream.read_to_end(&mut Vec::new()).ok();
    });
    let outcome = attempt(at(server.port()), &task(ChallengeKind::TlsAlpn01, HOST)).await;
    assert_retry(&outcome, ProblemType::Tls, "no TLS connection");
    assert_eq!(server.requests(), ["true"], "1.3 and 1.2 are offered and nothing else");
}

#[tokio::test]
async fn what_is_no_tls_is_no_tls() {
    let server = Server::start(([127, 0, 0, 1], 0), |mut stream, _| {
        stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").ok();
        stream.read_to_end(&mut Vec::new()).ok();
    });
    let outcome = attempt(at(server.port()), &task(ChallengeKind::TlsAlpn01, HOST)).await;
    assert_retry(&outcome, ProblemType::Tls, "no TLS connection");
}
