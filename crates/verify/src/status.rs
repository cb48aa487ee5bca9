//! What lists and responders say of one certificate, and whether they agree: RFC 5280 section 6.3, RFC 6960 section 3.2.
//!
//! Only the issuer's own word counts, or that of a responder which it certified for this. Whether the issuer is to be
//! trusted is another question: [`crate::gate`].

mod answer;
mod conflict;
mod list;
mod responder;

use hf_core::finding::Finding;
use hf_core::time::Timestamp;
use hf_x509::certificate::Certificate;
use hf_x509::ext::DistributionPointName;
use hf_x509::ocsp::{CertId, CertIdHash, OcspRequest};
use serde::Serialize;

use crate::codes;
use crate::facts::{Facts, label};

/// What is said of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Says {
    /// Not revoked.
    Good,
    /// Revoked for ever.
    Revoked {
        /// When, UTC.
        #[serde(rename = "revoked_at")]
        at: Timestamp,
        /// Why, in the words of RFC 5280 section 5.3.1.
        reason: &'static str,
    },
    /// The responder does not know the certificate, RFC 6960 section 2.2.
    Unknown,
    /// Nothing that counts: no source, none that could be read, or none that may be believed.
    #[serde(rename = "cannot-be-known")]
    Nothing,
}

/// What makes the word of a source count, and how long it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// When this was so, UTC.
    pub this_update: Timestamp,
    /// Until when it may be relied on, UTC; RFC 6960 allows that an answer does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_update: Option<Timestamp>,
    /// The number of the list, RFC 5280 section 5.2.3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crl_number: Option<String>,
    /// The delegate that signed in the issuer's place, RFC 6960 section 4.2.2.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegate: Option<String>,
}

/// What one source says, on what basis, and what is to be noted about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Opinion {
    /// What it says; [`Says::Nothing`] when an error is among the findings.
    #[serde(flatten)]
    pub says: Says,
    /// Why it counts.
    #[serde(flatten)]
    pub basis: Option<Basis>,
    /// Why it does not, or what else was noticed.
    pub findings: Vec<Finding>,
}

impl Opinion {
    /// Of a source that says nothing which counts.
    pub fn nothing(finding: Finding) -> Self {
        Self { says: Says::Nothing, basis: None, findings: vec![finding] }
    }
}

/// Which kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A certificate revocation list.
    Crl,
    /// A responder.
    Ocsp,
}

/// One source with its opinion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Which kind.
    pub kind: Kind,
    /// Its address or file.
    pub at: String,
    /// What it says.
    #[serde(flatten)]
    pub opinion: Opinion,
}

/// What all sources say together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The gravest of what is said: revoked before unknown, unknown before good.
    #[serde(flatten)]
    pub says: Says,
    /// Whether every source says the same.
    pub agreed: bool,
    /// Where they contradict each other.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Whether every source that was asked calls the certificate good.
    pub fn is_good(&self) -> bool {
        self.agreed && self.says == Says::Good
    }
}

/// A certificate together with the issuer that signed it, and the time for which is asked.
#[derive(Clone, Debug)]
pub struct Question {
    certificate: Facts,
    issuer: Facts,
    time: Timestamp,
}

impl Question {
    /// About `certificate` at `time`. Of `candidates` the one is taken that signed it.
    ///
    /// # Errors
    /// A finding when none did.
    pub fn new(
        certificate: &Certificate,
        candidates: &[Certificate],
        time: Timestamp,
    ) -> Result<Self, Box<Finding>> {
        let signed = |one: &&Certificate| {
            one.subject() == certificate.issuer() && certificate.verify_signed_by(one.public_key()).is_ok()
        };
        match candidates.iter().find(signed) {
            Some(issuer) => {
                Ok(Self { certificate: Facts::read(certificate), issuer: Facts::read(issuer), time })
            }
            None => Err(Box::new(no_issuer(certificate, candidates))),
        }
    }

    /// The issuer.
    pub fn issuer(&self) -> &Certificate {
        &self.issuer.certificate
    }

    /// What to ask a responder; `None` when no responder can be asked, because the serial number is none of RFC 5280.
    ///
    /// SHA-1 names the issuer here and protects nothing: every responder knows it (RFC 5019 section 2.1.1).
    pub fn request(&self, nonce: Option<Vec<u8>>) -> Option<OcspRequest> {
        let serial = self.certificate.certificate.serial().ok()?;
        let about = CertId::new(CertIdHash::Sha1, &self.issuer.certificate, &serial);
        Some(OcspRequest { certificates: vec![about], nonce })
    }
}

/// What the sources say together; without any, that nothing can be known.
pub fn judge(certificate: &Certificate, sources: &[Source]) -> Verdict {
    let all = || sources.iter().map(|source| source.opinion.says);
    let revoked = all().find(|says| matches!(says, Says::Revoked { .. }));
    let says = revoked
        .or_else(|| all().find(|says| *says == Says::Unknown))
        .or_else(|| all().find(|says| *says == Says::Good))
        .unwrap_or(Says::Nothing);
    let about = label(certificate);
    let findings = if sources.is_empty() {
        vec![no_source(certificate)]
    } else {
        conflict::all(&about, certificate.not_after(), sources)
    };
    let alike = all().all(|one| std::mem::discriminant(&one) == std::mem::discriminant(&says));
    Verdict { says, agreed: !sources.is_empty() && alike && findings.is_empty(), findings }
}

/// Where a certificate says that its status is told, as far as it can be asked over HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Of lists, each point once.
    pub lists: Vec<String>,
    /// Of responders.
    pub responders: Vec<String>,
    /// Of the issuer's certificate.
    pub issuers: Vec<String>,
}

impl Places {
    /// The most addresses of one kind that are taken from a certificate.
    pub const MAX: usize = 8;

    /// Read them. Several addresses of one distribution point lead to the same list (RFC 5280 section 4.2.1.13): the
    /// first is taken.
    pub fn of(certificate: &Certificate) -> Self {
        let points = certificate.crl_distribution_points().ok().flatten();
        let points = points.iter().flat_map(|points| points.0.iter());
        let names = points.filter_map(|point| point.name.as_ref());
        let lists = names.filter_map(|name| DistributionPointName::uris(name).find(|uri| is_http(uri)));
        let access = certificate.authority_information_access().ok().flatten().unwrap_or_default();
        Self {
            lists: few(lists),
            responders: few(access.ocsp().filter(|uri| is_http(uri))),
            issuers: few(access.ca_issuers().filter(|uri| is_http(uri))),
        }
    }
}

fn few<'a>(uris: impl Iterator<Item = &'a str>) -> Vec<String> {
    uris.take(Places::MAX).map(str::to_owned).collect()
}

/// Whether it is an address that can be asked over HTTP; schemes are in any case of letters (RFC 3986 section 3.1).
pub fn is_http(uri: &str) -> bool {
    let scheme = uri.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}

fn no_issuer(certificate: &Certificate, candidates: &[Certificate]) -> Finding {
    let about = label(certificate);
    if certificate.is_self_signed() {
        return Finding::error(
            codes::STATUS_ISSUER,
            about,
            "a root has no issuer that could revoke it; it is taken out of the trust stores",
        )
        .expected_found("a certificate with an issuer", "one that is signed with its own key")
        .rfc("RFC 5280 section 6.1");
    }
    let names: Vec<String> = candidates.iter().take(5).map(label).collect();
    let found = if names.is_empty() { "no certificate".to_owned() } else { names.join(", ") };
    Finding::error(codes::STATUS_ISSUER, about, "the certificate of the issuer is not at hand")
        .expected_found(format!("the certificate of `{}` that signed it", certificate.issuer()), found)
        .rfc("RFC 5280 section 4.2.2.1")
        .hint("name it with `--issuer FILE`")
}

fn no_source(certificate: &Certificate) -> Finding {
    Finding::error(
        codes::STATUS_NO_SOURCE,
        label(certificate),
        "the certificate says nowhere that its status is told",
    )
    .expected_found("a CRL distribution point or an OCSP responder with an http address", "neither")
    .rfc("RFC 5280 section 4.2.1.13")
    .hint("name a list with `--crl FILE` or a responder with `--ocsp URL`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_its_scheme_in_any_case() {
        for address in ["http://ca.example/x.crl", "HTTP://ca.example/x.crl", "Https://ca.example"] {
            assert!(is_http(address), "{address}");
        }
        for file in ["x.crl", "http:x.crl", "file:///x.crl", "./http/x.crl", ""] {
            assert!(!is_http(file), "{file}");
        }
    }
}
