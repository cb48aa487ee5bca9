//! New authorities: roots, intermediates of any depth, and those whose certificate an outside authority signs.
//!
//! The private key is on stable storage before its certificate is asked for, and the authority is on record last: a
//! process that ends in between leaves a key that nobody uses, and the next attempt begins anew.

use std::path::PathBuf;
use std::sync::Arc;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::audit::AuditAction;
use hf_core::name::SanSet;
use hf_core::secret::Secret;
use hf_core::time::{Lifetime, Timestamp};
use hf_keys::block_list::BlockList;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey;
use hf_store::audit::{Origin, hex};
use hf_store::record::{AuthorityRecord, AuthorityState};
use hf_x509::certificate::Certificate;
use hf_x509::csr::{CsrTemplate, UnverifiedCsr, VerifiedCsr};
use hf_x509::distinguished_name::DistinguishedName;

use crate::authority::Authority;
use crate::error::IssueError;
use crate::issuer::Signing;
use crate::key_directory::KeyDirectory;
use crate::policy::{AuthorityWish, Proposal, Wishes};
use crate::profile::Profile;
use crate::propose::examine;
use crate::request::{IssueRequest, IssuedCertificate, RequesterLimits};

pub use error::CreateError;

mod error;

/// What a new authority shall be.
#[derive(Clone, Debug)]
pub struct NewAuthority {
    /// Name in the trust domain: lower-case letters, digits, hyphens.
    pub name: String,
    /// Subject of its certificate; must not be empty.
    pub subject: DistinguishedName,
    /// Algorithm of its key.
    pub key_algorithm: KeyAlgorithm,
    /// Name of the profile, `root` and `intermediate` being the defaults.
    pub profile: String,
    /// How long; `None`: as the profile says.
    pub lifetime: Option<Lifetime>,
    /// How many authorities may follow below it, and for which names.
    pub wish: AuthorityWish,
}

impl NewAuthority {
    /// With a key of the usual algorithm, and as the profile says in all else.
    pub fn new(name: &str, subject: DistinguishedName, profile: &str) -> Self {
        Self {
            name: name.to_owned(),
            subject,
            key_algorithm: KeyAlgorithm::default(),
            profile: profile.to_owned(),
            lifetime: None,
            wish: AuthorityWish::default(),
        }
    }
}

/// What becomes of the private key of a root.
pub enum RootKey {
    /// It stays in the key directory.
    Keep,
    /// It is written to a file to be taken away; the record holds no reference to it. This process can still sign with
    /// it until [`Authority::forget_key`], for the authorities that are created in the same breath.
    HandOut {
        /// The file; one that exists is not replaced.
        path: PathBuf,
        /// The passphrase to encrypt it with, if any.
        passphrase: Option<Secret<String>>,
    },
}

impl Authority {
    /// Create a self-signed authority: the root of a tree, or the authority of one service.
    pub async fn create_root(
        &self,
        new: NewAuthority,
        key_goes: RootKey,
        origin: Origin,
    ) -> Result<IssuedCertificate, CreateError> {
        self.check_name(&new.name).await?;
        let key = PrivateKey::generate(new.key_algorithm).map_err(CreateError::Key)?;
        let reference = match &key_goes {
            RootKey::Keep => Some(self.keys.put(&new.name, &key)?),
            RootKey::HandOut { path, passphrase } => {
                KeyDirectory::hand_out(path, &key, passphrase.as_ref())?;
                None
            }
        };
        self.root_of_key(new, Arc::new(key), reference, origin).await
    }

    /// Create a self-signed authority with a key that the caller has and keeps: nothing of the key is written, and the
    /// record holds no reference to it. The algorithm in `new` does not count.
    pub async fn create_root_with_key(
        &self,
        new: NewAuthority,
        key: Arc<dyn SigningKey>,
        origin: Origin,
    ) -> Result<IssuedCertificate, CreateError> {
        self.check_name(&new.name).await?;
        self.root_of_key(new, key, None, origin).await
    }

    async fn root_of_key(
        &self,
        new: NewAuthority,
        key: Arc<dyn SigningKey>,
        reference: Option<String>,
        origin: Origin,
    ) -> Result<IssuedCertificate, CreateError> {
        let now = self.signing_clock.now(self.clock.as_ref()).map_err(IssueError::from)?;
        let origin = Origin { at: now, ..origin };
        let permitted = self.permitted.get(&new.name).cloned().unwrap_or_default();
        let issuer = Signing::of_new_root(&new.name, new.subject.clone(), Arc::clone(&key), permitted);
        let proposal = self.root_proposal(&new, &issuer, &origin)?;
        let root = self.carry_out(proposal, &issuer, None, origin.clone()).await?;
        let chain = vec![root.certificate.clone()];
        self.put_on_record(&new.name, None, &chain, reference, key, &origin).await?;
        Ok(root)
    }

    /// Create an authority below one that this process can sign with.
    pub async fn create_intermediate(
        &self,
        new: NewAuthority,
        parent: &str,
        origin: Origin,
    ) -> Result<IssuedCertificate, CreateError> {
        self.check_name(&new.name).await?;
        let key = PrivateKey::generate(new.key_algorithm).map_err(CreateError::Key)?;
        let csr = request_for(&new.subject, &SanSet::new(), &key)?;
        let reference = self.keys.put(&new.name, &key)?;
        let request = IssueRequest {
            wanted_lifetime: new.lifetime,
            authority_wish: Some(new.wish.clone()),
            ..IssueRequest::new(
                origin.principal.clone(),
                origin.channel,
                parent.to_owned(),
                new.profile.clone(),
                csr,
            )
        };
        let issued = self.issue(request).await.inspect_err(|error| {
            if error.is_refusal() {
                self.keys.withdraw(&reference);
            }
        })?;
        let mut chain = vec![issued.certificate.clone()];
        chain.extend(issued.chain.iter().cloned());
        let parent = Some(parent.to_owned());
        self.put_on_record(&new.name, parent, &chain, Some(reference), Arc::new(key), &origin).await?;
        Ok(issued)
    }

    /// Create the key of an authority whose certificate somebody else signs, and the signing request for it. Until the
    /// certificate comes ([`Self::complete_pending`]) the authority is pending.
    pub async fn create_pending(
        &self,
        name: &str,
        subject: &DistinguishedName,
        key_algorithm: KeyAlgorithm,
        origin: Origin,
    ) -> Result<VerifiedCsr, CreateError> {
        self.check_name(name).await?;
        let key = PrivateKey::generate(key_algorithm).map_err(CreateError::Key)?;
        let csr = request_for(subject, &SanSet::new(), &key)?;
        let reference = self.keys.put(name, &key)?;
        self.put_on_record(name, None, &[], Some(reference), Arc::new(key), &origin).await?;
        Ok(csr)
    }

    /// A name that no authority has yet.
    pub(crate) async fn check_name(&self, name: &str) -> Result<(), CreateError> {
        check_form(name)?;
        match self
            .store
            .authority(name)
            .await
            .map_err(|source| CreateError::store("read the authorities", source))?
        {
            Some(_) => Err(CreateError::Exists { name: name.to_owned() }),
            None => Ok(()),
        }
    }

    /// Put an authority on record and take it into service, after the same check as at the start.
    pub(crate) async fn put_on_record(
        &self,
        name: &str,
        parent: Option<String>,
        chain: &[Certificate],
        key_reference: Option<String>,
        key: Arc<dyn SigningKey>,
        origin: &Origin,
    ) -> Result<(), CreateError> {
        let state = if chain.is_empty() { AuthorityState::Pending } else { AuthorityState::Active };
        let record = AuthorityRecord {
            name: name.to_owned(),
            parent,
            chain: chain.iter().map(|certificate| certificate.der().to_vec()).collect(),
            key: key_reference,
            state,
            added_at: origin.at,
        };
        let issuer = self.load_with(record.clone(), Ok(Some(key)));
        if !issuer.faults().is_empty() {
            return Err(CreateError::Unfit { name: name.to_owned(), findings: issuer.faults().to_vec() });
        }
        let event = origin.event(AuditAction::AuthorityAdded {
            authority: name.to_owned(),
            certificate_sha256: chain.first().map(|own| hex(&own.sha256())).unwrap_or_default(),
        });
        let added = self.store.add_authority(record, event).await;
        added.map_err(|source| CreateError::store("record the authority", source))?;
        self.issuers.insert(issuer);
        Ok(())
    }

    /// The certificate of a root as it would be.
    pub(crate) fn root_proposal(
        &self,
        new: &NewAuthority,
        issuer: &Signing,
        origin: &Origin,
    ) -> Result<Proposal, IssueError> {
        let profile = self.known_profile(&new.profile)?;
        Ok(root_proposal(profile, new, issuer, &self.block_list, origin.at))
    }
}

/// The certificate of a root as it would be.
pub(crate) fn root_proposal(
    profile: Arc<Profile>,
    new: &NewAuthority,
    issuer: &Signing,
    block_list: &BlockList,
    now: Timestamp,
) -> Proposal {
    let public_key = issuer.public_key().clone();
    Proposal {
        issuer: Arc::clone(issuer.facts()),
        subject: new.subject.clone(),
        names: SanSet::new(),
        key: examine(&public_key, block_list),
        public_key,
        validity: profile.validity(now, new.lifetime),
        csr_asks_for_authority: false,
        csr_purposes_beyond_profile: Vec::new(),
        authority: Some(new.wish.clone()),
        wishes: Wishes::default(),
        limits: RequesterLimits::default(),
        profile,
        now,
    }
}

/// A name that an authority can have.
pub(crate) fn check_form(name: &str) -> Result<(), CreateError> {
    let plain = (1..=64).contains(&name.len())
        && !name.starts_with('-')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if plain { Ok(()) } else { Err(CreateError::Name { found: name.chars().take(80).collect() }) }
}

/// A signing request, made and signed with the key that it is for.
pub fn request_for(
    subject: &DistinguishedName,
    names: &SanSet,
    key: &dyn SigningKey,
) -> Result<VerifiedCsr, CreateError> {
    let template = CsrTemplate { subject: subject.clone(), names: names.clone() };
    let bytes =
        template.finalize(key.public_key(), key.signature_algorithm()).map_err(CreateError::Request)?;
    let signature = key.sign(&bytes).map_err(CreateError::Sign)?;
    let csr = UnverifiedCsr::from_der(&bytes.assemble(&signature)).map_err(CreateError::OwnRequest)?;
    csr.verify().map_err(CreateError::OwnRequest)
}
