use hf_core::algorithm::KeyAlgorithm;
use hf_core::time::Timestamp;

use super::super::{Content, Entry, KeyStoreError, jks, read};
use super::support::{Chain, Folder, certificate_of, is_locked, passphrase};
use crate::random::SystemRandom;

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1_798_761_600)
}

#[test]
fn keytool_reads_our_key_store() {
    let (chain, folder) = (Chain::new(KeyAlgorithm::EcdsaP256), Folder::new());
    folder.put(
        "ours.jks",
        &jks::write(&chain.key_store("Service-A"), &passphrase("changeit"), now(), &SystemRandom).unwrap(),
    );
    let list = folder.keytool("-list -v -keystore ours.jks -storetype JKS -storepass changeit");
    assert!(list.contains("Alias name: service-a") && list.contains("Certificate chain length: 3"), "{list}");
    assert!(list.contains("2027"), "{list}");
    // Converting opens the key.
    folder.keytool(
        "-importkeystore -srckeystore ours.jks -srcstoretype JKS -srcstorepass changeit -destkeystore theirs.p12 \
         -deststoretype PKCS12 -deststorepass changeit",
    );
    let store = read(&folder.take("theirs.p12"), Some(&passphrase("changeit"))).unwrap();
    chain.assert_in(&store, Some("service-a"));
}

#[test]
fn keytool_lists_our_trust_store() {
    let (chain, folder) = (Chain::new(KeyAlgorithm::EcdsaP256), Folder::new());
    let mut store = chain.trust_store("root");
    store.entries.push(Entry::trusted("größe", &chain.certificates[1]).unwrap());
    folder.put("ours.jks", &jks::write(&store, &passphrase("changeit"), now(), &SystemRandom).unwrap());
    let list = folder.keytool("-list -keystore ours.jks -storetype JKS -storepass changeit");
    assert_eq!(list.matches("trustedCertEntry").count(), 2, "{list}");
}

#[test]
fn what_we_write_we_read() {
    let chain = Chain::new(KeyAlgorithm::Rsa2048);
    let word = passphrase("pässwörd");
    let keys = jks::write(&chain.key_store("a"), &word, now(), &SystemRandom).unwrap();
    chain.assert_in(&read(&keys, Some(&word)).unwrap(), Some("a"));
    let trust = jks::write(&chain.trust_store("root"), &word, now(), &SystemRandom).unwrap();
    chain.assert_root_trusted_in(&read(&trust, Some(&word)).unwrap(), "root");

    assert_eq!(read(&keys, Some(&passphrase("wrong"))).map(|_| ()), Err(KeyStoreError::PassphraseWrong));
    assert!(read(&keys, None).unwrap().entries.iter().all(is_locked));
    chain.assert_root_trusted_in(&read(&trust, None).unwrap(), "root");
    let mut changed = keys;
    changed[40] ^= 1;
    assert_eq!(read(&changed, Some(&word)).map(|_| ()), Err(KeyStoreError::PassphraseWrong));
}

#[test]
fn key_stores_of_keytool_are_read() {
    let folder = Folder::new();
    let make = "-genkeypair -alias a -dname CN=a.example -keyalg EC -groupname secp384r1 -storepass changeit -storetype";
    folder.keytool(&format!("{make} JKS -keypass changeit -keystore same.jks"));
    let store = read(&folder.take("same.jks"), Some(&passphrase("changeit"))).unwrap();
    let [Entry { content: Content::Key { key, chain }, .. }] = store.entries.as_slice() else {
        panic!("no key")
    };
    assert_eq!((key.private_key().unwrap().algorithm(), chain.len()), (KeyAlgorithm::EcdsaP384, 1));

    // A key with a passphrase of its own stays locked; the rest is read.
    folder.keytool(&format!("{make} JKS -keypass another -keystore other.jks"));
    let store = read(&folder.take("other.jks"), Some(&passphrase("changeit"))).unwrap();
    assert!(store.entries.iter().all(is_locked) && store.entries.len() == 1);

    folder.keytool("-exportcert -alias a -keystore same.jks -storepass changeit -file a.der");
    folder.keytool("-importcert -noprompt -alias root -storepass changeit -file a.der -storetype JKS -keystore trust.jks");
    let store = read(&folder.take("trust.jks"), Some(&passphrase("changeit"))).unwrap();
    let expected = folder.take("a.der");
    assert_eq!(
        store.entries.iter().map(certificate_of).collect::<Vec<_>>(),
        [Some((expected.as_slice(), true))]
    );

    folder.keytool(&format!("{make} JCEKS -keypass changeit -keystore other.jceks"));
    let error = read(&folder.take("other.jceks"), Some(&passphrase("changeit"))).map(|_| ()).unwrap_err();
    assert!(matches!(error, KeyStoreError::Unsupported { .. }) && error.hint().unwrap().contains("keytool"));
}
