//! Certificate revocation lists, RFC 5280 section 5, built as a stream.
//!
//! The same order as for certificates: the number is on stable storage before the key is asked, the signed list before
//! anybody reads it. A number is never used twice, whatever fails in between.

use std::sync::Arc;

use bytes::Bytes;
use hf_core::audit::AuditAction;
use hf_core::finding::{Finding, Severity};
use hf_core::principal::{Channel, Principal};
use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp};
use hf_keys::signing_key::SigningKey;
use hf_store::StoreError;
use hf_store::audit::Origin;
use hf_store::record::{COMPLETE, CrlPosition, NewCrl, RevokedEntry, StoredCrl};
use hf_x509::certificate::Certificate;
use hf_x509::crl::{CrlTemplate, CrlWriter};
use hf_x509::error::X509Error;
use hf_x509::ext::{DistributionPointName, IssuingDistributionPoint};
use hf_x509::general_name::GeneralName;
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
    /// Which of its lists: that of a shard, or [`COMPLETE`].
    pub shard: u32,
    /// From `thisUpdate` to `nextUpdate`.
    pub lifetime: Lifetime,
}

impl CrlRequest {
    /// A week: long enough for a long weekend without anybody at the machine.
    pub const LIFETIME: Lifetime = Lifetime::from_days(7);

    /// A year, for an authority whose key is kept elsewhere: so long it may stay there. It is what the Baseline
    /// Requirements of the CA/Browser Forum allow for the lists of roots (section 4.9.7).
    pub const OFFLINE_LIFETIME: Lifetime = Lifetime::from_days(365);
}

/// What was signed, as it is on record ([`Authority::latest_crl`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCrl {
    /// Name of the authority.
    pub authority: String,
    /// Which of its lists.
    pub shard: u32,
    /// CRL number.
    pub number: u64,
    /// `thisUpdate`, UTC.
    pub this_update: Timestamp,
    /// `nextUpdate`, UTC.
    pub next_update: Timestamp,
    /// Everything that was recorded up to this mark is in it.
    pub up_to: u64,
    /// How many certificates it lists.
    pub entries: u64,
    /// The list, DER.
    pub der: Bytes,
}

/// Why there is no new CRL.
#[derive(Debug, thiserror::Error)]
pub enum CrlError {
    /// The key was never that of the authority.
    #[error("the key is not one that authority `{authority}` has or had")]
    OtherKey {
        /// The authority.
        authority: String,
    },
    /// The authority cannot sign.
    #[error("the authority cannot sign a CRL")]
    Issuer(#[from] IssuerUnavailable),
    /// The clock jumped back.
    #[error(transparent)]
    Clock(#[from] ClockJumpedBack),
    /// There is no such shard.
    #[error("authority `{authority}` has no shard {shard}")]
    UnknownShard {
        /// The authority.
        authority: String,
        /// Number of the shard.
        shard: u32,
    },
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

/// Certificates with one key that are looked through for that of an authority: one for each time it was renewed.
const MOST_FORMER: usize = 100;

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
        let crl = self.signed_crl(request, &issuer, &origin).await?;
        // 5  The list on stable storage, before anybody reads it.
        self.record_crl(&crl, &origin).await?;
        Ok(crl)
    }

    /// Sign the complete list with a key that the authority had before: peers look for it, by name and key, beside the
    /// certificates that this key signed, and take no other. It says what the current list says; its number is taken as any
    /// other, but it is not the list of the authority and is handed out only here.
    pub async fn issue_former_crl(
        &self,
        request: CrlRequest,
        key: Arc<dyn SigningKey>,
    ) -> Result<IssuedCrl, CrlError> {
        let issuer = self.former(&request.authority, key).await?;
        let mut attempts = 1..MOST_ATTEMPTS;
        loop {
            let now = self.signing_clock.now(self.clock.as_ref())?;
            let origin = Origin { at: now, principal: request.principal.clone(), channel: request.channel };
            match self.signed_crl(&request, &issuer, &origin).await {
                Err(CrlError::Store { source: StoreError::CrlNumberTaken { .. }, .. })
                    if attempts.next().is_some() => {}
                decided => return decided,
            }
        }
    }

    /// The authority with a key that it had before: a certificate of its name with this key is on record.
    async fn former(&self, name: &str, key: Arc<dyn SigningKey>) -> Result<Signing, CrlError> {
        let other = || CrlError::OtherKey { authority: name.to_owned() };
        let subject =
            self.issuers.get(name).and_then(|now| now.certificate().map(|own| own.subject().clone()));
        let subject = subject.ok_or_else(other)?;
        let spki = key.public_key().spki_sha256();
        let found = self
            .store
            .find_by_key(spki, MOST_FORMER)
            .await
            .map_err(failed("find the certificate of the key"))?;
        let mut certificates =
            found.iter().filter_map(|stored| Certificate::from_der(stored.body.certificate()?).ok());
        let own = certificates.find(|own| own.is_ca() && *own.subject() == subject).ok_or_else(other)?;
        Signing::of_former(name, &own, key).map_err(CrlError::Build)
    }

    async fn signed_crl(
        &self,
        request: &CrlRequest,
        issuer: &Signing,
        origin: &Origin,
    ) -> Result<IssuedCrl, CrlError> {
        let now = origin.at;
        let point = self.distribution_point(issuer, request.shard).await?;
        // 1  What is revoked up to here, and a number greater than any before.
        let position = self.store.crl_position(issuer.name(), request.shard).await;
        let position = position.map_err(failed("read what is revoked"))?;
        let crl = IssuedCrl {
            authority: issuer.name().to_owned(),
            shard: request.shard,
            number: next_number(&position, now),
            this_update: now,
            // Nobody can verify a list beyond the end of those above it.
            next_update: now.plus(request.lifetime).min(issuer.facts().earliest_end()),
            up_to: position.up_to,
            entries: 0,
            der: Bytes::new(),
        };
        // 2  The bytes to be signed.
        let (bytes, entries) = self.crl_bytes(&crl, issuer, &position, point).await?;
        let bytes = lint_crl(bytes, entries, issuer).await?;
        let crl = IssuedCrl { entries, ..crl };
        // 3  The number on stable storage, before the key is asked.
        let (authority, shard, number) = (crl.authority.clone(), crl.shard, crl.number);
        let begun = AuditAction::CrlBegun { authority, shard, number };
        let recorded = self.store.begin_crl(&crl.authority, shard, number, origin.event(begun)).await;
        recorded.map_err(failed("record the CRL number"))?;
        self.signing_clock.note(now);
        // 4  A signature of exactly these bytes, verified when the key lives outside the process.
        let (bytes, signature) = self.sign_crl(bytes, issuer, &crl).await?;
        Ok(IssuedCrl { der: bytes.into_assembled(&signature).into(), ..crl })
    }

    /// RFC 5280 section 5.2.5: the list of a shard says which certificates it is about, in the very name that they carry.
    async fn distribution_point(
        &self,
        issuer: &Signing,
        shard: u32,
    ) -> Result<Option<IssuingDistributionPoint>, CrlError> {
        if shard == COMPLETE {
            return Ok(None);
        }
        let lists = self.store.crl_lists().await.map_err(failed("read the shards"))?;
        let mut lists = lists.into_iter();
        let own = lists.find(|list| list.authority == issuer.name() && list.shard == shard);
        let url = own.and_then(|list| list.url);
        let url = url.ok_or_else(|| CrlError::UnknownShard { authority: issuer.name().to_owned(), shard })?;
        let name = DistributionPointName::Full(vec![GeneralName::Uri(url)]);
        Ok(Some(IssuingDistributionPoint { name: Some(name), ..IssuingDistributionPoint::default() }))
    }

    /// The latest complete CRL of an authority.
    pub async fn latest_crl(&self, authority: &str) -> Result<Option<StoredCrl>, CrlError> {
        self.latest_crl_of(authority, COMPLETE).await
    }

    /// The latest CRL of a shard, or the complete one.
    pub async fn latest_crl_of(&self, authority: &str, shard: u32) -> Result<Option<StoredCrl>, CrlError> {
        self.store.latest_crl(authority, shard).await.map_err(failed("read the latest CRL"))
    }

    async fn crl_bytes(
        &self,
        crl: &IssuedCrl,
        issuer: &Signing,
        position: &CrlPosition,
        issuing_distribution_point: Option<IssuingDistributionPoint>,
    ) -> Result<(ToBeSigned, u64), CrlError> {
        let template = CrlTemplate {
            signature_algorithm: issuer.signature_algorithm(),
            issuer: issuer.subject().clone(),
            this_update: crl.this_update,
            next_update: crl.next_update,
            number: crl.number,
            authority_key_identifier: issuer.authority_key_identifier().clone(),
            issuing_distribution_point,
        };
        let expected = usize::try_from(position.entries).unwrap_or(0);
        let mut writer = template.writer(expected).map_err(CrlError::Build)?;
        let entries = self.write_entries(&mut writer, crl).await?;
        Ok((writer.finish().map_err(CrlError::Build)?, entries))
    }

    /// While one page is encoded the next is read.
    async fn write_entries(&self, writer: &mut CrlWriter, crl: &IssuedCrl) -> Result<u64, CrlError> {
        let mut count = 0;
        let mut page = self.page(crl, None).await?;
        loop {
            let last = page.last().filter(|_| page.len() >= PAGE).map(|entry| entry.serial.clone());
            let next = last.map(|last| self.page(crl, Some(last)));
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
        crl: &IssuedCrl,
        after: Option<Serial>,
    ) -> impl Future<Output = Result<Vec<RevokedEntry>, CrlError>> + use<> {
        let (store, authority) = (Arc::clone(&self.store), crl.authority.clone());
        let (shard, up_to) = (crl.shard, crl.up_to);
        let reading = tokio::spawn(async move {
            store.revoked_entries(&authority, shard, up_to, after.as_ref(), PAGE).await
        });
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

    async fn record_crl(&self, crl: &IssuedCrl, origin: &Origin) -> Result<(), CrlError> {
        let new = NewCrl {
            authority: crl.authority.clone(),
            shard: crl.shard,
            number: crl.number,
            this_update: crl.this_update,
            next_update: crl.next_update,
            up_to: crl.up_to,
            entries: crl.entries,
            der: crl.der.clone(),
        };
        let event = origin.event(AuditAction::CrlIssued {
            authority: crl.authority.clone(),
            shard: crl.shard,
            number: crl.number,
            entries: crl.entries,
        });
        self.store.finish_crl(new, event).await.map_err(failed("record the CRL"))
    }
}

/// An error-level finding means that nothing is signed. A long list is read where it keeps nobody waiting.
#[expect(clippy::disallowed_methods, reason = "no key is asked here; reading a long list takes very long")]
async fn lint_crl(bytes: ToBeSigned, entries: u64, issuer: &Signing) -> Result<ToBeSigned, CrlError> {
    let issuer = issuer.clone();
    let work = move || {
        let Some(issuer) = issuer.lint_facts() else { return (bytes, Vec::new()) };
        let mut findings = lint::crl(bytes.bytes(), &lint::Context::of(issuer));
        findings.retain(|finding| finding.severity == Severity::Error);
        (bytes, findings)
    };
    let (bytes, findings) = if usize::try_from(entries).is_ok_and(|entries| entries <= PAGE) {
        work()
    } else {
        let judged = tokio::task::spawn_blocking(work).await;
        judged.map_err(|_| CrlError::Store { step: "judge the CRL", source: StoreError::NoAnswer })?
    };
    if findings.is_empty() { Ok(bytes) } else { Err(CrlError::Lint { findings }) }
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
