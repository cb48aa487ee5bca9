//! One pair over TCP, with the server that runs: whether the link works with a certificate on both sides, whether the server
//! refuses whom it must refuse.
//!
//! Nothing is sent but the handshake. Most servers judge a client's certificate in it; some, nginx among them, complete it and
//! refuse the first request. What these would say of a client whose authority they do not name is left undecided.

use std::collections::BTreeMap;

use hf_core::causes::with_causes;
use hf_core::finding::Finding;
use hf_core::time::Timestamp;
use hf_topology::declared::{Address, Party};
use hf_topology::expect::{Expectation, Ground, Pair};
use hf_topology::report::{Attempt, Method};

use super::attempt::Look;
use super::codes;
use super::machine::Machine;
use crate::tls::{self, Asked, EndpointError, Refusal, Stage};

/// Connections to servers that run. An address at which nobody is there is asked once.
#[derive(Default)]
pub(super) struct Connections {
    unreachable: BTreeMap<String, Refusal>,
}

/// What came of a call: what the server asked for, or who refused whom, or why it could not be tried.
type Answer = Result<Result<Asked, Refusal>, EndpointError>;

/// One call.
struct Call<'a> {
    about: &'a str,
    client: &'a Machine,
    address: String,
    name: String,
    now: Timestamp,
}

impl Connections {
    /// Hold what memory showed of a pair against the server at `address`.
    pub(super) fn look(
        &mut self,
        pair: &Pair<'_>,
        about: &str,
        client: &Machine,
        address: &Address,
        now: Timestamp,
    ) -> Option<Look> {
        let name = pair.server.instance.identifier.to_string();
        let call = Call { about, client, address: address.to_string(), name, now };
        match (&pair.expectation, pair.server.party) {
            (Expectation::Link, _) => Some(Look::of(Method::Live, self.link(&call))),
            // Others are not called by those whom they do not know.
            (Expectation::Refusal { grounds }, Party::Service(_)) => Some(self.refusal(&call, grounds)),
            (Expectation::Refusal { .. }, Party::External(_)) | (Expectation::NotSeparated, _) => None,
        }
    }

    fn link(&mut self, call: &Call<'_>) -> Attempt {
        judge_link(call, call.client.caller(call.now).and_then(|config| self.connect(call, &config)))
    }

    fn refusal(&mut self, call: &Call<'_>, grounds: &[Ground]) -> Look {
        let by_server =
            |ground: &Ground| matches!(ground, Ground::ServerHoldsNoAnchor | Ground::ClientUsageMissing);
        // What the client would say of the server is left out, where the server must refuse by itself.
        let config = if grounds.iter().any(by_server) {
            call.client.credulous_caller(call.now)
        } else {
            call.client.caller(call.now)
        };
        judge_refusal(call, config.and_then(|config| self.connect(call, &config)))
    }

    fn connect(&mut self, call: &Call<'_>, config: &tls::ClientConfig) -> Answer {
        if let Some(refusal) = self.unreachable.get(&call.address) {
            return Ok(Err(refusal.clone()));
        }
        let answer = tls::connect(config, &call.address, &call.name)?;
        if let Err(refusal) = &answer
            && refusal.stage == Stage::Unreachable
        {
            self.unreachable.insert(call.address.clone(), refusal.clone());
        }
        Ok(answer)
    }
}

/// What an answer says of a link.
fn judge_link(call: &Call<'_>, answer: Answer) -> Attempt {
    let finding = match answer {
        Ok(Ok(Asked::Nothing)) => codes::asks_for_no_certificate(call.about, &call.address),
        Ok(Ok(asked)) if excludes(&asked, call.client) => codes::asks_for_others(call.about, &call.address),
        Ok(Ok(Asked::Certificate { .. })) => return Attempt::Accepted,
        Ok(Err(refusal)) => refused(call, &refusal),
        Err(error) => codes::not_tried(call.about, &with_causes(&error)),
    };
    Attempt::Broken(vec![finding])
}

/// What an answer says of a refusal.
fn judge_refusal(call: &Call<'_>, answer: Answer) -> Look {
    let undecided = |why: &str| {
        let notice = codes::not_decided(call.about, &call.address, why);
        Look { notice: Some(notice), ..Look::of(Method::Handshake, Attempt::Refused(Vec::new())) }
    };
    match answer {
        Ok(Ok(Asked::Nothing)) => {
            let finding = codes::asks_for_no_certificate(call.about, &call.address);
            Look::of(Method::Live, Attempt::Broken(vec![finding]))
        }
        Ok(Ok(asked)) if excludes(&asked, call.client) => undecided(
            "it asks for certificates of other authorities, and completed the handshake: it may refuse the first request",
        ),
        Ok(Ok(Asked::Certificate { .. })) => Look::of(Method::Live, Attempt::Accepted),
        Ok(Err(refusal)) if refusal.stage == Stage::Unreachable => undecided(&refusal.reason),
        Ok(Err(_)) => Look::of(Method::Live, Attempt::Refused(Vec::new())),
        Err(error) => undecided(&with_causes(&error)),
    }
}

fn refused(call: &Call<'_>, refusal: &Refusal) -> Finding {
    match refusal.stage {
        Stage::Tls => codes::refused(call.about, &refusal.reason).evidence("address", call.address.clone()),
        Stage::Unreachable | Stage::Broken => {
            codes::no_connection(call.about, &call.address, &refusal.reason)
        }
    }
}

/// Whether a server names authorities, and none of those above the client.
fn excludes(asked: &Asked, client: &Machine) -> bool {
    let Asked::Certificate { authorities } = asked else { return false };
    let above = |name: &Vec<u8>| client.chain.iter().any(|one| one.issuer().to_der() == name.as_slice());
    !authorities.is_empty() && !authorities.iter().any(above)
}
