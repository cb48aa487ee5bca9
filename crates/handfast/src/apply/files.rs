//! Steps that write the directory of an instance.

use hf_core::random::Random;
use hf_core::secret::Secret;
use hf_keys::random::SystemRandom;
use hf_topology::declared::{Anchor, KeyStore, Party};
use hf_topology::layout;
use hf_topology::plan::FilesSpec;
use hf_x509::certificate::Certificate;

use super::Executor;
use super::content::{self, Material};
use super::directory::{self, Entry};
use super::owner::Owner;
use crate::error::CommandError;
use crate::observe::{external_certificates, written};

/// Letters and digits without those that look alike; 32 of them, so that five bits choose one.
const PASSWORD_LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Letters in a generated password: 120 bits.
const PASSWORD_LENGTH: usize = 24;

impl Executor<'_> {
    /// All files of an instance at once.
    pub(super) fn write_files(&mut self, spec: &FilesSpec) -> Result<(), CommandError> {
        let directory = self.domain.instance(&spec.instance);
        let owner = Owner::named(spec.settings.owner.as_deref(), spec.settings.group.as_deref())?;
        let entries = if spec.external { self.for_external(spec)? } else { self.for_instance(spec)? };
        Ok(directory::replace(&directory, &entries, owner)?)
    }

    /// What an external party imports to verify us.
    fn for_external(&self, spec: &FilesSpec) -> Result<Vec<Entry>, CommandError> {
        let content = content::roots(&self.anchors(&spec.anchors)?);
        Ok(vec![Entry { name: layout::ROOTS.to_owned(), content, mode: 0o644 }])
    }

    fn for_instance(&mut self, spec: &FilesSpec) -> Result<Vec<Entry>, CommandError> {
        let undeclared = || CommandError::fault(format!("`{}` is planned but not declared", spec.instance));
        let Some(Party::Service(service)) = self.domain.topology.party(&spec.party) else {
            return Err(undeclared());
        };
        let instance = service.instances.iter().find(|i| i.name == spec.instance).ok_or_else(undeclared)?;
        let directory = self.domain.instance(&spec.instance);
        let (key, leaf) = match self.issued.remove(&spec.instance) {
            Some(issued) => issued,
            None => written::identity(&directory)?,
        };
        let chain = spec.chain.iter().map(|name| self.certificate_of(name)).collect::<Result<_, _>>()?;
        let anchors = self.anchors(&spec.anchors)?;
        let password = self.password(&spec.keystore, &directory)?;
        let material = Material { key, leaf, chain, anchors, password };
        let bundle = content::bundle(&self.domain.topology, service, instance, &directory);
        content::entries(&material, &bundle, service, self.context.now())
    }

    /// The certificate of an authority.
    fn certificate_of(&self, name: &str) -> Result<Certificate, CommandError> {
        let issuer = self.opened.authority.issuers().get(name);
        issuer
            .and_then(|issuer| issuer.certificate().cloned())
            .ok_or_else(|| CommandError::fault(format!("authority `{name}` has no certificate")))
    }

    /// Trust anchors with their names.
    fn anchors(&self, anchors: &[Anchor]) -> Result<Vec<(String, Certificate)>, CommandError> {
        let mut named = Vec::new();
        for anchor in anchors {
            let all = match anchor {
                Anchor::Authority(name) => vec![self.certificate_of(name)?],
                Anchor::External(name) => external_certificates(self.domain, name)?,
            };
            // Under these names key stores hold them: each once, and none that another anchor could have.
            named.extend(all.into_iter().enumerate().map(|(place, certificate)| match place {
                0 => (anchor.name().to_owned(), certificate),
                place => (format!("{}#{}", anchor.name(), place + 1), certificate),
            }));
        }
        Ok(named)
    }

    /// The password of the key stores: the one that peers already know, else from the environment, else a new one.
    fn password(
        &self,
        forms: &[KeyStore],
        directory: &std::path::Path,
    ) -> Result<Option<Secret<String>>, CommandError> {
        if forms.iter().all(|form| *form == KeyStore::Pem) {
            return Ok(None);
        }
        if let Some(given) = &self.context.env.keystore_password {
            return Ok(Some(Secret::new(given.expose().clone())));
        }
        if let Some(known) = written::password(directory) {
            return Ok(Some(known));
        }
        generate_password(&SystemRandom).map(Some)
    }
}

/// 120 random bits in letters that can be typed.
fn generate_password(random: &dyn Random) -> Result<Secret<String>, CommandError> {
    let mut octets = [0_u8; PASSWORD_LENGTH];
    random.fill(&mut octets).map_err(|error| CommandError::fault("cannot make a password").because(error))?;
    let letter = |octet: &u8| PASSWORD_LETTERS.get(usize::from(octet & 31)).copied().map(char::from);
    Ok(Secret::new(octets.iter().filter_map(letter).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hf_testkit::{BrokenRandom, SeededRandom};

    #[test]
    fn passwords_have_120_bits_and_never_come_from_a_broken_generator() {
        let one = generate_password(&SeededRandom::new(1)).unwrap();
        let two = generate_password(&SeededRandom::new(2)).unwrap();
        assert_eq!(one.expose().len(), PASSWORD_LENGTH);
        assert!(one.expose().bytes().all(|octet| PASSWORD_LETTERS.contains(&octet)));
        assert_ne!(one.expose(), two.expose());
        assert!(generate_password(&BrokenRandom).is_err());
    }
}
