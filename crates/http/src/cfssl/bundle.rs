//! `POST bundle`, and the bundle beside a certificate that was asked for with `"bundle": true`.

use hf_proto::cfssl::bundle::Bundle;
use hf_proto::cfssl::code::ErrorKind;
use hf_proto::cfssl::endpoints::NO_BUNDLER;
use hf_proto::cfssl::envelope::Message;
use hf_x509::certificate::Certificate;

use super::door::Door;
use super::reply::Refusal;

/// The bundle of a certificate that was just issued, when one is wanted; a remark when there can be none.
pub(super) async fn beside(
    _door: &Door,
    _certificate: &Certificate,
    wanted: bool,
) -> Result<(Option<Bundle>, Vec<Message>), Refusal> {
    if !wanted {
        return Ok((None, Vec::new()));
    }
    let message = NO_BUNDLER.to_owned();
    Ok((None, vec![Message { code: ErrorKind::PolicyInvalidRequest.code(), message }]))
}
