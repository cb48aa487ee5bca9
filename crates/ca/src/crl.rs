//! Certificate revocation lists, RFC 5280 section 5, built as a stream.
//!
//! The same order as for certificates: the number is on stable storage before the key is asked, the signed list before
//! anybody reads it. A number is never used twice, whatever fails in between.

use std::sync::Arc;

use hf_core::audit::AuditAction;
use hf_core::finding::{Finding, Severity};
use hf_core::principal::{Channel, Principal};
use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp};
use hf_store::StoreError;
use hf_store::audit::Origin;
use hf_store::record::{CrlPosition, NewCrl, RevokedEntry, StoredCrl};
use hf_x509::crl::{CrlTemplate, CrlWriter};
use hf_x509::error::X509Error;
use hf_x509::lint;
use hf_x509::signature::Signature;
use hf_x509::tbs::ToBeSigned;

use crate::authority::Authority;
use crate::error::IssuerUnavailable;
use crate::issuer::Signing;
use crate::signer::SignerError;
use crate::signing_clock::ClockJumpedBack;

/// How many entries are in memory beside the list itself.
const PAGE: usize = 10_000;

/// A request for a new CRL.
#[derive(Clone, Debug)]
pub struct CrlRequest {
    /// Who asks.
    pub principal: Principal,
    /// By which door.
    pub channel: Channel,
    /// Name of the authority that shall sign.
    pub authority: String,
    /// From `thisUpdate` to `nextUpdate`.
    pub lifetime: Lifetime,
}

impl CrlRequest {
    /// A week: long enough for a long weekend without anybody at the machine.
    pub const LIFETIME: Lifetime = Lifetime::from_days(7);
}

/// What was signed; the list itself is on record ([`Authority::latest_crl`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCrl {
    /// Name of the authority.
    pub authority: String,
    /// CRL number.
    pub number: u64,
    /// `thisUpdate`, UTC.
    pub this_update: Timestamp,
    /// `nextUpdate`, UTC.
    pub next_update: Timestamp,
    /// How many certificates it lists.
    pub entries: u64,
}

/// Why there is no new CRL.
#[derive(Debug, thiserror::Error)]
pub enum CrlError {
    /// The authority cannot sign.
    #[error("the authority cannot sign a CRL")]
    Issuer(#[from] IssuerUnavailable),
    /// The clock jumped back.
    #[error(transparent)]
    Clock(#[from] ClockJumpedBack),
    /// The list could not be built.
    #[error("the CRL could not be built")]
    Build(#[source] X509Error),
    /// The list would break a rule. Nothing was signed.
    #[error("the CRL would break a rule: {}", findings.iter().map(|f| f.summary.as_str()).collect::<Vec<_>>().join("; "))]
    Lint {
        /// What the lints found.
        findings: Vec<Finding>,
    },
    /// There is no signature.
    #[error("authority `{authority}` did not sign CRL number {number}")]
    Sign {
        /// The authority.
        authority: String,
        /// The number; it will not be used again.
        number: u64,
        /// Why.
        #[source]
        source: SignerError,
    },
    /// The signature does not verify. The list was thrown away.
    #[error(
        "the signature of CRL number {number} does not verify with the public key of authority `{authority}`"
    )]
    BadSignature {
        /// The authority.
        authority: String,
        /// The number; it will not be used again.
        number: u64,
    },
    /// The store failed.
    #[error("the store failed to {step}")]
    Store {
        /// What was to be read or recorded.
        step: &'static str,
        /// What the store said.
        #[source]
        source: StoreError,
    },
}

/// How often a CRL is begun anew when somebody else took its number: a command beside a server, two requests at once.
const MOST_ATTEMPTS: usize = 16;

impl Authority {
    /// Sign a CRL with everything that is revoked now. When this returns `Ok`, it is on stable storage.
    pub async fn issue_crl(&self, request: CrlRequest) -> Result<IssuedCrl, CrlError> {
        for _ in 1..MOST_ATTEMPTS {
            match self.try_to_issue_crl(&request).await {
                Err(CrlError::Store { source: StoreError::CrlNumberTaken { .. }, .. }) => {}
                decided => return decided,
            }
        }
        self.try_to_issue_crl(&request).await
    }

    async fn try_to_issue_crl(&self, request: &CrlRequest) -> Result<IssuedCrl, CrlError> {
        let now = self.signing_clock.now(self.clock.as_ref())?;
        let issuer = self.issuers.active_for_status(&request.authority, now)?;
        let origin = Origin { at: now, principal: request.principal.clone(), channel: request.channel };
        // 1  What is revoked up to here, and a number greater than any before.
        let position =
            self.store.crl_position(issuer.name()).await.map_err(failed("read what is revoked"))?;
        let crl = IssuedCrl {
            authority: issuer.name().to_owned(),
            number: next_number(&position, now),
            this_update: now,
            next_update: now.plus(request.lifetime),
            entries: 0,
        };
        // 2  The bytes to be signed.
        let (bytes, entries) = self.crl_bytes(&crl, &issuer, &position).await?;
        lint_crl(&bytes, &issuer)?;
        let crl = IssuedCrl { entries, ..crl };
        // 3  The number on stable storage, before the key is asked.
        let begun = AuditAction::CrlBegun { authority: crl.authority.clone(), number: crl.number };
        let recorded = self.store.begin_crl(&crl.authority, crl.number, origin.event(begun)).await;
        recorded.map_err(failed("record the CRL number"))?;
        self.signing_clock.note(now);
        // 4  A signature of exactly these bytes, verified when the key lives outside the process.
        let (bytes, signature) = self.sign_crl(bytes, &issuer, &crl).await?;
        // 5  The list on stable storage, before anybody reads it.
        self.record_crl(&crl, position.up_to, bytes.into_assembled(&signature), &origin).await?;
        Ok(crl)
    }

    /// The latest CRL of an authority.
    pub async fn latest_crl(&self, authority: &str) -> Result<Option<StoredCrl>, CrlError> {
        self.store.latest_crl(authority).await.map_err(failed("read the latest CRL"))
    }

    async fn crl_bytes(
        &self,
        crl: &IssuedCrl,
        issuer: &Signing,
        position: &CrlPosition,
    ) -> Result<(ToBeSigned, u64), CrlError> {
        let template = CrlTemplate {
            signature_algorithm: issuer.signature_algorithm(),
            issuer: issuer.subject().clone(),
            this_update: crl.this_update,
            next_update: crl.next_update,
            number: crl.number,
            authority_key_identifier: issuer.authority_key_identifier().clone(),
            issuing_distribution_point: None,
        };
        let expected = usize::try_from(position.entries).unwrap_or(0);
        let mut writer = template.writer(expected).map_err(CrlError::Build)?;
        let entries = self.write_entries(&mut writer, issuer.name(), position.up_to).await?;
        Ok((writer.finish().map_err(CrlError::Build)?, entries))
    }

    /// While one page is encoded the next is read.
    async fn write_entries(
        &self,
        writer: &mut CrlWriter,
        authority: &str,
        up_to: u64,
    ) -> Result<u64, CrlError> {
        let mut count = 0;
        let mut page = self.page(authority, up_to, None).await?;
        loop {
            let last = page.last().filter(|_| page.len() >= PAGE).map(|entry| entry.serial.clone());
            let next = last.map(|last| self.page(authority, up_to, Some(last)));
            for entry in &page {
                writer.push(&entry.serial, entry.at, entry.reason, None);
                count += 1;
            }
            match next {
                Some(next) => page = next.await?,
                None => return Ok(count),
            }
        }
    }

    /// A page of entries; reading begins at once, before anybody waits for it.
    fn page(
        &self,
        authority: &str,
        up_to: u64,
        after: Option<Serial>,
    ) -> impl Future<Output = Result<Vec<RevokedEntry>, CrlError>> + use<> {
        let (store, authority) = (Arc::clone(&self.store), authority.to_owned());
        let reading =
            tokio::spawn(async move { store.revoked_entries(&authority, up_to, after.as_ref(), PAGE).await });
        // A task that fell has read nothing.
        async { reading.await.unwrap_or(Err(StoreError::NoAnswer)).map_err(failed("read what is revoked")) }
    }

    async fn sign_crl(
        &self,
        bytes: ToBeSigned,
        issuer: &Signing,
        crl: &IssuedCrl,
    ) -> Result<(ToBeSigned, Signature), CrlError> {
        let bytes = Arc::new(bytes);
        let signed = match self.signer.place_for_status() {
            Ok(place) => self.signer.sign(issuer.key(), Arc::clone(&bytes), place).await,
            Err(overloaded) => Err(overloaded.into()),
        };
        let signature = signed.map_err(|source| CrlError::Sign {
            authority: crl.authority.clone(),
            number: crl.number,
            source,
        })?;
        if issuer.signs_outside() {
            let verified = issuer.public_key().verify(bytes.algorithm(), bytes.bytes(), &signature);
            verified.map_err(|_| CrlError::BadSignature {
                authority: crl.authority.clone(),
                number: crl.number,
            })?;
        }
        Ok((Arc::unwrap_or_clone(bytes), signature))
    }

    async fn record_crl(
        &self,
        crl: &IssuedCrl,
        up_to: u64,
        der: Vec<u8>,
        origin: &Origin,
    ) -> Result<(), CrlError> {
        let new = NewCrl {
            authority: crl.authority.clone(),
            number: crl.number,
            this_update: crl.this_update,
            next_update: crl.next_update,
            up_to,
            entries: crl.entries,
            der,
        };
        let event = origin.event(AuditAction::CrlIssued {
            authority: crl.authority.clone(),
            number: crl.number,
            entries: crl.entries,
        });
        self.store.finish_crl(new, event).await.map_err(failed("record the CRL"))
    }
}

/// An error-level finding means that nothing is signed.
fn lint_crl(bytes: &ToBeSigned, issuer: &Signing) -> Result<(), CrlError> {
    let Some(issuer) = issuer.lint_facts() else { return Ok(()) };
    let mut findings = lint::crl(bytes.bytes(), &lint::Context { issuer });
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() { Ok(()) } else { Err(CrlError::Lint { findings }) }
}

/// Greater than any before, and at least the time in seconds: when an old backup is restored, the numbers that it has
/// forgotten lie in the past.
fn next_number(position: &CrlPosition, now: Timestamp) -> u64 {
    let seconds = u64::try_from(now.unix_seconds()).unwrap_or(0);
    position.last_number.saturating_add(1).max(seconds)
}

fn failed(step: &'static str) -> impl Fn(StoreError) -> CrlError {
    move |source| CrlError::Store { step, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_jump_over_what_a_backup_forgot() {
        let position = |last_number| CrlPosition { last_number, up_to: 0, entries: 0 };
        let now = Timestamp::from_unix_seconds(1_800_000_000);
        assert_eq!(next_number(&position(0), now), 1_800_000_000);
        assert_eq!(next_number(&position(1_800_000_000), now), 1_800_000_001);
        assert_eq!(next_number(&position(2_000_000_000), now), 2_000_000_001);
    }
}
