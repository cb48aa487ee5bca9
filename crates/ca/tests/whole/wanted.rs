//! What requesters want and what their credentials limit them to, over the whole way to the certificate.

use hf_ca::authority::Authority;
use hf_ca::create::request_for;
use hf_ca::error::IssueError;
use hf_ca::profile::{KeyUsageName, PolicyStatement, Profile, ProfileSettings, Qualifier, SubjectRule};
use hf_ca::renew::{RenewError, RenewRequest, RenewalProof};
use hf_ca::request::{IssueRequest, RequesterLimits, WantedExtension};
use hf_core::principal::Channel;
use hf_core::time::{Lifetime, Timestamp, Validity};
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::ext::KeyUsage;
use hf_x509::oids;
use hf_x509::tbs::FurtherExtension;

use crate::common::{House, key, names, operator, request};

fn codes(error: &IssueError) -> Vec<&'static str> {
    error.findings().iter().map(|finding| finding.code.as_str()).collect()
}

/// A profile as CFSSL policy files describe them, beside the defaults.
async fn with_profile(house: &House, change: impl FnOnce(&mut ProfileSettings)) -> Authority {
    let authority = house.found().await;
    let mut settings = ProfileSettings {
        name: "cfssl/main/www".to_owned(),
        subject: SubjectRule::Wanted,
        wildcards: true,
        ..ProfileSettings::peer()
    };
    change(&mut settings);
    let all = ProfileSettings::defaults().into_iter().chain([settings]);
    let profiles = all.map(|settings| Profile::compile(settings).unwrap()).collect();
    authority.set_profiles(profiles, &house.origin()).await.unwrap();
    authority
}

fn subject(text: &str) -> DistinguishedName {
    text.parse().unwrap()
}

fn asking(requested: &str, wanted: &[&str]) -> IssueRequest {
    let csr = request_for(&subject(requested), &names(wanted), &key()).unwrap();
    IssueRequest::new(operator(), Channel::Cfssl, "services", "cfssl/main/www", csr)
}

#[tokio::test]
async fn a_wanted_subject_is_completed_from_the_request_and_its_host_becomes_a_name() {
    let house = House::new();
    let authority = with_profile(&house, |_| {}).await;
    let mut asked = asking("CN=asked,O=Shop,C=DE", &["a.shop.internal"]);
    asked.wanted_subject = Some(subject("CN=b.shop.internal,OU=Team"));
    let issued = authority.issue(asked).await.unwrap();
    assert_eq!(issued.certificate.subject().to_string(), "CN=b.shop.internal,OU=Team,O=Shop,C=DE");
    assert_eq!(issued.certificate.san_set().unwrap(), names(&["a.shop.internal", "b.shop.internal"]));

    let user = authority.issue(asking("CN=postgres", &["a.shop.internal"])).await.unwrap();
    assert_eq!(user.certificate.san_set().unwrap(), names(&["a.shop.internal"]), "a user is no host");
    let mut nameless = asking("CN=postgres", &[]);
    nameless.wanted_names = Some(names(&[]));
    let nameless = authority.issue(nameless).await.unwrap();
    assert!(nameless.certificate.san_set().unwrap().is_empty());

    let mut denied = asking("CN=x.onion", &["a.shop.internal"]);
    denied.wanted_names = Some(names(&["a.shop.internal"]));
    assert_eq!(codes(&authority.issue(denied).await.unwrap_err()), ["HF-POLICY-NAME-DENIED"]);
}

#[tokio::test]
async fn default_profiles_grant_no_wish() {
    let house = House::new();
    let authority = house.found().await;
    let mut asked = request(&["a.shop.internal"]);
    asked.wanted_subject = Some(subject("CN=postgres"));
    asked.wanted_serial = Some("0102".parse().unwrap());
    asked.wanted_extensions =
        vec![WantedExtension { id: "1.2.3".parse().unwrap(), critical: true, value: vec![5, 0] }];
    let error = authority.issue(asked).await.unwrap_err();
    for code in ["HF-POLICY-SUBJECT", "HF-POLICY-SERIAL", "HF-POLICY-EXTENSION"] {
        assert!(codes(&error).contains(&code), "{:?}", codes(&error));
    }
}

#[tokio::test]
async fn the_certificate_says_what_the_profile_lists() {
    let house = House::new();
    let authority = with_profile(&house, |profile| {
        profile.key_usage = Some(vec![KeyUsageName::DigitalSignature, KeyUsageName::KeyEncipherment]);
        profile.extended_key_usage =
            vec!["1.3.6.1.5.5.7.3.9".to_owned(), "1.3.6.1.4.1.311.10.3.3".to_owned()];
        profile.certificate_policies = vec![PolicyStatement {
            id: "1.2.3.4".to_owned(),
            qualifiers: vec![Qualifier::Cps("http://shop.internal/cps".to_owned())],
        }];
        profile.ocsp_no_check = true;
        profile.allowed_extensions = vec!["1.3.6.1.5.5.7.1.24".to_owned()];
        profile.client_serial = true;
    })
    .await;
    let feature = FurtherExtension {
        id: oids::TLS_FEATURE,
        critical: false,
        value: vec![0x30, 0x03, 0x02, 0x01, 0x05],
    };
    let asked = |serial: &str| {
        let mut asked = asking("CN=a.shop.internal", &["a.shop.internal"]);
        asked.wanted_serial = Some(serial.parse().unwrap());
        asked.wanted_extensions = vec![feature.clone()];
        asked
    };
    let issued = authority.issue(asked("0102")).await.unwrap().certificate;
    assert_eq!(issued.serial().unwrap().to_string(), "0102");
    assert_eq!(issued.key_usage().unwrap(), Some(KeyUsage::DIGITAL_SIGNATURE), "an EC key enciphers nothing");
    let purposes: Vec<String> =
        issued.extended_key_usage().unwrap().unwrap().0.iter().map(ToString::to_string).collect();
    assert_eq!(
        purposes,
        ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.9", "1.3.6.1.4.1.311.10.3.3"]
    );
    assert_eq!(issued.certificate_policies().unwrap().unwrap().0.len(), 1);
    assert!(issued.extension(&oids::OCSP_NO_CHECK).is_some());
    assert_eq!(issued.extension(&oids::TLS_FEATURE).unwrap().value(), feature.value);

    let again = authority.issue(asked("0102")).await.unwrap_err();
    assert_eq!(codes(&again), ["HF-POLICY-SERIAL-TAKEN"]);
    let mut missing = asked("0103");
    missing.wanted_serial = None;
    assert_eq!(codes(&authority.issue(missing).await.unwrap_err()), ["HF-POLICY-SERIAL-MISSING"]);
}

#[tokio::test]
async fn usages_without_purposes_and_any_purpose_are_granted_where_listed() {
    let house = House::new();
    let authority = with_profile(&house, |profile| {
        profile.key_usage = Some(vec![KeyUsageName::DigitalSignature]);
        profile.purposes.clear();
    })
    .await;
    let issued = authority.issue(asking("CN=a.shop.internal", &["a.shop.internal"])).await.unwrap();
    assert_eq!(issued.certificate.extended_key_usage().unwrap(), None);

    let house = House::new();
    let authority = with_profile(&house, |profile| {
        profile.key_usage = Some(Vec::new());
        profile.extended_key_usage = vec!["2.5.29.37.0".to_owned()];
    })
    .await;
    let issued = authority.issue(asking("CN=a.shop.internal", &["a.shop.internal"])).await.unwrap();
    assert_eq!(issued.certificate.key_usage().unwrap(), None);
}

#[tokio::test]
async fn both_ends_of_the_validity_can_be_wanted_within_the_profile() {
    let house = House::new();
    let authority = with_profile(&house, |_| {}).await;
    let mut asked = asking("CN=a.shop.internal", &["a.shop.internal"]);
    let wanted = Validity::starting(house.now(), Lifetime::from_days(7));
    asked.wanted_validity = Some(wanted);
    assert_eq!(authority.issue(asked).await.unwrap().certificate.validity().unwrap(), wanted);
    let mut past = asking("CN=a.shop.internal", &["a.shop.internal"]);
    past.wanted_validity = Some(Validity::starting(Timestamp::from_unix_seconds(0), Lifetime::from_days(7)));
    assert_eq!(codes(&authority.issue(past).await.unwrap_err()), ["HF-POLICY-VALIDITY-NEVER"]);
    let mut long = asking("CN=a.shop.internal", &["a.shop.internal"]);
    long.wanted_validity = Some(Validity::starting(house.now(), Lifetime::from_days(400)));
    assert!(codes(&authority.issue(long).await.unwrap_err()).contains(&"HF-POLICY-LIFETIME"));
}

#[tokio::test]
async fn limits_of_the_credential_hold_and_shorten_what_was_left_open() {
    let house = House::new();
    let authority = house.found().await;
    let limited = |wanted: &[&str]| {
        let mut asked = request(wanted);
        asked.limits = RequesterLimits {
            names: Some(vec!["a.shop.internal".parse().unwrap()]),
            profiles: Some(vec!["peer".to_owned()]),
            authorities: Some(vec!["services".to_owned()]),
            max_lifetime: Some(Lifetime::from_days(2)),
        };
        asked
    };
    let issued = authority.issue(limited(&["a.shop.internal"])).await.unwrap();
    assert_eq!(issued.certificate.validity().unwrap().lifetime(), Lifetime::from_days(2));
    let mut long = limited(&["a.shop.internal", "b.shop.internal"]);
    long.wanted_lifetime = Some(Lifetime::from_days(3));
    long.profile = "server".to_owned();
    long.authority = "root".to_owned();
    let error = authority.issue(long).await.unwrap_err();
    for code in [
        "HF-POLICY-REQUESTER-NAME",
        "HF-POLICY-REQUESTER-PROFILE",
        "HF-POLICY-REQUESTER-AUTHORITY",
        "HF-POLICY-REQUESTER-LIFETIME",
    ] {
        assert!(codes(&error).contains(&code), "{:?}", codes(&error));
    }
}

#[tokio::test]
async fn a_renewal_by_the_old_key_keeps_names_and_subject_and_ends_with_the_certificate() {
    let house = House::new();
    let authority = with_profile(&house, |_| {}).await;
    let old = authority.issue(asking("CN=postgres,O=Shop", &["a.shop.internal"])).await.unwrap().certificate;
    let renew = |requested: &str| RenewRequest {
        proof: RenewalProof::OldKey,
        ..RenewRequest::new(
            operator(),
            Channel::Api,
            "services",
            old.serial().unwrap(),
            request_for(&subject(requested), &names(&[]), &key()).unwrap(),
        )
    };
    let new = authority.renew(renew("")).await.unwrap().certificate;
    assert!(new.subject().matches(old.subject()));
    assert_eq!(new.san_set().unwrap(), old.san_set().unwrap());
    authority.renew(renew("CN=postgres,O=Shop")).await.unwrap();
    for other in ["CN=root,O=Shop", "CN=postgres,OU=Admins,O=Shop", "CN=postgres"] {
        let error = authority.renew(renew(other)).await.unwrap_err();
        assert!(matches!(error, RenewError::OtherSubject { .. }), "{other}: {error}");
    }
    let mut limited = renew("");
    limited.limits.names = Some(vec!["b.shop.internal".parse().unwrap()]);
    let RenewError::Issue(error) = authority.renew(limited).await.unwrap_err() else {
        panic!("policy is asked anew")
    };
    assert!(codes(&error).contains(&"HF-POLICY-REQUESTER-NAME"));

    house.clock.advance(Lifetime::from_days(31));
    let error = authority.renew(renew("")).await.unwrap_err();
    assert!(matches!(error, RenewError::State { .. }), "{error}");
    authority.renew(RenewRequest { proof: RenewalProof::Right, ..renew("") }).await.unwrap();
}

#[tokio::test]
async fn profiles_are_replaced_as_a_whole_or_not_at_all() {
    let house = House::new();
    let authority = with_profile(&house, |_| {}).await;
    assert_eq!(authority.profiles().len(), 6);
    let peer = || Profile::compile(ProfileSettings::peer()).unwrap();
    assert!(authority.set_profiles(vec![peer(), peer()], &house.origin()).await.is_err());
    assert_eq!(authority.profiles().len(), 6, "two profiles of one name change nothing");
    authority.set_profiles(vec![peer()], &house.origin()).await.unwrap();
    assert!(authority.issue(request(&["a.shop.internal"])).await.is_ok());
    let gone = authority.issue(asking("CN=a.shop.internal", &["a.shop.internal"])).await.unwrap_err();
    assert!(matches!(gone, IssueError::UnknownProfile { .. }));
}
