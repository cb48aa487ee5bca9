use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Lifetime;

use super::*;
use crate::ext::{CrlNumber, DistributionPointName, IssuingDistributionPoint};
use crate::general_name::GeneralName;
use crate::testing::{TestKey, now};

fn template(key: &TestKey) -> CrlTemplate {
    CrlTemplate {
        signature_algorithm: SignatureAlgorithm::EcdsaSha256,
        issuer: DistinguishedName::common("Test CA"),
        this_update: now(),
        next_update: now().plus(Lifetime::from_days(7)),
        number: 300,
        authority_key_identifier: key.public.key_identifier(),
        issuing_distribution_point: Some(IssuingDistributionPoint {
            name: Some(DistributionPointName::Full(vec![GeneralName::Uri(
                "http://crl.example/1.crl".to_owned(),
            )])),
            only_user_certificates: true,
            ..IssuingDistributionPoint::default()
        }),
    }
}

fn serial(number: u64) -> Serial {
    Serial::from_unsigned(&number.to_be_bytes()).unwrap()
}

#[test]
fn entries_of_every_count_are_read_back() {
    let key = TestKey::generate();
    for count in [0_u64, 1, 2, 3, 5, 10, 300, 2000] {
        let mut writer = template(&key).writer(7).unwrap();
        for number in 1..=count {
            let invalidity = (number % 3 == 0).then(now);
            writer.push(&serial(number), now(), RevocationReason::ALL[(number % 7) as usize], invalidity);
        }
        let tbs = writer.finish().unwrap();
        let signature = key.sign(&tbs);
        let crl = CertificateList::from_der(tbs.assemble(&signature)).unwrap();
        assert_eq!(crl.der(), tbs.clone().into_assembled(&signature));
        crl.verify_signed_by(&key.public).unwrap();
        assert_eq!(crl.tbs_der(), tbs.bytes());
        assert_eq!((crl.entry_count() as u64, crl.entries().count() as u64), (count, count));
        for (entry, number) in crl.entries().zip(1..) {
            assert_eq!(entry.serial().unwrap(), serial(number));
            assert_eq!(entry.reason().unwrap(), Some(RevocationReason::ALL[(number % 7) as usize]));
            assert_eq!(entry.invalidity_date().unwrap(), (number % 3 == 0).then(now));
        }
        assert_eq!(crl.crl_number().unwrap(), Some(CrlNumber::from(300)));
        assert_eq!(crl.issuing_distribution_point().unwrap(), template(&key).issuing_distribution_point);
        assert_eq!(CertificateList::from_pem(&crl.to_pem()).unwrap(), crl);
    }
}

#[test]
fn pre_encoded_entries_are_the_same() {
    let key = TestKey::generate();
    let mut pushed = template(&key).writer(2).unwrap();
    let mut encoded = Vec::new();
    for number in 1..4 {
        pushed.push(&serial(number), now(), RevocationReason::KeyCompromise, None);
        encode_entry(&serial(number), now(), RevocationReason::KeyCompromise, None, &mut encoded);
    }
    let mut copied = template(&key).writer(0).unwrap();
    copied.push_encoded(&encoded);
    assert_eq!(pushed.finish().unwrap().bytes(), copied.finish().unwrap().bytes());
}
