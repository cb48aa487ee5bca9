//! Roots: a certificate that signs itself, from the key that the caller has.

use std::sync::Arc;

use hf_ca::create::NewAuthority;
use hf_ca::policy::AuthorityWish;
use hf_ca::profile::{
    BeyondIssuer, KeyUsageName, Profile, ProfileKind, ProfileSettings, SubjectRule, UrlTemplate,
};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::time::Lifetime;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_store::audit::hex;
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;

use crate::failure;
use crate::machine::Machine;
use crate::standalone::Standalone;

/// What a root shall be.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// Its subject; not empty.
    pub(crate) subject: DistinguishedName,
    /// From `notBefore` to `notAfter`.
    pub(crate) expiry: Lifetime,
    /// How far before now `notBefore` lies.
    pub(crate) backdate: Lifetime,
    /// How many authorities may follow below it; `None`: any number.
    pub(crate) path_length: Option<u8>,
    /// The CRL that its certificate names.
    pub(crate) crl: Option<UrlTemplate>,
}

/// How long a root is valid when nobody says otherwise: five years, as CFSSL counts them (43800h).
pub(crate) const EXPIRY: Lifetime = Lifetime::from_hours(43_800);

/// How far validity begins before now when nobody says otherwise.
pub(crate) const BACKDATE: Lifetime = Lifetime::from_seconds(300);

const PROFILE: &str = "cfssl/initca/root";

/// Make the root. The key is not kept.
pub(crate) async fn make(
    machine: &Machine,
    key: Arc<PrivateKey>,
    wish: Wish,
) -> Result<Certificate, CfsslError> {
    let profile = Profile::compile(settings(&wish))
        .map_err(|findings| failure::invalid(ErrorKind::PolicyInvalid, &findings))?;
    let standalone = Standalone::open(machine, vec![profile]).await?;
    let identifier = hex(&key.public_key().spki_sha256());
    let name =
        format!("cfssl-{}-{}", identifier.get(..16).unwrap_or_default(), machine.clock.now().unix_seconds());
    let new = NewAuthority {
        name,
        subject: wish.subject,
        key_algorithm: key.key_algorithm(),
        profile: PROFILE.to_owned(),
        lifetime: None,
        wish: AuthorityWish { path_length: wish.path_length, root_crl: wish.crl, ..AuthorityWish::default() },
    };
    let made = standalone.authority().create_root_with_key(new, key, standalone.origin()).await;
    Ok(made.map_err(|error| failure::create(&error))?.certificate)
}

fn settings(wish: &Wish) -> ProfileSettings {
    let lifetime = inclusive(wish.expiry);
    ProfileSettings {
        name: PROFILE.to_owned(),
        kind: ProfileKind::Authority { max_path_length: wish.path_length },
        key_algorithms: KeyAlgorithm::EVERY.into_iter().collect(),
        default_lifetime: lifetime,
        max_lifetime: lifetime,
        backdate: wish.backdate,
        subject: SubjectRule::Requested,
        beyond_issuer: BeyondIssuer::Refuse,
        sha1_key_identifier: true,
        key_usage: Some(vec![KeyUsageName::KeyCertSign, KeyUsageName::CrlSign]),
        ..ProfileSettings::root()
    }
}

/// CFSSL's `notAfter` is `notBefore` plus the expiry; a lifetime counts the last second too.
pub(crate) fn inclusive(expiry: Lifetime) -> Lifetime {
    Lifetime::from_seconds(expiry.seconds().saturating_add(1))
}
