//! `POST bundle`, and the bundle beside a certificate that was asked for with `"bundle": true`.
//!
//! Issuers that are missing are not fetched here: a certificate of a stranger would decide where the server connects to.

use hf_cfssl::{certificates, keys, presented};
use hf_core::right::Right;
use hf_core::secret::Secret;
use hf_proto::cfssl::bundle::{Bundle, Flavor};
use hf_proto::cfssl::code::ErrorKind;
use hf_proto::cfssl::endpoints::{NO_BUNDLER, one_of, string_map};
use hf_proto::cfssl::envelope::{Failure, Message};
use hf_x509::certificate::Certificate;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, failure, gate};

const SETS: [&[&str]; 2] = [&["certificate"], &["domain"]];

/// PKCS#12 is for the command; here certificates come as text.
const NO_PASSWORD: &str = "";

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let map = string_map(&asked.body)?;
    let get = |key: &str| map.get(key).map(String::as_str).unwrap_or_default();
    let flavor = Flavor::parse(get("flavor"))
        .ok_or_else(|| Refusal::new("flavor", Failure::bad_request("unknown bundle flavor")))?;
    let chain = if one_of(&map, &SETS)? == ["certificate"] {
        let password = Secret::new(NO_PASSWORD.to_owned());
        certificates::any(get("certificate").as_bytes(), &password)?.0
    } else {
        gate::open_part(asked.row, &door.openings, &asked.caller.rights, Right::Read, "domain")?;
        presented::of(get("domain"), get("ip"), door.now()).await?
    };
    let key = match get("private_key") {
        "" => None,
        pem => {
            gate::by_name(asked.row, &door.openings, "private_key")?;
            Some(keys::parse(pem.as_bytes(), None)?)
        }
    };
    let bundler = door.bundler.as_ref().ok_or_else(|| {
        failure::unavailable("`bundle` needs roots, and the system has none: name them with `-ca-bundle`")
    })?;
    Ok(Reply::of(bundler().bundle(&chain, key.as_ref(), flavor, door.now()).await?.bundle))
}

/// The bundle of a certificate that was just issued, when one is wanted; a remark when there can be none.
pub(super) async fn beside(
    door: &Door,
    certificate: &Certificate,
    wanted: bool,
) -> Result<(Option<Bundle>, Vec<Message>), Refusal> {
    let Some(bundler) = door.bundler.as_ref().filter(|_| wanted && door.bundles_beside) else {
        let remark = Message { code: ErrorKind::PolicyInvalidRequest.code(), message: NO_BUNDLER.to_owned() };
        return Ok((None, if wanted { vec![remark] } else { Vec::new() }));
    };
    let chain = std::slice::from_ref(certificate);
    let found = bundler().bundle(chain, None, Flavor::Optimal, door.now()).await?;
    Ok((Some(found.bundle), Vec::new()))
}
