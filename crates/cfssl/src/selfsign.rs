//! `selfsign`: a certificate that its own key signs, for tests.

use std::sync::Arc;

use hf_ca::request::IssueRequest;
use hf_core::principal::Channel;
use hf_proto::cfssl::code::CfsslError;
use hf_proto::cfssl::config::{Config, Profile as SigningProfile};
use hf_proto::cfssl::csr_json::CertificateRequest;
use hf_proto::cfssl::duration::GoDuration;
use hf_x509::certificate::Certificate;
use hf_x509::csr::{UnverifiedCsr, VerifiedCsr};

use crate::csr::{self, KeyAndCsr};
use crate::failure;
use crate::machine::Machine;
use crate::policy::{Policy, Unknown};
use crate::standalone::Standalone;

/// How long such a certificate is valid when no profile says otherwise, in hours: three months.
const HOURS: i64 = 2_190;

/// A self-signed certificate.
pub struct SelfSigned {
    /// The certificate.
    pub certificate: Certificate,
    /// Its request.
    pub csr: VerifiedCsr,
    /// Its key.
    pub key: hf_keys::private_key::PrivateKey,
}

/// The policy when none is given.
pub fn policy() -> Config {
    let mut config = Config::standard();
    config.signing.default = SigningProfile {
        expiry: GoDuration::from_hours(HOURS),
        expiry_text: format!("{HOURS}h"),
        ..SigningProfile::standard()
    };
    config
}

/// Make a key, and a certificate for it that it signs itself. Better than CFSSL's, it holds the request's names.
///
/// # Errors
/// As [`crate::csr::generate`] and [`crate::signer::LocalSigner::sign`].
pub async fn create(
    machine: &Machine,
    request: &CertificateRequest,
    config: Config,
    profile: &str,
) -> Result<SelfSigned, CfsslError> {
    let policy = Policy::compile(config, "selfsign")?;
    let kept = policy.find(profile, Unknown::Refused)?;
    let KeyAndCsr { key, csr } = csr::generate(request)?;
    let again = UnverifiedCsr::from_der(csr.der()).and_then(UnverifiedCsr::verify);
    let wanted = IssueRequest {
        wanted_names: Some(csr.names().clone()),
        ..IssueRequest::new(
            machine.operator.clone(),
            Channel::CommandLine,
            "selfsign",
            kept.profile_name(),
            again.map_err(|error| failure::csr(&error))?,
        )
    };
    let standalone = Standalone::open(machine, policy.profiles()).await?;
    let key = Arc::new(key);
    let issued = standalone.authority().issue_self_signed(wanted, Arc::clone(&key) as _).await;
    let certificate = issued.map_err(|error| failure::issue(&error))?.certificate;
    drop(standalone);
    let key = crate::keys::parse(key.pkcs8_der().expose(), None)?;
    Ok(SelfSigned { certificate, csr, key })
}
