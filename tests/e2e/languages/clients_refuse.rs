//! Every client refuses a server that does not prove the name that was called.

use super::programs::CLIENTS;
use crate::domain::Domain;
use crate::identity::Identity;
use crate::impostor::Impostor;
use crate::probe::Ending;

/// The server that is called.
const SERVER: &str = "java.languages.internal";

#[test]
fn every_client_refuses_servers_that_prove_nothing() {
    let domain = Domain::example("languages");
    let stranger = Identity::of_a_wrong_authority(SERVER);
    let expired = Identity::expired(&domain, SERVER, "services");
    let other = Identity::of(&domain, "go.languages.internal");
    for client in CLIENTS {
        let refuses = |what: &str, identity: &Identity, words: &str| {
            let server = Impostor::start(identity);
            let output = client.run(&domain, SERVER, server.address);
            assert!(!output.done && output.answer.is_empty(), "{} -> {what}: {}", client.name, output.answer);
            assert!(output.message.contains(words), "{} -> {what}: {}", client.name, output.message);
            let ending = server.ending();
            assert!(!matches!(ending, Ending::Answer(_)), "{} -> {what}: it sent a request", client.name);
        };
        refuses("wrong authority", &stranger, client.wrong_authority);
        refuses("expired certificate", &expired, client.expired);
        refuses("wrong name", &other, client.wrong_name);
    }
}

#[test]
fn every_client_would_have_accepted_the_right_certificate() {
    // The impostor with the right certificate: so it is the certificate that was refused, not the impostor.
    let domain = Domain::example("languages");
    let right = Identity::of(&domain, SERVER);
    for client in CLIENTS {
        let server = Impostor::start(&right);
        client.run(&domain, SERVER, server.address);
        let ending = server.ending();
        assert!(matches!(&ending, Ending::Answer(request) if request.starts_with("GET /")), "{ending:?}");
    }
}
