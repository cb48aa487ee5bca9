//! Whose certificate is renewed, and how that is proven.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_core::principal::Principal;
use hf_core::right::Right;
use hf_core::time::{Lifetime, Timestamp};
use hf_proto::api::problem::{Code, Problem};
use hf_proto::api::renew::{RenewalProof, RenewalRequest, Signed, WINDOW_SECONDS, is_nonce, signed_text};
use hf_store::record::StoredCertificate;
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;
use hf_x509::digest::sha256;
use hf_x509::signature::{Signature, SignatureAlgorithm};

use crate::access::Caller;
use crate::access::denied::Denied;
use crate::access::nonces::Taken;
use crate::access::standing::{Unproven, in_force};
use crate::api::body::serial;
use crate::api::failure::Failure;
use crate::state::Doors;

/// A certificate that may be renewed, and by whom.
pub(super) struct Proven {
    pub(super) record: StoredCertificate,
    pub(super) principal: Principal,
    /// Whether the one who asks is the holder itself: then the limits of no credential apply.
    pub(super) own: bool,
    /// What the request is put on record by, for a signed one: it is good once, also when the server has forgotten since that
    /// it saw it.
    pub(super) once: Option<String>,
}

/// The certificate that this request may renew.
pub(super) async fn prove(
    doors: &Doors,
    caller: &Caller,
    body: &RenewalRequest,
    csr: &VerifiedCsr,
) -> Result<Proven, Failure> {
    match (&body.proof, &body.authority, &body.serial) {
        (Some(proof), None, None) => by_signature(doors, body, proof, csr).await,
        (None, Some(authority), Some(number)) => {
            caller.check_right(Right::Renew)?;
            let number = serial(&number.to_string())?;
            let found = doors.authority.store().find_by_serial(authority, &number).await?;
            let record = found.ok_or_else(unknown)?;
            caller.check_record(&record)?;
            Ok(Proven { record, principal: caller.principal.clone(), own: false, once: None })
        }
        (None, None, None) => match &caller.certificate {
            Some(record) => {
                let record = (**record).clone();
                Ok(Proven { record, principal: caller.principal.clone(), own: true, once: None })
            }
            None => Err(Denied::NoCredential.into()),
        },
        _ => Err(Failure::malformed("either `proof`, or `authority` and `serial`, or neither")),
    }
}

fn unknown() -> Failure {
    Problem::new(Code::NotFound).detail("no such certificate is on record").into()
}

fn bad(detail: impl AsRef<str>) -> Failure {
    Problem::new(Code::BadProof).detail(detail).into()
}

async fn by_signature(
    doors: &Doors,
    body: &RenewalRequest,
    proof: &RenewalProof,
    csr: &VerifiedCsr,
) -> Result<Proven, Failure> {
    let now = doors.clock.now();
    if now.seconds_since(proof.time).abs() > WINDOW_SECONDS {
        return Err(bad(format!(
            "signed at {}, the server's time is {now}: expected at most {WINDOW_SECONDS} seconds between",
            proof.time
        )));
    }
    if !is_nonce(&proof.nonce) {
        return Err(Failure::malformed("`nonce` is not 16 to 64 letters, digits, `-` or `_`"));
    }
    let old =
        Certificate::from_pem(&proof.certificate).map_err(|_| bad("the old certificate cannot be read"))?;
    let record = on_record(doors, &old, now).await?;
    let signed = Signed {
        certificate_sha256: &old.sha256(),
        csr_sha256: &sha256(csr.der()),
        keep_key: body.keep_key,
        lifetime: body.lifetime,
        time: proof.time,
        nonce: &proof.nonce,
    };
    check_signature(&old, signed_text(&signed).as_bytes(), &proof.signature)?;
    // Only after the signature: nobody else can use up nonces.
    let once = take_nonce(doors, &old, proof, now)?;
    let principal = Principal::Certificate {
        authority: record.authority.clone(),
        serial: record.serial.clone(),
        name: record.names.primary().map_or_else(|| record.subject.clone(), ToString::to_string),
    };
    Ok(Proven { record, principal, own: true, once: Some(once) })
}

/// The answer to a signed request that had its certificate.
pub(super) fn used_before() -> Failure {
    bad("this signed request was used before")
}

/// The record of exactly this certificate, in force now. One answer for all that it is not: whoever has only the
/// certificate of another learns nothing.
async fn on_record(doors: &Doors, old: &Certificate, now: Timestamp) -> Result<StoredCertificate, Failure> {
    in_force(old, doors.authority.store().as_ref(), now).await.map_err(|error| match error {
        Unproven::Fallen(_) => bad("the old certificate is not one of this server that is in force"),
        Unproven::Store(error) => error.into(),
    })
}

fn check_signature(old: &Certificate, text: &[u8], signature: &str) -> Result<(), Failure> {
    let octets = STANDARD.decode(signature).map_err(|_| bad("the signature is not base64"))?;
    let algorithm = old
        .public_key()
        .key_algorithm()
        .map(SignatureAlgorithm::default_for)
        .ok_or_else(|| bad("keys of this kind cannot prove anything here"))?;
    old.public_key()
        .verify(algorithm, text, &Signature::new(octets))
        .map_err(|_| bad("the signature was not made with the old key over this request"))
}

/// Take the nonce, and say by what the request is put on record.
fn take_nonce(
    doors: &Doors,
    old: &Certificate,
    proof: &RenewalProof,
    now: Timestamp,
) -> Result<String, Failure> {
    let whole = sha256(&[&old.sha256()[..], proof.nonce.as_bytes()].concat());
    let until = now.plus(Lifetime::from_seconds(2 * WINDOW_SECONDS));
    match doors.access.nonces().take(whole, now, until) {
        Taken::New => Ok(format!("proof:{}", hf_store::audit::hex(&whole))),
        Taken::Seen => Err(used_before()),
        Taken::Full => Err(Problem::new(Code::Overloaded)
            .detail("too many signed renewals at one time")
            .retry_after(60)
            .into()),
    }
}
