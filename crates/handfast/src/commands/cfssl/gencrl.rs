//! `cfssl gencrl`: a CRL from a list of serial numbers.

use hf_cfssl::{certificates, crl};
use hf_core::time::Lifetime;

use super::GoCommand;
use super::call::{Call, Failure, text, too_few};
use super::print;

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "gencrl",
    about: "sign a CRL of the serial numbers in a file",
    usage: "Usage of gencrl:
        cfssl gencrl SERIALS CERT KEY [SECONDS]

Arguments:
        SERIALS:    text file with one decimal serial number a line
        CERT:       certificate of the authority
        KEY:        private key of the authority
        SECONDS:    time from now after which the CRL ends; a week without it
        '-' reads stdin in place of a file

Flags:",
    examples: "Examples:
  handfast cfssl gencrl serials.txt ca.pem ca-key.pem | base64 -d > ca.crl
  handfast cfssl gencrl serials.txt ca.pem ca-key.pem 86400 | base64 -d > ca.crl",
    flags: &[],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    let [serials, cert, key, rest @ ..] = call.given.words.as_slice() else { return Err(too_few()) };
    let now = call.now();
    let revoked = crl::read_serials(&text(call.read(serials)?)?, now)?;
    let issuer = certificates::one(&text(call.read(cert)?)?)?;
    let key = call.key_file(key)?;
    let lifetime = match rest.first().map(|seconds| seconds.trim()) {
        None | Some("" | "0") => crl::LIFETIME,
        Some(seconds) => seconds
            .parse()
            .ok()
            .filter(|seconds| *seconds > 0)
            .map(Lifetime::from_seconds)
            .ok_or_else(|| Failure::new(format!("`{seconds}` is no number of seconds")))?,
    };
    print::base64(call, &crl::sign(revoked, &issuer, &key, now, lifetime)?)
}
