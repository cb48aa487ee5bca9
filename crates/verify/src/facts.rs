//! What the rules need to know of a certificate, read once.

mod presented;

use hf_x509::asn1::Oid;
use hf_x509::certificate::Certificate;
use hf_x509::error::X509Error;
use hf_x509::ext::{
    AuthorityKeyIdentifier, BasicConstraints, DistributionPoint, KeyIdentifier, KeyUsage, NameConstraints,
};
use hf_x509::oids;
use rustls_pki_types::CertificateDer;

use crate::policy::PolicyView;

pub(crate) use presented::Presented;

/// An extension or field that cannot be read.
#[derive(Clone, Debug)]
pub(crate) struct Malformed {
    /// Which one, in the words of the RFC.
    pub(crate) part: String,
    /// What is wrong with it.
    pub(crate) problem: String,
}

/// A certificate with its extensions read.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) certificate: Certificate,
    /// Issuer and subject are the same octets; whether it is signed with its own key is another question.
    pub(crate) self_issued: bool,
    pub(crate) basic: Option<BasicConstraints>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) purposes: Option<Vec<Oid>>,
    pub(crate) subject_key: Option<KeyIdentifier>,
    pub(crate) authority_key: Option<AuthorityKeyIdentifier>,
    /// `subjectAltName`; `None` when the extension is absent.
    pub(crate) names: Option<Vec<Presented>>,
    pub(crate) constraints: Option<NameConstraints>,
    pub(crate) policy: PolicyView,
    pub(crate) distribution: Vec<DistributionPoint>,
    /// Every extension: which, and whether it is critical.
    pub(crate) extensions: Vec<(Oid, bool)>,
    /// What cannot be read.
    pub(crate) malformed: Vec<Malformed>,
    /// Why rustls-webpki does not read the certificate, if so.
    pub(crate) beyond_webpki: Option<webpki::Error>,
}

impl Facts {
    /// Read everything; what cannot be read lands in `malformed`.
    pub(crate) fn read(certificate: &Certificate) -> Self {
        let mut malformed = structural_faults(certificate);
        let mut note = |error: &X509Error| malformed.push(Malformed::of(error));
        let basic = kept(certificate.basic_constraints(), &mut note);
        let key_usage = kept(certificate.key_usage(), &mut note);
        let purposes = kept(certificate.extended_key_usage(), &mut note).map(|purposes| purposes.0);
        let subject_key = kept(certificate.subject_key_identifier(), &mut note);
        let authority_key = kept(certificate.authority_key_identifier(), &mut note);
        let has_names = certificate.extension(&oids::SUBJECT_ALT_NAME).is_some();
        let names = kept(certificate.names().map(|names| has_names.then_some(names)), &mut note);
        let constraints = kept(certificate.name_constraints(), &mut note);
        let distribution = kept(certificate.crl_distribution_points(), &mut note);
        kept(certificate.authority_information_access(), &mut note);
        kept(certificate.subject_information_access(), &mut note);
        let policy = read_policy(certificate, &mut note);
        let der = CertificateDer::from(certificate.der());
        let beyond_webpki = webpki::EndEntityCert::try_from(&der).err();
        malformed.extend(beyond_webpki.as_ref().and_then(webpki_fault));
        Self {
            certificate: certificate.clone(),
            self_issued: policy.self_issued,
            basic,
            key_usage,
            purposes,
            subject_key,
            authority_key,
            names: names.map(|names| names.iter().map(Presented::read).collect()),
            constraints,
            policy,
            distribution: distribution.map(|points| points.0).unwrap_or_default(),
            extensions: certificate.extensions().map(|found| (found.oid(), found.critical())).collect(),
            malformed,
            beyond_webpki,
        }
    }

    /// Whether basic constraints say that it is an authority.
    pub(crate) fn is_authority(&self) -> bool {
        self.basic.is_some_and(|basic| basic.ca)
    }

    /// `pathLenConstraint` of an authority.
    pub(crate) fn path_length(&self) -> Option<u32> {
        self.basic.filter(|basic| basic.ca).and_then(|basic| basic.path_length)
    }

    /// Whether the extension is critical; `None` when it is absent.
    pub(crate) fn criticality(&self, oid: &Oid) -> Option<bool> {
        self.extensions.iter().find(|(found, _)| found == oid).map(|(_, critical)| *critical)
    }

    /// The subject for people; the serial number when there is no subject.
    pub(crate) fn label(&self) -> String {
        label(&self.certificate)
    }
}

/// The subject for people; the serial number when there is no subject.
pub(crate) fn label(certificate: &Certificate) -> String {
    if certificate.subject().is_empty() {
        let octets = certificate.serial_octets();
        let serial = KeyIdentifier::new(octets.get(..20).unwrap_or(octets));
        return format!("with serial number {serial}");
    }
    format!("`{}`", certificate.subject())
}

impl Malformed {
    fn of(error: &X509Error) -> Self {
        let problem = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
        let part = match error {
            X509Error::Extension { oid, .. } | X509Error::DuplicateExtension { oid } => {
                format!("the extension {}", oid.name().map_or_else(|| oid.to_string(), str::to_owned))
            }
            X509Error::Syntax { .. }
            | X509Error::Pem(_)
            | X509Error::Name { .. }
            | X509Error::Serial(_)
            | X509Error::Validity(_)
            | X509Error::Build(_) => "the certificate".to_owned(),
        };
        Self { part, problem }
    }
}

/// What is wrong with the certificate as a whole.
fn structural_faults(certificate: &Certificate) -> Vec<Malformed> {
    let mut faults = Vec::new();
    let mut push = |part: &str, problem: String| faults.push(Malformed { part: part.to_owned(), problem });
    if certificate.version() != 3 {
        push("the version", format!("version {}, but extensions need version 3", certificate.version()));
    }
    if let Err(error) = certificate.validity() {
        let problem =
            std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        push("the validity", problem);
    }
    if let Some(oid) = certificate.duplicate_extension() {
        push(&format!("the extension {oid}"), "it is there more than once".to_owned());
    }
    faults
}

/// What rustls-webpki refuses to read is refused, so that both halves of the gate read the same certificates: an
/// algorithm that differs inside and outside of the signed part, unique identifiers, oddly encoded extensions. Critical
/// extensions that it does not know are judged by a rule of ours.
fn webpki_fault(error: &webpki::Error) -> Option<Malformed> {
    if *error == webpki::Error::UnsupportedCriticalExtension {
        return None;
    }
    let problem = if *error == webpki::Error::SignatureAlgorithmMismatch {
        "the signature algorithm differs inside and outside of the signed part".to_owned()
    } else {
        format!("rustls does not read it: {error}")
    };
    Some(Malformed { part: "the certificate".to_owned(), problem })
}

fn kept<T>(view: Result<Option<T>, X509Error>, note: &mut impl FnMut(&X509Error)) -> Option<T> {
    match view {
        Ok(value) => value,
        Err(error) => {
            note(&error);
            None
        }
    }
}

fn read_policy(certificate: &Certificate, note: &mut impl FnMut(&X509Error)) -> PolicyView {
    let policies = kept(certificate.certificate_policies(), note);
    let constraints = kept(certificate.policy_constraints(), note).unwrap_or_default();
    PolicyView {
        policies: policies.map(|policies| policies.0.into_iter().map(|one| one.policy).collect()),
        mappings: kept(certificate.policy_mappings(), note).map(|mappings| mappings.0).unwrap_or_default(),
        require_explicit: constraints.require_explicit_policy.map(u64::from),
        inhibit_mapping: constraints.inhibit_policy_mapping.map(u64::from),
        inhibit_any: kept(certificate.inhibit_any_policy(), note).map(|skip| u64::from(skip.0)),
        self_issued: certificate.subject() == certificate.issuer(),
    }
}
