//! A new certificate for an authority that exists: because renewal is due, because its declaration changed, or with a new
//! key because the old one is lost or revoked.

use std::sync::Arc;

use hf_core::audit::AuditAction;
use hf_core::name::SanSet;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey;
use hf_store::audit::{Origin, hex};
use hf_store::record::{AuthorityRecord, AuthorityState};
use hf_x509::public_key::KeyIdentifierMethod;

use crate::authority::Authority;
use crate::create::{CreateError, NewAuthority, RootKey, request_for};
use crate::error::{IssueError, IssuerUnavailable};
use crate::issuer::{Issuer, Signing};
use crate::key_directory::KeyDirectory;
use crate::refresh::mark_if_fallen;
use crate::request::{IssueRequest, IssuedCertificate};

/// With which key the authority goes on.
pub enum ReissueKey {
    /// The one it has, so that everything below it stays valid. It must be here: on record, or lent.
    Same,
    /// A new one, so that everything below it must be issued again.
    New(RootKey),
}

impl Authority {
    /// Sign the certificate of an authority anew; below `parent`, or by itself.
    ///
    /// With the same key the authorities below it get the new certificate into their chains, and its key identifier is made
    /// as it was, so that what it signed before leads to it.
    pub async fn reissue(
        &self,
        mut new: NewAuthority,
        parent: Option<&str>,
        key: ReissueKey,
        origin: Origin,
    ) -> Result<IssuedCertificate, CreateError> {
        let old = self.recorded(&new.name).await?;
        let same = matches!(key, ReissueKey::Same);
        if let Some(method) = self.key_identifier_method(&new.name).filter(|_| same) {
            new.wish.key_identifier = method;
        }
        let (key, reference) = self.key_for(&old, &new, key)?;
        let issued = match parent {
            None => self.sign_self(&new, Arc::clone(&key), &origin).await?,
            Some(parent) => self.sign_below(&new, parent, key.as_ref(), &origin).await?,
        };
        let mut chain = vec![issued.certificate.clone()];
        chain.extend(issued.chain.iter().filter(|_| parent.is_some()).cloned());
        let record = AuthorityRecord {
            parent: parent.map(str::to_owned),
            chain: chain.iter().map(|certificate| certificate.der().to_vec()).collect(),
            key: reference,
            state: AuthorityState::Active,
            ..old
        };
        self.exchange(record, Some(key), &origin).await?;
        if same {
            self.refresh_chains_below(&new.name, &origin).await?;
        }
        Ok(issued)
    }

    /// How the key identifier in the certificate of this authority was made, if it was made in a way that we know.
    fn key_identifier_method(&self, name: &str) -> Option<KeyIdentifierMethod> {
        let issuer = self.issuers.get(name)?;
        let certificate = issuer.certificate()?;
        let found = certificate.subject_key_identifier().ok().flatten()?;
        let methods = [KeyIdentifierMethod::Sha256, KeyIdentifierMethod::Sha1];
        methods.into_iter().find(|method| certificate.public_key().key_identifier_by(*method) == found)
    }

    /// The key, and the reference to it for the record.
    fn key_for(
        &self,
        old: &AuthorityRecord,
        new: &NewAuthority,
        key: ReissueKey,
    ) -> Result<(Arc<dyn SigningKey>, Option<String>), CreateError> {
        let goes = match key {
            ReissueKey::Same => {
                let here = self.issuers.get(&old.name).and_then(|issuer| issuer.key());
                let away = || IssueError::Issuer(IssuerUnavailable::KeyAway { name: old.name.clone() });
                return Ok((here.ok_or_else(away)?, old.key.clone()));
            }
            ReissueKey::New(goes) => goes,
        };
        let key = PrivateKey::generate(new.key_algorithm).map_err(CreateError::Key)?;
        let reference = match goes {
            RootKey::Keep => Some(self.keys.put(&new.name, &key)?),
            RootKey::HandOut { path, passphrase } => {
                KeyDirectory::hand_out(&path, &key, passphrase.as_ref())?;
                None
            }
        };
        Ok((Arc::new(key), reference))
    }

    async fn sign_self(
        &self,
        new: &NewAuthority,
        key: Arc<dyn SigningKey>,
        origin: &Origin,
    ) -> Result<IssuedCertificate, CreateError> {
        let now = self.signing_clock.now(self.clock.as_ref()).map_err(IssueError::from)?;
        let origin = Origin { at: now, ..origin.clone() };
        let permitted = self.permitted.get(&new.name).cloned().unwrap_or_default();
        let issuer = Signing::of_new_root(&new.name, new.subject.clone(), key, permitted);
        let proposal = self.root_proposal(new, &issuer, &origin)?;
        Ok(self.carry_out(proposal, &issuer, None, origin).await?)
    }

    async fn sign_below(
        &self,
        new: &NewAuthority,
        parent: &str,
        key: &dyn SigningKey,
        origin: &Origin,
    ) -> Result<IssuedCertificate, CreateError> {
        let request = IssueRequest {
            wanted_lifetime: new.lifetime,
            authority_wish: Some(new.wish.clone()),
            ..IssueRequest::new(
                origin.principal.clone(),
                origin.channel,
                parent.to_owned(),
                new.profile.clone(),
                request_for(&new.subject, &SanSet::new(), key)?,
            )
        };
        Ok(self.issue(request).await?)
    }

    /// Put the new certificate on record in the place of the old one. A revocation of the old one does not follow it; one of
    /// what is in the new chain counts.
    async fn exchange(
        &self,
        record: AuthorityRecord,
        key: Option<Arc<dyn SigningKey>>,
        origin: &Origin,
    ) -> Result<(), CreateError> {
        let permitted = self.permitted.get(&record.name).cloned().unwrap_or_default();
        let issuer = Issuer::load(record.clone(), Ok(key), permitted);
        if !issuer.faults().is_empty() {
            return Err(CreateError::Unfit { name: record.name, findings: issuer.faults().to_vec() });
        }
        mark_if_fallen(self.store.as_ref(), &issuer)
            .await
            .map_err(|source| CreateError::store("read what is revoked", source))?;
        let event = origin.event(AuditAction::AuthorityChanged {
            authority: record.name.clone(),
            certificate_sha256: issuer.certificate().map(|own| hex(&own.sha256())).unwrap_or_default(),
            state: record.state.as_str().to_owned(),
        });
        let replaced = self.store.replace_authority(record, event).await;
        replaced
            .map_err(|source| CreateError::store("record the new certificate of the authority", source))?;
        self.issuers.insert(issuer);
        Ok(())
    }

    /// Every authority below `name` gets the certificates that are now above it into its chain.
    async fn refresh_chains_below(&self, name: &str, origin: &Origin) -> Result<(), CreateError> {
        let mut above = vec![name.to_owned()];
        while let Some(parent) = above.pop() {
            let Some(chain) = self.issuers.get(&parent).map(|issuer| issuer.record().chain.clone()) else {
                continue;
            };
            let children = self.issuers.all();
            for child in children.iter().filter(|child| child.record().parent.as_deref() == Some(&parent)) {
                let own = child.record().chain.iter().take(1);
                let record =
                    AuthorityRecord { chain: own.chain(&chain).cloned().collect(), ..child.record().clone() };
                if record.chain != child.record().chain {
                    self.exchange(record, child.key(), origin).await?;
                    above.push(child.name().to_owned());
                }
            }
        }
        Ok(())
    }
}
