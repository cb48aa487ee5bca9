use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::*;

const HOUR: Duration = Duration::from_hours(1);

/// `openssl s_server` with a certificate of its own.
struct Server {
    child: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Server {
    fn start(options: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("openssl")
            .args(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem"
                    .split(' '),
            )
            .args("-days 90 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1".split(' '))
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let mut child = Command::new("openssl")
            .args(["s_server", "-cert", "cert.pem", "-key", "key.pem", "-accept", &free.to_string()])
            .args(options.split_whitespace())
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.map_while(Result::ok).any(|line| line.starts_with("ACCEPT"));
        assert!(ready, "openssl s_server {options} did not start");
        Self { child, address: free.to_string(), _folder: folder }
    }
}

async fn scan(host: &str, family: &str, scanner: &str) -> Results {
    let scan = Scan::new(family, scanner, HOUR).unwrap();
    let now = "2026-12-01T00:00:00Z".parse().unwrap();
    let found = scan.run(host, now).await.unwrap();
    assert!(!found.timed_out);
    found.results
}

#[test]
fn the_list_is_cfssls() {
    let names: BTreeSet<String> = FAMILIES
        .iter()
        .flat_map(|family| family.scanners.iter().map(|scanner| format!("{}/{}", family.name, scanner.name)))
        .collect();
    let expected = "Broad/IntermediateCAs Connectivity/CloudFlareStatus Connectivity/DNSLookup Connectivity/TCPDial \
        Connectivity/TLSDial PKI/ChainExpiration PKI/ChainValidation PKI/MultipleCerts TLSHandshake/CertsByCiphers \
        TLSHandshake/CertsBySigAlgs TLSHandshake/CipherSuite TLSHandshake/ECCurves TLSHandshake/SigAlgs \
        TLSSession/SessionResume";
    assert_eq!(names, expected.split_whitespace().map(str::to_owned).collect());
    let info = serde_json::to_value(info()).unwrap();
    assert_eq!(
        info["PKI"]["scanners"]["MultipleCerts"]["description"],
        "Host serves same certificate chain across all IPs"
    );
}

#[tokio::test]
async fn suites_and_groups_of_tls_1_2_and_1_3_are_found_in_order() {
    let server = Server::start(
        "-cipher ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256 -ciphersuites TLS_AES_256_GCM_SHA384 \
         -serverpref -groups X25519:P-384",
    );
    let results = scan(&server.address, "TLSHandshake", "CipherSuite|ECCurves").await;
    let found = &results["TLSHandshake"]["CipherSuite"];
    let groups = serde_json::json!(["x25519", "secp384r1"]);
    let expected = serde_json::json!([
        {"TLS_AES_256_GCM_SHA384": [{"TLS 1.3": groups}]},
        {"ECDHE-ECDSA-AES256-GCM-SHA384": [{"TLS 1.2": groups}]},
        {"ECDHE-ECDSA-AES128-GCM-SHA256": [{"TLS 1.2": groups}]},
    ]);
    assert_eq!((found.output.as_ref(), found.grade), (Some(&expected), Grade::Good), "{found:?}");
    assert_eq!(results["TLSHandshake"]["ECCurves"].output, Some(groups));
}

#[tokio::test]
async fn a_retired_version_is_warned_of() {
    let server = Server::start("-tls1_1 -cipher ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0");
    let results = scan(&server.address, "TLSHandshake", "CipherSuite").await;
    let found = &results["TLSHandshake"]["CipherSuite"];
    assert_eq!(found.grade, Grade::Warning, "{found:?}");
    assert!(
        found.output.as_ref().unwrap()[0]["ECDHE-ECDSA-AES128-SHA"][0]["TLS 1.1"].is_array(),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_server_of_tls_1_3_alone_is_scanned() {
    let server = Server::start("-tls1_3");
    let results = scan(&server.address, "TLSHandshake|PKI|Connectivity|TLSSession", "").await;
    let schemes = results["TLSHandshake"]["SigAlgs"].output.clone().unwrap();
    assert_eq!(schemes, serde_json::json!([{"signature": "ECDSA", "hash": "SHA256"}]));
    assert!(results["TLSHandshake"]["CertsBySigAlgs"].error.as_ref().unwrap().contains("no TLS 1.2"));
    assert_eq!(results["PKI"]["MultipleCerts"].grade, Grade::Good);
    assert_eq!(results["Connectivity"]["TCPDial"].grade, Grade::Good);
    // Nobody was told to believe it.
    assert_eq!(results["Connectivity"]["TLSDial"].grade, Grade::Warning);
    assert_eq!(results["TLSSession"]["SessionResume"].grade, Grade::Good, "{results:?}");
}

#[tokio::test]
async fn certificates_are_named_by_what_a_client_takes() {
    let server = Server::start("-tls1_2");
    let results = scan(&server.address, "TLSHandshake", "Certs").await;
    assert_eq!(
        results["TLSHandshake"]["CertsBySigAlgs"].output.as_ref().unwrap()["{ECDSA,SHA256}"],
        "ECDSAWithSHA256"
    );
    let by_ciphers = results["TLSHandshake"]["CertsByCiphers"].output.clone().unwrap();
    assert_eq!(by_ciphers["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"], "ECDSAWithSHA256");
}

#[tokio::test]
async fn a_host_that_is_not_there_is_bad_in_all() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    for (family, scanners) in scan(&free.to_string(), "TLS|PKI", "").await {
        for (scanner, result) in scanners {
            assert!(result.grade == Grade::Bad && result.error.is_some(), "{family} {scanner} {result:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_never_answers_ends_with_the_time() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let host = silent.local_addr().unwrap().to_string();
    let scan = Scan::new("TLSHandshake", "", Duration::from_millis(50)).unwrap();
    let scanned = scan.run(&host, "2026-12-01T00:00:00Z".parse().unwrap()).await.unwrap();
    assert!(scanned.timed_out && scanned.results.is_empty());
}
