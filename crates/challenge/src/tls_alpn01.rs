//! tls-alpn-01, RFC 8737, and for IP addresses RFC 8738 section 6.

use crate::dial;
use crate::error::{CertificateRefusal, ChallengeError};
use crate::proof::certificate;
use crate::redirect::Subject;
use crate::settings::ChallengeSettings;
use crate::tls::ValidationTls;

/// Shake hands with the subject in the protocol `acme-tls/1` and look at its certificate. Nothing is sent afterwards.
pub(crate) async fn attempt(
    settings: &ChallengeSettings,
    tls: &ValidationTls,
    subject: &Subject,
    digest: &[u8; 32],
) -> Result<(), ChallengeError> {
    let (stream, address) = dial::open(settings, subject, settings.ports.tls_alpn).await?;
    let shown = tls.for_challenge(subject, address, stream).await?;
    let judged = match shown {
        Some(der) => certificate::proves(&der, subject, digest),
        None => Err(CertificateRefusal::Missing),
    };
    judged.map_err(|source| ChallengeError::Certificate { address, source })
}
