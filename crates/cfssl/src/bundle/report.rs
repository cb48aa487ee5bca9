//! What is told of a path.

use hf_core::time::{Lifetime, Timestamp};
use hf_keys::private_key::PrivateKey;
use hf_proto::cfssl::bundle::{Bundle, BundleStatus};
use hf_proto::cfssl::code::CfsslError;
use hf_store::audit::hex;
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::public_key::KeyKind;

use super::platform::{HashUbiquity, KeyUbiquity, Platform, chain_hash, chain_key};
use super::rank;
use crate::{certinfo, keys};

const SHA2: &str = "The bundle contains certificates signed with advanced hash functions such as SHA2, which are problematic for certain operating systems, e.g. Windows XP SP2.";
const ECDSA: &str = "The bundle contains ECDSA signatures, which are problematic for certain operating systems, e.g. Windows XP, Android 2.2 and Android 2.3.";
const EXPIRING: &str = "The bundle is expiring within 30 days.";
const UNTRUSTED: &str = "The bundle may not be trusted by the following platform(s):";
const NOT_MEASURED: &str = "Unable to measure bundle ubiquity: No platform metadata present.";

/// What ends earlier than this is told.
const SOON: Lifetime = Lifetime::from_days(30);

/// A path, and what it was made from.
pub(super) struct Path<'a> {
    /// What goes into the bundle, the certificate that it is for first.
    pub(super) chain: &'a [Certificate],
    /// The root; none when nobody looked for it.
    pub(super) root: Option<&'a Certificate>,
    /// The certificates that were given.
    pub(super) given: &'a [Certificate],
}

/// The path as it goes into the bundle: whoever trusts the root has it. Where the certificate names an OCSP responder, one
/// issuer stays, since servers need it to ask.
pub(super) fn without_root(way: &[Certificate]) -> &[Certificate] {
    let names_ocsp = way.first().is_some_and(|leaf| !ocsp(leaf).is_empty());
    let keep = if names_ocsp && way.len() <= 2 { way.len() } else { way.len().saturating_sub(1).max(1) };
    way.get(..keep).unwrap_or(way)
}

/// The bundle with everything that CFSSL tells of it.
pub(super) fn make(
    path: &Path<'_>,
    key: Option<&PrivateKey>,
    platforms: &[Platform],
    now: Timestamp,
) -> Result<Bundle, CfsslError> {
    let Some(leaf) = path.chain.first() else { return Ok(Bundle::default()) };
    let pem: String = path.chain.iter().map(Certificate::to_pem).collect();
    let crl = leaf.crl_distribution_points().ok().flatten();
    let ocsp = ocsp(leaf);
    let (key_type, key_size) = key_words(leaf);
    Ok(Bundle {
        bundle: pem.trim_end().to_owned(),
        crl_support: crl.is_some(),
        crt: leaf.to_pem().trim_end().to_owned(),
        expires: rank::expiry(path.chain).to_string(),
        hostnames: Some(hostnames(leaf)).filter(|names| !names.is_empty()),
        issuer: slashed(leaf.issuer()),
        key: match key {
            Some(key) => keys::to_pem(key)?.expose().trim_end().to_owned(),
            None => String::new(),
        },
        key_size,
        key_type,
        leaf_expires: leaf.not_after().to_string(),
        ocsp_support: !ocsp.is_empty(),
        ocsp: Some(ocsp).filter(|responders| !responders.is_empty()),
        root: path.root.map(|root| root.to_pem().trim_end().to_owned()).unwrap_or_default(),
        signature: certinfo::signature_word(leaf.signature_algorithm().ok()).to_owned(),
        status: status(path, platforms, now),
        subject: slashed(leaf.subject()),
    })
}

fn status(path: &Path<'_>, platforms: &[Platform], now: Timestamp) -> BundleStatus {
    // Keys and digests are judged with the root, where it is known.
    let whole: Vec<Certificate> = match path.root {
        Some(root) if path.chain.last() != Some(root) => path.chain.iter().chain([root]).cloned().collect(),
        _ => path.chain.to_vec(),
    };
    let mut status = BundleStatus { rebundled: path.chain != path.given, ..BundleStatus::default() };
    let mut messages = Vec::new();
    let mut say = |code: i64, message: String| {
        status.code |= code;
        messages.push(message);
    };
    let expiring: Vec<&Certificate> =
        path.chain.iter().filter(|one| one.not_after() < now.plus(SOON)).collect();
    if !expiring.is_empty() {
        say(BundleStatus::EXPIRING, EXPIRING.to_owned());
    }
    if chain_hash(&whole) <= HashUbiquity::Sha2 {
        say(BundleStatus::NOT_UBIQUITOUS, SHA2.to_owned());
    }
    if chain_key(&whole) <= KeyUbiquity::Ecdsa256 {
        say(BundleStatus::NOT_UBIQUITOUS, ECDSA.to_owned());
    }
    let mut untrusted = None;
    if path.root.is_some() {
        let names: Vec<String> =
            platforms.iter().filter(|one| !one.trusts(&whole)).map(|one| one.name.clone()).collect();
        if platforms.is_empty() {
            say(BundleStatus::NOT_UBIQUITOUS, NOT_MEASURED.to_owned());
        } else if !names.is_empty() {
            say(BundleStatus::NOT_UBIQUITOUS, format!("{UNTRUSTED} {}", names.join(", ")));
        }
        untrusted = Some(names);
    }
    let skis = expiring.into_iter().map(key_identifier).collect::<Vec<_>>();
    status.expiring_skis = Some(skis).filter(|skis| !skis.is_empty());
    status.untrusted_root_stores = untrusted;
    status.messages = Some(messages).filter(|messages| !messages.is_empty());
    status
}

fn key_identifier(certificate: &Certificate) -> String {
    let own = certificate.subject_key_identifier().ok().flatten();
    own.map(|id| hex(id.as_bytes()).to_uppercase()).unwrap_or_default()
}

fn ocsp(leaf: &Certificate) -> Vec<String> {
    let access = leaf.authority_information_access().ok().flatten();
    access.map(|access| access.ocsp().map(str::to_owned).collect()).unwrap_or_default()
}

/// The common name, then DNS names, each once.
fn hostnames(leaf: &Certificate) -> Vec<String> {
    let dns = certinfo::dns_names(leaf);
    let mut found: Vec<String> = Vec::new();
    for name in leaf.subject().common_name().into_iter().chain(dns) {
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// `2048-bit RSA` and 2048.
fn key_words(leaf: &Certificate) -> (String, u32) {
    let bits = leaf.public_key().key_bits().unwrap_or(0);
    match leaf.public_key().kind() {
        KeyKind::Rsa => (format!("{bits}-bit RSA"), bits),
        KeyKind::Ec(_) => (format!("{bits}-bit ECDSA"), bits),
        // CFSSL counts octets here.
        KeyKind::Ed25519 => ("Ed25519".to_owned(), 32),
        KeyKind::UnsupportedCurve { .. } | KeyKind::Unsupported { .. } | KeyKind::Malformed { .. } => {
            ("Unknown".to_owned(), 0)
        }
    }
}

/// `/Country=US/Organization=Acme/CommonName=x`.
fn slashed(name: &DistinguishedName) -> String {
    let words = certinfo::texts(name).into_iter().map(|(oid, value)| {
        let kind = match oid.as_str() {
            "2.5.4.3" => "CommonName",
            "2.5.4.5" => "SerialNumber",
            "2.5.4.6" => "Country",
            "2.5.4.7" => "Locality",
            "2.5.4.8" => "Province",
            "2.5.4.9" => "StreetAddress",
            "2.5.4.10" => "Organization",
            "2.5.4.11" => "OrganizationalUnit",
            "2.5.4.17" => "PostalCode",
            _ => "",
        };
        format!("/{kind}={value}")
    });
    words.collect()
}
