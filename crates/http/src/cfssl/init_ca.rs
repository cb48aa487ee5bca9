//! `POST init_ca`: a new root, with its key. The private key travels in the answer, so it is off by itself.

use hf_cfssl::{initca, keys};
use hf_proto::cfssl::csr_json::CertificateRequest;
use hf_proto::cfssl::endpoints::init_ca::InitCaResult;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, body, work};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let request: CertificateRequest = body::json(&asked.body, "Unable to parse certificate request")?;
    let machine = door.machine.clone();
    let runtime = tokio::runtime::Handle::current();
    let made = work::aside(door, move || runtime.block_on(initca::create(&machine, &request))).await??;
    Ok(Reply::of(InitCaResult {
        private_key: match &made.key {
            Some(key) => keys::to_pem(key)?.expose().clone(),
            None => String::new(),
        },
        certificate: made.certificate.to_pem(),
    }))
}
