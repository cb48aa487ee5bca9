//! `GET /acme/{authority}/renewal-info/{certificate}`, RFC 9773 section 4.

use hf_ca::registration::Registration;
use hf_proto::acme::ari::CertId;
use http::StatusCode;

use super::Params;
use super::error::Failure;
use super::reply::Reply;

pub(super) async fn answer(registration: &Registration, params: &Params) -> Result<Reply, Failure> {
    let id = CertId::read(params.get("certificate").unwrap_or_default())?;
    let advice = registration.renewal_info(&id).await?;
    Ok(Reply::json(StatusCode::OK, &advice.info)?
        .retry_after(Some(advice.retry_after))
        .cached("public, max-age=60"))
}
