//! `POST newcert`: a key and its certificate. The private key travels in the answer, so it is off by itself; where the
//! profile names an auth key, the body is sealed with its token as that of `authsign` is. Stock CFSSL asks for none.

use hf_cfssl::signer::Asker;
use hf_cfssl::{csr, sums};
use hf_core::principal::{Channel, Principal};
use hf_proto::cfssl::authenticated::AuthenticatedRequest;
use hf_proto::cfssl::code::ErrorKind;
use hf_proto::cfssl::endpoints::NO_HOSTS;
use hf_proto::cfssl::endpoints::newcert::{self, NewCertRequest, NewCertResult};
use hf_proto::cfssl::endpoints::newkey::Sums;
use hf_proto::cfssl::envelope::{Failure, Message};
use hf_proto::cfssl::go_json;
use hf_proto::cfssl::sign_request::SignRequest;

use super::door::{Door, Label};
use super::reply::{Refusal, Reply};
use super::{Asked, bundle, sign, token, work};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let (request, label, principal) = opened(door, asked)?;
    let NewCertRequest { request, profile, bundle: with_bundle, .. } = request;
    let no_hosts = request.hosts.as_ref().is_none_or(Vec::is_empty);
    let made = work::aside(door, move || csr::generate(&request)).await??;
    let wanted = SignRequest { certificate_request: made.csr.to_pem(), profile, ..SignRequest::default() };
    let who = Asker { principal, channel: Channel::Cfssl, limits: asked.caller.limits.clone() };
    let signed = door.sign(asked.row, label, wanted, &who).await?;
    let certificate = &signed.certificate;
    let (bundle, mut messages) = bundle::beside(door, certificate, with_bundle).await?;
    messages.extend(sign::remarks(&signed));
    if no_hosts {
        messages.push(Message { code: ErrorKind::PolicyInvalidRequest.code(), message: NO_HOSTS.to_owned() });
    }
    let result = NewCertResult {
        bundle,
        certificate: certificate.to_pem(),
        certificate_request: made.csr.to_pem(),
        private_key: made.key_pem()?.expose().clone(),
        sums: Sums {
            certificate: Some(sums::of(certificate.der())),
            certificate_request: Some(sums::of(made.csr.der())),
        },
    };
    Ok(Reply::with_messages(result, messages))
}

/// The request, its signer, and who asks: whoever holds the auth key of the profile, where it names one.
fn opened<'a>(door: &'a Door, asked: &Asked) -> Result<(NewCertRequest, &'a Label, Principal), Refusal> {
    let sealed = go_json::from_slice::<AuthenticatedRequest>(&asked.body)
        .ok()
        .filter(|message| !message.request.is_empty());
    let Some(message) = sealed else {
        let request = newcert::read(&asked.body)?;
        let label = door.labels.admitted(&request.label, asked.address)?;
        token::none_needed(label, &request.profile)?;
        return Ok((request, label, asked.caller.principal.clone()));
    };
    let request = newcert::read(message.request.as_slice())?;
    // A token for `authsign` must not make a certificate here from a body that means nothing else.
    let whole = go_json::parse(message.request.as_slice()).ok();
    if whole.is_none_or(|whole| whole.field("request").is_none()) {
        return Err(Refusal::new("json", Failure::bad_request("missing request section")));
    }
    let label = door.labels.admitted(&request.label, asked.address)?;
    let name = token::prove(door, asked.row, label, &request.profile, &message)?;
    Ok((request, label, Principal::AuthKey { name }))
}
