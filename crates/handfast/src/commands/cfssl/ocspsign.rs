//! `cfssl ocspsign`: an OCSP response for one certificate.

use hf_cfssl::ocsp::Responder;
use hf_proto::cfssl::endpoints::ocspsign::OcspSignRequest;
use hf_proto::cfssl::revocation_reason;

use super::call::{Call, Failure, text};
use super::{GoCommand, flags, print};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "ocspsign",
    about: "sign an OCSP response about a certificate",
    usage: "Usage of ocspsign:
        cfssl ocspsign -ca cert -responder cert -responder-key key -cert cert [-status status] [-reason reason] \\
                       [-revoked-at YYYY-MM-DD] [-interval 96h]

Flags:",
    examples: "Examples:
  handfast cfssl ocspsign -ca ca.pem -responder ocsp.pem -responder-key ocsp-key.pem -cert a.pem
  handfast cfssl ocspsign -ca ca.pem -responder ca.pem -responder-key ca-key.pem -cert a.pem -status revoked",
    flags: &[
        &flags::CA,
        &flags::RESPONDER,
        &flags::RESPONDER_KEY,
        &flags::CERT,
        &flags::STATUS,
        &flags::REASON,
        &flags::REVOKED_AT,
        &flags::INTERVAL,
    ],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    let path =
        call.some(&flags::CERT).ok_or_else(|| Failure::new("need a certificate (provide with -cert)"))?;
    let request = OcspSignRequest {
        certificate: text(call.read(path)?)?,
        status: call.text(&flags::STATUS).to_owned(),
        reason: i64::from(revocation_reason::parse(call.text(&flags::REASON))?.code()),
        revoked_at: call.text(&flags::REVOKED_AT).to_owned(),
        ..OcspSignRequest::default()
    };
    print::ocsp_response(call, &call.responder()?.answer(&request, call.now())?)
}

impl Call {
    /// The responder that `-ca`, `-responder` and `-responder-key` name; `-key` stands in for the last, as in CFSSL.
    pub(super) fn responder(&self) -> Result<Responder, Failure> {
        let need = |what: &str, flag: &str| Failure::new(format!("need {what} (provide with -{flag})"));
        let issuer = self.some(&flags::CA).ok_or_else(|| need("CA certificate", "ca"))?;
        let own = self.some(&flags::RESPONDER).ok_or_else(|| need("responder certificate", "responder"))?;
        let key = self.some(&flags::RESPONDER_KEY).or_else(|| self.some(&flags::KEY));
        let key = key.ok_or_else(|| need("responder key", "responder-key"))?;
        let interval = self.given.duration(&flags::INTERVAL).to_lifetime();
        let interval = interval.ok_or_else(|| Failure::new("-interval must be longer than nothing"))?;
        let own = hf_cfssl::certificates::one(&text(self.read(own)?)?)?;
        Ok(Responder::new(self.certificate(issuer)?, own, self.key_file(key)?, interval)?)
    }
}
