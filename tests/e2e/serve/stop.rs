//! The end: what is under way is finished, within a deadline.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::acme::{self, Client, Key, respond};
use super::{Served, TRUST};
use crate::domain::Domain;
use crate::port;

/// A request whose body has begun.
fn begun(served: &Served) -> TcpStream {
    let mut stream = TcpStream::connect(served.address("plain")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(b"POST /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nab").unwrap();
    stream
}

#[test]
fn requests_under_way_are_answered_and_no_more_are_taken() {
    let mut served = Served::with("drain = \"15s\"\n");
    let mut under_way = begun(&served);
    // It is known to the server when another one after it is answered.
    served.get("plain", "/livez");
    served.program.signal("TERM");
    served.program.wait_for("finishing what is under way");
    while TcpStream::connect(served.address("plain")).is_ok() {
        std::thread::yield_now();
    }
    under_way.write_all(b"cd").unwrap();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    served.program.wait_for("stopped");
    assert!(served.program.ended().success());
    assert!(!served.domain.path().join(".handfast/server.sock").exists());
}

#[test]
fn what_takes_too_long_is_ended_at_the_deadline() {
    let mut served = Served::with("drain = \"1s\"\n");
    let mut under_way = begun(&served);
    served.get("plain", "/livez");
    served.program.signal("TERM");
    served.program.wait_for("ended with requests under way");
    served.program.wait_for("stopped");
    assert!(served.program.ended().success());
    let mut answer = Vec::new();
    let end = under_way.read_to_end(&mut answer);
    assert!(end.is_err() || answer.is_empty(), "it was ended, not answered");
}

#[test]
fn an_idle_connection_does_not_hold_up_the_end() {
    let mut served = Served::with("drain = \"60s\"\n");
    let _idle = TcpStream::connect(served.address("plain")).unwrap();
    let _idle_too = TcpStream::connect(served.address("api")).unwrap();
    served.get("plain", "/livez");
    served.program.signal("TERM");
    served.program.wait_for("stopped");
    assert!(served.program.ended().success());
}

/// The domain with ACME for one name, whose challenges are asked for at this port.
fn with_acme(name: &str, challenges: u16) -> Domain {
    Domain::declared(&format!(
        "{TRUST}\n[server]\nlisten = [\"unix:api.sock\"]\nplain = [\"127.0.0.1:0\"]\nurl = \"{}\"\ndrain = \"15s\"\n\n\
         [acme.services]\nhttp_port = {challenges}\nhosts = {{ \"{name}\" = [\"127.0.0.1\"] }}\nallow = [\"127.0.0.0/8\"]\n",
        acme::BASE
    ))
}

#[test]
fn a_challenge_that_is_looked_at_does_not_hold_up_the_end_and_is_looked_at_again_after_it() {
    const NAME: &str = "a.shop.internal";
    let challenges = TcpListener::bind(port::free()).unwrap();
    let mut served = Served::start(with_acme(NAME, challenges.local_addr().unwrap().port()), |_| {});
    let socket = served.domain.path().join("api.sock");
    let key = Arc::new(Key::generate());
    let mut client = Client::open(&socket, Arc::clone(&key)).unwrap();
    let order = client.order(NAME).unwrap();
    client.begin_proof(&order).unwrap();
    // The server looks, and gets no answer.
    let looked = challenges.accept().unwrap();
    served.program.signal("INT");
    served.program.wait_for("stopped");
    assert!(served.program.ended().success());
    drop(looked);

    respond(challenges, [(NAME.to_owned(), key.thumbprint())].into_iter().collect());
    let Served { domain, program, .. } = served;
    drop(program);
    let served = Served::start(domain, |_| {});
    let mut client = Client::open(&socket, key).unwrap();
    client.proved(&order).unwrap();
    client.finish(&order, NAME).unwrap();
    assert!(served.good("audit verify").contains("intact"));
}
