//! What an ACME client may send before anything of it is proven: no panic; nobody guesses a signature or a MAC; keys and
//! certificate identifiers are read in one form only; every payload is read or refused.
#![no_main]

use hf_core::time::{Lifetime, Timestamp};
use hf_proto::acme::ari::CertId;
use hf_proto::acme::eab::Binding;
use hf_proto::acme::jwk::Jwk;
use hf_proto::acme::jws::{Jws, MEDIA_TYPE, Signer};
use hf_proto::acme::key_change::KeyChange;
use hf_proto::acme::new_account::{self, AccountRules};
use hf_proto::acme::new_order::{self, OrderRules};
use hf_proto::acme::problem::Problem;
use hf_proto::acme::request::{
    AccountUpdateRequest, AuthorizationUpdateRequest, FinalizeRequest, NewAccountRequest,
    NewAuthorizationRequest, NewOrderRequest, RevocationRequest,
};
use hf_proto::api::json;
use libfuzzer_sys::fuzz_target;

const RULES: OrderRules = OrderRules {
    max_identifiers: 10,
    wildcards: true,
    addresses: true,
    lifetime: Lifetime::from_days(90),
    backdate: Lifetime::from_seconds(300),
};

fuzz_target!(|octets: &[u8]| {
    envelope(octets);
    if let Ok(text) = std::str::from_utf8(octets)
        && let Ok(id) = text.parse::<CertId>()
    {
        assert_eq!(id.to_string(), text);
    }
    let Ok(value) = json::value(octets) else { return };
    if let Ok(key) = Jwk::read(&value) {
        assert_eq!(serde_json::from_str::<Jwk>(&key.canonical()).unwrap(), key);
        assert!(key.to_spki().len() > 32);
        if let Ok(binding) = Binding::read(&value) {
            assert!(binding.verify(&[7; 32], "https://a.example", &key).is_err());
        }
    }
    payloads(octets);
});

/// Outer and inner JWS: a signature that verifies would have been forged.
fn envelope(octets: &[u8]) {
    if let Ok(change) = KeyChange::read(octets) {
        let key = change.new_key().clone();
        assert!(change.verify("https://a.example", "https://a.example/1", &key).is_err());
    }
    match Jws::parse(octets, Some(MEDIA_TYPE)) {
        Ok(jws) => {
            if let Signer::Key(key) = jws.header().signer.clone() {
                assert!(jws.verify(&key).is_err());
            }
        }
        Err(problem) => well_formed(&problem),
    }
}

fn payloads(octets: &[u8]) {
    if let Ok(request) = json::read::<NewAccountRequest>(octets) {
        let _ =
            new_account::judge(&request, &AccountRules::default()).map_err(|problem| well_formed(&problem));
    }
    if let Ok(request) = json::read::<NewOrderRequest>(octets) {
        match new_order::judge(&request, RULES, Timestamp::from_unix_seconds(0)) {
            Ok(order) => assert!(!order.identifiers.is_empty() && order.identifiers.len() <= 10),
            Err(problem) => well_formed(&problem),
        }
    }
    if let Ok(request) = json::read::<NewAuthorizationRequest>(octets)
        && let Ok(target) = new_order::judge_authorization(&request, RULES)
    {
        assert!(!target.wildcard);
    }
    let _ = json::read::<AccountUpdateRequest>(octets).map(|request| request.deactivates());
    let _ = json::read::<AuthorizationUpdateRequest>(octets).map(|request| request.check());
    let _ = json::read::<FinalizeRequest>(octets).map(|request| request.der());
    let _ = json::read::<RevocationRequest>(octets).map(|request| request.der());
}

/// A problem reads back as itself, in printable ASCII, whatever it quotes.
fn well_formed(problem: &Problem) {
    let text = problem.to_json();
    assert!(text.iter().all(|octet| (0x20..0x7f).contains(octet)));
    let read: Problem = serde_json::from_slice(&text).unwrap();
    assert_eq!((read.kind, &read.detail, read.status), (problem.kind, &problem.detail, problem.status));
}
