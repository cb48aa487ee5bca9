//! `POST sign`: signs a request without a token, where the profile asks for none.

use hf_cfssl::signer::{Asker, Signed};
use hf_core::principal::{Channel, Principal};
use hf_proto::cfssl::code::ErrorKind;
use hf_proto::cfssl::endpoints::sign::SignResult;
use hf_proto::cfssl::envelope::{Failure, Message};
use hf_proto::cfssl::sign_request::SignRequest;

use super::door::{Door, Label};
use super::reply::{Refusal, Reply};
use super::{Asked, body, bundle, token};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let request: SignRequest = body::json(&asked.body, "Unable to parse sign request")?;
    let label = door.labels.admitted(&request.label, asked.address)?;
    token::none_needed(label, &request.profile)?;
    certificate(door, asked, label, request, asked.caller.principal.clone()).await
}

/// The certificate for a request whose sender was judged, as the result of an answer.
pub(super) async fn certificate(
    door: &Door,
    asked: &Asked,
    label: &Label,
    request: SignRequest,
    principal: Principal,
) -> Result<Reply, Refusal> {
    if request.certificate_request.is_empty() {
        return Err(Refusal::new("empty", Failure::missing_parameter("certificate_request")));
    }
    let with_bundle = request.bundle;
    let who = Asker { principal, channel: Channel::Cfssl, limits: asked.caller.limits.clone() };
    let signed = door.sign(asked.row, label, as_serve_reads(request), &who).await?;
    let (bundle, mut messages) = bundle::beside(door, &signed.certificate, with_bundle).await?;
    messages.extend(remarks(&signed));
    Ok(Reply::with_messages(SignResult { bundle, certificate: signed.certificate.to_pem() }, messages))
}

/// What the policy changed of a request, for whoever asked.
pub(super) fn remarks(signed: &Signed) -> impl Iterator<Item = Message> {
    signed.remarks().map(|message| Message { code: ErrorKind::PolicyInvalidRequest.code(), message })
}

/// Without the fields that `cfssl serve` passes over and multirootca does not: what a client writes into them shall not
/// change what it gets here.
pub(super) fn as_serve_reads(request: SignRequest) -> SignRequest {
    let SignRequest { hostname, hosts, certificate_request, subject, profile, label, serial, bundle, .. } =
        request;
    SignRequest {
        hostname,
        hosts,
        certificate_request,
        subject,
        profile,
        label,
        serial,
        bundle,
        ..SignRequest::default()
    }
}
