//! The envelope of a request, RFC 8555 section 6: form, key or account, signature, nonce, URL, in this order.
//!
//! A nonce is used up only by a request whose signature is good, so that nobody uses up those of others; then it is,
//! whatever is wrong with the rest.

use axum::body::Bytes;
use hf_ca::registration::{KnownAccount, Registration};
use hf_proto::acme::jwk::Jwk;
use hf_proto::acme::jws::{Jws, SignedRequest, Signer};
use hf_proto::acme::problem::{Problem, ProblemType};
use http::header;
use http::request::Parts;

use super::door::Door;
use super::endpoint::SignedBy;
use super::error::Failure;

/// A request that is good once, and here.
pub(super) struct Signed {
    pub(super) request: SignedRequest,
    account: Option<KnownAccount>,
}

impl Signed {
    /// The account that signed.
    pub(super) fn account(&self) -> Result<&KnownAccount, Failure> {
        // The table says by whom an endpoint is opened; the envelope was opened so.
        self.account
            .as_ref()
            .ok_or_else(|| Problem::malformed("expected `kid` in the header, not `jwk`").into())
    }

    /// The account that signed, unless a key did.
    pub(super) fn known(&self) -> Option<&KnownAccount> {
        self.account.as_ref()
    }
}

/// Open the envelope of a request that arrived at `path`.
pub(super) async fn open(
    door: &Door,
    registration: &Registration,
    by: SignedBy,
    head: &Parts,
    body: &Bytes,
    path: &str,
) -> Result<Signed, Failure> {
    if head.headers.contains_key("replay-nonce") {
        return Err(Problem::malformed("the nonce of a request stands in its JWS, not in a header").into());
    }
    let jws = Jws::parse(body, content_type(head))?;
    let account = signer(registration, by, &jws).await?;
    let key = match (&account, &jws.header().signer) {
        (Some(account), _) => account.account.key.clone(),
        (None, Signer::Key(key)) => Jwk::clone(key),
        (None, Signer::Account(_)) => return Err(Problem::malformed("the account is not known").into()),
    };
    let verified = jws.verify(&key)?;
    let nonce = door.nonces.redeem(&verified.header().nonce);
    let request = verified.admit(nonce, &arrived(registration, path))?;
    Ok(Signed { request, account })
}

/// The one value of `Content-Type`.
fn content_type(head: &Parts) -> Option<&str> {
    let mut values = head.headers.get_all(header::CONTENT_TYPE).iter();
    let one = values.next().filter(|_| values.next().is_none())?;
    one.to_str().ok()
}

/// The account that the header names, where the endpoint takes one.
async fn signer(
    registration: &Registration,
    by: SignedBy,
    jws: &Jws,
) -> Result<Option<KnownAccount>, Failure> {
    match (&jws.header().signer, by) {
        (Signer::Key(_), SignedBy::Key | SignedBy::Either) => Ok(None),
        (Signer::Key(_), SignedBy::Account) => {
            Err(Problem::malformed("expected `kid` in the header, not `jwk`").into())
        }
        (Signer::Account(_), SignedBy::Key) => {
            Err(Problem::malformed("expected `jwk` in the header, not `kid`").into())
        }
        (Signer::Account(url), SignedBy::Account | SignedBy::Either) => {
            let id = registration.setup().urls.account_id(url).ok_or_else(|| {
                Problem::new(ProblemType::AccountDoesNotExist, "`kid` is not the URL of an account here")
            })?;
            Ok(Some(registration.known_account(&id).await?))
        }
    }
}

/// The URL as clients know it: the configured base, never what the request says about its host.
fn arrived(registration: &Registration, path: &str) -> String {
    let setup = registration.setup();
    let base = setup.urls.base();
    let below = format!("{}/{}", super::PATH, registration.name());
    format!("{}{path}", base.strip_suffix(&below).unwrap_or(base))
}
