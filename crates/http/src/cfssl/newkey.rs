//! `POST newkey`: a new key and its signing request. The private key travels in the answer, so it is off by itself.

use hf_cfssl::{csr, sums};
use hf_proto::cfssl::csr_json::CertificateRequest;
use hf_proto::cfssl::endpoints::newkey::{NewKeyResult, Sums};

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, body, work};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let request: CertificateRequest = body::json(&asked.body, "Unable to parse certificate request")?;
    let made = work::aside(door, move || csr::generate(&request)).await??;
    Ok(Reply::of(NewKeyResult {
        private_key: made.key_pem()?.expose().clone(),
        certificate_request: made.csr.to_pem(),
        sums: Sums { certificate: None, certificate_request: Some(sums::of(made.csr.der())) },
    }))
}
