//! The whole way from a request to a certificate on record, over a real store.

use std::sync::Arc;

use crate::common::{House, key, names, new_authority, operator, request, request_with};
use hf_ca::create::{CreateError, NewAuthority, RootKey, request_for};
use hf_ca::error::{IssueError, IssuerUnavailable};
use hf_ca::policy::AuthorityWish;
use hf_ca::reissue::ReissueKey;
use hf_core::algorithm::KeyAlgorithm;
use hf_core::principal::Channel;
use hf_core::time::Lifetime;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::ext::KeyUsage;
use hf_x509::oids;

fn codes(error: &IssueError) -> Vec<&'static str> {
    error.findings().iter().map(|finding| finding.code.as_str()).collect()
}

#[tokio::test]
async fn a_certificate_says_what_was_granted_and_is_on_record() {
    let house = House::new();
    let authority = house.found().await;
    let key = key();
    let issued = authority.issue(request_with(&key, &["a.shop.internal", "10.0.0.1"])).await.unwrap();
    let certificate = &issued.certificate;
    let above = &issued.chain[0];
    certificate.verify_signed_by(above.public_key()).unwrap();
    above.verify_signed_by(issued.chain[1].public_key()).unwrap();
    assert_eq!(issued.chain.len(), 2);
    assert_eq!(certificate.san_set().unwrap(), names(&["a.shop.internal", "10.0.0.1"]));
    assert_eq!(certificate.subject().to_string(), "CN=a.shop.internal");
    assert_eq!(certificate.public_key(), key.public_key());
    assert_eq!(certificate.basic_constraints().unwrap().map(|found| found.ca), Some(false));
    assert_eq!(certificate.key_usage().unwrap(), Some(KeyUsage::DIGITAL_SIGNATURE));
    assert_eq!(certificate.extended_key_usage().unwrap().unwrap().0, [oids::SERVER_AUTH, oids::CLIENT_AUTH]);
    let identifier = certificate.authority_key_identifier().unwrap().unwrap().key_identifier;
    assert_eq!(identifier, above.subject_key_identifier().unwrap());
    let validity = certificate.validity().unwrap();
    assert_eq!(validity.lifetime(), Lifetime::from_days(30));
    assert_eq!(house.now().seconds_since(validity.not_before()), 300);

    let stored = authority.store().find_by_serial("services", &certificate.serial().unwrap()).await.unwrap();
    assert_eq!(stored.unwrap().body.certificate(), Some(certificate.der()));
}

#[tokio::test]
async fn refusals_are_complete_and_on_record() {
    let house = House::new();
    let authority = house.found().await;
    let mut asked = request(&["*.shop.internal", "1.1.1.1", "x.onion"]);
    asked.wanted_lifetime = Some(Lifetime::from_days(5_000));
    let error = authority.issue(asked).await.unwrap_err();
    assert!(error.is_refusal());
    let codes = codes(&error);
    for code in
        ["HF-POLICY-WILDCARD", "HF-POLICY-PUBLIC-ADDRESS", "HF-POLICY-NAME-DENIED", "HF-POLICY-LIFETIME"]
    {
        assert!(codes.contains(&code), "{codes:?}");
    }
    let head = authority.store().audit_head().await.unwrap();
    let rows = authority.store().audit_rows(head.count - 1, 10).await.unwrap();
    assert!(rows[0].event.contains("request-refused"), "{}", rows[0].event);
}

#[tokio::test]
async fn wanted_names_replace_those_of_the_request_and_a_lone_common_name_counts() {
    let house = House::new();
    let authority = house.found().await;
    let mut asked = request(&["a.shop.internal"]);
    asked.wanted_names = Some(names(&["b.shop.internal"]));
    let issued = authority.issue(asked).await.unwrap();
    assert_eq!(issued.certificate.san_set().unwrap(), names(&["b.shop.internal"]));

    let mut asked = request(&[]);
    let subject = DistinguishedName::common("c.shop.internal");
    asked.csr = request_for(&subject, &names(&[]), &key()).unwrap();
    let issued = authority.issue(asked).await.unwrap();
    assert_eq!(issued.certificate.san_set().unwrap(), names(&["c.shop.internal"]));

    let error = authority.issue(request(&[])).await.unwrap_err();
    assert_eq!(codes(&error), ["HF-POLICY-NO-NAME"]);
}

#[tokio::test]
async fn a_repeated_request_gets_the_certificate_that_exists() {
    let house = House::new();
    let authority = Arc::new(house.found().await);
    let key = Arc::new(key());
    let asked = |name: &str| {
        let mut asked = request_with(&key, &[name]);
        asked.dedup_key = Some("order-1".to_owned());
        asked
    };
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let (authority, asked) = (authority.clone(), asked("a.shop.internal"));
            tokio::spawn(async move { authority.issue(asked).await })
        })
        .collect();
    let mut serials = std::collections::BTreeSet::new();
    for call in calls {
        match call.await.unwrap() {
            Ok(issued) => serials.extend([issued.certificate.serial().unwrap()]),
            Err(IssueError::InProgress { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(serials.len(), 1, "one request, one certificate");
    let again = authority.issue(asked("a.shop.internal")).await.unwrap();
    assert!(again.existed && serials.contains(&again.certificate.serial().unwrap()));
    let other = authority.issue(asked("b.shop.internal")).await.unwrap_err();
    assert!(matches!(other, IssueError::DifferentRequest { .. }), "{other}");
}

#[tokio::test]
async fn serial_numbers_are_unique_under_load_and_over_restarts() {
    let house = House::new();
    let mut serials = std::collections::BTreeSet::new();
    let mut authority = Arc::new(house.found().await);
    for round in 0..3 {
        let calls: Vec<_> = (0..100)
            .map(|_| {
                let authority = authority.clone();
                tokio::spawn(async move { authority.issue(request(&["a.shop.internal"])).await })
            })
            .collect();
        for call in calls {
            let serial = call.await.unwrap().unwrap().certificate.serial().unwrap();
            assert_eq!(serial.as_unsigned().len(), 20);
            assert!(serials.insert(serial), "a serial number was used twice in round {round}");
        }
        drop(authority);
        authority = Arc::new(house.start().await);
    }
}

#[tokio::test]
async fn authorities_of_any_depth_and_their_limits() {
    let house = House::new();
    let authority = house.start().await;
    let root = NewAuthority {
        wish: AuthorityWish { path_length: Some(2), ..Default::default() },
        ..new_authority("root", "root")
    };
    authority.create_root(root, RootKey::Keep, house.origin()).await.unwrap();
    for (name, parent) in [("service", "root"), ("fin", "service")] {
        let new = new_authority(name, "intermediate");
        authority.create_intermediate(new, parent, house.origin()).await.unwrap();
    }
    let mut orders = request(&["orders.fin.service.local"]);
    orders.authority = "fin".to_owned();
    let issued = authority.issue(orders).await.unwrap();
    assert_eq!(issued.chain.len(), 3);
    assert_eq!(issued.chain[0].basic_constraints().unwrap().unwrap().path_length, Some(0));
    let below =
        authority.create_intermediate(new_authority("deep", "intermediate"), "fin", house.origin()).await;
    let error = below.unwrap_err();
    assert_eq!(error.findings()[0].code.as_str(), "HF-POLICY-TOO-DEEP");
    let taken =
        authority.create_intermediate(new_authority("fin", "intermediate"), "root", house.origin()).await;
    assert!(taken.unwrap_err().to_string().contains("already"));
}

#[tokio::test]
async fn name_constraints_are_written_and_held() {
    let house = House::new();
    let authority = house.found().await;
    let mut new = new_authority("fin", "intermediate");
    new.wish.permitted = vec!["fin.shop.internal".parse().unwrap()];
    authority.create_intermediate(new, "root", house.origin()).await.unwrap();
    let asked = |name: &str| {
        let mut asked = request(&[name]);
        asked.authority = "fin".to_owned();
        asked
    };
    let issued = authority.issue(asked("a.fin.shop.internal")).await.unwrap();
    assert!(issued.chain[0].name_constraints().unwrap().is_some());
    let error = authority.issue(asked("a.hr.shop.internal")).await.unwrap_err();
    assert_eq!(codes(&error), ["HF-POLICY-NAME-CONSTRAINED"]);
}

#[tokio::test]
async fn a_request_for_an_authority_needs_a_profile_for_authorities() {
    let house = House::new();
    let authority = house.found().await;
    // An outside authority's request is signed by the profile for intermediates.
    let outside = key();
    let mut asked = request_with(&outside, &[]);
    asked.authority = "root".to_owned();
    asked.profile = "intermediate".to_owned();
    asked.csr = request_for(&"CN=Outside,O=Partner".parse().unwrap(), &names(&[]), &outside).unwrap();
    asked.authority_wish = Some(AuthorityWish { path_length: Some(0), ..Default::default() });
    let issued = authority.issue(asked).await.unwrap();
    assert_eq!(issued.certificate.basic_constraints().unwrap().unwrap().path_length, Some(0));
    assert_eq!(issued.certificate.subject().to_string(), "CN=Outside,O=Partner");
    // The same wish under a profile for leaves is refused.
    let mut asked = request(&["a.shop.internal"]);
    asked.authority_wish = Some(AuthorityWish::default());
    let error = authority.issue(asked).await.unwrap_err();
    assert_eq!(codes(&error), ["HF-POLICY-NO-AUTHORITY"]);
}

#[tokio::test]
async fn a_leaf_never_outlives_any_certificate_above() {
    let house = House::new();
    let authority = house.start().await;
    let root = NewAuthority { lifetime: Some(Lifetime::from_days(100)), ..new_authority("root", "root") };
    authority.create_root(root, RootKey::Keep, house.origin()).await.unwrap();
    let issued =
        authority.create_intermediate(new_authority("services", "intermediate"), "root", house.origin());
    let issued = issued.await.unwrap();
    let end = issued.chain[0].validity().unwrap().not_after();
    assert_eq!(issued.certificate.validity().unwrap().not_after(), end);
    let mut asked = request(&["a.shop.internal"]);
    asked.wanted_lifetime = Some(Lifetime::from_days(300));
    let issued = authority.issue(asked).await.unwrap();
    assert_eq!(issued.certificate.validity().unwrap().not_after(), end);
    assert_eq!(issued.notices[0].code.as_str(), "HF-POLICY-SHORTENED");
}

#[tokio::test]
async fn who_may_not_sign_does_not_sign() {
    let house = House::new();
    let authority = house.found().await;
    let issue = async || authority.issue(request(&["a.shop.internal"])).await;
    let unavailable = async || {
        let error = issue().await.unwrap_err();
        let IssueError::Issuer(reason) = error else { panic!("{error}") };
        reason
    };
    let mut unknown = request(&["a.shop.internal"]);
    unknown.authority = "nobody".to_owned();
    assert!(authority.issue(unknown).await.unwrap_err().to_string().contains("cannot issue"));
    let start = house.now();
    house.clock.advance(Lifetime::from_days(5 * 365));
    assert!(matches!(unavailable().await, IssuerUnavailable::NotValidNow { .. }));
    house.clock.set(start);
    authority.retire("services", house.origin()).await.unwrap();
    assert!(matches!(unavailable().await, IssuerUnavailable::Retired { .. }));
}

#[tokio::test]
async fn a_key_that_is_away_signs_only_while_it_is_lent() {
    let house = House::new();
    let authority = house.start().await;
    let path = house.path().join("root-key.pem");
    let handed = RootKey::HandOut { path: path.clone(), passphrase: None };
    authority.create_root(new_authority("root", "root"), handed, house.origin()).await.unwrap();
    authority.forget_key("root").await.unwrap();
    let services = || new_authority("services", "intermediate");
    let error = authority.create_intermediate(services(), "root", house.origin()).await.unwrap_err();
    assert!(error.to_string().contains("cannot issue"), "{error}");
    let key = hf_keys::file::read_private_key(&path, None).unwrap();
    authority.lend_key("root", Arc::new(key)).await.unwrap();
    authority.create_intermediate(services(), "root", house.origin()).await.unwrap();
    let wrong = authority.lend_key("root", Arc::new(crate::common::key())).await.unwrap_err();
    assert_eq!(wrong.findings()[0].code.as_str(), "HF-ISSUER-OTHER-KEY");
}

#[tokio::test]
async fn an_outside_authority_signs_a_pending_one() {
    let house = House::new();
    let authority = house.found().await;
    let subject = DistinguishedName::common("Waiting");
    let csr =
        authority.create_pending("waiting", &subject, KeyAlgorithm::EcdsaP256, house.origin()).await.unwrap();
    let mut early = request(&["a.shop.internal"]);
    early.authority = "waiting".to_owned();
    let error = authority.issue(early).await.unwrap_err();
    assert!(matches!(error, IssueError::Issuer(IssuerUnavailable::Pending { .. })), "{error}");
    let mut signing = request(&[]);
    signing.authority = "root".to_owned();
    signing.profile = "intermediate".to_owned();
    signing.csr = csr;
    signing.authority_wish = Some(AuthorityWish::default());
    let issued = authority.issue(signing).await.unwrap();
    let mut chain = vec![issued.certificate.clone()];
    chain.extend(issued.chain.clone());
    let wrong = authority.complete_pending("waiting", &chain[1..], house.origin()).await.unwrap_err();
    assert_eq!(wrong.findings()[0].code.as_str(), "HF-ISSUER-OTHER-KEY");
    authority.complete_pending("waiting", &chain, house.origin()).await.unwrap();
    let mut asked = request(&["a.shop.internal"]);
    asked.authority = "waiting".to_owned();
    assert_eq!(authority.issue(asked).await.unwrap().chain.len(), 2);
}

#[tokio::test]
async fn import_takes_only_what_fits_together() {
    let (house, other) = (House::new(), House::new());
    let source = other.found().await;
    let chain = source.issuers().get("services").unwrap().chain().to_vec();
    let record = source.store().authority("services").await.unwrap().unwrap();
    let file = record.key.unwrap();
    let path = other.path().join("keys").join(file.strip_prefix("file:").unwrap());
    let read = || hf_keys::file::read_private_key(&path, None).unwrap();

    let authority = house.start().await;
    let wrong = authority.import("old", &chain, Some(key()), house.origin()).await.unwrap_err();
    assert_eq!(wrong.findings()[0].code.as_str(), "HF-ISSUER-OTHER-KEY");
    assert_eq!(
        std::fs::read_dir(house.path().join("keys")).unwrap().count(),
        0,
        "no key file is left behind"
    );
    let mut shuffled = chain.clone();
    shuffled.reverse();
    assert!(authority.import("old", &shuffled, Some(read()), house.origin()).await.is_err());
    authority.import("old", &chain, Some(read()), house.origin()).await.unwrap();
    let mut asked = request(&["a.shop.internal"]);
    asked.authority = "old".to_owned();
    let issued = authority.issue(asked).await.unwrap();
    issued.certificate.verify_signed_by(chain[0].public_key()).unwrap();
    let leaf = [issued.certificate.clone(), chain[0].clone(), chain[1].clone()];
    let error = authority.import("leaf", &leaf, None, house.origin()).await.unwrap_err();
    assert_eq!(error.findings()[0].code.as_str(), "HF-ISSUER-NOT-AUTHORITY");
}

#[tokio::test]
async fn one_issuer_is_one_authority() {
    let house = House::new();
    let authority = house.found().await;
    let services = authority.issuers().get("services").unwrap();
    let file = services.record().key.clone().unwrap();
    let path = house.path().join("keys").join(file.strip_prefix("file:").unwrap());
    let own_key = || hf_keys::file::read_private_key(&path, None).unwrap();
    let first = services.chain().to_vec();
    for key in [None, Some(own_key())] {
        let refused = authority.import("again", &first, key, house.origin()).await.unwrap_err();
        assert!(matches!(&refused, CreateError::Known { name } if name == "services"), "{refused}");
    }
    // Another certificate for the same key makes another chain, and no other issuer.
    let new = new_authority("services", "intermediate");
    authority.reissue(new, Some("root"), ReissueKey::Same, house.origin()).await.unwrap();
    let refused = authority.import("cross", &first, Some(own_key()), house.origin()).await.unwrap_err();
    assert!(matches!(&refused, CreateError::Known { name } if name == "services"), "{refused}");
    authority.import("cross", &first, None, house.origin()).await.unwrap();
}

#[tokio::test]
async fn a_refused_authority_leaves_no_key_behind() {
    let house = House::new();
    let authority = house.found().await;
    let keys = || std::fs::read_dir(house.path().join("keys")).unwrap().count();
    let before = keys();
    let mut outside = new_authority("below", "intermediate");
    outside.profile = "peer".to_owned();
    authority.create_intermediate(outside, "services", house.origin()).await.unwrap_err();
    assert_eq!(keys(), before);
}

#[tokio::test]
async fn a_damaged_key_file_stops_one_authority_and_no_other() {
    let house = House::new();
    drop(house.found().await);
    let keys = std::fs::read_dir(house.path().join("keys")).unwrap();
    let of_services = keys
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with("services"))
        .unwrap();
    let other = key().to_pem();
    hf_keys::file::write_private_key(&of_services, &other, hf_keys::file::Existing::Replace).unwrap();
    let (authority, report) = house.start_over(house.store()).await;
    assert_eq!(report.findings[0].code.as_str(), "HF-ISSUER-OTHER-KEY");
    let error = authority.issue(request(&["a.shop.internal"])).await.unwrap_err();
    assert!(matches!(error, IssueError::Issuer(IssuerUnavailable::Unfit { .. })), "{error}");
    let new = new_authority("second", "intermediate");
    authority.create_intermediate(new, "root", house.origin()).await.unwrap();
}

#[tokio::test]
async fn a_clock_that_jumped_back_signs_nothing_also_after_a_restart() {
    let house = House::new();
    let authority = house.found().await;
    authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let start = house.now();
    house.clock.set(start.minus(Lifetime::from_hours(1)));
    let error = authority.issue(request(&["b.shop.internal"])).await.unwrap_err();
    assert!(matches!(error, IssueError::Clock(_)), "{error}");
    drop(authority);
    let (authority, report) = house.start_over(house.store()).await;
    assert!(report.findings.iter().any(|finding| finding.code.as_str() == "HF-CLOCK-JUMPED-BACK"));
    assert!(authority.issue(request(&["b.shop.internal"])).await.is_err());
    house.clock.set(start.minus(Lifetime::from_seconds(60)));
    authority.issue(request(&["b.shop.internal"])).await.unwrap();
}

#[tokio::test]
async fn every_algorithm_of_authority_and_leaf_works() {
    let house = House::new();
    let authority = house.start().await;
    for algorithm in
        [KeyAlgorithm::EcdsaP256, KeyAlgorithm::EcdsaP384, KeyAlgorithm::Ed25519, KeyAlgorithm::Rsa2048]
    {
        let name = format!("root-{algorithm}");
        let new = NewAuthority { key_algorithm: algorithm, ..new_authority(&name, "root") };
        let root = authority.create_root(new, RootKey::Keep, house.origin()).await.unwrap();
        root.certificate.verify_signed_by(root.certificate.public_key()).unwrap();
        let key = PrivateKey::generate(algorithm).unwrap();
        let mut asked = request_with(&key, &["a.shop.internal"]);
        asked.authority = name;
        let issued = authority.issue(asked).await.unwrap();
        issued.certificate.verify_signed_by(root.certificate.public_key()).unwrap();
        let usage = issued.certificate.key_usage().unwrap().unwrap();
        assert_eq!(usage.contains(KeyUsage::KEY_ENCIPHERMENT), algorithm.is_rsa());
    }
}

#[tokio::test]
async fn renewal_keeps_the_identity_and_changes_the_key() {
    use hf_ca::renew::{RenewError, RenewRequest, RenewalProof};
    use hf_ca::request::RequesterLimits;
    let house = House::new();
    let authority = house.found().await;
    let old_key = key();
    let old = authority.issue(request_with(&old_key, &["a.shop.internal"])).await.unwrap();
    let renew = |key: &PrivateKey, wanted: &[&str], keep_key| RenewRequest {
        principal: operator(),
        channel: Channel::CommandLine,
        authority: "services".to_owned(),
        serial: old.certificate.serial().unwrap(),
        csr: request_for(&DistinguishedName::empty(), &names(wanted), key).unwrap(),
        keep_key,
        wanted_lifetime: None,
        dedup_key: None,
        proof: RenewalProof::Right,
        limits: RequesterLimits::default(),
    };
    let new = authority.renew(renew(&key(), &[], false)).await.unwrap();
    assert_eq!(new.certificate.san_set().unwrap(), names(&["a.shop.internal"]));
    assert_ne!(new.certificate.serial(), old.certificate.serial());
    let error = authority.renew(renew(&old_key, &[], false)).await.unwrap_err();
    assert!(matches!(error, RenewError::SameKey));
    authority.renew(renew(&old_key, &["a.shop.internal"], true)).await.unwrap();
    let error = authority.renew(renew(&key(), &["b.shop.internal"], false)).await.unwrap_err();
    assert!(matches!(error, RenewError::OtherNames { .. }), "{error}");
}
