//! A certificate as shown: who it names, whose key, who vouches, until when, and what it may be used for.

mod uses;

use hf_core::causes::with_causes;
use hf_core::time::Timestamp;
use hf_x509::certificate::Certificate;
use hf_x509::error::X509Error;
use hf_x509::ext::{
    AuthorityInfoAccess, CrlDistributionPoints, ListedTimestamp, NameConstraints, SignedCertificateTimestamps,
};
use serde::Serialize;

use super::key::KeyView;
use super::{Sheet, colons, gloss, hex};

/// Everything that is shown of a certificate.
#[derive(Debug, Serialize)]
pub(crate) struct CertificateView {
    /// Subject, RFC 4514 text; empty when it is empty.
    pub(crate) subject: String,
    /// Issuer, RFC 4514 text.
    pub(crate) issuer: String,
    /// The subject alternative names, each with its kind: `dns:…`, `ip:…`, `email:…`, `uri:…`.
    pub(crate) names: Vec<String>,
    /// X.509 version, 1 to 3.
    pub(crate) version: u8,
    /// Serial number, lower-case hexadecimal.
    pub(crate) serial: String,
    /// First second.
    pub(crate) not_before: Timestamp,
    /// Last second.
    pub(crate) not_after: Timestamp,
    /// The key.
    pub(crate) key: KeyView,
    /// Algorithm of the signature.
    pub(crate) signature_algorithm: String,
    /// Whether issuer and subject are the same and its own key verifies it.
    pub(crate) self_signed: bool,
    /// Whether it says that the subject is an authority.
    pub(crate) ca: bool,
    /// How many authorities may follow below, when it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path_length: Option<u32>,
    /// Key usages, RFC 5280 words.
    pub(crate) key_usage: Vec<String>,
    /// Extended key usages, RFC 5280 words or numbers.
    pub(crate) extended_key_usage: Vec<String>,
    /// Identifier of its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject_key_identifier: Option<String>,
    /// Identifier of the issuer's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authority_key_identifier: Option<String>,
    /// For an authority: names that it may vouch for, and names that it may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name_constraints: Option<ConstraintsView>,
    /// Where its CRL is.
    pub(crate) crl_urls: Vec<String>,
    /// Where an OCSP responder answers.
    pub(crate) ocsp_urls: Vec<String>,
    /// Where the issuer's certificate is.
    pub(crate) ca_issuers_urls: Vec<String>,
    /// Policy identifiers.
    pub(crate) policies: Vec<String>,
    /// Logs of certificate transparency that promised to show it (RFC 6962).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) logs: Vec<LogView>,
    /// Whether it is a pre-certificate (RFC 6962 section 3.1), which nobody accepts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) precertificate: bool,
    /// Every extension: name or number, critical or not, octets.
    pub(crate) extensions: Vec<ExtensionView>,
    /// SHA-256 of the whole certificate, lower-case hexadecimal.
    pub(crate) sha256: String,
    /// Extensions that cannot be read, in words.
    pub(crate) faults: Vec<String>,
}

/// Names that an authority may vouch for, and names that it may not.
#[derive(Debug, Serialize)]
pub(crate) struct ConstraintsView {
    /// Only names under these.
    pub(crate) permitted: Vec<String>,
    /// None under these.
    pub(crate) excluded: Vec<String>,
}

/// A log's promise to show a certificate. Whether its signature is right is not looked at.
#[derive(Debug, Serialize)]
pub(crate) struct LogView {
    /// SHA-256 of the log's key, lower-case hexadecimal.
    pub(crate) log_id: String,
    /// When it promised.
    pub(crate) at: Timestamp,
}

/// One extension.
#[derive(Debug, Serialize)]
pub(crate) struct ExtensionView {
    /// Object identifier, numbers with dots.
    pub(crate) oid: String,
    /// RFC name where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'static str>,
    /// Whether whoever does not know it must refuse the certificate.
    pub(crate) critical: bool,
    /// The value, DER, lower-case hexadecimal.
    pub(crate) value: String,
}

impl CertificateView {
    /// Of a certificate.
    pub(crate) fn of(certificate: &Certificate) -> Self {
        let mut faults = Vec::new();
        let basic = view(certificate.basic_constraints(), &mut faults);
        let key_usage = view(certificate.key_usage(), &mut faults);
        let purposes = view(certificate.extended_key_usage(), &mut faults);
        let access = view(certificate.authority_information_access(), &mut faults);
        let crl = view(certificate.crl_distribution_points(), &mut faults);
        let policies = view(certificate.certificate_policies(), &mut faults);
        let names = certificate.names().unwrap_or_else(|error| {
            faults.push(with_causes(&error));
            Vec::new()
        });
        Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            names: names.iter().map(tagged).collect(),
            version: certificate.version(),
            serial: hex(certificate.serial_octets()),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            key: KeyView::of_public(certificate.public_key()),
            signature_algorithm: certificate
                .signature_algorithm()
                .map_or_else(ToString::to_string, |algorithm| algorithm.to_string()),
            self_signed: certificate.is_self_signed(),
            ca: certificate.is_ca(),
            path_length: basic.and_then(|basic| basic.path_length),
            key_usage: key_usage.iter().flat_map(|usage| usage.names()).map(str::to_owned).collect(),
            extended_key_usage: purposes
                .iter()
                .flat_map(|purposes| &purposes.0)
                .map(|oid| oid.name().map_or_else(|| oid.to_string(), str::to_owned))
                .collect(),
            subject_key_identifier: view(certificate.subject_key_identifier(), &mut faults)
                .map(|id| colons(id.as_bytes())),
            authority_key_identifier: view(certificate.authority_key_identifier(), &mut faults)
                .and_then(|id| id.key_identifier)
                .map(|id| colons(id.as_bytes())),
            name_constraints: view(certificate.name_constraints(), &mut faults)
                .map(|found| ConstraintsView::of(&found)),
            crl_urls: crl.iter().flat_map(CrlDistributionPoints::uris).map(str::to_owned).collect(),
            ocsp_urls: access.iter().flat_map(AuthorityInfoAccess::ocsp).map(str::to_owned).collect(),
            ca_issuers_urls: access
                .iter()
                .flat_map(AuthorityInfoAccess::ca_issuers)
                .map(str::to_owned)
                .collect(),
            policies: policies.iter().flat_map(|p| &p.0).map(|policy| policy.policy.to_string()).collect(),
            logs: logs(certificate, &mut faults),
            precertificate: view(certificate.precertificate_poison(), &mut faults).is_some(),
            extensions: extensions(certificate),
            sha256: hex(&certificate.sha256()),
            faults,
        }
    }

    /// The name that stands for it: the first alternative name, else the common name or the whole subject.
    pub(crate) fn title(&self) -> &str {
        match self.names.first() {
            Some(name) if !self.ca => name.split_once(':').map_or(name.as_str(), |(_, value)| value),
            _ if self.subject.is_empty() => "nobody (no subject and no names)",
            _ => &self.subject,
        }
    }

    pub(super) fn sheet(&self, now: Timestamp, full: bool) -> Sheet {
        let what = if self.ca { "Certificate of the authority" } else { "Certificate of" };
        let mut sheet = Sheet::new(format!("{what} {}", self.title()));
        if self.names.is_empty() {
            sheet.line("names", if self.subject.is_empty() { "none" } else { &self.subject });
        } else {
            sheet.list("names", self.names.iter().map(|name| plain_name(name)));
        }
        sheet.line("whose key", format!("{}, SHA-256 {}", self.key.words(), short(&self.key.spki_sha256)));
        sheet.line("vouched for by", self.voucher());
        sheet.line("valid from", format!("{} ({})", self.not_before, gloss(self.not_before, now)));
        sheet.line("valid until", format!("{} ({})", self.not_after, gloss(self.not_after, now)));
        sheet.list("may be used to", uses::in_words(self));
        sheet.list(
            "seen by a log",
            self.logs.iter().map(|log| format!("{} at {}", short(&log.log_id), log.at)),
        );
        if full {
            self.everything(&mut sheet);
        } else {
            sheet.line("serial number", &self.serial);
        }
        self.notes(&mut sheet, now);
        sheet
    }

    fn voucher(&self) -> String {
        if self.self_signed {
            return "itself: whoever trusts it must have got it from somebody they trust".to_owned();
        }
        self.issuer.clone()
    }

    fn everything(&self, sheet: &mut Sheet) {
        sheet.line("version", self.version.to_string());
        sheet.line("serial number", &self.serial);
        sheet.line("subject", if self.subject.is_empty() { "(empty)" } else { &self.subject });
        sheet.line("issuer", &self.issuer);
        sheet.line("signature", &self.signature_algorithm);
        sheet.line("public key", &self.key.spki_sha256);
        let length = self.path_length.map_or_else(String::new, |length| format!(", path length {length}"));
        sheet.line("authority", format!("{}{length}", if self.ca { "yes" } else { "no" }));
        sheet.list("key usage", non_empty(self.key_usage.join(", ")));
        sheet.list("ext. key usage", non_empty(self.extended_key_usage.join(", ")));
        sheet.list("subject key id", self.subject_key_identifier.clone());
        sheet.list("issuer key id", self.authority_key_identifier.clone());
        if let Some(constraints) = &self.name_constraints {
            sheet.list("only names under", constraints.permitted.clone());
            sheet.list("no names under", constraints.excluded.clone());
        }
        sheet.list("CRL", self.crl_urls.clone());
        sheet.list("OCSP", self.ocsp_urls.clone());
        sheet.list("issuer is at", self.ca_issuers_urls.clone());
        sheet.list("policies", self.policies.clone());
        sheet.list(
            "extensions",
            self.extensions.iter().map(|extension| {
                let name = extension.name.unwrap_or(&extension.oid);
                let critical = if extension.critical { " (critical)" } else { "" };
                format!("{name}{critical} = {}", extension.value)
            }),
        );
        sheet.line("SHA-256", &self.sha256);
    }

    fn notes(&self, sheet: &mut Sheet, now: Timestamp) {
        if now > self.not_after {
            sheet.note("it has expired: peers refuse it");
        } else if now < self.not_before {
            sheet.note("it is not valid yet: peers refuse it; is a clock wrong?");
        }
        if self.precertificate {
            sheet.note("it is a pre-certificate, for logs of certificate transparency: peers refuse it");
        }
        if self.names.is_empty() && !self.ca {
            sheet.note(
                "it names nobody in subjectAltName: today's clients ignore the common name and refuse it",
            );
        }
        for fault in &self.faults {
            sheet.note(fault);
        }
    }
}

impl ConstraintsView {
    fn of(constraints: &NameConstraints) -> Self {
        Self {
            permitted: constraints.permitted.iter().map(tagged).collect(),
            excluded: constraints.excluded.iter().map(tagged).collect(),
        }
    }
}

fn logs(certificate: &Certificate, faults: &mut Vec<String>) -> Vec<LogView> {
    let list = view(certificate.signed_certificate_timestamps(), faults);
    list.iter().flat_map(SignedCertificateTimestamps::timestamps).filter_map(LogView::of).collect()
}

impl LogView {
    /// Of a timestamp; nothing for one of a version that nobody knows.
    fn of(timestamp: &ListedTimestamp) -> Option<Self> {
        let ListedTimestamp::V1(timestamp) = timestamp else { return None };
        let seconds = i64::try_from(timestamp.milliseconds / 1000).unwrap_or(i64::MAX);
        Some(Self { log_id: hex(&timestamp.log_id), at: Timestamp::from_unix_seconds(seconds) })
    }
}

fn extensions(certificate: &Certificate) -> Vec<ExtensionView> {
    certificate
        .extensions()
        .map(|extension| ExtensionView {
            oid: extension.oid().to_string(),
            name: extension.oid().name(),
            critical: extension.critical(),
            value: hex(extension.value()),
        })
        .collect()
}

/// The value, or `None` with the reason put among the faults.
fn view<T>(result: Result<Option<T>, X509Error>, faults: &mut Vec<String>) -> Option<T> {
    result.unwrap_or_else(|error| {
        faults.push(with_causes(&error));
        None
    })
}

/// The value behind the word of the command line for its kind; kinds without a word keep the RFC's.
fn tagged(name: &hf_x509::general_name::GeneralName) -> String {
    let kind = match name.kind() {
        "dNSName" => "dns",
        "iPAddress" => "ip",
        "rfc822Name" => "email",
        "uniformResourceIdentifier" => "uri",
        other => other,
    };
    format!("{kind}:{name}")
}

/// A DNS name needs no label; other kinds keep theirs.
fn plain_name(name: &str) -> String {
    match name.split_once(':') {
        Some(("dns", value)) => value.to_owned(),
        Some((kind, value)) => format!("{value} ({kind})"),
        None => name.to_owned(),
    }
}

/// Enough of a fingerprint to compare two by eye.
fn short(hexadecimal: &str) -> String {
    format!("{}…", hexadecimal.get(..16).unwrap_or(hexadecimal))
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
