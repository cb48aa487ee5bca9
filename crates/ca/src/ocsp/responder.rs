//! The responder: answers out of memory where it can, signs where it must, and never says more than it knows.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use hf_store::record::{CertificateState, StoredCertificate};
use hf_x509::ocsp::{CertId, CertStatus, OcspRequest, SingleResponse};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use super::answer::{Age, OcspAnswer};
use super::cache::{Flight, Outcome, holds, is_young};
use super::counts::{Counters, OcspCounts, count, read};
use super::delegate::Delegate;
use super::error::OcspError;
use super::signing::Signatory;
use super::{OcspSettings, SignedBy};
use crate::authority::Authority;
use crate::issuer::Issuer;

/// Answers that are made at one time. Fewer than the signer has places for status, so that whoever asks for much leaves
/// some for CRLs.
const AT_ONCE: usize = 256;

/// How long the store may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often an answer is made again because something was revoked meanwhile.
const ATTEMPTS: u32 = 3;

/// Answers that are signed ahead in one round.
const AHEAD: usize = 1_000;

/// Answers for the authorities of one process.
pub struct Responder {
    authority: Arc<Authority>,
    settings: RwLock<OcspSettings>,
    delegates: RwLock<BTreeMap<String, Arc<Delegate>>>,
    places: Semaphore,
    counts: Counters,
}

impl Responder {
    /// For these authorities. Delegates come later, with [`Self::appoint`].
    pub fn new(authority: Arc<Authority>, settings: OcspSettings) -> Self {
        Self {
            authority,
            settings: RwLock::new(settings),
            delegates: RwLock::default(),
            places: Semaphore::new(AT_ONCE),
            counts: Counters::default(),
        }
    }

    /// How answers are made from now on. Those that were made otherwise are forgotten.
    pub fn set(&self, settings: OcspSettings) {
        let before =
            std::mem::replace(&mut *self.settings.write().unwrap_or_else(PoisonError::into_inner), settings);
        // Afterwards, so that what is being made by the old settings is not kept.
        if before != settings {
            self.authority.statuses.forget_all();
        }
    }

    /// How answers are made.
    pub fn settings(&self) -> OcspSettings {
        *self.settings.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keep at most so many octets of answers in memory.
    pub fn limit_memory(&self, octets: usize) {
        self.authority.statuses.limit(octets);
    }

    /// From now on this delegate answers for `authority`, where delegates do: until another is appointed, or its certificate
    /// is revoked.
    pub fn appoint(&self, authority: &str, delegate: Delegate) {
        if let Ok(serial) = delegate.certificate().serial() {
            let (end, standing) = (delegate.not_after(), delegate.standing().clone());
            let known = &self.authority.statuses.delegates;
            known.add(authority, serial, end, standing, self.authority.clock.now());
        }
        let mut delegates = self.delegates.write().unwrap_or_else(PoisonError::into_inner);
        delegates.insert(authority.to_owned(), Arc::new(delegate));
    }

    /// Who answers for `authority`, where delegates do.
    pub fn delegate(&self, authority: &str) -> Option<Arc<Delegate>> {
        let delegates = self.delegates.read().unwrap_or_else(PoisonError::into_inner);
        delegates.get(authority).filter(|delegate| !delegate.standing().is_revoked()).cloned()
    }

    /// Wait until the certificate of a delegate is revoked, so that its authority needs another.
    pub async fn delegate_revoked(&self) {
        self.authority.statuses.delegates.one_is_revoked().await;
    }

    /// Why no new answer can be signed for `authority` now; `None` when it can.
    pub fn fault(&self, authority: &str) -> Option<OcspError> {
        let now = match self.authority.signing_clock.now(self.authority.clock.as_ref()) {
            Ok(now) => now,
            Err(jumped) => return Some(jumped.into()),
        };
        let issuer = self.authority.issuers.get(authority)?;
        self.signatory(&issuer, now).err()
    }

    /// What was done since the start, and what is kept.
    pub fn counts(&self) -> OcspCounts {
        let (entries, octets, evicted) = self.authority.statuses.size();
        OcspCounts {
            hits: read(&self.counts.hits),
            signed: read(&self.counts.signed),
            fallbacks: read(&self.counts.fallbacks),
            ahead: read(&self.counts.ahead),
            evicted,
            entries,
            octets,
        }
    }

    /// Answer for `authority`. [`OcspError::answer`] is what the client gets when that fails.
    pub async fn answer(self: &Arc<Self>, authority: &str, request: &[u8]) -> Outcome {
        let request = OcspRequest::from_der(request).map_err(OcspError::Request)?;
        let other = || OcspError::OtherIssuer { authority: authority.to_owned() };
        let issuer = self.authority.issuers.get(authority).ok_or_else(other)?;
        match (&request.nonce, request.certificates.as_slice()) {
            (None, [id]) => self.answer_one(&issuer, id).await,
            _ => Ok(self.answer_anew(&issuer, request).await?),
        }
    }

    /// The answer, if it is in memory and young; `None`: ask [`Self::answer`].
    pub fn remembered(&self, authority: &str, request: &[u8]) -> Option<OcspAnswer> {
        let request = OcspRequest::from_der(request).ok().filter(|request| request.nonce.is_none())?;
        let [id] = request.certificates.as_slice() else { return None };
        if self.authority.issuers.get(authority)?.is_revoked() {
            return None;
        }
        let answer = self.authority.statuses.answer(authority, id)?;
        let young = self.age(&answer) == Age::Young;
        young.then(|| count(&self.counts.hits))?;
        Some(answer)
    }

    /// The same answer for everybody who asks, while it is young.
    async fn answer_one(self: &Arc<Self>, issuer: &Arc<Issuer>, id: &CertId) -> Outcome {
        // What is in memory says nothing of a branch that fell.
        let known = self.authority.statuses.answer(issuer.name(), id).filter(|_| !issuer.is_revoked());
        let age = known.as_ref().map_or(Age::Over, |answer| self.age(answer));
        match (known, age) {
            (Some(answer), Age::Young) => {
                count(&self.counts.hits);
                Ok(answer)
            }
            (Some(answer), Age::Ripe) => {
                count(&self.counts.hits);
                drop(self.flight(issuer, id));
                Ok(answer)
            }
            (Some(answer), Age::Old) => match self.landed(issuer, id).await {
                Err(error) if !error.is_of_the_client() => {
                    count(&self.counts.fallbacks);
                    Ok(answer)
                }
                outcome => outcome,
            },
            (None, _) | (Some(_), Age::Over) => self.landed(issuer, id).await,
        }
    }

    /// What the clock shows counts here, also when nothing may be signed by it: the answer says until when it holds.
    fn age(&self, answer: &OcspAnswer) -> Age {
        answer.kept.as_ref().map_or(Age::Over, |kept| kept.age(self.authority.clock.now()))
    }

    /// The answer that is being made, or one that is begun now.
    async fn landed(self: &Arc<Self>, issuer: &Arc<Issuer>, id: &CertId) -> Outcome {
        check_issuer(issuer, id)?;
        let mut flight = self.flight(issuer, id);
        match flight.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or_else(|| Err(Arc::new(OcspError::GivenUp))),
            Err(_) => Err(Arc::new(OcspError::GivenUp)),
        }
    }

    /// Made in a task of its own, so that it comes to its end whoever goes away; those who ask meanwhile wait for it.
    fn flight(self: &Arc<Self>, issuer: &Arc<Issuer>, id: &CertId) -> Flight {
        self.authority.statuses.flight(issuer.name(), id, || {
            let (responder, issuer, id) = (Arc::clone(self), Arc::clone(issuer), id.clone());
            let (end, flight) = watch::channel(None);
            tokio::spawn(async move {
                let outcome = responder.make(&issuer, &id).await;
                end.send_replace(Some(outcome.map_err(Arc::new)));
                drop(end);
                responder.authority.statuses.landed(&id);
            });
            flight
        })
    }

    /// Ask the store, sign, keep. What was revoked meanwhile is asked for again.
    async fn make(&self, issuer: &Issuer, id: &CertId) -> Result<OcspAnswer, OcspError> {
        let _place = self.place()?;
        let name: Arc<str> = issuer.name().into();
        let mut attempt = 1;
        loop {
            let now = self.authority.signing_clock.now(self.authority.clock.as_ref())?;
            // Before anything is asked that may change: whose status it is, and who may sign.
            let mark = self.authority.statuses.mark(id);
            let signatory = self.signatory(issuer, now)?;
            let single = self.look_up(issuer, id, now, signatory.ends).await?;
            let times = kept_for(&single);
            let der = self.authority.sign_ocsp(vec![single.clone()], None, signatory, now).await?;
            count(&self.counts.signed);
            let answer = OcspAnswer::signed(der, times);
            let current = self.authority.statuses.keep(mark, &name, single, Some(answer.clone()));
            if current || attempt >= ATTEMPTS {
                return Ok(answer);
            }
            attempt += 1;
        }
    }

    /// An answer for this client alone: it repeats a nonce, or speaks of several certificates.
    async fn answer_anew(&self, issuer: &Issuer, request: OcspRequest) -> Result<OcspAnswer, OcspError> {
        for id in &request.certificates {
            check_issuer(issuer, id)?;
        }
        let _place = self.place()?;
        let now = self.authority.signing_clock.now(self.authority.clock.as_ref())?;
        let signatory = self.signatory(issuer, now)?;
        let mut singles = Vec::with_capacity(request.certificates.len());
        for id in &request.certificates {
            singles.push(self.known(issuer, id, now, signatory.ends).await?);
        }
        let der = self.authority.sign_ocsp(singles, request.nonce, signatory, now).await?;
        count(&self.counts.signed);
        Ok(OcspAnswer::signed(der, None))
    }

    /// What is known of one certificate: from memory while that is young, from the store, and from memory again while it
    /// holds and the store does not answer.
    async fn known(
        &self,
        issuer: &Issuer,
        id: &CertId,
        now: Timestamp,
        ends: Timestamp,
    ) -> Result<SingleResponse, OcspError> {
        let remembered = self.authority.statuses.single(issuer.name(), id);
        if let Some(single) = remembered.as_ref().filter(|single| is_young(single, now)) {
            return Ok(until(single.clone(), ends));
        }
        let mark = self.authority.statuses.mark(id);
        match self.look_up(issuer, id, now, ends).await {
            Ok(single) => {
                // The answer out of memory, if there is one, goes with what it says: it is made again when asked for.
                self.authority.statuses.keep(mark, &issuer.name().into(), single.clone(), None);
                Ok(single)
            }
            Err(error) => {
                let held = remembered.filter(|single| holds(single, now)).ok_or(error)?;
                count(&self.counts.fallbacks);
                Ok(until(held, ends))
            }
        }
    }

    async fn look_up(
        &self,
        issuer: &Issuer,
        id: &CertId,
        now: Timestamp,
        ends: Timestamp,
    ) -> Result<SingleResponse, OcspError> {
        let status = match id.serial() {
            Ok(serial) => self.status_of(issuer.name(), &serial, now).await?,
            Err(_) => CertStatus::Unknown,
        };
        // What is not on record now may be a moment later: of it there is always newer information.
        let next_update =
            (status != CertStatus::Unknown).then(|| now.plus(self.settings().lifetime).min(ends));
        Ok(SingleResponse { certificate: id.clone(), status, this_update: now, next_update })
    }

    async fn status_of(
        &self,
        authority: &str,
        serial: &Serial,
        now: Timestamp,
    ) -> Result<CertStatus, OcspError> {
        let found = self.authority.store.find_by_serial(authority, serial);
        let record = tokio::time::timeout(PATIENCE, found)
            .await
            .map_err(|_| OcspError::StoreLate { patience: PATIENCE })??;
        Ok(record.map_or(CertStatus::Unknown, |record| status(&record, now)))
    }

    fn signatory(&self, issuer: &Issuer, now: Timestamp) -> Result<Signatory, OcspError> {
        match self.settings().signed_by {
            SignedBy::Authority => Signatory::itself(issuer, now),
            SignedBy::Delegate => Signatory::delegate(issuer, self.delegate(issuer.name()).as_deref(), now),
        }
    }

    fn place(&self) -> Result<SemaphorePermit<'_>, OcspError> {
        self.places.try_acquire().map_err(|_| OcspError::Busy { most: AT_ONCE })
    }

    /// Sign what is asked for often before it is old, one after the other, until one fails; how many were signed.
    pub async fn sign_ahead(self: &Arc<Self>) -> Result<usize, Arc<OcspError>> {
        let mut signed = 0;
        for (authority, id) in self.authority.statuses.due(self.authority.clock.now(), AHEAD) {
            let Some(issuer) = self.authority.issuers.get(&authority) else { continue };
            self.landed(&issuer, &id).await?;
            count(&self.counts.ahead);
            signed += 1;
        }
        Ok(signed)
    }
}

impl Authority {
    /// What OCSP clients were told of this serial number is out of date. To be called when a status was changed other
    /// than by [`Self::revoke`], before the change is acknowledged.
    pub fn forget_status(&self, serial: &Serial) {
        self.statuses.forget(serial);
    }
}

/// A response has one signer: it speaks of certificates of one issuer.
fn check_issuer(issuer: &Issuer, id: &CertId) -> Result<(), OcspError> {
    let own = issuer.certificate().is_some_and(|own| id.is_issued_by(own.subject(), own.public_key()));
    let other = || OcspError::OtherIssuer { authority: issuer.name().to_owned() };
    own.then_some(()).ok_or_else(other)
}

fn status(record: &StoredCertificate, now: Timestamp) -> CertStatus {
    if let Some(revocation) = &record.revocation {
        let code = revocation.reason.code();
        // RFC 5280 section 5.3.1: an unspecified reason is left out.
        return CertStatus::Revoked { at: revocation.at, reason: (code != 0).then_some(code) };
    }
    match record.state(now) {
        CertificateState::Valid | CertificateState::Expired => CertStatus::Good,
        CertificateState::PossiblySigned | CertificateState::Revoked => CertStatus::Unknown,
    }
}

/// The same, not beyond the end of the certificate that vouches for it.
fn until(single: SingleResponse, ends: Timestamp) -> SingleResponse {
    SingleResponse { next_update: single.next_update.map(|next_update| next_update.min(ends)), ..single }
}

fn kept_for(single: &SingleResponse) -> Option<(Timestamp, Timestamp)> {
    Some((single.this_update, single.next_update?))
}
