//! The programs of `examples/languages`: every client with every server, and every refusal of both.

mod clients_refuse;
pub(crate) mod programs;
mod servers_refuse;

use crate::domain::Domain;
use programs::{CLIENTS, SERVERS, Server};

#[test]
fn every_client_reaches_every_server() {
    let domain = Domain::example("languages");
    for language in SERVERS {
        let mut server = Server::start(&domain, language);
        for client in CLIENTS {
            let output = client.run(&domain, &server.instance, server.address);
            let answer = format!("hello {}, this is {}\n", client.instance(), server.instance);
            assert_eq!(output.answer, answer, "{} -> {}: {}", client.name, language.name, output.message);
            let accepted = server.program.wait_for(&format!("accepted {}", client.instance()));
            assert!(accepted.ends_with("TLSv1.3") || accepted.ends_with("TLS 1.3"), "{accepted}");
        }
    }
}
