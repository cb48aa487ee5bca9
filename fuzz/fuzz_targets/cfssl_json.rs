//! JSON of CFSSL: no panic; what is read is written so that it reads back as itself; every message is read or refused.
#![no_main]

use hf_proto::cfssl::auth::{AuthKey, Endpoint, KeyType};
use hf_proto::cfssl::authenticated::AuthenticatedRequest;
use hf_proto::cfssl::bundle::Bundle;
use hf_proto::cfssl::certinfo::CertInfo;
use hf_proto::cfssl::csr_json::CertificateRequest;
use hf_proto::cfssl::db_config::DbConfig;
use hf_proto::cfssl::endpoints::certadd::CertAddRequest;
use hf_proto::cfssl::endpoints::gencrl::GenCrlRequest;
use hf_proto::cfssl::endpoints::ocspsign::OcspSignRequest;
use hf_proto::cfssl::endpoints::{newcert, revoke, sign, string_map};
use hf_proto::cfssl::envelope::Envelope;
use hf_proto::cfssl::go_json::{self, GoValue};
use hf_proto::cfssl::info::{InfoRequest, InfoResponse};
use hf_proto::cfssl::sign_request::SignRequest;
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;

fuzz_target!(|bytes: &[u8]| {
    let _ = string_map(bytes);
    let _ = sign::read(bytes);
    let _ = newcert::read(bytes).map(|request| request.request.subject());
    let _ = revoke::read(bytes).map(|request| request.reason());
    let _ = DbConfig::read(bytes);
    let Ok(value) = go_json::parse(bytes) else { return };
    assert_eq!(go_json::parse(&go_json::to_line(&value)).as_ref(), Ok(&value));
    assert_eq!(go_json::parse(go_json::to_pretty(&value, " ").as_bytes()).as_ref(), Ok(&value));
    reads_back::<CertificateRequest>(&value);
    reads_back::<SignRequest>(&value);
    reads_back::<InfoRequest>(&value);
    reads_back::<InfoResponse>(&value);
    reads_back::<Bundle>(&value);
    reads_back::<CertInfo>(&value);
    reads_back::<CertAddRequest>(&value);
    reads_back::<GenCrlRequest>(&value);
    reads_back::<OcspSignRequest>(&value);
    reads_back::<Envelope<Bundle>>(&value);
    let Some(message) = reads_back::<AuthenticatedRequest>(&value) else { return };
    let key = AuthKey::new(KeyType::Standard, vec![1; 16]).unwrap();
    let endpoint = Endpoint { method: "POST", path: "/" };
    // Nobody guesses a MAC.
    assert!(key.verify(&message, endpoint, hf_core::time::Timestamp::from_unix_seconds(0)).is_err());
    let _ = sign::read_inner(&message);
});

fn reads_back<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(value: &GoValue) -> Option<T> {
    let read: T = go_json::from_value(value).ok()?;
    assert_eq!(go_json::from_str::<T>(&go_json::to_string(&read)).as_ref(), Ok(&read));
    Some(read)
}
