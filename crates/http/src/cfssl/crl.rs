//! `GET crl`: the revocation list of a signer, from the certificate database where there is one, else from our record.
//! `label` in the query chooses among several signers, as CFSSL's labels do elsewhere.

use hf_core::right::Right;
use hf_core::time::Lifetime;
use hf_proto::cfssl::code::CfsslError;
use hf_proto::cfssl::endpoints::crl;
use hf_proto::cfssl::envelope::Failure;
use hf_proto::cfssl::go_json::GoBytes;

use super::door::Door;
use super::reply::{Refusal, Reply};
use super::{Asked, failure, limited};

pub(super) async fn answer(door: &Door, asked: &Asked) -> Result<Reply, Refusal> {
    let wanted = asked.query("expiry").filter(|text| !text.is_empty());
    let expiry = crl::expiry(wanted.as_deref())?;
    let signed = if let Some(source) = &door.crl {
        source(door.now(), Lifetime::from_seconds(expiry.seconds())).await
    } else {
        let wanted = wanted.map(|_| Lifetime::from_seconds(expiry.seconds()));
        of_our_record(door, asked, wanted).await?
    };
    let list = signed.map_err(|error| failure::refusal(asked.row.name, "", error))?;
    Ok(Reply::of(GoBytes(list)))
}

/// Anybody may read what is revoked; only who may revoke everything can make the authority sign at will, and say for how
/// long: until then whoever was shown the list need not look for another.
async fn of_our_record(
    door: &Door,
    asked: &Asked,
    wanted: Option<Lifetime>,
) -> Result<Result<Vec<u8>, CfsslError>, Refusal> {
    let signer = door
        .labels
        .admitted(asked.query("label").as_deref().unwrap_or_default(), asked.address)?
        .local()
        .ok_or_else(|| failure::unavailable("`crl` needs a signer that signs here, not at a remote"))?;
    let caller = &asked.caller;
    let may = caller.rights.contains(&Right::Revoke) && limited::may_sign_lists(caller, signer.issuer());
    if !may {
        return Ok(signer.current_revocation_list(door.lists.usual, &caller.principal).await);
    }
    let lifetime = wanted.unwrap_or(door.lists.usual);
    if lifetime > door.lists.longest {
        let text = format!("expiry is longer than {}, for which lists hold here at most", door.lists.longest);
        return Err(Refusal::new("expiry", Failure::bad_request(text)));
    }
    Ok(signer.new_revocation_list(lifetime, &caller.principal).await)
}
