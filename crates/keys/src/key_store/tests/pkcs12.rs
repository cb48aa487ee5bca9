use hf_core::algorithm::KeyAlgorithm;
use hf_x509::certificate::Certificate;

use super::super::{Content, Entry, KeyStore, KeyStoreError, pkcs12, read};
use super::support::{Chain, Folder, certificate_of, passphrase};
use crate::random::SystemRandom;
use crate::signing_key::SigningKey as _;

#[test]
fn openssl_and_keytool_read_our_key_store() {
    for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048, KeyAlgorithm::Ed25519] {
        let (chain, folder) = (Chain::new(algorithm), Folder::new());
        folder.put(
            "ours.p12",
            &pkcs12::write(&chain.key_store("Service A"), &passphrase("changeit"), &SystemRandom).unwrap(),
        );
        let text = folder.openssl("pkcs12 -in ours.p12 -passin pass:changeit -nodes");
        assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 3);
        assert!(
            text.contains(chain.key.to_pem().expose().as_str()) && text.contains("friendlyName: Service A"),
            "{text}"
        );
        let list = folder.keytool("-list -v -keystore ours.p12 -storetype PKCS12 -storepass changeit");
        assert!(
            list.contains("Entry type: PrivateKeyEntry") && list.contains("Certificate chain length: 3"),
            "{list}"
        );
    }
}

#[test]
fn keytool_lists_our_trust_store() {
    let (chain, folder) = (Chain::new(KeyAlgorithm::EcdsaP256), Folder::new());
    let mut store = chain.trust_store("root");
    store.entries.push(Entry::trusted("größe-中", &chain.certificates[1]).unwrap());
    folder.put("ours.p12", &pkcs12::write(&store, &passphrase("changeit"), &SystemRandom).unwrap());
    let list = folder.keytool("-list -keystore ours.p12 -storepass changeit");
    assert_eq!(list.matches("trustedCertEntry").count(), 2, "{list}");
    // Without the mark Java shows nothing.
    let der = chain.root().der().to_vec();
    let entry = Entry { alias: "root".to_owned(), content: Content::Certificate { der, trusted: false } };
    folder.put(
        "bare.p12",
        &pkcs12::write(&KeyStore { entries: vec![entry] }, &passphrase("changeit"), &SystemRandom).unwrap(),
    );
    let list = folder.keytool("-list -keystore bare.p12 -storepass changeit");
    assert!(list.contains("contains 0 entries"), "{list}");
}

#[test]
fn what_we_write_we_read() {
    let (one, two) = (Chain::new(KeyAlgorithm::EcdsaP256), Chain::new(KeyAlgorithm::EcdsaP384));
    let word = passphrase("pässwörd 中");
    let file = pkcs12::write(&one.key_store("a"), &word, &SystemRandom).unwrap();
    one.assert_in(&read(&file, Some(&word)).unwrap(), Some("a"));
    let file = pkcs12::write(&one.trust_store("root"), &word, &SystemRandom).unwrap();
    one.assert_root_trusted_in(&read(&file, Some(&word)).unwrap(), "root");

    let mut both = one.key_store("a");
    both.entries.extend(two.key_store("b").entries);
    both.entries.push(Entry::trusted("root", one.root()).unwrap());
    let mut store = read(&pkcs12::write(&both, &word, &SystemRandom).unwrap(), Some(&word)).unwrap();
    assert_eq!(certificate_of(&store.entries.pop().unwrap()), Some((one.root().der(), true)));
    two.assert_in(&KeyStore { entries: vec![store.entries.pop().unwrap()] }, Some("b"));
    one.assert_in(&store, Some("a"));

    for wrong in ["", "passw0rd", "pässwörd"] {
        assert_eq!(read(&file, Some(&passphrase(wrong))).map(|_| ()), Err(KeyStoreError::PassphraseWrong));
    }
    assert_eq!(read(&file, None).map(|_| ()), Err(KeyStoreError::PassphraseMissing));
}

#[test]
fn key_stores_of_openssl_are_read() {
    let (chain, folder) = (Chain::new(KeyAlgorithm::Rsa2048), Folder::new());
    folder.put("all.pem", chain.pem().as_bytes());
    let export = "pkcs12 -export -in all.pem -name a -out theirs.p12 -passout pass:changeit";
    for options in [
        "",
        "-legacy",
        "-legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-3DES -descert",
        "-certpbe AES-128-CBC -keypbe AES-192-CBC -macalg sha512 -iter 5000",
        "-certpbe NONE -keypbe NONE",
        "-macalg sha384",
    ] {
        folder.openssl(&format!("{export} {options}"));
        let store = read(&folder.take("theirs.p12"), Some(&passphrase("changeit")))
            .map_err(|error| error.to_string());
        chain.assert_in(&store.unwrap(), Some("a"));
    }
    folder
        .openssl("pkcs12 -export -in all.pem -out open.p12 -passout pass: -certpbe NONE -keypbe NONE -nomac");
    chain.assert_in(&read(&folder.take("open.p12"), None).unwrap(), None);
    folder.openssl("pkcs12 -export -in all.pem -out empty.p12 -passout pass:");
    chain.assert_in(&read(&folder.take("empty.p12"), Some(&passphrase(""))).unwrap(), None);
}

#[test]
fn certificates_of_openssl_without_a_key_are_read() {
    let (chain, folder) = (Chain::new(KeyAlgorithm::EcdsaP256), Folder::new());
    folder.put("root.pem", chain.root().to_pem().as_bytes());
    folder.openssl("pkcs12 -export -nokeys -in root.pem -caname root -out theirs.p12 -passout pass:changeit");
    let store = read(&folder.take("theirs.p12"), Some(&passphrase("changeit"))).unwrap();
    assert_eq!(
        store.entries.iter().map(certificate_of).collect::<Vec<_>>(),
        [Some((chain.root().der(), false))]
    );
}

#[test]
fn key_stores_of_keytool_are_read() {
    let folder = Folder::new();
    let make = "-genkeypair -alias a -dname CN=a.example -storepass changeit -storetype PKCS12 -keyalg";
    for (number, kind) in
        ["EC -groupname secp256r1", "RSA -keysize 2048 -J-Dkeystore.pkcs12.legacy"].iter().enumerate()
    {
        folder.keytool(&format!("{make} {kind} -keystore {number}.p12"));
        folder.keytool(&format!(
            "-exportcert -alias a -keystore {number}.p12 -storepass changeit -file {number}.der"
        ));
        let store = read(&folder.take(&format!("{number}.p12")), Some(&passphrase("changeit"))).unwrap();
        let [Entry { alias, content: Content::Key { key, chain } }] = store.entries.as_slice() else {
            panic!("{kind}")
        };
        let expected = folder.take(&format!("{number}.der"));
        assert_eq!((alias.as_str(), chain.as_slice()), ("a", &[expected.clone()][..]));
        let certificate = Certificate::from_der(&expected).unwrap();
        assert_eq!(key.private_key().unwrap().public_key(), certificate.public_key());
    }
    let trust =
        "-importcert -noprompt -alias root -storepass changeit -file 0.der -storetype PKCS12 -keystore";
    folder.keytool(&format!("{trust} trust.p12"));
    let store = read(&folder.take("trust.p12"), Some(&passphrase("changeit"))).unwrap();
    let expected = folder.take("0.der");
    assert_eq!(
        store.entries.iter().map(certificate_of).collect::<Vec<_>>(),
        [Some((expected.as_slice(), true))]
    );
}

#[test]
fn stores_that_would_lose_something_are_not_written() {
    let chain = Chain::new(KeyAlgorithm::EcdsaP256);
    let (word, random) = (passphrase("changeit"), SystemRandom);
    let mut store = chain.trust_store("Root");
    store.entries.extend(chain.trust_store("root").entries);
    let same = KeyStoreError::SameAlias { alias: "root".to_owned() };
    assert_eq!(pkcs12::write(&store, &word, &random), Err(same));
    let short = KeyStoreError::PassphraseTooShort { found: 5, min: 6 };
    assert_eq!(pkcs12::write(&chain.trust_store("root"), &passphrase("12345"), &random), Err(short));
    for alias in ["", "a\nb", "😀", &"a".repeat(300)] {
        assert!(matches!(Entry::trusted(alias, chain.root()).map(|_| ()), Err(KeyStoreError::Alias { .. })));
    }
    let other = Chain::new(KeyAlgorithm::EcdsaP256);
    let error = Entry::key("a", &chain.key, &other.certificates).map(|_| ());
    assert_eq!(error, Err(KeyStoreError::OtherKey { alias: "a".to_owned() }));
    let error = Entry::key("a", &chain.key, &[]).map(|_| ());
    assert_eq!(error, Err(KeyStoreError::NoCertificate { alias: "a".to_owned() }));
}

/// Written by `software.sslmate.com/src/go-pkcs12` 0.7.4, passphrase `changeit`.
#[test]
fn key_stores_of_go_are_read() {
    for file in [
        &include_bytes!("../../../testdata/go_key.p12")[..],
        include_bytes!("../../../testdata/go_legacy.p12"),
    ] {
        let store = read(file, Some(&passphrase("changeit"))).unwrap();
        let [Entry { content: Content::Key { key, chain }, .. }] = store.entries.as_slice() else {
            panic!("no key")
        };
        let leaf = Certificate::from_der(&chain[0]).unwrap();
        assert_eq!(key.private_key().unwrap().public_key(), leaf.public_key());
    }
    let trust = include_bytes!("../../../testdata/go_trust.p12");
    let store = read(trust, Some(&passphrase("changeit"))).unwrap();
    assert!(store.entries.iter().all(|entry| certificate_of(entry).is_some_and(|(_, trusted)| trusted)));
    assert_eq!(store.entries.len(), 1);
}
