//! Lists for what an authority signed with a key that it had before.

use std::collections::BTreeSet;
use std::sync::Arc;

use hf_ca::create::RootKey;
use hf_ca::crl::{CrlError, CrlRequest};
use hf_ca::error::IssueError;
use hf_ca::reissue::ReissueKey;
use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::time::Lifetime;
use hf_store::record::COMPLETE;
use hf_x509::crl::CertificateList;

use crate::common::{House, key, new_authority, operator, request};

fn crl_of(name: &str) -> CrlRequest {
    CrlRequest {
        principal: operator(),
        channel: Channel::CommandLine,
        authority: name.to_owned(),
        shard: COMPLETE,
        lifetime: CrlRequest::LIFETIME,
    }
}

#[tokio::test]
async fn the_former_key_signs_the_list_for_what_it_signed() {
    let house = House::new();
    let authority = house.found().await;
    let issued = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let record = authority.store().authority("services").await.unwrap().unwrap();
    let file = house.path().join("keys").join(record.key.unwrap().strip_prefix("file:").unwrap());
    let former = || Arc::new(hf_keys::file::read_private_key(&file, None).unwrap());
    let new = new_authority("services", "intermediate");
    authority.reissue(new, Some("root"), ReissueKey::New(RootKey::Keep), house.origin()).await.unwrap();
    let target = RevokeTarget::Certificate(issued.certificate.clone());
    let reason = RevocationReason::Superseded;
    authority
        .revoke(RevokeRequest { principal: operator(), channel: Channel::CommandLine, target, reason })
        .await
        .unwrap();
    let now = authority.issue_crl(crl_of("services")).await.unwrap();

    let signed = authority.issue_former_crl(crl_of("services"), former()).await.unwrap();
    let list = CertificateList::from_der(signed.der.to_vec()).unwrap();
    list.verify_signed_by(issued.chain[0].public_key()).unwrap();
    let entries: Vec<_> = list.entries().map(|entry| entry.serial().unwrap()).collect();
    assert_eq!(entries, [issued.certificate.serial().unwrap()]);
    assert!(signed.number > now.number, "no number is used twice");
    let latest = authority.latest_crl("services").await.unwrap().unwrap();
    assert_eq!(latest.number, now.number, "it is not the list of the authority");
    let next = authority.issue_crl(crl_of("services")).await.unwrap();
    assert!(next.number > signed.number);

    for (name, key) in [("services", Arc::new(key())), ("root", former())] {
        let refused = authority.issue_former_crl(crl_of(name), key).await.unwrap_err();
        assert!(matches!(refused, CrlError::OtherKey { .. }), "{refused}");
    }
}

#[tokio::test]
async fn no_list_outlives_its_signer() {
    let house = House::new();
    let authority = house.found().await;
    let end = authority.issuers().get("services").unwrap().facts().earliest_end();
    let request = CrlRequest { lifetime: Lifetime::from_days(50 * 365), ..crl_of("services") };
    assert_eq!(authority.issue_crl(request).await.unwrap().next_update, end);
}

#[tokio::test]
async fn an_authority_with_others_below_signs_nothing_else_where_it_is_kept_so() {
    let house = House::new();
    let authority = house.found().await;
    let from = |name: &str| {
        let mut asked = request(&["www.example.com"]);
        asked.authority = name.to_owned();
        asked
    };
    authority.issue(from("root")).await.unwrap();
    authority.keep_parents_for_authorities(BTreeSet::new());
    let refused = authority.issue(from("root")).await.unwrap_err();
    assert!(matches!(&refused, IssueError::Refused { .. }), "{refused}");
    assert_eq!(refused.findings()[0].code.as_str(), "HF-POLICY-SIGNS-AUTHORITIES");
    authority.issue(from("services")).await.unwrap();
    let more = new_authority("more", "intermediate");
    authority.create_intermediate(more, "root", house.origin()).await.unwrap();
    authority.keep_parents_for_authorities(BTreeSet::from(["root".to_owned()]));
    authority.issue(from("root")).await.unwrap();
}
