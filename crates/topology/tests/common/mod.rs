//! The checked-in examples, and a world in which plans are executed without keys.
#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses a part of it")]

use std::path::PathBuf;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_core::time::{Lifetime, Timestamp, Validity};
use hf_topology::declared::{Anchor, Topology};
use hf_topology::inventory::{
    FileState, Fingerprint, Inventory, KeyState, ObservedAuthority, ObservedCertificate,
};
use hf_topology::plan::{AuthoritySpec, CertificateSpec, FilesSpec, Plan, Step, plan};

/// 2026-01-01T00:00:00Z.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1_767_225_600)
}

/// The text of a file under `examples/`.
pub(crate) fn example_text(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// A file under `examples/`.
pub(crate) fn example(name: &str) -> Topology {
    parse(&example_text(name))
}

/// A topology from text.
pub(crate) fn parse(text: &str) -> Topology {
    hf_topology::declare::parse(text, "handfast.toml").unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// What exists, changed by executing plans without keys: fingerprints are counted instead of computed.
#[derive(Clone, Default)]
pub(crate) struct World {
    /// What a planner would be told.
    pub(crate) inventory: Inventory,
    count: u64,
    addresses: Vec<String>,
}

impl World {
    /// Nothing but the certificates of the external parties, valid until 2126.
    pub(crate) fn new(topology: &Topology) -> Self {
        let mut world = Self::default();
        let url = topology.trust.url.as_ref();
        world.addresses = url
            .map(|url| format!("{}/crl/x.crl", url.to_string().trim_end_matches('/')))
            .into_iter()
            .collect();
        for external in &topology.externals {
            let names = external.instances.iter().map(|instance| instance.identifier.clone()).collect();
            let validity = Validity::starting(now(), Lifetime::from_days(36_500));
            let certificate = world.certificate(validity, names, None, KeyAlgorithm::EcdsaP256, None);
            world.inventory.externals.insert(external.name.clone(), vec![certificate]);
        }
        world
    }

    /// A world in which the topology has been applied.
    pub(crate) fn applied(topology: &Topology, now: Timestamp) -> Self {
        let mut world = Self::new(topology);
        world.apply(&plan(topology, &world.inventory, now), now);
        world
    }

    /// Do what the plan says.
    pub(crate) fn apply(&mut self, plan: &Plan, now: Timestamp) {
        for step in &plan.changes {
            match step {
                Step::CreateAuthority(spec) => self.make_authority(spec, true, now),
                Step::RenewAuthority { spec, new_key, .. } => self.make_authority(spec, *new_key, now),
                Step::IssueCertificate { spec, .. } => self.issue(spec, now),
                Step::WriteFiles { spec, .. } => self.write(spec),
            }
        }
    }

    fn make_authority(&mut self, spec: &AuthoritySpec, new_key: bool, now: Timestamp) {
        let old = self.inventory.authorities.get(&spec.authority).map(|old| old.certificate.spki_sha256);
        let key = old.filter(|_| !new_key).unwrap_or_else(|| self.fingerprint());
        let issuer =
            spec.parent.as_ref().map(|parent| self.inventory.authorities[parent].certificate.clone());
        let mut validity = Validity::starting(now, spec.lifetime);
        let mut signed_by = key;
        if let Some(issuer) = issuer {
            validity = validity.ending_by(issuer.validity.not_after()).expect("the issuer is valid");
            signed_by = issuer.spki_sha256;
        }
        let mut certificate = self.certificate(validity, SanSet::new(), Some(signed_by), spec.key, Some(key));
        certificate.authority = true;
        let observed = ObservedAuthority {
            ends: certificate.validity.not_after(),
            certificate,
            key: KeyState::Present,
            made_from: Some(spec.clone()),
        };
        self.inventory.authorities.insert(spec.authority.clone(), observed);
    }

    fn issue(&mut self, spec: &CertificateSpec, now: Timestamp) {
        let issuer = self.inventory.authorities[&spec.authority].certificate.clone();
        let validity = Validity::starting(now, spec.lifetime).ending_by(issuer.validity.not_after());
        let validity = validity.expect("the issuer is valid");
        let mut certificate =
            self.certificate(validity, spec.names.clone(), Some(issuer.spki_sha256), spec.key, None);
        certificate.usages.clone_from(&spec.usages);
        let instance = self.inventory.instances.entry(spec.instance.clone()).or_default();
        instance.certificate = Some(certificate);
        instance.key = Some(KeyState::Present);
    }

    fn write(&mut self, spec: &FilesSpec) {
        let certificate = |name: &String| self.inventory.authorities[name].certificate.sha256;
        let anchors = spec.anchors.iter().flat_map(|anchor| match anchor {
            Anchor::Authority(name) => vec![certificate(name)],
            Anchor::External(name) => self.inventory.externals[name].iter().map(|one| one.sha256).collect(),
        });
        let (anchors, chain) = (anchors.collect(), spec.chain.iter().map(certificate).collect());
        let instance = self.inventory.instances.entry(spec.instance.clone()).or_default();
        instance.anchors = anchors;
        instance.chain = chain;
        instance.files = spec.files.iter().map(|file| (file.clone(), FileState::Unchanged)).collect();
        instance.settings = spec.settings.clone();
    }

    fn certificate(
        &mut self,
        validity: Validity,
        names: SanSet,
        issuer: Option<Fingerprint>,
        algorithm: KeyAlgorithm,
        key: Option<Fingerprint>,
    ) -> ObservedCertificate {
        ObservedCertificate {
            sha256: self.fingerprint(),
            spki_sha256: key.unwrap_or_else(|| self.fingerprint()),
            issuer_spki_sha256: issuer,
            validity,
            names,
            usages: Vec::new(),
            key: Some(algorithm),
            addresses: self.addresses.clone(),
            authority: false,
            revoked: false,
        }
    }

    fn fingerprint(&mut self) -> Fingerprint {
        self.count += 1;
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&self.count.to_be_bytes());
        Fingerprint(digest)
    }
}
