use proptest::prelude::*;

use super::super::{Format, KeyStoreError, MAX_STORE, format_of, read};
use super::support::passphrase;
use crate::oid;
use crate::tlv::{CONTEXT_0, OBJECT_IDENTIFIER, OCTET_STRING, element, integer, sequence};

/// Key store of one round, key store of the old ciphers, trust store, JKS; all under `changeit`.
const SEEDS: [&[u8]; 4] = [
    include_bytes!("../../../testdata/key.p12"),
    include_bytes!("../../../testdata/legacy.p12"),
    include_bytes!("../../../testdata/trust.p12"),
    include_bytes!("../../../testdata/key.jks"),
];

/// A `PFX` with this authenticated safe and `MacData`.
fn pfx(safe: &[u8], mac: &[u8]) -> Vec<u8> {
    let data = element(OBJECT_IDENTIFIER, &[oid::DATA]);
    let content = sequence(&[&data, &element(CONTEXT_0, &[&element(OCTET_STRING, &[safe])])]);
    sequence(&[&integer(3), &content, mac]).to_vec()
}

fn error_of(octets: &[u8]) -> KeyStoreError {
    read(octets, Some(&passphrase("changeit"))).map(|_| ()).unwrap_err()
}

#[test]
fn the_seeds_are_read() {
    for seed in SEEDS {
        assert_eq!(read(seed, Some(&passphrase("changeit"))).map(|store| store.entries.len()), Ok(1));
    }
    assert_eq!(SEEDS.map(format_of).map(Option::unwrap)[2..], [Format::Pkcs12, Format::Jks]);
}

#[test]
fn a_costly_code_is_refused_at_once() {
    let algorithm = sequence(&[&element(OBJECT_IDENTIFIER, &[oid::SHA256])]);
    let info = sequence(&[&algorithm, &element(OCTET_STRING, &[&[0; 32]])]);
    let mac = sequence(&[&info, &element(OCTET_STRING, &[b"salt"]), &integer(u32::MAX)]);
    let error = error_of(&pfx(&sequence(&[]), &mac));
    assert!(
        matches!(error, KeyStoreError::Key(crate::error::KeyError::DerivationTooCostly { .. })),
        "{error}"
    );
}

#[test]
fn nesting_and_number_of_bags_are_bounded() {
    let safe = |bags: &[u8]| {
        let content = element(CONTEXT_0, &[&element(OCTET_STRING, &[bags])]);
        sequence(&[&sequence(&[&element(OBJECT_IDENTIFIER, &[oid::DATA]), &content])])
    };
    let mut nested = sequence(&[]);
    for _ in 0..6 {
        let bag = sequence(&[
            &element(OBJECT_IDENTIFIER, &[oid::SAFE_CONTENTS_BAG]),
            &element(CONTEXT_0, &[&nested]),
        ]);
        nested = sequence(&[&bag]);
    }
    assert!(matches!(error_of(&pfx(&safe(&nested), &[])), KeyStoreError::TooMany { .. }));

    let certificate = element(CONTEXT_0, &[&element(OCTET_STRING, &[b"x"])]);
    let value = sequence(&[&element(OBJECT_IDENTIFIER, &[oid::X509_CERTIFICATE]), &certificate]);
    let bag = sequence(&[&element(OBJECT_IDENTIFIER, &[oid::CERT_BAG]), &element(CONTEXT_0, &[&value])]);
    assert_eq!(read(&pfx(&safe(&sequence(&[&bag])), &[]), None).map(|store| store.entries.len()), Ok(1));
    let many = sequence(&vec![bag.as_slice(); super::super::MAX_ENTRIES + 1]);
    assert!(matches!(error_of(&pfx(&safe(&many), &[])), KeyStoreError::TooMany { .. }));
}

#[test]
fn counts_and_lengths_of_jks_are_bounded() {
    let header = |count: u32| [&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2][..], &count.to_be_bytes()].concat();
    let read = |body: &[u8]| read(&[body, &[0; 20]].concat(), None).map(|_| ()).unwrap_err();
    assert!(matches!(read(&header(u32::MAX)), KeyStoreError::TooMany { .. }));
    assert!(matches!(read(&header(1)), KeyStoreError::Damaged { at: 12, .. }));
    let entry = [&header(1)[..], &[0, 0, 0, 1, 0, 1, b'a'], &[0; 8], &u32::MAX.to_be_bytes()].concat();
    assert!(matches!(read(&entry), KeyStoreError::Damaged { .. }));
    assert!(matches!(read(&[&header(0)[..], &[0]].concat()), KeyStoreError::Damaged { .. }));
    assert!(matches!(read(&header(0)[..4]), KeyStoreError::Damaged { .. }));
}

#[test]
fn other_things_are_told_apart() {
    for other in [&b""[..], b"-----BEGIN CERTIFICATE-----", &[0x30, 3, 2, 1, 0]] {
        assert_eq!((format_of(other), error_of(other)), (None, KeyStoreError::Unknown));
    }
    let large = [SEEDS[0], &vec![0; MAX_STORE]].concat();
    assert!(matches!(error_of(&large), KeyStoreError::TooLarge { .. }));
}

proptest! {
    #[test]
    fn no_damage_makes_it_panic(
        flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..4),
        which in 0_usize..SEEDS.len(),
        known: bool,
    ) {
        let mut octets = SEEDS[which].to_vec();
        for (at, value) in flips {
            let length = octets.len();
            octets[at % length] = value;
        }
        let word = passphrase("changeit");
        let _ = read(&octets, known.then_some(&word));
    }

    #[test]
    fn no_octets_make_it_panic(octets: Vec<u8>, jks: bool) {
        let magic: &[u8] = if jks { &[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1] } else { &[] };
        let _ = read(&[magic, &octets].concat(), None);
    }
}
