//! The proof that whoever renews holds the old key: a signature, which no TLS terminator on the way can take away.

use hf_core::random::Random;
use hf_core::time::Timestamp;
use hf_keys::private_key::PrivateKey;
use hf_keys::random::SystemRandom;
use hf_keys::signing_key::SigningKey;
use hf_proto::api::renew::{RenewalProof, RenewalRequest, Signed, signed_text};
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;
use hf_x509::digest::sha256;
use hf_x509::renewal::to_be_signed;

use crate::error::CommandError;

/// The request, with the proof by the old key.
pub(crate) fn by_old_key(
    request: RenewalRequest,
    csr: &VerifiedCsr,
    old: &Certificate,
    key: &PrivateKey,
    now: Timestamp,
) -> Result<RenewalRequest, CommandError> {
    let fault = || CommandError::fault("the request cannot be signed with the old key");
    let nonce = nonce()?;
    let text = signed_text(&Signed {
        certificate_sha256: &old.sha256(),
        csr_sha256: &sha256(csr.der()),
        keep_key: request.keep_key,
        lifetime: request.lifetime,
        time: now,
        nonce: &nonce,
    });
    let message = to_be_signed(&text, key.signature_algorithm()).ok_or_else(fault)?;
    let signature = key.sign(&message).map_err(|error| fault().because(error))?;
    let proof = RenewalProof::new(old.to_pem(), now, nonce, signature.as_bytes());
    Ok(RenewalRequest { proof: Some(proof), ..request })
}

/// 32 random hexadecimal digits.
pub(crate) fn nonce() -> Result<String, CommandError> {
    let mut octets = [0; 16];
    SystemRandom
        .fill(&mut octets)
        .map_err(|error| CommandError::fault("no random number can be had").because(error))?;
    Ok(hf_store::audit::hex(&octets))
}
