//! What the tests share: a machine whose clock stands, a root, a policy, a signer.

use std::sync::Arc;

use hf_cfssl::csr;
use hf_cfssl::initca::{self, NewRoot};
use hf_cfssl::logs::HttpLogs;
use hf_cfssl::machine::{Machine, State};
use hf_cfssl::policy::Policy;
use hf_cfssl::signer::{Asker, LocalSigner};
use hf_cfssl::standalone::Standalone;
use hf_core::principal::Principal;
use hf_keys::private_key::PrivateKey;
use hf_proto::cfssl::config::Config;
use hf_proto::cfssl::csr_json::CertificateRequest;
use hf_proto::cfssl::go_json;
use hf_proto::cfssl::sign_request::SignRequest;
use hf_testkit::{ManualClock, SeededRandom};
use tempfile::TempDir;

pub(crate) const CA: &str =
    r#"{"CN":"Shop Root","names":[{"C":"DE","O":"Shop","OU":"A"},{"OU":"B"}],"hosts":["ca.shop.internal"]}"#;

pub(crate) const POLICY: &str = r#"{"signing":{"default":{"usages":["signing","server auth"],"expiry":"168h"},"profiles":{
    "server":{"usages":["signing","key encipherment","server auth"],"expiry":"8760h","crl_url":"http://pki.shop.internal/a.crl",
              "ocsp_url":"http://ocsp.shop.internal","issuer_urls":["http://pki.shop.internal/a.cer","http://pki.shop.internal/b.cer"]},
    "listed":{"usages":["signing","client auth"],"expiry":"24h","name_whitelist":"\\.shop\\.internal$"},
    "keyonly":{"usages":["signing","server auth"],"expiry":"24h","CSRWhitelist":{"PublicKey":true,"PublicKeyAlgorithm":true,"DNSNames":true}},
    "serial":{"usages":["signing","server auth"],"expiry":"24h","ClientProvidesSerialNumbers":true,"allowed_extensions":["1.2.3.4"]},
    "inter":{"usages":["cert sign","crl sign"],"expiry":"8760h","ca_constraint":{"is_ca":true,"max_path_len":0,"max_path_len_zero":true}}}}}"#;

pub(crate) struct Place {
    pub(crate) machine: Machine,
    pub(crate) clock: Arc<ManualClock>,
    _directory: TempDir,
}

pub(crate) fn place() -> Place {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::default());
    let machine = Machine {
        clock: Arc::clone(&clock) as _,
        random: Arc::new(SeededRandom::new(7)),
        operator: Principal::Operator { user: "ada".to_owned() },
        state: State::Temporary(directory.path().to_owned()),
        logs: Arc::new(HttpLogs::new(|| Err("no TLS".to_owned()))),
    };
    Place { machine, clock, _directory: directory }
}

pub(crate) fn request(json: &str) -> CertificateRequest {
    go_json::from_str(json).unwrap()
}

pub(crate) async fn root(machine: &Machine) -> NewRoot {
    initca::create(machine, &request(CA)).await.unwrap()
}

pub(crate) fn copy(key: &PrivateKey) -> PrivateKey {
    PrivateKey::from_der(key.pkcs8_der().expose(), None).unwrap()
}

pub(crate) fn policy(json: &str) -> Arc<Policy> {
    let config = Config::read(json.as_bytes(), &|_| Err("no file".to_owned())).unwrap();
    Arc::new(Policy::compile(config, "").unwrap())
}

/// A signer below a new root, and what must live as long.
pub(crate) async fn signer(place: &Place) -> (LocalSigner, Standalone, NewRoot) {
    signer_under(place, POLICY).await
}

/// The same under another policy.
pub(crate) async fn signer_under(place: &Place, json: &str) -> (LocalSigner, Standalone, NewRoot) {
    let root = root(&place.machine).await;
    let policy = policy(json);
    let standalone = Standalone::open(&place.machine, policy.profiles()).await.unwrap();
    let key = copy(root.key.as_ref().unwrap());
    let name = standalone.admit(std::slice::from_ref(&root.certificate), key).await.unwrap();
    (LocalSigner::new(Arc::clone(standalone.authority()), name, policy), standalone, root)
}

pub(crate) fn asker(place: &Place) -> Asker {
    Asker::operator(place.machine.operator.clone())
}

/// A request to sign what `json` says, under a profile.
pub(crate) fn sign_request(json: &str, profile: &str) -> SignRequest {
    SignRequest {
        certificate_request: csr::generate(&request(json)).unwrap().csr.to_pem(),
        profile: profile.to_owned(),
        ..SignRequest::default()
    }
}
