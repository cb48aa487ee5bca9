//! Whether a certificate is revoked, from the revocation lists and responders that it points to.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hf_client::http::Bounds;
use hf_core::time::{Clock, Timestamp};
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::ocsp::{BasicResponse, CertId, CertIdHash, CertStatus, OcspRequest, OcspResponse};
use hf_x509::oids;
use tokio::sync::Mutex;

use super::Verdict;
use crate::bundle::fetch_issuer;
use crate::web;

/// A list of a large authority has some ten megabytes.
const LIST: Bounds =
    Bounds { connect: Duration::from_secs(3), whole: Duration::from_secs(30), body: 64 * 1024 * 1024 };

/// An answer has some two kilobytes.
const ANSWER: Bounds =
    Bounds { connect: Duration::from_secs(3), whole: Duration::from_secs(6), body: 128 * 1024 };

/// The most lists or responders of one certificate that are asked.
const MAX_PLACES: usize = 4;

/// Answers of RFC 6960 may begin a little later than our clock shows.
const SKEW: i64 = 300;

/// Revocation lists, each fetched once, and who may have signed them.
pub struct Lists {
    known: Vec<Certificate>,
    clock: Arc<dyn Clock>,
    fetched: Mutex<BTreeMap<String, Option<CertificateList>>>,
}

impl Lists {
    /// None yet. Issuers are among `known`, or fetched from where a certificate says that they are.
    pub fn new(known: Vec<Certificate>, clock: Arc<dyn Clock>) -> Self {
        Self { known, clock, fetched: Mutex::new(BTreeMap::new()) }
    }

    /// What is known of a certificate that is valid by its dates. One that points to nothing is not revoked.
    pub(super) async fn status(&self, certificate: &Certificate) -> Verdict {
        let (lists, responders) = places(certificate);
        if lists.is_empty() && responders.is_empty() {
            return Verdict::Kept;
        }
        let Some(issuer) = self.issuer(certificate).await else { return Verdict::Unknown };
        for url in lists.iter().take(MAX_PLACES) {
            match self.in_list(url, certificate, &issuer).await {
                Some(false) => {}
                Some(true) => return Verdict::Revoked,
                None => return Verdict::Unknown,
            }
        }
        for url in responders.iter().take(MAX_PLACES) {
            match self.by_responder(url, certificate, &issuer).await {
                Some(false) => return Verdict::Kept,
                Some(true) => return Verdict::Revoked,
                None => {}
            }
        }
        if responders.is_empty() { Verdict::Kept } else { Verdict::Unknown }
    }

    async fn issuer(&self, certificate: &Certificate) -> Option<Certificate> {
        let signed = |one: &Certificate| {
            one.subject() == certificate.issuer() && certificate.verify_signed_by(one.public_key()).is_ok()
        };
        if let Some(found) = self.known.iter().find(|one| signed(one)) {
            return Some(found.clone());
        }
        fetch_issuer(certificate).await.filter(signed)
    }

    /// Whether the list at `url` has it; `None` when there is no list, or none that counts.
    async fn in_list(&self, url: &str, certificate: &Certificate, issuer: &Certificate) -> Option<bool> {
        let mut fetched = self.fetched.lock().await;
        if !fetched.contains_key(url) {
            fetched.insert(url.to_owned(), list(url).await);
        }
        let list = fetched.get(url)?.as_ref()?;
        let now = self.clock.now();
        let counts = list.issuer() == certificate.issuer()
            && list.verify_signed_by(issuer.public_key()).is_ok()
            && list.next_update().is_none_or(|end| now <= end);
        counts.then(|| list.find(certificate.serial_octets()).is_some())
    }

    /// Whether the responder at `url` says that it is revoked; `None` when it says nothing that counts.
    async fn by_responder(&self, url: &str, certificate: &Certificate, issuer: &Certificate) -> Option<bool> {
        let about = CertId::new(CertIdHash::Sha1, issuer, &certificate.serial().ok()?);
        let request = OcspRequest { certificates: vec![about.clone()], nonce: None };
        let answer = web::post(url, "application/ocsp-request", request.to_der(), ANSWER).await?;
        let basic = OcspResponse::from_der(&answer).ok()?.basic?;
        let now = self.clock.now();
        if !is_signed_for(&basic, issuer, now) {
            return None;
        }
        let single = basic.responses.iter().find(|single| single.certificate == about)?;
        let began = single.this_update.seconds_since(now) <= SKEW;
        if !began || single.next_update.is_some_and(|end| end < now) {
            return None;
        }
        match single.status {
            CertStatus::Good => Some(false),
            CertStatus::Revoked { .. } => Some(true),
            CertStatus::Unknown => None,
        }
    }
}

/// Whether the issuer signed the answer, or one that it certified for signing answers (RFC 6960 section 4.2.2.2).
fn is_signed_for(basic: &BasicResponse, issuer: &Certificate, now: Timestamp) -> bool {
    let delegate = |one: &&Certificate| {
        let purposes = one.extended_key_usage().ok().flatten();
        one.issuer() == issuer.subject()
            && one.is_valid_at(now)
            && purposes.is_some_and(|purposes| purposes.contains(&oids::OCSP_SIGNING))
            && one.verify_signed_by(issuer.public_key()).is_ok()
    };
    basic.verify_signed_by(issuer.public_key()).is_ok()
        || basic
            .certificates
            .iter()
            .filter(delegate)
            .any(|one| basic.verify_signed_by(one.public_key()).is_ok())
}

/// Where a certificate says that lists and responders are. LDAP is passed over, as CFSSL does.
fn places(certificate: &Certificate) -> (Vec<String>, Vec<String>) {
    let points = certificate.crl_distribution_points().ok().flatten();
    let lists = points.iter().flat_map(|points| points.uris().map(str::to_owned));
    let access = certificate.authority_information_access().ok().flatten();
    let responders = access.iter().flat_map(|access| access.ocsp().map(str::to_owned));
    (lists.filter(|url| !url.starts_with("ldap")).collect(), responders.collect())
}

async fn list(url: &str) -> Option<CertificateList> {
    let octets = web::get(url, LIST).await?;
    match std::str::from_utf8(&octets) {
        Ok(text) if text.contains("-----BEGIN") => CertificateList::from_pem(text).ok(),
        _ => CertificateList::from_der(octets.to_vec()).ok(),
    }
}
