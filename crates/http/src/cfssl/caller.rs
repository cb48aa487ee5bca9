//! Who asks, as far as the connection and the header prove it. What a token inside the request proves is another matter.

use std::collections::BTreeSet;
use std::sync::Arc;

use hf_ca::request::RequesterLimits;
use hf_core::principal::Principal;
use hf_core::right::Right;
use hf_core::time::Timestamp;
use hf_proto::cfssl::envelope::Failure;
use hf_store::Store;
use hf_x509::certificate::Certificate;
use http::header::AUTHORIZATION;
use http::request::Parts;
use regex::Regex;

use super::reply::Refusal;
use crate::access::denied::Denied;
use crate::access::{Access, Caller};
use crate::peer::{Peer, PeerAddress};

/// What proves a right at this door, beside tokens in requests.
pub enum Proofs {
    /// Nothing does.
    Nothing,
    /// A client certificate that the listener verified, as `-mutual-tls-ca` asks: it is demanded of everybody and gives
    /// every right.
    MutualTls {
        /// What its common name must match, unanchored, as `-mutual-tls-cn` says.
        common_name: Option<Regex>,
    },
    /// What opens our own API: API keys, tokens of identity providers, client certificates under rules, the owner's socket.
    Access {
        /// The rules.
        access: Arc<Access>,
        /// Where credentials and certificates are on record.
        store: Arc<dyn Store>,
    },
}

impl Proofs {
    /// Whether callers differ in what they may do.
    pub(super) fn know_rights(&self) -> bool {
        match self {
            Self::Nothing | Self::MutualTls { .. } => false,
            Self::Access { .. } => true,
        }
    }

    /// Who sent the request with this head.
    pub(super) async fn caller(&self, head: &Parts, now: Timestamp) -> Result<Caller, Refusal> {
        let peer = head.extensions.get::<Peer>().ok_or_else(|| {
            let text = "the listener does not say who asks";
            Refusal::new("peer", Failure::other(text))
        })?;
        match self {
            Self::Nothing => Ok(nobody(peer.address)),
            Self::MutualTls { common_name } => {
                let leaf = peer.tls.as_ref().and_then(|chain| chain.first());
                let principal = proven(leaf.map(Vec::as_slice), common_name.as_ref())?;
                let rights = Right::ALL.into();
                let limits = RequesterLimits::default();
                Ok(Caller { principal, rights, limits, expires: None, certificate: None })
            }
            Self::Access { access, store } => {
                if !peer.private && head.headers.contains_key(AUTHORIZATION) {
                    let text = "this connection is not encrypted, and whoever listens has the credential now: revoke it, and ask by `https`";
                    return Err(Refusal::new("plain", Failure::with_status(403, text)));
                }
                let caller = access.identify(&head.headers, peer, store.as_ref(), now).await;
                caller.map_err(|denied| refused(&denied))
            }
        }
    }
}

fn nobody(address: PeerAddress) -> Caller {
    Caller {
        principal: Principal::Anonymous { address: address.to_string() },
        rights: BTreeSet::new(),
        limits: RequesterLimits::default(),
        expires: None,
        certificate: None,
    }
}

/// The principal of a client certificate, if its common name is a wanted one.
fn proven(der: Option<&[u8]>, common_name: Option<&Regex>) -> Result<Principal, Refusal> {
    let refused = |text: &str| Refusal::new("client-certificate", Failure::with_status(403, text));
    let der = der.ok_or_else(|| refused("a client certificate is needed (`-mutual-tls-ca`)"))?;
    let certificate =
        Certificate::from_der(der).map_err(|_| refused("the client certificate cannot be read"))?;
    let serial = certificate.serial();
    let serial =
        serial.map_err(|_| refused("the serial number of the client certificate is no valid one"))?;
    let name = certificate.subject().common_name().unwrap_or_default();
    if common_name.is_some_and(|wanted| !wanted.is_match(&name)) {
        return Err(refused("Invalid CN"));
    }
    let authority = certificate.issuer().to_string();
    Ok(Principal::Certificate { authority, serial, name })
}

/// A credential that was sent and is not accepted, in the words of our own API.
pub(super) fn refused(denied: &Denied) -> Refusal {
    let problem = denied.problem();
    let text = problem.detail.clone().unwrap_or_else(|| problem.title.clone());
    Refusal::new("credential", Failure::with_status(problem.status, text))
}
