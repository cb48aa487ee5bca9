//! Shards of CRLs: where certificates say they are listed is where they are listed.

use std::sync::Arc;

use crate::common::{House, key, names, operator, request, request_with};
use hf_ca::authority::Authority;
use hf_ca::crl::{CrlError, CrlRequest, IssuedCrl};
use hf_ca::profile::{Profile, ProfileSettings};
use hf_ca::revoke::{RevokeRequest, RevokeTarget, Revoked};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::time::Lifetime;
use hf_store::StoreError;
use hf_store::record::COMPLETE;
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;

const SIZE: usize = 3;

fn profiles(base: &str) -> Vec<Profile> {
    let published = |settings: ProfileSettings| ProfileSettings {
        crl_url: Some(format!("{base}/crl/{{authority}}.crl")),
        crl_shard_url: Some(format!("{base}/crl/{{authority}}/{{shard}}.crl")),
        ..settings
    };
    ProfileSettings::defaults().into_iter().map(|it| Profile::compile(published(it)).unwrap()).collect()
}

async fn publishing(house: &House, authority: Authority, base: &str) -> Authority {
    authority.set_profiles(profiles(base), &house.origin()).await.unwrap();
    authority.set_shard_size(SIZE);
    authority
}

async fn leaf(authority: &Authority) -> Certificate {
    authority.issue(request(&["a.shop.internal"])).await.unwrap().certificate
}

fn point(certificate: &Certificate) -> String {
    let points = certificate.crl_distribution_points().unwrap().unwrap();
    let uris: Vec<&str> = points.uris().collect();
    assert_eq!(uris.len(), 1);
    uris[0].to_owned()
}

async fn revoke(authority: &Authority, certificate: &Certificate) -> Revoked {
    let request = RevokeRequest {
        principal: operator(),
        channel: Channel::CommandLine,
        target: RevokeTarget::Certificate(certificate.clone()),
        reason: RevocationReason::Superseded,
    };
    authority.revoke(request).await.unwrap()
}

async fn sign(authority: &Authority, shard: u32) -> Result<IssuedCrl, CrlError> {
    let (principal, channel) = (operator(), Channel::CommandLine);
    let (authority_name, lifetime) = ("services".to_owned(), CrlRequest::LIFETIME);
    authority.issue_crl(CrlRequest { principal, channel, authority: authority_name, shard, lifetime }).await
}

fn read(crl: &IssuedCrl) -> CertificateList {
    CertificateList::from_der(crl.der.to_vec()).unwrap()
}

#[tokio::test]
async fn the_list_of_a_shard_carries_the_name_that_its_certificates_carry() {
    let house = House::new();
    let authority = publishing(&house, house.found().await, "http://pki.a").await;
    let mut issued = Vec::new();
    for _ in 0..3 * SIZE {
        issued.push(leaf(&authority).await);
    }
    let points: Vec<String> = issued.iter().map(point).collect();
    let [first, second, third] =
        ["services.crl", "services/1.crl", "services/2.crl"].map(|file| format!("http://pki.a/crl/{file}"));
    let expected = [&first, &first, &first, &second, &second, &second, &third, &third, &third];
    assert!(points.iter().eq(expected), "{points:?}");
    for (index, shard) in [(0, COMPLETE), (4, 1), (8, 2)] {
        assert_eq!(revoke(&authority, &issued[index]).await.shard, shard);
    }
    let complete = read(&sign(&authority, COMPLETE).await.unwrap());
    assert_eq!(complete.entry_count(), 3, "the complete list names all");
    assert!(complete.issuing_distribution_point().unwrap().is_none(), "and says that it is complete");
    for (index, shard) in [(4, 1), (8, 2)] {
        let list = read(&sign(&authority, shard).await.unwrap());
        let scope = list.issuing_distribution_point().unwrap().unwrap();
        let uris: Vec<&str> = scope.name.as_ref().unwrap().uris().collect();
        assert_eq!(uris, [point(&issued[index])]);
        assert_eq!(list.entry_count(), 1);
        assert!(list.find(issued[index].serial_octets()).is_some());
    }
    assert!(matches!(sign(&authority, 3).await, Err(CrlError::UnknownShard { shard: 3, .. })));
}

#[tokio::test]
async fn a_restart_goes_on_with_the_shard_and_another_address_opens_the_next() {
    let house = House::new();
    let authority = publishing(&house, house.found().await, "http://pki.a").await;
    // What is issued in one second cannot be told apart by its serial numbers.
    for _ in 0..=SIZE {
        house.clock.advance(Lifetime::from_seconds(1));
        leaf(&authority).await;
    }
    drop(authority);
    house.clock.advance(Lifetime::from_seconds(1));
    let authority = publishing(&house, house.start().await, "http://pki.a").await;
    assert_eq!(point(&leaf(&authority).await), "http://pki.a/crl/services/1.crl");
    let authority = publishing(&house, authority, "http://pki.b").await;
    let moved = leaf(&authority).await;
    assert_eq!(point(&moved), "http://pki.b/crl/services/2.crl");
    // What was issued before keeps the list that it names.
    assert_eq!(revoke(&authority, &moved).await.shard, 2);
}

#[tokio::test]
async fn a_certificate_that_may_have_been_signed_is_listed_where_it_says() {
    let house = House::new();
    let inner = house.store();
    let authority = publishing(&house, house.found_over(Arc::clone(&inner)).await, "http://pki.a").await;
    for _ in 0..=SIZE {
        leaf(&authority).await;
    }
    let mut intent = None;
    for row in inner.list(hf_store::list::ListFilter::default(), None, 100).await.unwrap().items {
        if row.authority == "services" {
            intent = Some(row);
        }
    }
    let issued = intent.unwrap();
    // The same bytes under another serial number, begun and never finished.
    let serial = hf_core::serial::Serial::from_unsigned(&[7; 12]).unwrap();
    let certificate = Certificate::from_der(issued.body.octets()).unwrap();
    let open = hf_store::record::Intent {
        authority: "services".to_owned(),
        serial: serial.clone(),
        tbs: certificate.tbs_der().to_vec(),
        profile: "peer".to_owned(),
        snapshot: issued.snapshot,
        subject: String::new(),
        names: names(&["a.shop.internal"]),
        validity: issued.validity,
        spki_sha256: issued.spki_sha256,
        dedup_key: None,
        requested_at: house.now(),
    };
    let begun = hf_core::audit::AuditAction::IssuanceBegun {
        authority: "services".to_owned(),
        serial: serial.clone(),
        tbs_sha256: String::new(),
        profile: "peer".to_owned(),
    };
    inner.begin_issuance(open, house.origin().event(begun)).await.unwrap();
    inner.close_open_intents(house.origin()).await.unwrap();
    let target = RevokeTarget::Serial { authority: "services".to_owned(), serial };
    let (principal, channel, reason) = (operator(), Channel::CommandLine, RevocationReason::Superseded);
    let revoked = authority.revoke(RevokeRequest { principal, channel, target, reason }).await.unwrap();
    assert_eq!(revoked.shard, 1);
}

#[tokio::test]
async fn the_numbers_of_a_shard_jump_over_what_an_old_backup_forgot() {
    let house = House::new();
    let authority = publishing(&house, house.found().await, "http://pki.a").await;
    for _ in 0..=SIZE {
        leaf(&authority).await;
    }
    drop(authority);
    let backup = tempfile::tempdir().unwrap();
    copy(&house.path().join("store"), backup.path());
    let authority = house.start().await;
    let mut last = 0;
    for _ in 0..5 {
        last =
            sign(&authority, 1).await.unwrap().number.max(sign(&authority, COMPLETE).await.unwrap().number);
    }
    drop(authority);
    copy(backup.path(), &house.path().join("store"));
    // A list a second at most would have been signed since, so that by now the time is ahead.
    house.clock.advance(Lifetime::from_hours(1));
    let authority = house.start().await;
    for shard in [1, COMPLETE] {
        let number = sign(&authority, shard).await.unwrap().number;
        assert!(number > last, "shard {shard}: {number} after {last}");
    }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(to).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[tokio::test]
async fn of_two_publishers_the_one_that_knows_less_never_wins() {
    let house = House::new();
    let store = house.store();
    let first = Arc::new(house.found_over(Arc::clone(&store)).await);
    let second = Arc::new(house.start_over(Arc::clone(&store)).await.0);
    for round in 0..20 {
        let victim = leaf(&first).await;
        let racing = tokio::spawn({
            let second = Arc::clone(&second);
            async move { sign(&second, COMPLETE).await }
        });
        revoke(&first, &victim).await;
        let own = sign(&first, COMPLETE).await.unwrap();
        // The other list is older and was stored before, or was begun anew and names it too.
        let other = racing.await.unwrap().unwrap();
        assert_ne!(own.number, other.number);
        let latest = first.latest_crl("services").await.unwrap().unwrap();
        assert_eq!(latest.number, own.number.max(other.number), "round {round}");
        let list = CertificateList::from_der(latest.der).unwrap();
        assert!(list.find(victim.serial_octets()).is_some(), "round {round}: a revocation was lost");
        assert_eq!(list.entry_count(), round + 1);
    }
}

#[tokio::test]
async fn a_clock_that_jumped_back_signs_no_list_and_one_that_is_right_again_does() {
    let house = House::new();
    let authority = house.found().await;
    let before = sign(&authority, COMPLETE).await.unwrap();
    house.clock.advance(Lifetime::from_days(30));
    let later = sign(&authority, COMPLETE).await.unwrap();
    house.clock.set(before.this_update);
    let victim = leaf_of_the_past(&authority).await;
    assert!(victim.is_err(), "nothing is issued either");
    assert!(matches!(sign(&authority, COMPLETE).await, Err(CrlError::Clock(_))));
    house.clock.set(later.this_update.plus(Lifetime::from_seconds(1)));
    let next = sign(&authority, COMPLETE).await.unwrap();
    assert!(next.number > later.number && next.this_update > later.this_update);
}

async fn leaf_of_the_past(authority: &Authority) -> Result<(), hf_ca::error::IssueError> {
    authority.issue(request(&["a.shop.internal"])).await.map(drop)
}

#[tokio::test]
async fn a_number_that_was_taken_and_not_used_is_left_behind() {
    let house = House::new();
    let store = house.store();
    let authority = house.found_over(Arc::clone(&store)).await;
    let first = sign(&authority, COMPLETE).await.unwrap();
    // As a process leaves it that ended between the number and the list.
    let number = first.number + 7;
    let (name, shard) = ("services".to_owned(), COMPLETE);
    let begun = hf_core::audit::AuditAction::CrlBegun { authority: name, shard, number };
    store.begin_crl("services", COMPLETE, number, house.origin().event(begun)).await.unwrap();
    drop(authority);
    let authority = house.start_over(Arc::clone(&store)).await.0;
    let latest = authority.latest_crl("services").await.unwrap().unwrap();
    assert_eq!(latest.number, first.number, "nobody sees a list that is not there");
    assert!(sign(&authority, COMPLETE).await.unwrap().number > number);
    let late = hf_store::record::NewCrl {
        authority: "services".to_owned(),
        shard: COMPLETE,
        number,
        this_update: house.now(),
        next_update: house.now(),
        up_to: u64::MAX >> 1,
        entries: 0,
        der: Vec::new().into(),
    };
    let (name, entries) = ("services".to_owned(), 0);
    let issued = hf_core::audit::AuditAction::CrlIssued { authority: name, shard, number, entries };
    let refused = store.finish_crl(late, house.origin().event(issued)).await.unwrap_err();
    assert!(matches!(refused, StoreError::CrlNumberTaken { .. }), "{refused}");
}

#[tokio::test]
async fn siblings_of_other_authorities_are_revoked_on_demand() {
    let house = House::new();
    let authority = house.found().await;
    authority
        .create_intermediate(crate::common::new_authority("asia", "intermediate"), "root", house.origin())
        .await
        .unwrap();
    let key = key();
    let own = authority.issue(request_with(&key, &["a.shop.internal"])).await.unwrap().certificate;
    let mut elsewhere = request_with(&key, &["b.shop.internal"]);
    elsewhere.authority = "asia".to_owned();
    let sibling = authority.issue(elsewhere).await.unwrap().certificate;
    let request = RevokeRequest {
        principal: operator(),
        channel: Channel::CommandLine,
        target: RevokeTarget::Certificate(own),
        reason: RevocationReason::KeyCompromise,
    };
    let revoked = authority.revoke(request).await.unwrap();
    assert_eq!(revoked.siblings.len(), 1);
    assert_eq!(revoked.siblings[0].authority, "asia");
    let done = authority.revoke_siblings(&revoked.siblings, &operator(), Channel::CommandLine).await.unwrap();
    assert!(matches!(done.as_slice(), [Ok(_)]));
    let kept = authority.store().revocation("asia", &sibling.serial().unwrap()).await.unwrap().unwrap();
    assert_eq!(kept.reason, RevocationReason::KeyCompromise);
}
