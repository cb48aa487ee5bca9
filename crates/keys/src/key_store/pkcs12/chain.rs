//! Putting keys and certificates of a PKCS#12 file together: the file ties a key to its own certificate at most; the rest of the
//! chain follows from the names in the certificates.

use std::collections::HashSet;

use hf_x509::certificate::Certificate;

use super::read::{CertificateBag, KeyBag};
use crate::block_list::hex;
use crate::key_store::{Content, Entry, KeyStore, MAX_CHAIN, StoredKey};
use crate::private_key::PrivateKey;
use crate::signing_key::SigningKey as _;

/// Keys with their chains first, then every certificate that is in no chain or marked as trusted.
pub(super) fn link(keys: Vec<KeyBag>, certificates: Vec<CertificateBag>) -> KeyStore {
    let parsed: Vec<Parsed> = certificates
        .into_iter()
        .map(|bag| Parsed { certificate: Certificate::from_der(&bag.der).ok(), bag })
        .collect();
    let mut used = HashSet::new();
    let mut store = KeyStore::default();
    for key in keys {
        let chain = leaf_of(&key, &parsed).map(|leaf| chain_from(leaf, &parsed)).unwrap_or_default();
        used.extend(chain.iter().copied());
        let alias = key.attributes.alias.clone();
        let alias = alias.or_else(|| key.attributes.local_key_id.as_deref().map(hex));
        let chain = chain
            .iter()
            .filter_map(|index| parsed.get(*index))
            .map(|parsed| parsed.bag.der.clone())
            .collect();
        let content = Content::Key { key: StoredKey::Open(key.pkcs8), chain };
        store.entries.push(Entry { alias: alias.unwrap_or_default(), content });
    }
    for (index, parsed) in parsed.into_iter().enumerate() {
        if used.contains(&index) && !parsed.bag.attributes.trusted {
            continue;
        }
        let subject = || parsed.certificate.as_ref().map(|certificate| certificate.subject().to_string());
        let alias = parsed.bag.attributes.alias.clone().or_else(subject).unwrap_or_default();
        let content = Content::Certificate { der: parsed.bag.der, trusted: parsed.bag.attributes.trusted };
        store.entries.push(Entry { alias, content });
    }
    store
}

struct Parsed {
    bag: CertificateBag,
    /// `None` when it is no certificate that can be read; it is shown then, but links to nothing.
    certificate: Option<Certificate>,
}

/// The certificate of a key: by the tie in the file, else by the key itself.
fn leaf_of(key: &KeyBag, parsed: &[Parsed]) -> Option<usize> {
    let tie = key.attributes.local_key_id.as_ref();
    let tied = tie.and_then(|tie| {
        parsed.iter().position(|parsed| parsed.bag.attributes.local_key_id.as_ref() == Some(tie))
    });
    tied.or_else(|| {
        let key = PrivateKey::from_der(key.pkcs8.expose(), None).ok()?;
        parsed.iter().position(|parsed| {
            parsed
                .certificate
                .as_ref()
                .is_some_and(|certificate| certificate.public_key() == key.public_key())
        })
    })
}

/// From a certificate to its issuer, and so on.
fn chain_from(leaf: usize, parsed: &[Parsed]) -> Vec<usize> {
    let mut chain = vec![leaf];
    while chain.len() < MAX_CHAIN {
        let last = chain.last().and_then(|index| parsed.get(*index));
        let Some(last) = last.and_then(|parsed| parsed.certificate.as_ref()) else { break };
        if last.is_self_issued() {
            break;
        }
        let Some(issuer) = issuer_of(last, &chain, parsed) else { break };
        chain.push(issuer);
    }
    chain
}

/// The issuer by name and, where several have the name, by key identifier. No signatures are verified: a file of thousands of
/// certificates would cost minutes, and whoever relies on a chain verifies it.
fn issuer_of(certificate: &Certificate, chain: &[usize], parsed: &[Parsed]) -> Option<usize> {
    let named = parsed.iter().enumerate().filter_map(|(index, candidate)| {
        let candidate = candidate.certificate.as_ref()?;
        (!chain.contains(&index) && candidate.subject() == certificate.issuer()).then_some((index, candidate))
    });
    let named: Vec<(usize, &Certificate)> = named.collect();
    let wanted =
        certificate.authority_key_identifier().ok().flatten().and_then(|authority| authority.key_identifier);
    let fitting = named.iter().find(|(_, candidate)| {
        let own = candidate.subject_key_identifier().ok().flatten();
        wanted.is_some() && own == wanted
    });
    fitting.or_else(|| named.first()).map(|(index, _)| *index)
}
