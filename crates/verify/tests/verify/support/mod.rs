//! Certificates, revocation lists and whole graphs with real signatures, made from a few words or from the octets of a
//! fuzzer. Unlike the builders of `hf-x509` these write whatever they are told, also what no certificate may say.

pub(crate) mod graph;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::distinguished_name::DistinguishedName;

/// The second at which requests ask: inside the validity that specifications have by default.
pub(crate) const NOW: &str = "2030-06-01T00:00:00Z";

/// One DER element.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let octets = content.len().to_be_bytes();
    let significant = octets.iter().skip_while(|octet| **octet == 0);
    let mut out = vec![tag];
    match content.len() {
        0..=0x7f => out.push(octets[7]),
        0x80..=0xff => out.push(0x81),
        0x100..=0xffff => out.push(0x82),
        _ => out.push(0x83),
    }
    if content.len() > 0x7f {
        out.extend(significant);
    }
    out.extend(content);
    out
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

const ED25519: &[u8] = &[0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];

/// A key made from one octet.
pub(crate) fn key_pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed.wrapping_add(1); 32]).unwrap()
}

/// The key identifier of a key: its number, long enough.
pub(crate) fn key_id(seed: u8) -> Vec<u8> {
    vec![seed; 20]
}

fn spki(seed: u8) -> Vec<u8> {
    let mut bits = vec![0];
    bits.extend(key_pair(seed).public_key().as_ref());
    sequence(&[ED25519, &tlv(0x03, &bits)])
}

fn sign(tbs: &[u8], signer: u8) -> Vec<u8> {
    let mut bits = vec![0];
    bits.extend(key_pair(signer).sign(tbs).as_ref());
    sequence(&[tbs, ED25519, &tlv(0x03, &bits)])
}

/// A distinguished name of one common name; the empty name for no text.
pub(crate) fn name(common_name: &str) -> Vec<u8> {
    DistinguishedName::common(common_name).to_der().to_vec()
}

/// Object identifiers of extensions, the last octet of 2.5.29.
pub(crate) mod ce {
    pub(crate) const SUBJECT_KEY_ID: u8 = 14;
    pub(crate) const KEY_USAGE: u8 = 15;
    pub(crate) const SUBJECT_ALT_NAME: u8 = 17;
    pub(crate) const BASIC_CONSTRAINTS: u8 = 19;
    pub(crate) const CRL_NUMBER: u8 = 20;
    pub(crate) const DELTA: u8 = 27;
    pub(crate) const ISSUING_POINT: u8 = 28;
    pub(crate) const NAME_CONSTRAINTS: u8 = 30;
    pub(crate) const DISTRIBUTION_POINTS: u8 = 31;
    pub(crate) const POLICIES: u8 = 32;
    pub(crate) const AUTHORITY_KEY_ID: u8 = 35;
    pub(crate) const POLICY_CONSTRAINTS: u8 = 36;
    pub(crate) const EXTENDED_KEY_USAGE: u8 = 37;
}

/// An extension: last octet of 2.5.29, critical, value.
pub(crate) type Extension = (u8, bool, Vec<u8>);

fn write_extension((id, critical, value): &Extension) -> Vec<u8> {
    let critical: &[u8] = if *critical { &[0x01, 0x01, 0xff] } else { &[] };
    sequence(&[&[0x06, 0x03, 0x55, 0x1d, *id], critical, &tlv(0x04, value)])
}

fn write_extensions(extensions: &[Extension]) -> Vec<u8> {
    tlv(0x30, &extensions.iter().flat_map(write_extension).collect::<Vec<u8>>())
}

pub(crate) fn basic_constraints(ca: bool, path_length: Option<u8>) -> Extension {
    let ca: &[u8] = if ca { &[0x01, 0x01, 0xff] } else { &[] };
    let length = path_length.map(|length| tlv(0x02, &[length])).unwrap_or_default();
    (ce::BASIC_CONSTRAINTS, true, sequence(&[ca, &length]))
}

/// `keyUsage` from the first octet of its bits.
pub(crate) fn key_usage(bits: u8) -> Extension {
    (ce::KEY_USAGE, true, tlv(0x03, &[u8::try_from(bits.trailing_zeros().min(7)).unwrap(), bits]))
}

pub(crate) fn subject_key(seed: u8) -> Extension {
    (ce::SUBJECT_KEY_ID, false, tlv(0x04, &key_id(seed)))
}

pub(crate) fn authority_key(seed: u8) -> Extension {
    (ce::AUTHORITY_KEY_ID, false, sequence(&[&tlv(0x80, &key_id(seed))]))
}

/// A `GeneralName` from its context tag and content.
pub(crate) fn general(tag: u8, content: &[u8]) -> Vec<u8> {
    tlv(tag, content)
}

pub(crate) fn dns(text: &str) -> Vec<u8> {
    general(0x82, text.as_bytes())
}

pub(crate) fn names(names: &[Vec<u8>]) -> Extension {
    (ce::SUBJECT_ALT_NAME, false, tlv(0x30, &names.concat()))
}

pub(crate) fn constraints(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Extension {
    let list = |tag: u8, bases: &[Vec<u8>]| {
        let subtrees: Vec<u8> = bases.iter().flat_map(|base| sequence(&[base])).collect();
        if bases.is_empty() { Vec::new() } else { tlv(tag, &subtrees) }
    };
    (ce::NAME_CONSTRAINTS, true, sequence(&[&list(0xa0, permitted), &list(0xa1, excluded)]))
}

/// `extKeyUsage` of purposes 1.3.6.1.5.5.7.3.N.
pub(crate) fn purposes(numbers: &[u8]) -> Extension {
    let oids: Vec<u8> = numbers
        .iter()
        .flat_map(|number| tlv(0x06, &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, *number]))
        .collect();
    (ce::EXTENDED_KEY_USAGE, false, tlv(0x30, &oids))
}

/// `extKeyUsage` with `anyExtendedKeyUsage`.
pub(crate) fn any_purpose() -> Extension {
    (ce::EXTENDED_KEY_USAGE, false, sequence(&[&tlv(0x06, &[0x55, 0x1d, 0x25, 0x00])]))
}

/// What a certificate is to say.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) subject: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) key: u8,
    pub(crate) signer: u8,
    pub(crate) serial: Vec<u8>,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    pub(crate) extensions: Vec<Extension>,
}

impl Spec {
    fn new(subject: &str, key: u8, issuer: &str, signer: u8) -> Self {
        Self {
            subject: name(subject),
            issuer: name(issuer),
            key,
            signer,
            serial: vec![0x01, key, signer],
            not_before: "20300101000000Z".to_owned(),
            not_after: "20301231235959Z".to_owned(),
            extensions: vec![subject_key(key), authority_key(signer)],
        }
    }

    /// An authority that obeys every rule.
    pub(crate) fn authority(subject: &str, key: u8, issuer: &str, signer: u8) -> Self {
        Self::new(subject, key, issuer, signer)
            .with(basic_constraints(true, None))
            .with(key_usage(0b0000_0110))
    }

    /// A self-signed authority.
    pub(crate) fn root(subject: &str, key: u8) -> Self {
        Self::authority(subject, key, subject, key)
    }

    /// A leaf for `www.example.com` that obeys every rule.
    pub(crate) fn leaf(key: u8, issuer: &str, signer: u8) -> Self {
        Self::new("leaf", key, issuer, signer)
            .with(basic_constraints(false, None))
            .with(key_usage(0b1000_0000))
            .with(names(&[dns("www.example.com")]))
            .with(purposes(&[1, 2]))
    }

    /// Put an extension in the place of the one of its kind.
    pub(crate) fn with(mut self, extension: Extension) -> Self {
        self.extensions.retain(|(id, _, _)| *id != extension.0);
        self.extensions.push(extension);
        self
    }

    pub(crate) fn without(mut self, id: u8) -> Self {
        self.extensions.retain(|(found, _, _)| *found != id);
        self
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        // UTCTime from 1950 to 2049, RFC 5280 section 4.1.2.5.
        let time = |text: &str| {
            let utc = text.get(..4).is_some_and(|year| ("1950"..="2049").contains(&year));
            if utc { tlv(0x17, &text.as_bytes()[2..]) } else { tlv(0x18, text.as_bytes()) }
        };
        let tbs = sequence(&[
            &tlv(0xa0, &tlv(0x02, &[2])),
            &tlv(0x02, &self.serial),
            ED25519,
            &self.issuer,
            &sequence(&[&time(&self.not_before), &time(&self.not_after)]),
            &self.subject,
            &spki(self.key),
            &tlv(0xa3, &write_extensions(&self.extensions)),
        ]);
        sign(&tbs, self.signer)
    }

    pub(crate) fn build(&self) -> Certificate {
        Certificate::from_der(&self.der()).unwrap()
    }
}

/// What a revocation list is to say.
#[derive(Clone, Debug)]
pub(crate) struct ListSpec {
    pub(crate) issuer: Vec<u8>,
    pub(crate) signer: u8,
    pub(crate) this_update: &'static str,
    pub(crate) next_update: Option<&'static str>,
    /// Serial numbers, each with its entry extensions.
    pub(crate) entries: Vec<(Vec<u8>, Vec<Extension>)>,
    pub(crate) extensions: Vec<Extension>,
}

impl ListSpec {
    /// A list of nothing that obeys every rule.
    pub(crate) fn new(issuer: &str, signer: u8) -> Self {
        Self {
            issuer: name(issuer),
            signer,
            this_update: "300531000000Z",
            next_update: Some("300602000000Z"),
            entries: Vec::new(),
            extensions: vec![authority_key(signer), (ce::CRL_NUMBER, false, vec![0x02, 0x01, 0x07])],
        }
    }

    pub(crate) fn revoking(mut self, spec: &Spec) -> Self {
        self.entries.push((spec.serial.clone(), Vec::new()));
        self
    }

    pub(crate) fn with(mut self, extension: Extension) -> Self {
        self.extensions.retain(|(id, _, _)| *id != extension.0);
        self.extensions.push(extension);
        self
    }

    pub(crate) fn without(mut self, id: u8) -> Self {
        self.extensions.retain(|(found, _, _)| *found != id);
        self
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let time = |text: &str| tlv(0x17, text.as_bytes());
        let entries: Vec<u8> = self
            .entries
            .iter()
            .flat_map(|(serial, extensions)| {
                let extensions =
                    if extensions.is_empty() { Vec::new() } else { write_extensions(extensions) };
                sequence(&[&tlv(0x02, serial), &time("300531000000Z"), &extensions])
            })
            .collect();
        let tbs = sequence(&[
            &[0x02, 0x01, 0x01],
            ED25519,
            &self.issuer,
            &time(self.this_update),
            &self.next_update.map(time).unwrap_or_default(),
            &if entries.is_empty() { Vec::new() } else { tlv(0x30, &entries) },
            &tlv(0xa0, &write_extensions(&self.extensions)),
        ]);
        sign(&tbs, self.signer)
    }

    pub(crate) fn build(&self) -> CertificateList {
        CertificateList::from_der(self.der()).unwrap()
    }
}
