//! A certificate and a CRL that can be made wrong in every way that a row looks for.

use crate::asn1::{Oid, Writer, tag};
use crate::distinguished_name::DistinguishedName;
use crate::ext::{
    AuthorityKeyIdentifier, BasicConstraints, CrlDistributionPoints, CrlNumber, ExtendedKeyUsage,
    ExtensionValue, KeyIdentifier, KeyUsage, SubjectAltName, write_raw_extension,
};
use crate::general_name::GeneralName;
use crate::lint::IssuerFacts;
use crate::oids;
use crate::public_key::{Curve, PublicKey};
use crate::signature::SignatureAlgorithm;

/// An EC key whose point nobody checks.
pub(super) fn ec_key(seed: u8) -> PublicKey {
    let mut point = [seed; 65];
    point[0] = 4;
    PublicKey::from_ec_point(Curve::P256, &point).unwrap()
}

/// An RSA key with a modulus of so many octets.
pub(super) fn rsa_key(octets: usize, exponent: &[u8]) -> PublicKey {
    let mut writer = Writer::default();
    writer.sequence(|key| {
        key.unsigned(tag::INTEGER, &vec![0xc1; octets]);
        key.unsigned(tag::INTEGER, exponent);
    });
    PublicKey::from_rsa_public_key_der(&writer.into_bytes()).unwrap()
}

/// What the issuer of the drafts says.
pub(super) fn issuer() -> IssuerFacts {
    let public_key = ec_key(1);
    IssuerFacts {
        subject: DistinguishedName::common("Test CA"),
        key_identifier: Some(public_key.key_identifier()),
        public_key,
        not_after: "2060-01-01T00:00:00Z".parse().unwrap(),
        basic_constraints: Some(BasicConstraints { ca: true, path_length: Some(1) }),
        key_usage: Some(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN),
        name_constraints: None,
    }
}

pub(super) fn value<E: ExtensionValue>(value: &E) -> Vec<u8> {
    let mut writer = Writer::default();
    value.write(&mut writer);
    writer.into_bytes()
}

pub(super) fn algorithm(algorithm: SignatureAlgorithm) -> Vec<u8> {
    let mut writer = Writer::default();
    algorithm.write(&mut writer);
    writer.into_bytes()
}

/// A name with one attribute of this type, string type and value.
pub(super) fn name(kind: &Oid, tag: u8, text: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.sequence(|name| {
        name.set(|rdn| {
            rdn.sequence(|attribute| {
                attribute.oid(kind);
                attribute.primitive(tag, text);
            });
        });
    });
    writer.into_bytes()
}

pub(super) type Time = (u8, &'static str);

/// The extensions of a draft: type, criticality, value.
pub(super) type Extensions = Vec<(Oid, bool, Vec<u8>)>;

fn write_extensions(extensions: &Extensions, number: u8, writer: &mut Writer) {
    if !extensions.is_empty() {
        writer.nested(tag::context_constructed(number), |explicit| {
            explicit.sequence(|list| {
                for (oid, critical, value) in extensions {
                    write_raw_extension(list, oid, *critical, |writer| writer.raw(value));
                }
            });
        });
    }
}

/// A certificate to be signed, and its issuer.
pub(super) struct Draft {
    pub(super) version: u8,
    pub(super) serial: Vec<u8>,
    pub(super) algorithm: Vec<u8>,
    pub(super) issuer_name: Vec<u8>,
    pub(super) times: [Time; 2],
    pub(super) subject: Vec<u8>,
    pub(super) spki: Vec<u8>,
    pub(super) unique_id: bool,
    pub(super) extensions: Extensions,
    pub(super) issuer: IssuerFacts,
}

impl Draft {
    /// A leaf that no row has anything to say about.
    pub(super) fn leaf() -> Self {
        let mut draft = Self {
            version: 2,
            serial: vec![0x41; 20],
            algorithm: algorithm(SignatureAlgorithm::EcdsaSha256),
            issuer_name: DistinguishedName::common("Test CA").to_der().to_vec(),
            times: [(tag::UTC_TIME, "270101000000Z"), (tag::UTC_TIME, "270401000000Z")],
            subject: DistinguishedName::empty().to_der().to_vec(),
            spki: Vec::new(),
            unique_id: false,
            extensions: Vec::new(),
            issuer: issuer(),
        };
        draft.key(&ec_key(2));
        let authority = AuthorityKeyIdentifier::of(ec_key(1).key_identifier());
        draft.set(false, &authority);
        draft.set(true, &BasicConstraints::default());
        draft.set(true, &KeyUsage::DIGITAL_SIGNATURE);
        draft.set(false, &ExtendedKeyUsage(vec![oids::SERVER_AUTH, oids::CLIENT_AUTH]));
        draft.names(true, &[GeneralName::Dns("a.example".to_owned())]);
        draft
    }

    /// An intermediate that no row has anything to say about.
    pub(super) fn authority() -> Self {
        let mut draft = Self::leaf();
        draft.subject = DistinguishedName::common("Issuing CA").to_der().to_vec();
        draft.remove(&oids::EXTENDED_KEY_USAGE);
        draft.remove(&oids::SUBJECT_ALT_NAME);
        draft.set(true, &BasicConstraints { ca: true, path_length: Some(0) });
        draft.set(true, &(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN));
        draft
    }

    /// Another key, with its identifier.
    pub(super) fn key(&mut self, key: &PublicKey) {
        self.spki = key.spki_der().to_vec();
        self.set(false, &key.key_identifier());
    }

    pub(super) fn names(&mut self, critical: bool, names: &[GeneralName]) {
        self.set(critical, &SubjectAltName(names.to_vec()));
    }

    pub(super) fn dns(&mut self, name: &str) {
        self.names(true, &[GeneralName::Dns(name.to_owned())]);
    }

    pub(super) fn subject(&mut self, text: &str) {
        self.subject = text.parse::<DistinguishedName>().unwrap().to_der().to_vec();
        if let Some((_, critical, _)) =
            self.extensions.iter_mut().find(|(oid, _, _)| *oid == oids::SUBJECT_ALT_NAME)
        {
            *critical = false;
        }
    }

    pub(super) fn points(&mut self, critical: bool, uri: &str) {
        self.set(critical, &CrlDistributionPoints::from_uris([uri.to_owned()]));
    }

    /// Put an extension in the place of the one of its kind, or at the end.
    pub(super) fn set<E: ExtensionValue>(&mut self, critical: bool, extension: &E) {
        self.set_raw(&E::OID, critical, value(extension));
    }

    pub(super) fn set_raw(&mut self, oid: &Oid, critical: bool, value: Vec<u8>) {
        self.remove(oid);
        self.extensions.push((oid.clone(), critical, value));
    }

    pub(super) fn remove(&mut self, oid: &Oid) {
        self.extensions.retain(|(found, _, _)| found != oid);
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.sequence(|tbs| {
            if self.version > 0 {
                tbs.nested(0xa0, |version| version.number(tag::INTEGER, u64::from(self.version)));
            }
            tbs.primitive(tag::INTEGER, &self.serial);
            tbs.raw(&self.algorithm);
            tbs.raw(&self.issuer_name);
            tbs.sequence(|validity| {
                self.times.iter().for_each(|(tag, text)| validity.primitive(*tag, text.as_bytes()));
            });
            tbs.raw(&self.subject);
            tbs.raw(&self.spki);
            if self.unique_id {
                tbs.primitive(0x81, &[0, 1]);
            }
            write_extensions(&self.extensions, 3, tbs);
        });
        writer.into_bytes()
    }
}

/// A CRL to be signed, and its issuer.
pub(super) struct CrlDraft {
    pub(super) version: Option<u64>,
    pub(super) algorithm: Vec<u8>,
    pub(super) issuer_name: Vec<u8>,
    pub(super) times: Vec<Time>,
    /// Content of `revokedCertificates`.
    pub(super) entries: Option<Vec<u8>>,
    pub(super) extensions: Extensions,
    pub(super) issuer: IssuerFacts,
}

impl CrlDraft {
    /// A CRL that no row has anything to say about.
    pub(super) fn good() -> Self {
        let mut draft = Self {
            version: Some(1),
            algorithm: algorithm(SignatureAlgorithm::EcdsaSha256),
            issuer_name: DistinguishedName::common("Test CA").to_der().to_vec(),
            times: vec![(tag::UTC_TIME, "270101000000Z"), (tag::UTC_TIME, "270108000000Z")],
            entries: None,
            extensions: Vec::new(),
            issuer: issuer(),
        };
        draft.entry(&[5], "270101000000Z", Some(1));
        draft.aki(false, ec_key(1).key_identifier());
        draft.set(&oids::CRL_NUMBER, false, value(&CrlNumber::from(7)));
        draft
    }

    pub(super) fn aki(&mut self, critical: bool, identifier: KeyIdentifier) {
        let value = value(&AuthorityKeyIdentifier::of(identifier));
        self.set(&oids::AUTHORITY_KEY_IDENTIFIER, critical, value);
    }

    pub(super) fn set(&mut self, oid: &Oid, critical: bool, value: Vec<u8>) {
        self.remove(oid);
        self.extensions.push((oid.clone(), critical, value));
    }

    pub(super) fn remove(&mut self, oid: &Oid) {
        self.extensions.retain(|(found, _, _)| found != oid);
    }

    /// Add an entry.
    pub(super) fn entry(&mut self, serial: &[u8], date: &str, reason: Option<u8>) {
        let mut writer = Writer::onto(self.entries.take().unwrap_or_default());
        writer.sequence(|entry| {
            entry.primitive(tag::INTEGER, serial);
            entry.primitive(tag::UTC_TIME, date.as_bytes());
            if let Some(reason) = reason {
                entry.sequence(|list| {
                    write_raw_extension(list, &oids::CRL_REASON, false, |value| {
                        value.primitive(tag::ENUMERATED, &[reason]);
                    });
                });
            }
        });
        self.entries = Some(writer.into_bytes());
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.sequence(|tbs| {
            if let Some(version) = self.version {
                tbs.number(tag::INTEGER, version);
            }
            tbs.raw(&self.algorithm);
            tbs.raw(&self.issuer_name);
            self.times.iter().for_each(|(tag, text)| tbs.primitive(*tag, text.as_bytes()));
            if let Some(entries) = &self.entries {
                tbs.primitive(tag::SEQUENCE, entries);
            }
            write_extensions(&self.extensions, 0, tbs);
        });
        writer.into_bytes()
    }
}
