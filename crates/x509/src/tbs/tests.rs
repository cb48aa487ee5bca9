use super::*;
use crate::testing::{TestKey, leaf};

#[test]
fn what_was_asked_for_is_what_is_read_back() {
    let key = TestKey::generate();
    let wanted = leaf(&key, &key);
    let tbs = wanted.finalize().unwrap();
    let certificate = tbs.assemble_certificate(&key.sign(&tbs)).unwrap();
    certificate.verify_signed_by(&key.public).unwrap();
    assert_eq!(certificate.tbs_der(), tbs.bytes());
    assert_eq!(certificate.serial().unwrap(), wanted.serial);
    assert_eq!(certificate.validity().unwrap(), wanted.validity);
    assert_eq!(certificate.issuer(), &wanted.issuer);
    assert_eq!(certificate.san_set().unwrap(), wanted.extensions.subject_alt_names);
    assert_eq!(certificate.key_usage().unwrap(), Some(wanted.extensions.key_usage));
    assert_eq!(certificate.extended_key_usage().unwrap().unwrap().0, wanted.extensions.extended_key_usage);
    assert_eq!(certificate.basic_constraints().unwrap(), Some(BasicConstraints::default()));
    assert_eq!(certificate.subject_key_identifier().unwrap(), Some(key.public.key_identifier()));
    assert!(certificate.extension(&oids::SUBJECT_ALT_NAME).unwrap().critical());
    assert_eq!(Certificate::from_pem(&certificate.to_pem()).unwrap(), certificate);
}

#[test]
fn assembling_in_place_gives_the_same_octets() {
    let key = TestKey::generate();
    let tbs = leaf(&key, &key).finalize().unwrap();
    let signature = key.sign(&tbs);
    assert_eq!(tbs.assemble(&signature), tbs.clone().into_assembled(&signature));
}

#[test]
fn what_no_certificate_can_say_is_not_built() {
    let key = TestKey::generate();
    let refused = |change: fn(&mut TbsCertificate)| {
        let mut tbs = leaf(&key, &key);
        change(&mut tbs);
        tbs.finalize().unwrap_err()
    };
    let nameless = refused(|tbs| tbs.extensions.subject_alt_names = SanSet::new());
    assert_eq!(nameless, BuildError::NoName.into());
    assert_eq!(refused(|tbs| tbs.issuer = DistinguishedName::empty()), BuildError::NoIssuer.into());
    let empty = |extension| X509Error::from(BuildError::EmptyExtension { extension });
    let constraints = refused(|tbs| tbs.extensions.name_constraints = Some(NameConstraints::default()));
    assert_eq!(constraints, empty("nameConstraints"));
    let policies = refused(|tbs| tbs.extensions.certificate_policies = Some(CertificatePolicies::default()));
    assert_eq!(policies, empty("certificatePolicies"));
    let access = refused(|tbs| tbs.extensions.authority_info_access = Some(AuthorityInfoAccess::default()));
    assert_eq!(access, empty("authorityInfoAccess"));
    let text = refused(|tbs| tbs.extensions.crl_distribution_points = vec!["http://ä/".to_owned()]);
    assert_eq!(text, BuildError::NotAscii { extension: "cRLDistributionPoints" }.into());
    let broken = SignatureAlgorithm::RsaPkcs1Sha1;
    assert_eq!(
        refused(|tbs| tbs.signature_algorithm = SignatureAlgorithm::RsaPkcs1Sha1),
        BuildError::BrokenAlgorithm { algorithm: broken }.into()
    );
}

#[test]
fn critical_marks_follow_the_rfc() {
    let key = TestKey::generate();
    let mut tbs = crate::testing::root(&key);
    tbs.extensions.name_constraints = Some(NameConstraints {
        permitted: vec![crate::general_name::GeneralName::Dns("shop.internal".to_owned())],
        excluded: Vec::new(),
    });
    tbs.extensions.subject_alt_names = std::iter::once("a.example".parse().unwrap()).collect();
    tbs.extensions.extended_key_usage = vec![oids::SERVER_AUTH];
    tbs.extensions.authority_info_access = Some(AuthorityInfoAccess::from_uris(["http://o/".to_owned()], []));
    tbs.extensions.certificate_policies = Some(CertificatePolicies::from_oids([oids::ANY_POLICY]));
    tbs.extensions.crl_distribution_points = vec!["http://c/".to_owned()];
    let tbs = tbs.finalize().unwrap();
    let certificate = tbs.assemble_certificate(&key.sign(&tbs)).unwrap();
    let critical: Vec<_> = certificate.extensions().filter(crate::RawExtension::critical).collect();
    let names: Vec<_> = critical.iter().filter_map(|extension| extension.oid().name()).collect();
    assert_eq!(names, ["basicConstraints", "keyUsage", "nameConstraints"]);
    assert_eq!(certificate.extensions().count(), 10);
    assert_eq!(certificate.duplicate_extension(), None);
}
