//! Every server refuses a client whose certificate does not prove who it is.

use super::programs::{Refusal, SERVERS, Server};
use crate::domain::Domain;
use crate::identity::Identity;
use crate::probe::{Ending, Probe};

const CALLER: &str = "curl.languages.internal";

#[test]
fn every_server_refuses_clients_that_prove_nothing() {
    let domain = Domain::example("languages");
    let stranger = Identity::of_a_wrong_authority(CALLER);
    let expired = Identity::expired(&domain, CALLER, "services");
    for language in SERVERS {
        let mut server = Server::start(&domain, language);
        let mut refuses = |what: &str, identity: Option<&Identity>, refusal: Refusal| {
            let (words, alert) = refusal;
            let roots = domain.trust(CALLER).join("roots.pem");
            let probe = Probe { address: server.address, name: &server.instance, roots: &roots, request: "" };
            let expected = alert.map_or(Ending::Closed, Ending::Alert);
            assert_eq!(probe.show(identity), expected, "{} <- {what}", language.name);
            let line = server.program.wait_for("refused: ");
            assert!(line.contains(words), "{} <- {what}: `{line}` does not say `{words}`", language.name);
        };
        refuses("wrong authority", Some(&stranger), language.wrong_authority);
        refuses("expired certificate", Some(&expired), language.expired);
        refuses("no certificate", None, language.no_certificate);
    }
}
