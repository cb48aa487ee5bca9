//! Issuers that are missing, fetched from where certificates say that they are (RFC 5280 section 4.2.2.1).
//!
//! A certificate of a stranger decides where this program connects to, so a server does not do it, and a command within
//! bounds: plain HTTP, few requests, little time, little text.

use std::time::Duration;

use hf_client::http::Bounds;
use hf_store::audit::hex;
use hf_x509::certificate::Certificate;

use crate::web;

/// Whether issuers that are missing may be fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Issuers {
    /// What is not in the pools is not there.
    #[default]
    Given,
    /// Over plain HTTP, at most eight requests for one bundle.
    Fetched,
}

/// The most requests for one bundle.
const MAX_REQUESTS: usize = 8;

const BOUNDS: Bounds =
    Bounds { connect: Duration::from_secs(3), whole: Duration::from_secs(6), body: 128 * 1024 };

/// Go up from where ways ended, until nothing names a further issuer. What is in `pool` is not fetched again.
pub(super) async fn missing(
    issuers: Issuers,
    dead_ends: &[Certificate],
    pool: &[Certificate],
) -> Vec<Certificate> {
    let (mut fetched, mut asked) = (Vec::new(), Vec::new());
    if issuers == Issuers::Given {
        return fetched;
    }
    let mut open: Vec<Certificate> = dead_ends.to_vec();
    while let Some(certificate) = open.pop() {
        for url in places(&certificate) {
            if asked.len() >= MAX_REQUESTS || asked.contains(&url) {
                continue;
            }
            asked.push(url.clone());
            let Some(issuer) = fetch(&url).await else { continue };
            if !pool.contains(&issuer) && !fetched.contains(&issuer) {
                open.push(issuer.clone());
                fetched.push(issuer);
            }
        }
    }
    fetched
}

fn places(certificate: &Certificate) -> Vec<String> {
    let access = certificate.authority_information_access().ok().flatten();
    access.map(|access| access.ca_issuers().map(str::to_owned).collect()).unwrap_or_default()
}

/// The issuer of a certificate, from the first place that has it. Whether it is the issuer is for the caller to check.
pub(crate) async fn issuer(certificate: &Certificate) -> Option<Certificate> {
    for url in places(certificate).iter().take(MAX_REQUESTS) {
        if let Some(found) = fetch(url).await {
            return Some(found);
        }
    }
    None
}

/// One certificate, DER or PEM; whatever goes wrong, there is none.
async fn fetch(url: &str) -> Option<Certificate> {
    let body = web::get(url, BOUNDS).await?;
    let pem = || Certificate::from_pem(std::str::from_utf8(&body).ok()?).ok();
    Certificate::from_der(&body).ok().or_else(pem)
}

/// The name of the file in which CFSSL keeps an intermediate. Letters, digits and a few signs of the common name alone:
/// a certificate must not choose a directory.
pub(super) fn file_name(certificate: &Certificate) -> String {
    let name = certificate.subject().common_name().unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|character| character.is_ascii_alphanumeric() || "-_()&,".contains(*character))
        .take(100)
        .collect();
    let own = certificate.subject_key_identifier().ok().flatten();
    let identifier = own.map(|id| hex(id.as_bytes())).unwrap_or_default();
    format!("{name}_{identifier}_{}.crt", hex(certificate.serial_octets()))
}
