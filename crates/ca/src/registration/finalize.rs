//! Finalizing an order, RFC 8555 section 7.4: from a signing request to a certificate.
//!
//! That an order is processing stands on record, with the signing request, before the authority is asked. The authority
//! knows the order by its identifier, so whoever goes on with it later gets the certificate that exists, or the first one.

use hf_core::algorithm::KeyAlgorithm;
use hf_core::causes::with_causes;
use hf_core::name::{Identifier, SanSet};
use hf_core::principal::Channel;
use hf_core::time::{Timestamp, Validity};
use hf_proto::acme::csr::{self, CsrFacts, CsrKey};
use hf_proto::acme::id::Id;
use hf_proto::acme::identifier::Target;
use hf_proto::acme::jwk::{Curve, Jwk};
use hf_proto::acme::order::{CsrDer, Finalize, NotProcessing, Order};
use hf_proto::acme::problem::{Problem, ProblemType};
use hf_store::record::Swap;
use hf_x509::csr::{UnverifiedCsr, VerifiedCsr};
use hf_x509::oids;
use hf_x509::public_key::PublicKey;

use super::accounts::TRIES;
use super::allowed::Allowance;
use super::error::{RegistrationError, failed};
use super::observer::OrderOutcome;
use super::orders::PlacedOrder;
use super::{KnownAccount, Registration};
use crate::error::{IssueError, IssuerUnavailable};
use crate::request::{IssueRequest, IssuedCertificate};
use crate::signer::SignerError;

/// The first octet of a point in uncompressed form, SEC 1 section 2.3.3.
const UNCOMPRESSED: u8 = 4;

/// What the authority knows orders by begins with this.
const DEDUP_PREFIX: &str = "acme:";

/// When to try again where the authority does not say, in seconds.
const RETRY_AFTER: u64 = 30;

/// What an authority's answer means for an order.
enum Verdict {
    /// Nothing is on record, or it is closed: the order stays ready, and this is the answer.
    Ready(Problem),
    /// No certificate will come of the order.
    Failed(Problem),
    /// It is not known: the order stays processing, and somebody looks later.
    Unknown,
}

impl Registration {
    /// Hand in the signing request (DER) of an order. A repetition of the one that was accepted is answered with the order
    /// as it stands.
    pub async fn finalize(
        &self,
        account: &KnownAccount,
        id: &Id,
        csr: Vec<u8>,
    ) -> Result<PlacedOrder, RegistrationError> {
        let mut placed = self.order(account, id).await?;
        let _at_work = self.under_way.enter(&id.to_string());
        for _ in 0..TRIES {
            let now = self.now();
            let accepted = placed.order.finalize(CsrDer::new(csr.clone()), now, &placed.authorizations)?;
            let Finalize::Begun(begun) = accepted else { return Ok(placed) };
            self.check_own_key(account).await?;
            let allowance = self.allowance(account).await?;
            self.check_still_allowed(&placed, &allowance)?;
            let verified = self.verified(&csr, &begun).await.inspect_err(|_| self.refused_one())?;
            self.check_caa(&placed).await.inspect_err(|_| self.refused_one())?;
            match self.swap_order(&begun, now, None, placed.revision).await? {
                Swap::Done { revision } => {
                    let begun = PlacedOrder { order: begun, revision, ..placed };
                    return self.carry_on(begun, verified, &allowance).await;
                }
                Swap::Stale(current) => placed = self.placed(&current).await?,
            }
        }
        Err(RegistrationError::Contended { kind: "order", id: id.to_string() })
    }

    /// A signing request that is for this order, and whose sender has the key.
    async fn verified(&self, der: &[u8], order: &Order) -> Result<VerifiedCsr, RegistrationError> {
        let csr = UnverifiedCsr::from_der(der).and_then(UnverifiedCsr::verify);
        let csr = csr.map_err(|error| bad_csr(format!("the signing request: {}", with_causes(&error))))?;
        csr_judgement(&csr, order, self.csr_key(csr.public_key()).await?)?;
        Ok(csr)
    }

    /// Whether an account has this key, whichever it is and whether it may still ask (RFC 8555 section 11.1).
    async fn csr_key(&self, key: &PublicKey) -> Result<CsrKey, RegistrationError> {
        if key.ec_point().is_some_and(|(_, point)| point.first() != Some(&UNCOMPRESSED)) {
            return Ok(CsrKey::Compressed);
        }
        let Some(jwk) = jwk_of(key) else { return Ok(CsrKey::Own) };
        let found = self.store().account_by_thumbprint(&self.name, jwk.thumbprint().0).await;
        let account = found.map_err(failed("find an account"))?;
        Ok(if account.is_some() { CsrKey::OfAnAccount } else { CsrKey::Own })
    }

    /// That names and profile may still be had, and that a name without a proof is still one that the account is trusted
    /// with: the file, or the key of the account, may have changed since the order was placed.
    pub(super) fn check_still_allowed(
        &self,
        placed: &PlacedOrder,
        allowance: &Allowance,
    ) -> Result<(), RegistrationError> {
        let (setup, terms) = (self.setup(), &placed.order.terms);
        let mut refused = self.refused(&terms.identifiers, allowance, &setup.settings);
        let unproven = terms.identifiers.iter().filter(|name| {
            let target = Target::of(name);
            let mut of_name = placed.authorizations.iter().filter(|one| one.target() == target);
            !allowance.trusts(name, &setup.settings) && !of_name.any(|one| one.method().is_some())
        });
        let why = "the account is not trusted with it any more: order it anew, and prove it";
        refused.extend(unproven.map(|name| (name.clone(), why.to_owned())));
        if !refused.is_empty() {
            return Err(hf_proto::acme::new_order::rejected(&refused).into());
        }
        let profile = allowance.profile(terms.profile.as_deref(), &setup.settings)?;
        let (leaf, now) = (self.leaf_profile(&profile)?, self.now());
        let lifetime = leaf.validity(now, None).lifetime();
        Ok(hf_proto::acme::new_order::check_end(None, terms.not_after, lifetime, now)?)
    }

    fn refused_one(&self) {
        self.observer.order(&self.name, OrderOutcome::Refused);
    }

    /// Go on with an order that is processing: issue, and record what came of it.
    pub(super) async fn carry_on(
        &self,
        placed: PlacedOrder,
        csr: VerifiedCsr,
        allowance: &Allowance,
    ) -> Result<PlacedOrder, RegistrationError> {
        let request = self.issue_request(&placed.order, csr, allowance);
        match self.authority.issue(request).await {
            Ok(issued) => self.record_issued(placed, &issued).await,
            Err(error) => match verdict(&error) {
                Verdict::Ready(problem) => {
                    tracing::info!(order = %placed.order.terms.id, error = with_causes(&error), "ACME order not issued");
                    self.refused_one();
                    let next = placed.order.refused();
                    self.record(placed, next, None).await?;
                    Err(problem.into())
                }
                Verdict::Failed(problem) => {
                    tracing::error!(order = %placed.order.terms.id, error = with_causes(&error), "ACME order failed");
                    self.observer.order(&self.name, OrderOutcome::Failed);
                    let next = placed.order.failed(problem);
                    self.record(placed, next, None).await
                }
                Verdict::Unknown => {
                    tracing::warn!(order = %placed.order.terms.id, error = with_causes(&error), "ACME order under way");
                    Ok(placed)
                }
            },
        }
    }

    pub(super) async fn record_issued(
        &self,
        placed: PlacedOrder,
        issued: &IssuedCertificate,
    ) -> Result<PlacedOrder, RegistrationError> {
        if !issued.existed {
            self.observer.certificate(&self.name, &issued.profile);
        }
        let Ok(serial) = issued.certificate.serial() else { return Ok(placed) };
        let next = placed.order.issued(serial);
        self.observer.order(&self.name, OrderOutcome::Issued);
        self.record(placed, next, Some(issued.certificate.not_after())).await
    }

    /// Write what became of an order that is processing. Whoever else went on with it came to the same end.
    pub(super) async fn record(
        &self,
        placed: PlacedOrder,
        next: Result<Order, NotProcessing>,
        end: Option<Timestamp>,
    ) -> Result<PlacedOrder, RegistrationError> {
        let Ok(next) = next else { return Ok(placed) };
        match self.swap_order(&next, self.now(), end, placed.revision).await? {
            Swap::Done { revision } => Ok(PlacedOrder { order: next, revision, ..placed }),
            Swap::Stale(current) => self.placed(&current).await,
        }
    }

    fn issue_request(&self, order: &Order, csr: VerifiedCsr, allowance: &Allowance) -> IssueRequest {
        let (terms, setup) = (&order.terms, self.setup());
        let names: SanSet = terms.identifiers.iter().cloned().collect();
        let profile = terms.profile.clone().unwrap_or_default();
        let validity = self.wanted_validity(order);
        IssueRequest {
            wanted_names: Some(names),
            wanted_validity: validity,
            limits: allowance.limits(&setup.settings, &self.name),
            dedup_key: Some(dedup_key(&terms.id)),
            ..IssueRequest::new(self.principal(&terms.account), Channel::Acme, &self.name, profile, csr)
        }
    }

    /// First and last second, where the order names one of them. Neither makes the certificate last longer, nor end later,
    /// than one of an order that names none.
    fn wanted_validity(&self, order: &Order) -> Option<Validity> {
        let (terms, now) = (&order.terms, self.now());
        let profile = self.authority.profile(terms.profile.as_deref()?)?;
        let usual = profile.validity(now, None);
        let (start, end) = match (terms.not_before, terms.not_after) {
            (None, None) => return None,
            (Some(start), None) => {
                let whole = Validity::starting(start, usual.lifetime());
                (start, whole.not_after().min(now.plus(usual.lifetime())))
            }
            (None, Some(end)) => (usual.not_before().max(end.minus(usual.lifetime())), end),
            (Some(start), Some(end)) => (start, end),
        };
        Validity::new(start, end).ok()
    }
}

/// A key as an account would have it, if one could.
fn jwk_of(key: &PublicKey) -> Option<Jwk> {
    if let Some((modulus, exponent)) = key.rsa_modulus().zip(key.rsa_exponent()) {
        return Jwk::of_rsa(modulus, exponent).ok();
    }
    let curve = match key.key_algorithm()? {
        KeyAlgorithm::EcdsaP256 => Curve::P256,
        KeyAlgorithm::EcdsaP384 => Curve::P384,
        KeyAlgorithm::EcdsaP521 => Curve::P521,
        KeyAlgorithm::Ed25519 => return key.key_octets().try_into().ok().map(Jwk::of_ed25519),
        KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 | KeyAlgorithm::Rsa8192 => {
            return None;
        }
    };
    key.ec_point().and_then(|(_, point)| Jwk::of_ec_point(curve, point).ok())
}

/// That the request is for exactly what was ordered.
fn csr_judgement(csr: &VerifiedCsr, order: &Order, key: CsrKey) -> Result<(), Problem> {
    let unreadable = |error| bad_csr(format!("the signing request: {}", with_causes(&error)));
    let general = csr.general_names().map_err(unreadable)?;
    let names: Vec<Identifier> = csr.names().iter().cloned().collect();
    // What is no name of ours (RFC 5280 section 4.2.1.6: otherName, directoryName, registeredID, ...) is not lost.
    let other_names: Vec<String> =
        general.iter().filter(|name| name.to_identifier().is_err()).map(ToString::to_string).collect();
    let common_names: Vec<String> = csr
        .subject()
        .attributes()
        .filter(|attribute| attribute.kind == oids::COMMON_NAME)
        .map(|attribute| attribute.text().unwrap_or_default())
        .collect();
    let constraints = csr.basic_constraints().map_err(unreadable)?;
    csr::judge(
        CsrFacts {
            names: &names,
            other_names: &other_names,
            common_names: &common_names,
            asks_for_authority: constraints.is_some_and(|constraints| constraints.ca),
            asks_for_must_staple: csr
                .requested_extensions()
                .any(|extension| extension.is(&oids::TLS_FEATURE)),
            key,
        },
        &order.terms.identifiers,
    )
}

fn bad_csr(detail: String) -> Problem {
    Problem::new(ProblemType::BadCsr, detail)
}

/// By what the authority knows an order.
pub(super) fn dedup_key(order: &Id) -> String {
    format!("{DEDUP_PREFIX}{order}")
}

/// The order that the authority knows by this.
pub(crate) fn ordered_by(dedup_key: &str) -> Option<&str> {
    dedup_key.strip_prefix(DEDUP_PREFIX)
}

fn unavailable(detail: &str, seconds: u64) -> Problem {
    Problem::new(ProblemType::ServerInternal, detail).status(503).retry_after(seconds)
}

/// That the authority cannot sign: told to whoever orders as to whoever finalizes.
pub(super) fn out_of_service(error: &IssuerUnavailable) -> Problem {
    let detail = match error {
        IssuerUnavailable::Unfit { .. } | IssuerUnavailable::Unknown { .. } => {
            "the authority cannot issue now"
        }
        IssuerUnavailable::Pending { .. }
        | IssuerUnavailable::Retired { .. }
        | IssuerUnavailable::KeyAway { .. }
        | IssuerUnavailable::NotValidNow { .. }
        | IssuerUnavailable::Revoked { .. } => "the authority is not in service",
    };
    unavailable(detail, RETRY_AFTER)
}

/// What the authority's answer means. Nothing that it did not finish is left open by it, but where the store did not say.
fn verdict(error: &IssueError) -> Verdict {
    let later = |detail: &str| {
        let seconds = error.retry_after().map_or(RETRY_AFTER, |after| after.as_secs());
        Verdict::Ready(unavailable(detail, seconds))
    };
    match error {
        IssueError::Refused { findings } => {
            let reasons: Vec<String> = findings
                .iter()
                .filter(|finding| finding.severity == hf_core::finding::Severity::Error)
                .map(|finding| format!("{} ({})", finding.summary, finding.about))
                .collect();
            Verdict::Ready(Problem::new(ProblemType::BadCsr, reasons.join("; ")))
        }
        IssueError::UnknownProfile { .. } => {
            Verdict::Ready(Problem::new(ProblemType::InvalidProfile, "the profile is not offered any more"))
        }
        IssueError::Issuer(error) => Verdict::Ready(out_of_service(error)),
        IssueError::Clock(_) | IssueError::Random(_) | IssueError::Stale { .. } => {
            later("the authority cannot issue now")
        }
        IssueError::Overloaded(_) => later("too many signatures are under way"),
        IssueError::Store { source, .. } if !source.is_definite() => Verdict::Unknown,
        IssueError::Store { .. } => later("the authority cannot record anything now"),
        IssueError::InProgress { .. } => Verdict::Unknown,
        IssueError::Sign { source, .. } => match source {
            SignerError::Key(_) => Verdict::Failed(Problem::internal()),
            SignerError::Overloaded(_)
            | SignerError::Busy { .. }
            | SignerError::Late { .. }
            | SignerError::Stopped => later("the signature was not ready in time"),
        },
        IssueError::Unlogged { .. } => later("the logs of certificate transparency gave no timestamps"),
        IssueError::Lint { .. }
        | IssueError::NoLogs { .. }
        | IssueError::Build(_)
        | IssueError::DifferentRequest { .. }
        | IssueError::Broken { .. } => Verdict::Failed(Problem::internal()),
    }
}
