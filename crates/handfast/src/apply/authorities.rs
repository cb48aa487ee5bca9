//! Steps that make or renew authorities.

use std::sync::Arc;

use hf_ca::create::{NewAuthority, RootKey};
use hf_ca::crl::CrlRequest;
use hf_ca::policy::AuthorityWish;
use hf_ca::reissue::ReissueKey;
use hf_keys::file::read_private_key;
use hf_store::record::COMPLETE;
use hf_topology::plan::AuthoritySpec;

use super::Executor;
use crate::config::{profiles, subject};
use crate::domain::KEYS;
use crate::error::CommandError;

impl Executor<'_> {
    /// A root, or an authority below one.
    pub(super) fn create_authority(&mut self, spec: &AuthoritySpec) -> Result<(), CommandError> {
        let new = new_authority(spec)?;
        let origin = self.opened.origin.clone();
        let authority = &self.opened.authority;
        match &spec.parent {
            None => {
                let key = self.root_key(spec);
                self.context.block_on(authority.create_root(new, key, origin))?;
                if self.domain.key_file(&spec.authority).is_some() {
                    self.lent.push(spec.authority.clone());
                }
            }
            Some(parent) => {
                self.bring_key(parent)?;
                self.context.block_on(authority.create_intermediate(new, parent, origin))?;
            }
        }
        Ok(())
    }

    /// The same authority with a new certificate.
    pub(super) fn renew_authority(
        &mut self,
        spec: &AuthoritySpec,
        new_key: bool,
    ) -> Result<(), CommandError> {
        if let Some(parent) = &spec.parent {
            self.bring_key(parent)?;
        }
        let key = if new_key {
            self.tell_of_former_key(&spec.authority)?;
            ReissueKey::New(self.root_key(spec))
        } else {
            self.bring_key(&spec.authority)?;
            ReissueKey::Same
        };
        let new = new_authority(spec)?;
        let origin = self.opened.origin.clone();
        let reissued = self.opened.authority.reissue(new, spec.parent.as_deref(), key, origin);
        self.context.block_on(reissued)?;
        Ok(())
    }

    /// What the former key signed stays valid, and only a list that it signs speaks of that; unless the authority itself was
    /// revoked, and everything with it.
    fn tell_of_former_key(&self, name: &str) -> Result<(), CommandError> {
        let issuer = self.opened.authority.issuers().get(name);
        let own = issuer.as_ref().and_then(|issuer| issuer.certificate()?.serial().ok());
        let parent = issuer.as_ref().and_then(|issuer| issuer.record().parent.clone());
        if let (Some(parent), Some(serial)) = (parent, own) {
            let store = self.opened.authority.store();
            if self.context.block_on(store.revocation(&parent, &serial))?.is_some() {
                return Ok(());
            }
        }
        let reference = issuer.and_then(|issuer| issuer.record().key.clone());
        let kept = reference.as_deref().and_then(|reference| reference.strip_prefix("file:"));
        let file = kept.map(|file| self.domain.state().join(KEYS).join(file));
        let way = match file {
            Some(file) if !file.exists() => String::from("nobody can sign one, for the former key is lost"),
            Some(file) => format!("`handfast crl {name} --key {} --out FORMER.pem`", file.display()),
            None => format!("`handfast crl {name} --key FILE --out FORMER.pem` with the former key"),
        };
        self.context.output.warning(&format!(
            "`{name}` gets a new key, and signs its CRLs with it from now on: peers that check revocation need another for the \
             certificates that it signed before; as long as these are in use: {way}"
        ));
        Ok(())
    }

    /// Where the key of a root goes.
    fn root_key(&self, spec: &AuthoritySpec) -> RootKey {
        match self.domain.key_file(&spec.authority) {
            None => RootKey::Keep,
            Some(path) => RootKey::HandOut { path, passphrase: self.opened.passphrase() },
        }
    }

    /// Let an authority whose key is kept elsewhere sign during this run, when the key was brought.
    fn bring_key(&mut self, name: &str) -> Result<(), CommandError> {
        let authority = &self.opened.authority;
        let away = authority.issuers().get(name).is_some_and(|issuer| issuer.record().key.is_none());
        let Some(path) =
            self.domain.key_file(name).filter(|_| away && !self.lent.iter().any(|lent| lent == name))
        else {
            return Ok(());
        };
        let key = read_private_key(&path, self.opened.passphrase().as_ref()).map_err(|error| {
            CommandError::from(error).hint(format!(
                "the key of authority `{name}` is kept elsewhere: bring it to `{}`, run the command again, and take it away",
                path.display()
            ))
        })?;
        self.context.block_on(authority.lend_key(name, Arc::new(key)))?;
        self.lent.push(name.to_owned());
        Ok(())
    }

    /// Keys that were brought are not used beyond this run. Before they are taken away they sign a list: until they come
    /// again nobody can, and whoever checks a whole chain asks for it.
    pub(super) fn forget_lent_keys(&mut self) -> Result<(), CommandError> {
        for name in std::mem::take(&mut self.lent) {
            let signed = self.sign_list(&name);
            self.context.block_on(self.opened.authority.forget_key(&name))?;
            signed?;
        }
        Ok(())
    }

    fn sign_list(&self, name: &str) -> Result<(), CommandError> {
        let request = CrlRequest {
            principal: self.opened.origin.principal.clone(),
            channel: self.opened.origin.channel,
            authority: name.to_owned(),
            shard: COMPLETE,
            lifetime: CrlRequest::OFFLINE_LIFETIME,
        };
        let signed = self.context.block_on(self.opened.authority.issue_crl(request));
        signed.map_err(|error| {
            CommandError::refused(format!("`{name}` cannot sign a CRL before its key is taken away"))
                .because(error)
        })?;
        Ok(())
    }
}

/// What the authority shall be, in the words of the crate that makes it.
pub(crate) fn new_authority(spec: &AuthoritySpec) -> Result<NewAuthority, CommandError> {
    let profile = if spec.parent.is_none() { "root" } else { "intermediate" };
    Ok(NewAuthority {
        name: spec.authority.clone(),
        subject: subject::distinguished_name(&spec.subject)?,
        key_algorithm: spec.key,
        profile: profile.to_owned(),
        lifetime: Some(spec.lifetime),
        wish: AuthorityWish {
            path_length: spec.path_length,
            permitted: profiles::patterns(&spec.authority, &spec.permitted)?,
            excluded: profiles::patterns(&spec.authority, &spec.excluded)?,
            ..AuthorityWish::default()
        },
    })
}
