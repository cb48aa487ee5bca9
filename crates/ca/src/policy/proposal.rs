//! What policy judges: the certificate as it would be.

use std::sync::Arc;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::finding::Finding;
use hf_core::name::SanSet;
use hf_core::serial::Serial;
use hf_core::time::{Timestamp, Validity};
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::public_key::{KeyIdentifierMethod, PublicKey};

use super::NamePattern;
use crate::issuer::IssuerFacts;
use crate::profile::{Profile, UrlTemplate};
use crate::request::{RequesterLimits, WantedExtension};

/// The certificate as it would be, if policy grants it.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The profile.
    pub profile: Arc<Profile>,
    /// What is known of the issuer and of every certificate above it.
    pub issuer: Arc<IssuerFacts>,
    /// The subject.
    pub subject: DistinguishedName,
    /// Every name, in the end.
    pub names: SanSet,
    /// The key.
    pub public_key: PublicKey,
    /// What the examination of the key brought to light.
    pub key: KeyFacts,
    /// Validity as asked for, not yet shortened.
    pub validity: Validity,
    /// Whether the signing request asks for `cA` TRUE.
    pub csr_asks_for_authority: bool,
    /// Purposes that the signing request asks for and that the profile does not give, as dotted identifiers.
    pub csr_purposes_beyond_profile: Vec<String>,
    /// For an authority: how far down and for which names.
    pub authority: Option<AuthorityWish>,
    /// What the requester wants beyond names and lifetime.
    pub wishes: Wishes,
    /// What its credential limits the requester to.
    pub limits: RequesterLimits,
    /// The moment of issuing.
    pub now: Timestamp,
}

/// What a requester wants beyond names and lifetime, and what the profile makes it bring.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Every name that the signing request has, those in its common names too, wanted or not.
    pub requested: SanSet,
    /// Whether it names a subject.
    pub subject: bool,
    /// Whether it names the first and the last second.
    pub validity: bool,
    /// The serial number that it brings.
    pub serial: Option<Serial>,
    /// Extensions that it asks for outside the signing request.
    pub extensions: Vec<WantedExtension>,
    /// Whether it wants the pre-certificate alone.
    pub precertificate: bool,
    /// Extensions of the signing request that are taken over, as the profile says.
    pub copied: Vec<WantedExtension>,
}

/// What an authority to be may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorityWish {
    /// How many authorities may follow below it; `None`: as many as those above allow.
    pub path_length: Option<u8>,
    /// The names it may certify, put into its certificate as name constraints; empty: no constraint of its own.
    pub permitted: Vec<NamePattern>,
    /// Names that it may never certify, put into its certificate as excluded subtrees.
    pub excluded: Vec<NamePattern>,
    /// Where a root says that its own list is, for verifiers that ask for the list of every certificate. Nobody above it
    /// could revoke it, so `None` unless somebody wants that.
    pub root_crl: Option<UrlTemplate>,
    /// How its key identifier is made: as it was, where it is certified anew with the key that it has.
    pub key_identifier: KeyIdentifierMethod,
}

/// What the examination of a public key brought to light.
#[derive(Clone, Debug, Default)]
pub struct KeyFacts {
    /// Algorithm and size, if it is one of ours.
    pub algorithm: Option<KeyAlgorithm>,
    /// Whether it is a point on a curve that is written compressed.
    pub compressed: bool,
    /// Weaknesses found in the key itself, or its presence on the block list.
    pub weaknesses: Vec<Finding>,
}
