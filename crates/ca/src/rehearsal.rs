//! What issuing would say of certificates that nobody has asked for yet: the steps of the spine that judge, without those
//! that sign or record. A mistake in a declaration is found here before the first signature.
//!
//! In the place of keys that are yet to be made stands one that the caller gives. What is built here is thrown away.

use std::collections::BTreeMap;
use std::sync::Arc;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_core::principal::{Channel, Principal};
use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp};
use hf_keys::block_list::BlockList;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::{SignError, SigningKey};
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::error::X509Error;
use hf_x509::public_key::PublicKey;
use hf_x509::signature::Signature;
use hf_x509::tbs::ToBeSigned;

use crate::create::{CreateError, NewAuthority, check_form, request_for, root_proposal};
use crate::error::{IssueError, IssuerUnavailable};
use crate::issuer::{IssuerFacts, ParentFacts, Signing};
use crate::policy::{NamePattern, Policy, Proposal};
use crate::prepared::Prepared;
use crate::profile::Profile;
use crate::propose::proposal;
use crate::request::IssueRequest;

/// Authorities as they are or would be, and what they would say.
pub struct Rehearsal {
    profiles: BTreeMap<String, Arc<Profile>>,
    policy: Policy,
    permitted: BTreeMap<String, Vec<NamePattern>>,
    now: Timestamp,
    stand_in: Arc<PrivateKey>,
    block_list: BlockList,
    issuers: BTreeMap<String, Signing>,
}

/// The certificate of an instance as it would be asked for.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The authority.
    pub authority: &'a str,
    /// The profile.
    pub profile: &'a str,
    /// The names.
    pub names: &'a SanSet,
    /// How long.
    pub lifetime: Lifetime,
    /// Algorithm of its key.
    pub key: KeyAlgorithm,
}

impl Rehearsal {
    /// `permitted`: as for [`crate::authority::AuthorityParts`]. `stand_in`: stands for every key that is yet to be made.
    pub fn new(
        profiles: Vec<Profile>,
        policy: Policy,
        permitted: BTreeMap<String, Vec<NamePattern>>,
        now: Timestamp,
        stand_in: PrivateKey,
    ) -> Self {
        let profiles = profiles.into_iter().map(|profile| (profile.name().to_owned(), Arc::new(profile)));
        Self {
            profiles: profiles.collect(),
            policy,
            permitted,
            now,
            stand_in: Arc::new(stand_in),
            block_list: BlockList::empty(),
            issuers: BTreeMap::new(),
        }
    }

    /// Whether this authority is known here, so that others can be rehearsed below it.
    pub fn knows(&self, authority: &str) -> bool {
        self.issuers.contains_key(authority)
    }

    /// An authority that exists: its own certificate first. One that cannot be read is left unknown: the start of the
    /// authority says so.
    pub fn exists(&mut self, name: &str, chain: &[Certificate]) {
        let Some((own, above)) = chain.split_first() else { return };
        let key = StandIn {
            public_key: own.public_key().clone(),
            algorithm: own.public_key().key_algorithm().unwrap_or_default(),
        };
        if let Ok(signing) = self.signing(name, (own, above), Arc::new(key)) {
            self.issuers.insert(name.to_owned(), signing);
        }
    }

    /// An authority that is to be made or signed anew, below `parent` or by itself. When nothing is said against it, it is
    /// known from then on.
    pub fn authority(&mut self, new: &NewAuthority, parent: Option<&str>) -> Result<(), CreateError> {
        check_form(&new.name)?;
        let profile = self.profile(&new.profile)?;
        let stand_in: Arc<dyn SigningKey> = Arc::clone(&self.stand_in) as Arc<dyn SigningKey>;
        let (issuer, proposal) = match parent {
            None => {
                let permitted = self.permitted.get(&new.name).cloned().unwrap_or_default();
                let issuer = Signing::of_new_root(&new.name, new.subject.clone(), stand_in, permitted);
                let proposal = root_proposal(profile, new, &issuer, &self.block_list, self.now);
                (issuer, proposal)
            }
            Some(parent) => {
                let issuer = self.issuer(parent)?.clone();
                let csr = request_for(&new.subject, &SanSet::new(), self.stand_in.as_ref())?;
                let request = IssueRequest {
                    wanted_lifetime: new.lifetime,
                    authority_wish: Some(new.wish.clone()),
                    ..request(parent, &new.profile, csr)
                };
                let proposal = proposal(profile, &request, &issuer, &self.block_list, self.now)?;
                (issuer, proposal)
            }
        };
        let certificate = self.judge(proposal, new.key_algorithm, &issuer)?;
        let unreadable = |error| CreateError::Issue(IssueError::Build(error));
        let stand_in: Arc<dyn SigningKey> = Arc::clone(&self.stand_in) as Arc<dyn SigningKey>;
        let signing =
            self.signing(&new.name, (&certificate, issuer.chain()), stand_in).map_err(unreadable)?;
        self.issuers.insert(new.name.clone(), signing);
        Ok(())
    }

    /// The certificate of an instance.
    pub fn instance(&self, wanted: &Wanted<'_>) -> Result<(), CreateError> {
        let issuer = self.issuer(wanted.authority)?;
        let csr = request_for(&DistinguishedName::empty(), wanted.names, self.stand_in.as_ref())?;
        let request = IssueRequest {
            wanted_names: Some(wanted.names.clone()),
            wanted_lifetime: Some(wanted.lifetime),
            ..request(wanted.authority, wanted.profile, csr)
        };
        let profile = self.profile(wanted.profile)?;
        let proposal = proposal(profile, &request, issuer, &self.block_list, self.now)?;
        self.judge(proposal, wanted.key, issuer)?;
        Ok(())
    }

    /// Policy, bytes, lints, as in [`crate::authority::Authority::issue`]. The certificate bears no signature.
    fn judge(
        &self,
        mut proposal: Proposal,
        key: KeyAlgorithm,
        issuer: &Signing,
    ) -> Result<Certificate, IssueError> {
        proposal.key.algorithm = Some(key);
        let grant = self.policy.decide(proposal).map_err(|findings| IssueError::Refused { findings })?;
        let prepared = Prepared::new(grant, issuer, Serial::earliest(self.now))?;
        let unsigned = Signature::new([0_u8; 64]);
        prepared.to_be_signed().assemble_certificate(&unsigned).map_err(IssueError::Build)
    }

    /// What signs in the name of an authority with these certificates, its own first.
    fn signing(
        &self,
        name: &str,
        (own, above): (&Certificate, &[Certificate]),
        key: Arc<dyn SigningKey>,
    ) -> Result<Signing, X509Error> {
        let chain: Arc<[Certificate]> = std::iter::once(own).chain(above).cloned().collect();
        let parents = chain.iter().map(ParentFacts::read).collect::<Result<Vec<_>, _>>()?;
        let permitted = self.permitted.get(name).cloned().unwrap_or_default();
        let facts = Arc::new(IssuerFacts::new(name, permitted, parents));
        Signing::of_issuer(&facts, own, &chain, key, true)
    }

    fn profile(&self, name: &str) -> Result<Arc<Profile>, IssueError> {
        self.profiles.get(name).cloned().ok_or_else(|| IssueError::UnknownProfile {
            name: name.to_owned(),
            known: self.profiles.keys().cloned().collect::<Vec<_>>().join(", "),
        })
    }

    fn issuer(&self, name: &str) -> Result<&Signing, IssueError> {
        let known = || self.issuers.keys().cloned().collect::<Vec<_>>().join(", ");
        let unknown = || IssuerUnavailable::Unknown { name: name.to_owned(), known: known() };
        self.issuers.get(name).ok_or_else(|| unknown().into())
    }
}

/// A request that nobody makes.
fn request(authority: &str, profile: &str, csr: VerifiedCsr) -> IssueRequest {
    IssueRequest::new(Principal::Server, Channel::Topology, authority, profile, csr)
}

/// The key of an authority that exists, by what its certificate says of it. It signs nothing.
struct StandIn {
    public_key: PublicKey,
    algorithm: KeyAlgorithm,
}

impl SigningKey for StandIn {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn key_algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    fn sign(&self, _: &ToBeSigned) -> Result<Signature, SignError> {
        Err(SignError::Sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::AuthorityWish;
    use crate::profile::ProfileSettings;

    fn rehearsal(permitted: &[&str]) -> Rehearsal {
        let profiles = [ProfileSettings::root(), ProfileSettings::intermediate(), ProfileSettings::peer()];
        let profiles = profiles.into_iter().map(|settings| Profile::compile(settings).unwrap()).collect();
        let now = "2027-01-01T00:00:00Z".parse().unwrap();
        let key = PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap();
        let permitted = BTreeMap::from([("services".to_owned(), patterns(permitted))]);
        Rehearsal::new(profiles, Policy::default(), permitted, now, key)
    }

    fn patterns(texts: &[&str]) -> Vec<NamePattern> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn named(name: &str, profile: &str, permitted: &[&str]) -> NewAuthority {
        let wish = AuthorityWish { permitted: patterns(permitted), ..AuthorityWish::default() };
        NewAuthority { wish, ..NewAuthority::new(name, DistinguishedName::common(name), profile) }
    }

    fn says(rehearsal: &Rehearsal, name: &str) -> Vec<&'static str> {
        let names: SanSet = [name.parse().unwrap()].into_iter().collect();
        let profile = ProfileSettings::peer().name;
        let wanted = Wanted {
            authority: "services",
            profile: &profile,
            names: &names,
            lifetime: Lifetime::from_days(30),
            key: KeyAlgorithm::Ed25519,
        };
        match rehearsal.instance(&wanted) {
            Ok(()) => Vec::new(),
            Err(error) => error.findings().iter().map(|finding| finding.code.as_str()).collect(),
        }
    }

    #[test]
    fn a_whole_tree_is_rehearsed_before_anything_of_it_exists() {
        let mut rehearsal = rehearsal(&["shop.internal"]);
        rehearsal.authority(&named("root", "root", &[]), None).unwrap();
        let services = named("services", "intermediate", &["shop.internal"]);
        rehearsal.authority(&services, Some("root")).unwrap();
        assert!(rehearsal.knows("services"));
        assert!(says(&rehearsal, "a.shop.internal").is_empty());
        assert_eq!(says(&rehearsal, "*.shop.internal"), ["HF-POLICY-WILDCARD"]);
        assert!(says(&rehearsal, "8.8.8.8").contains(&"HF-POLICY-PUBLIC-ADDRESS"));
        assert!(says(&rehearsal, "a.bank.internal").contains(&"HF-POLICY-NAME-CONSTRAINED"));
    }

    #[test]
    fn an_authority_that_would_be_refused_is_not_known_afterwards() {
        let mut rehearsal = rehearsal(&["shop.internal"]);
        rehearsal.authority(&named("root", "root", &[]), None).unwrap();
        rehearsal.authority(&named("services", "intermediate", &["shop.internal"]), Some("root")).unwrap();
        let deep = named("deep", "intermediate", &["bank.internal"]);
        let error = rehearsal.authority(&deep, Some("services")).unwrap_err();
        assert!(matches!(error, CreateError::Issue(IssueError::Refused { .. })), "{error}");
        let badly_named = rehearsal.authority(&named("Root_X", "root", &[]), None).unwrap_err();
        assert!(matches!(badly_named, CreateError::Name { .. }), "{badly_named}");
        assert!(!rehearsal.knows("deep") && !rehearsal.knows("Root_X"));
    }
}
