//! Authorities that existed before: import of certificate and key, and of the certificate that a pending one waits for.
//! Keys that come and go.

use std::sync::Arc;

use hf_core::audit::AuditAction;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey;
use hf_store::audit::{Origin, hex};
use hf_store::record::{AuthorityRecord, AuthorityState};
use hf_x509::certificate::Certificate;

use crate::authority::Authority;
use crate::create::CreateError;

impl Authority {
    /// Import an authority: its certificate first, then those above it. Certificate and key must belong together, shown
    /// by a test signature, and the chain must hold.
    ///
    /// Without a key the authority is known, revokes nothing and signs nothing; that is how a root whose key is away
    /// stands above intermediates that are here.
    pub async fn import(
        &self,
        name: &str,
        chain: &[Certificate],
        key: Option<PrivateKey>,
        origin: Origin,
    ) -> Result<(), CreateError> {
        self.check_name(name).await?;
        self.check_not_known(chain, key.is_some())?;
        let parent = self.parent_of(chain);
        let record = |key| AuthorityRecord {
            name: name.to_owned(),
            parent: parent.clone(),
            chain: chain.iter().map(|certificate| certificate.der().to_vec()).collect(),
            key,
            state: AuthorityState::Active,
            added_at: origin.at,
        };
        let key: Option<Arc<PrivateKey>> = key.map(Arc::new);
        let signing = key.clone().map(|key| key as Arc<dyn SigningKey>);
        // Checked before the key is written, so that a wrong key leaves no file behind.
        let probe = self.load_with(record(None), Ok(signing.clone()));
        if !probe.faults().is_empty() {
            return Err(CreateError::Unfit { name: name.to_owned(), findings: probe.faults().to_vec() });
        }
        let reference = key.as_deref().map(|key| self.keys.put(name, key)).transpose()?;
        let record = record(reference);
        let issuer = self.load_with(record.clone(), Ok(signing));
        let event = origin.event(AuditAction::AuthorityAdded {
            authority: name.to_owned(),
            certificate_sha256: fingerprint(chain),
        });
        let added = self.store.add_authority(record, event).await;
        added.map_err(|source| CreateError::store("record the authority", source))?;
        self.issuers.insert(issuer);
        Ok(())
    }

    /// The certificate that a pending authority waited for, and those above it.
    pub async fn complete_pending(
        &self,
        name: &str,
        chain: &[Certificate],
        origin: Origin,
    ) -> Result<(), CreateError> {
        let old = self.recorded(name).await?;
        if old.state != AuthorityState::Pending {
            return Err(CreateError::NotPending { name: name.to_owned(), state: old.state.as_str() });
        }
        let record = AuthorityRecord {
            parent: self.parent_of(chain),
            chain: chain.iter().map(|certificate| certificate.der().to_vec()).collect(),
            state: AuthorityState::Active,
            ..old
        };
        self.replace(record, &origin).await
    }

    /// Let an authority sign no more certificates; it goes on signing CRLs.
    pub async fn retire(&self, name: &str, origin: Origin) -> Result<(), CreateError> {
        let record = AuthorityRecord { state: AuthorityState::Retired, ..self.recorded(name).await? };
        self.replace(record, &origin).await
    }

    /// Use a key that is kept elsewhere, until this process ends or [`Self::forget_key`]: how a root that is offline
    /// signs. Nothing is written.
    pub async fn lend_key(&self, name: &str, key: Arc<dyn SigningKey>) -> Result<(), CreateError> {
        let record = self.recorded(name).await?;
        let issuer = self.load_with(record, Ok(Some(key)));
        if !issuer.faults().is_empty() {
            return Err(CreateError::Unfit { name: name.to_owned(), findings: issuer.faults().to_vec() });
        }
        self.issuers.insert(issuer);
        Ok(())
    }

    /// Forget a key that was lent or handed out; one that is on record stays.
    pub async fn forget_key(&self, name: &str) -> Result<(), CreateError> {
        let record = self.recorded(name).await?;
        self.issuers.insert(self.load(record));
        Ok(())
    }

    /// The record of an authority.
    pub(crate) async fn recorded(&self, name: &str) -> Result<AuthorityRecord, CreateError> {
        let found = self.store.authority(name).await;
        found
            .map_err(|source| CreateError::store("read the authority", source))?
            .ok_or_else(|| CreateError::Unknown { name: name.to_owned() })
    }

    async fn replace(&self, record: AuthorityRecord, origin: &Origin) -> Result<(), CreateError> {
        let issuer = self.load(record.clone());
        if !issuer.faults().is_empty() {
            let (name, findings) = (record.name, issuer.faults().to_vec());
            return Err(CreateError::Unfit { name, findings });
        }
        let event = origin.event(AuditAction::AuthorityChanged {
            authority: record.name.clone(),
            certificate_sha256: fingerprint(issuer.chain()),
            state: record.state.as_str().to_owned(),
        });
        let replaced = self.store.replace_authority(record, event).await;
        replaced.map_err(|source| CreateError::store("record the change of the authority", source))?;
        self.issuers.insert(issuer);
        Ok(())
    }

    /// One issuer is one authority, with one record of what it issued and revoked: two lists of the same name and key would
    /// each be taken for the whole truth. Another certificate for the key of an authority, from somebody who certified it as
    /// well, makes a chain and no issuer: it comes without the key.
    fn check_not_known(&self, chain: &[Certificate], with_key: bool) -> Result<(), CreateError> {
        let Some(own) = chain.first() else { return Ok(()) };
        let same = |known: &Certificate| {
            let same_key = known.public_key() == own.public_key();
            known.der() == own.der() || (with_key && same_key)
        };
        let known = self.issuers.all().into_iter().find(|issuer| issuer.certificate().is_some_and(same));
        match known {
            Some(known) => Err(CreateError::Known { name: known.name().to_owned() }),
            None => Ok(()),
        }
    }

    /// The authority of ours that signed the first certificate of the chain.
    fn parent_of(&self, chain: &[Certificate]) -> Option<String> {
        let own = chain.first().filter(|own| !own.is_self_issued())?;
        let signed = |parent: &Certificate| {
            own.issuer() == parent.subject() && own.verify_signed_by(parent.public_key()).is_ok()
        };
        let parent = self.issuers.all().into_iter().find(|issuer| issuer.certificate().is_some_and(signed));
        parent.map(|issuer| issuer.name().to_owned())
    }
}

fn fingerprint(chain: &[Certificate]) -> String {
    chain.first().map(|own| hex(&own.sha256())).unwrap_or_default()
}
