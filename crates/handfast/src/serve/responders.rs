//! OCSP responders: how answers are made, and the certificates of those who answer in the place of an authority. Such a
//! certificate is kept between starts and renewed in time, with a new key each time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hf_ca::create::request_for;
use hf_ca::error::IssueError;
use hf_ca::issuer::Issuer;
use hf_ca::ocsp::{Delegate, OcspSettings, SignedBy};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::causes::with_causes;
use hf_core::name::SanSet;
use hf_core::secret::Secret;
use hf_core::time::{Lifetime, Timestamp};
use hf_http::state::Doors;
use hf_identity::rotation;
use hf_keys::file::{WriteOptions, read_secret, write_atomic};
use hf_keys::private_key::PrivateKey;
use hf_topology::declared::OcspResponder;
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;
use tokio::sync::watch;

use super::origin;
use crate::domain::Domain;
use crate::error::CommandError;

/// Directory of the keys and certificates, inside the state directory: one file for each authority.
const DIRECTORY: &str = "ocsp";

/// Octets of a file at most: a key and a certificate.
const MAX_FILE: u64 = 64 * 1024;

/// The shortest life of a responder certificate.
const WEEK: Lifetime = Lifetime::from_days(7);

/// How often the certificates are looked at.
const LOOK: Duration = Duration::from_secs(30);

/// How often answers that are asked for often are signed ahead.
const AHEAD: Duration = Duration::from_mins(1);

/// How long the store may take to say whether a responder is revoked.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the file says.
pub(super) fn settings(domain: &Domain) -> OcspSettings {
    let declared = &domain.topology.server.ocsp;
    let signed_by = match declared.responder {
        OcspResponder::Itself => SignedBy::Authority,
        OcspResponder::Delegate => SignedBy::Delegate,
    };
    OcspSettings { lifetime: declared.lifetime, signed_by }
}

/// Keep them for ever, as the file says at the time.
pub(super) async fn keep(doors: Doors, mut domain: watch::Receiver<Arc<Domain>>) {
    loop {
        tokio::select! {
            changed = domain.changed() => if changed.is_err() { return },
            () = doors.responder.delegate_revoked() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
        let domain = Arc::clone(&domain.borrow_and_update());
        appoint(&doors, &domain).await;
    }
}

/// Sign ahead for ever.
pub(super) async fn sign_ahead(doors: Doors) {
    loop {
        tokio::time::sleep(AHEAD).await;
        match doors.responder.sign_ahead().await {
            Ok(0) => {}
            Ok(signed) => tracing::debug!(signed, "OCSP answers signed ahead"),
            Err(error) => {
                tracing::warn!(error = with_causes(&*error), "no OCSP answer could be signed ahead");
            }
        }
    }
}

/// Answer as the file says; where delegates answer, see to it that every authority has one.
pub(super) async fn appoint(doors: &Doors, domain: &Domain) {
    let settings = settings(domain);
    doors.responder.set(settings);
    if let Some(octets) = domain.topology.server.ocsp.cache.and_then(|octets| usize::try_from(octets).ok()) {
        doors.responder.limit_memory(octets);
    }
    if settings.signed_by == SignedBy::Authority {
        return;
    }
    for issuer in doors.authority.issuers().all() {
        let file = file(domain, issuer.name());
        if let Err(error) = see_to(doors, &issuer, &file, settings).await {
            tracing::error!(
                authority = issuer.name(),
                causes = error.causes().join(": "),
                "{}",
                error.message()
            );
        }
    }
}

/// The delegate of an authority: the one in use or on disk while it serves, else a new one.
async fn see_to(
    doors: &Doors,
    issuer: &Issuer,
    file: &Path,
    settings: OcspSettings,
) -> Result<(), CommandError> {
    let now = doors.clock.now();
    let Some(own) = issuer.certificate() else { return Ok(()) };
    if doors.responder.delegate(issuer.name()).is_none()
        && let Some(kept) = kept(file, own)
        && !is_revoked(doors, issuer, &kept).await
    {
        doors.responder.appoint(issuer.name(), kept);
    }
    if let Some(delegate) = doors.responder.delegate(issuer.name()) {
        // Once more of one that was just appointed: this process hears of its revocation only from then on.
        if is_revoked(doors, issuer, &delegate).await {
            delegate.certificate().serial().iter().for_each(|serial| doors.authority.forget_status(serial));
        } else if serves(&delegate, own, now) {
            return Ok(());
        }
    }
    // An authority whose key is elsewhere gets one when the key comes.
    if doors.authority.issuers().active_for_status(issuer.name(), now).is_err() {
        return Ok(());
    }
    let lifetime = Lifetime::from_seconds(settings.lifetime.seconds().saturating_mul(4)).max(WEEK);
    let delegate = issue(doors, issuer, own, file, lifetime).await?;
    tracing::info!(authority = issuer.name(), until = %delegate.not_after(), "a new OCSP responder answers");
    doors.responder.appoint(issuer.name(), delegate);
    Ok(())
}

/// Whether it is the authority's, as that is now, and not due for renewal.
fn serves(delegate: &Delegate, own: &Certificate, now: Timestamp) -> bool {
    let certificate = delegate.certificate();
    let due = certificate.validity().map_or(true, |validity| rotation::is_due(validity, now));
    !due && certificate.verify_signed_by(own.public_key()).is_ok()
}

/// Its certificate says that nobody need ask, but whoever revokes it wants another. A store that does not answer is no
/// reason for one.
async fn is_revoked(doors: &Doors, issuer: &Issuer, delegate: &Delegate) -> bool {
    let Ok(serial) = delegate.certificate().serial() else { return false };
    let revocation = doors.authority.store().revocation(issuer.name(), &serial);
    matches!(tokio::time::timeout(PATIENCE, revocation).await, Ok(Ok(Some(_))))
}

/// The one on disk, if it can be read and may answer for the authority.
fn kept(file: &Path, own: &Certificate) -> Option<Delegate> {
    let octets = read_secret(file, MAX_FILE).ok()?;
    let text = std::str::from_utf8(octets.expose()).ok()?;
    let key = PrivateKey::from_pem(text.as_bytes(), None).ok()?;
    let certificate = Certificate::many_from_pem(text).ok()?.into_iter().next()?;
    Delegate::new(certificate, Arc::new(key), own).ok()
}

/// A new key, a new certificate, both on disk before they are used.
async fn issue(
    doors: &Doors,
    issuer: &Issuer,
    own: &Certificate,
    file: &Path,
    lifetime: Lifetime,
) -> Result<Delegate, CommandError> {
    let key = PrivateKey::generate(KeyAlgorithm::default())?;
    let csr = request_for(&DistinguishedName::empty(), &SanSet::new(), &key)?;
    let origin = origin(doors.clock.as_ref());
    let outcome = doors.authority.issue_ocsp_responder(issuer.name(), csr, lifetime, &origin).await;
    let certificate = outcome.map_err(|error| failed(issuer.name(), error))?.certificate;
    write(file, &certificate, &key)?;
    Delegate::new(certificate, Arc::new(key), own).map_err(|error| {
        CommandError::fault("the new OCSP responder certificate cannot be used").because(error)
    })
}

fn failed(authority: &str, error: IssueError) -> CommandError {
    CommandError::refused(format!("`{authority}` issues no certificate for its OCSP responder"))
        .findings(error.findings().to_vec())
        .because(error)
        .hint("write `responder = \"self\"` into `[server.ocsp]` to let authorities answer themselves")
}

fn file(domain: &Domain, authority: &str) -> PathBuf {
    domain.state().join(DIRECTORY).join(format!("{authority}.pem"))
}

fn write(path: &Path, certificate: &Certificate, key: &PrivateKey) -> Result<(), CommandError> {
    use std::os::unix::fs::DirBuilderExt as _;
    if let Some(directory) = path.parent() {
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.map_err(|error| CommandError::io("make the directory", directory, error))?;
    }
    let text = Secret::new(format!("{}{}", key.to_pem().expose(), certificate.to_pem()));
    Ok(write_atomic(path, text.expose().as_bytes(), &WriteOptions::SECRET)?)
}

#[cfg(test)]
mod tests;
