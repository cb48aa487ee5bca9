//! `POST bundle`, and the bundle beside a certificate that was asked for with `"bundle": true`.

use hf_cfssl::signer::Signed;
use hf_proto::cfssl::bundle::Bundle;
use hf_proto::cfssl::code::ErrorKind;
use hf_proto::cfssl::envelope::Message;

use super::door::Door;
use super::reply::Refusal;

/// The bundle of a certificate that was just issued, when one is wanted; a remark when there can be none.
pub(super) async fn beside(
    _door: &Door,
    _signed: &Signed,
    wanted: bool,
) -> Result<(Option<Bundle>, Vec<Message>), Refusal> {
    if !wanted {
        return Ok((None, Vec::new()));
    }
    let message =
        "This request requires a bundler, but one is not initialized for the API server.".to_owned();
    Ok((None, vec![Message { code: ErrorKind::PolicyInvalidRequest.code(), message }]))
}
