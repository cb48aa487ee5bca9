//! Revocation and CRLs over a real store.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::common::{House, key, new_authority, operator, request, request_with};
use hf_ca::authority::Authority;
use hf_ca::create::{NewAuthority, RootKey};
use hf_ca::crl::CrlRequest;
use hf_ca::error::{IssueError, IssuerUnavailable};
use hf_ca::policy::AuthorityWish;
use hf_ca::reissue::ReissueKey;
use hf_ca::renew::{RenewError, RenewRequest};
use hf_ca::request::{IssueRequest, IssuedCertificate};
use hf_ca::revoke::{RevokeError, RevokeRequest, RevokeTarget, Revoked};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::time::Lifetime;
use hf_store::record::RevokeOutcome;
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::public_key::KeyIdentifierMethod;

async fn revoke(
    authority: &Authority,
    certificate: &Certificate,
    reason: RevocationReason,
) -> Result<Revoked, RevokeError> {
    let target = RevokeTarget::Certificate(certificate.clone());
    authority
        .revoke(RevokeRequest { principal: operator(), channel: Channel::CommandLine, target, reason })
        .await
}

fn crl_of(name: &str) -> CrlRequest {
    CrlRequest {
        principal: operator(),
        channel: Channel::CommandLine,
        authority: name.to_owned(),
        shard: hf_store::record::COMPLETE,
        lifetime: CrlRequest::LIFETIME,
    }
}

async fn crl(authority: &Authority, name: &str) -> CertificateList {
    authority.issue_crl(crl_of(name)).await.unwrap();
    CertificateList::from_der(authority.latest_crl(name).await.unwrap().unwrap().der).unwrap()
}

async fn leaf(authority: &Authority, name: &str) -> IssuedCertificate {
    authority.issue(request(&[name])).await.unwrap()
}

#[tokio::test]
async fn what_is_revoked_is_on_the_next_crl_with_date_and_reason() {
    let house = House::new();
    let authority = house.found().await;
    let issued = leaf(&authority, "a.shop.internal").await;
    let empty = crl(&authority, "services").await;
    assert_eq!(empty.entry_count(), 0);
    let outcome =
        revoke(&authority, &issued.certificate, RevocationReason::Superseded).await.unwrap().outcome;
    assert_eq!(outcome, RevokeOutcome::Revoked);
    let list = crl(&authority, "services").await;
    list.verify_signed_by(issued.chain[0].public_key()).unwrap();
    assert_eq!(list.issuer(), issued.chain[0].subject());
    assert_eq!(list.this_update(), house.now());
    assert_eq!(list.next_update(), Some(house.now().plus(CrlRequest::LIFETIME)));
    assert!(list.crl_number().unwrap() > empty.crl_number().unwrap());
    let entries: Vec<_> = list.entries().collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].serial().unwrap(), issued.certificate.serial().unwrap());
    assert_eq!(entries[0].revocation_date(), house.now());
    assert_eq!(entries[0].reason().unwrap(), Some(RevocationReason::Superseded));
}

#[tokio::test]
async fn lists_that_are_asked_for_at_once_all_come_with_numbers_of_their_own() {
    let house = House::new();
    let authority = Arc::new(house.found().await);
    let asked: Vec<_> = (0..6)
        .map(|_| {
            let authority = Arc::clone(&authority);
            tokio::spawn(async move { authority.issue_crl(crl_of("services")).await })
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for one in asked {
        numbers.insert(one.await.unwrap().unwrap().number);
    }
    assert_eq!(numbers.len(), 6);
    let latest = authority.latest_crl("services").await.unwrap().unwrap();
    assert_eq!(Some(&latest.number), numbers.last());
}

#[tokio::test]
async fn revocation_is_monotone() {
    let house = House::new();
    let authority = house.found().await;
    let issued = leaf(&authority, "a.shop.internal").await;
    let first = house.now();
    revoke(&authority, &issued.certificate, RevocationReason::Superseded).await.unwrap();
    house.clock.advance(Lifetime::from_hours(1));
    let again =
        revoke(&authority, &issued.certificate, RevocationReason::CessationOfOperation).await.unwrap();
    assert!(matches!(again.outcome, RevokeOutcome::AlreadyRevoked(record) if record.at == first));
    let raised = revoke(&authority, &issued.certificate, RevocationReason::KeyCompromise).await.unwrap();
    assert!(matches!(raised.outcome, RevokeOutcome::ReasonRaised(record) if record.at == first));
    let list = crl(&authority, "services").await;
    let entry = list.entries().next().unwrap();
    assert_eq!(
        (entry.revocation_date(), entry.reason().unwrap()),
        (first, Some(RevocationReason::KeyCompromise))
    );
}

#[tokio::test]
async fn a_compromised_key_is_blocked_and_its_siblings_are_named() {
    let house = House::new();
    let authority = house.found().await;
    let key = key();
    let first = authority.issue(request_with(&key, &["a.shop.internal"])).await.unwrap();
    let second = authority.issue(request_with(&key, &["b.shop.internal"])).await.unwrap();
    let revoked = revoke(&authority, &first.certificate, RevocationReason::KeyCompromise).await.unwrap();
    let siblings: Vec<_> = revoked.siblings.iter().map(|sibling| sibling.serial.clone()).collect();
    assert_eq!(siblings, [second.certificate.serial().unwrap()]);
    let error = authority.issue(request_with(&key, &["c.shop.internal"])).await.unwrap_err();
    assert!(error.is_refusal());
    assert_eq!(error.findings()[0].code.as_str(), "HF-KEY-BLOCKED");
}

#[tokio::test]
async fn revoking_an_intermediate_fells_its_branch_and_no_other() {
    let house = House::new();
    let authority = house.found().await;
    for (name, parent) in [("asia", "root"), ("fin", "services")] {
        authority
            .create_intermediate(new_authority(name, "intermediate"), parent, house.origin())
            .await
            .unwrap();
    }
    let services = authority.issuers().get("services").unwrap().certificate().unwrap().clone();
    let revoked = revoke(&authority, &services, RevocationReason::CaCompromise).await.unwrap();
    assert_eq!(revoked.branch, ["fin", "services"]);
    let check = async |authority: &Authority| {
        for (name, stands) in [("services", false), ("fin", false), ("asia", true)] {
            let mut asked = request(&["a.shop.internal"]);
            asked.authority = name.to_owned();
            match authority.issue(asked).await {
                Ok(_) => assert!(stands, "{name}"),
                Err(IssueError::Issuer(IssuerUnavailable::Revoked { .. })) => assert!(!stands, "{name}"),
                Err(other) => panic!("{name}: {other}"),
            }
        }
    };
    check(&authority).await;
    drop(authority);
    let authority = house.start().await;
    check(&authority).await;
    assert_eq!(crl(&authority, "root").await.entry_count(), 1);
}

/// The authority above has a good certificate again; what its old one certified leads to no root all the same.
#[tokio::test]
async fn what_a_revoked_certificate_certified_stays_out_of_service_when_another_takes_its_place() {
    let house = House::new();
    let authority = house.found().await;
    let fin = new_authority("fin", "intermediate");
    authority.create_intermediate(fin, "services", house.origin()).await.unwrap();
    let services = authority.issuers().get("services").unwrap().certificate().unwrap().clone();
    revoke(&authority, &services, RevocationReason::CaCompromise).await.unwrap();
    let again = new_authority("services", "intermediate");
    let key = ReissueKey::New(RootKey::Keep);
    authority.reissue(again, Some("root"), key, house.origin()).await.unwrap();
    let stand = |authority: &Authority| {
        let standing = |name: &str| authority.issuers().get(name).unwrap().standing();
        assert_eq!((standing("services"), standing("fin")), ("active", "revoked"));
        let fallen = authority.issuers().get("fin").unwrap();
        let subject = &fallen.fall().unwrap().subject;
        assert_eq!(*subject, services.subject().to_string(), "which of the chain");
    };
    stand(&authority);
    let asked = IssueRequest { authority: "fin".to_owned(), ..request(&["a.shop.internal"]) };
    let refused = authority.issue(asked).await.unwrap_err();
    assert!(refused.to_string().contains("cannot issue"), "{refused}");
    leaf(&authority, "a.shop.internal").await;
    drop(authority);
    stand(&house.start().await);
}

/// An authority above gets another certificate with the same key: those below get it into their chains, and their own stay
/// what they are.
#[tokio::test]
async fn what_is_revoked_stays_so_when_the_authority_above_is_renewed() {
    let house = House::new();
    let authority = house.found().await;
    let services = authority.issuers().get("services").unwrap().certificate().unwrap().clone();
    revoke(&authority, &services, RevocationReason::CessationOfOperation).await.unwrap();
    authority.reissue(new_authority("root", "root"), None, ReissueKey::Same, house.origin()).await.unwrap();
    assert_eq!(authority.issuers().get("services").unwrap().standing(), "revoked");
    assert!(authority.issue(request(&["a.shop.internal"])).await.is_err());
}

/// Authorities that came from OpenSSL or CFSSL have identifiers of another kind; what they signed names those.
#[tokio::test]
async fn an_authority_that_is_certified_anew_keeps_its_key_identifier() {
    let house = House::new();
    let authority = house.found().await;
    let older = |name: &str, profile: &str| {
        let wish = AuthorityWish { key_identifier: KeyIdentifierMethod::Sha1, ..AuthorityWish::default() };
        NewAuthority { wish, ..new_authority(name, profile) }
    };
    authority.create_root(older("old", "root"), RootKey::Keep, house.origin()).await.unwrap();
    authority.create_intermediate(older("below", "intermediate"), "old", house.origin()).await.unwrap();
    let certificate = |name: &str| authority.issuers().get(name).unwrap().certificate().unwrap().clone();
    let before = [certificate("old"), certificate("below")];
    for (name, profile, parent) in [("old", "root", None), ("below", "intermediate", Some("old"))] {
        let anew = new_authority(name, profile);
        authority.reissue(anew, parent, ReissueKey::Same, house.origin()).await.unwrap();
    }
    for (before, name) in before.iter().zip(["old", "below"]) {
        let after = certificate(name);
        assert_ne!(&after, before);
        let by_sha1 = before.public_key().key_identifier_by(KeyIdentifierMethod::Sha1);
        assert_eq!(after.subject_key_identifier().unwrap(), Some(by_sha1), "{name}");
        assert_eq!(
            after.authority_key_identifier().unwrap(),
            before.authority_key_identifier().unwrap(),
            "{name}"
        );
    }
    let key = ReissueKey::New(RootKey::Keep);
    authority
        .reissue(new_authority("below", "intermediate"), Some("old"), key, house.origin())
        .await
        .unwrap();
    let other = certificate("below");
    assert_eq!(other.subject_key_identifier().unwrap(), Some(other.public_key().key_identifier()));
}

#[tokio::test]
async fn what_cannot_be_revoked_is_refused_in_words() {
    let (house, other) = (House::new(), House::new());
    let authority = house.found().await;
    let issued = leaf(&authority, "a.shop.internal").await;
    let error = revoke(&authority, &issued.chain[1], RevocationReason::Unspecified).await.unwrap_err();
    assert!(matches!(error, RevokeError::Root { .. }), "{error}");
    let error = revoke(&authority, &issued.certificate, RevocationReason::CaCompromise).await.unwrap_err();
    assert!(matches!(error, RevokeError::Reason { .. }), "{error}");
    let foreign = leaf(&other.found().await, "a.shop.internal").await;
    let error = revoke(&authority, &foreign.certificate, RevocationReason::Unspecified).await.unwrap_err();
    assert!(matches!(error, RevokeError::Unknown { .. } | RevokeError::OtherCertificate { .. }), "{error}");
    assert_eq!(crl(&authority, "services").await.entry_count(), 0);
}

#[tokio::test]
async fn a_revoked_certificate_is_not_renewed() {
    let house = House::new();
    let authority = house.found().await;
    let issued = leaf(&authority, "a.shop.internal").await;
    revoke(&authority, &issued.certificate, RevocationReason::PrivilegeWithdrawn).await.unwrap();
    let request = RenewRequest::new(
        operator(),
        Channel::CommandLine,
        "services",
        issued.certificate.serial().unwrap(),
        request(&["a.shop.internal"]).csr,
    );
    assert!(matches!(authority.renew(request).await.unwrap_err(), RenewError::State { .. }));
}

#[tokio::test]
async fn an_expired_entry_stays_until_it_has_been_on_a_crl_after_expiry() {
    let house = House::new();
    let authority = house.found().await;
    let issued = leaf(&authority, "a.shop.internal").await;
    revoke(&authority, &issued.certificate, RevocationReason::Superseded).await.unwrap();
    house.clock.advance(Lifetime::from_days(40));
    assert_eq!(crl(&authority, "services").await.entry_count(), 1, "the one CRL after expiry");
    house.clock.advance(Lifetime::from_days(1));
    assert_eq!(crl(&authority, "services").await.entry_count(), 0);
}

#[tokio::test]
async fn crl_numbers_rise_also_within_a_second_and_after_a_restart() {
    let house = House::new();
    let mut last = None;
    let mut authority = house.found().await;
    for round in 0..6 {
        if round == 3 {
            drop(authority);
            authority = house.start().await;
        }
        let number = crl(&authority, "services").await.crl_number().unwrap();
        assert!(number > last, "{number:?} after {last:?}");
        last = number;
    }
}

#[tokio::test]
async fn a_crl_longer_than_a_page_is_whole_and_in_order() {
    let house = House::new();
    let authority = house.found().await;
    let mut serials = Vec::new();
    for index in 0..25 {
        let issued = leaf(&authority, &format!("n{index}.shop.internal")).await;
        revoke(&authority, &issued.certificate, RevocationReason::Unspecified).await.unwrap();
        serials.push(issued.certificate.serial().unwrap());
    }
    serials.sort();
    let list = crl(&authority, "services").await;
    let found: Vec<_> = list.entries().map(|entry| entry.serial().unwrap()).collect();
    assert_eq!(found, serials);
}
