//! A store that fails at every single write, once losing it and once carrying it out and saying otherwise.
//!
//! Whichever write fails: everything signed is on record, everything handed out is on record as issued, and afterwards
//! the same requests succeed without anybody's repair.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;

use crate::common::{House, operator, request_with};
use crate::remembering_key::RememberingKey;
use hf_ca::authority::Authority;
use hf_ca::crl::CrlRequest;
use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_keys::private_key::PrivateKey;
use hf_store::Store;
use hf_store::faulty::{Failure, FaultyStore};
use hf_store::list::ListFilter;
use hf_store::record::Body;
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;

/// Issue, issue again under the same identifier, revoke, sign a CRL.
async fn work(authority: &Authority, key: &PrivateKey, out: &mut Vec<Vec<u8>>) -> Result<(), Box<dyn Error>> {
    let asked = || {
        let mut asked = request_with(key, &["a.shop.internal"]);
        asked.dedup_key = Some("order".to_owned());
        asked
    };
    let issued = authority.issue(asked()).await?;
    out.push(issued.certificate.der().to_vec());
    let again = authority.issue(asked()).await?;
    assert_eq!(again.certificate, issued.certificate);
    let target = RevokeTarget::Certificate(issued.certificate.clone());
    let (principal, channel) = (operator(), Channel::CommandLine);
    let reason = RevocationReason::Superseded;
    authority.revoke(RevokeRequest { principal: principal.clone(), channel, target, reason }).await?;
    let (lifetime, name) = (CrlRequest::LIFETIME, "services".to_owned());
    let shard = hf_store::record::COMPLETE;
    authority.issue_crl(CrlRequest { principal, channel, authority: name, shard, lifetime }).await?;
    let list = authority.latest_crl("services").await?.map(|crl| CertificateList::from_der(crl.der));
    assert!(list.unwrap()?.find(issued.certificate.serial_octets()).is_some());
    Ok(())
}

async fn lend(authority: &Authority, key: &Arc<RememberingKey>) {
    authority.lend_key("services", key.clone()).await.unwrap();
}

async fn records(store: &Arc<dyn Store>) -> (BTreeSet<Vec<u8>>, BTreeSet<Vec<u8>>) {
    let page = store.list(ListFilter::default(), None, 1_000).await.unwrap();
    assert!(page.next.is_none());
    let (mut signed, mut issued) = (BTreeSet::new(), BTreeSet::new());
    for record in page.items {
        match record.body {
            Body::PossiblySigned(tbs) => {
                signed.insert(tbs);
            }
            Body::Issued(der) => {
                signed.insert(Certificate::from_der(&der).unwrap().tbs_der().to_vec());
                issued.insert(der);
            }
        }
    }
    (signed, issued)
}

/// The work with the `at`-th write failing; whether a write failed at all.
async fn with_failure(at: u64, failure: Failure) -> bool {
    let house = House::new();
    drop(house.found().await);
    let inner = house.store();
    let key = Arc::new(RememberingKey::of_services(&*inner, &house, usize::MAX).await);
    let leaf = crate::common::key();
    let mut handed_out = Vec::new();
    let faulty = Arc::new(FaultyStore::new(inner.clone(), at, failure));
    let started = house.try_start_over(faulty.clone()).await;
    if let Ok((authority, _)) = started {
        lend(&authority, &key).await;
        let outcome = work(&authority, &leaf, &mut handed_out).await;
        assert!(faulty.calls() < at || failure == Failure::Done || outcome.is_err(), "write {at} was lost");
    }
    let failed = faulty.calls() >= at;
    // The next start, over what is really there.
    let (authority, report) = house.start_over(inner.clone()).await;
    assert_eq!(report.findings, [], "write {at} {failure:?}");
    let (signed, issued) = records(&inner).await;
    for tbs in key.signed.lock().unwrap().iter() {
        assert!(signed.contains(tbs), "write {at} {failure:?}: signed, but not on record");
    }
    for der in &handed_out {
        assert!(issued.contains(der), "write {at} {failure:?}: handed out, but not on record");
    }
    lend(&authority, &key).await;
    work(&authority, &leaf, &mut handed_out).await.unwrap();
    failed
}

#[tokio::test]
async fn whichever_write_fails_nothing_is_lost_and_the_next_start_goes_on() {
    for failure in [Failure::Lost, Failure::Done] {
        let mut at = 1;
        while with_failure(at, failure).await {
            at += 1;
        }
        assert!(at > 10, "only {at} writes failed");
    }
}
