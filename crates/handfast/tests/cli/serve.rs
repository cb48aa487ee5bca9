use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{Place, SMALL};

#[test]
fn what_it_does_is_explained() {
    insta::assert_snapshot!(Place::empty().talk("serve --help"));
}

#[test]
fn without_authorities_it_says_what_to_do() {
    insta::assert_snapshot!(Place::with(&format!("{SMALL}\n[server]\nlisten = []\n")).talk("serve"));
}

#[test]
fn every_fault_of_the_section_is_named_at_once() {
    let section = r#"
[server]
listen = ["8443", "localhost:8443"]
names = ["not a name"]
authority = "nobody"
log = "jsn"
otlp = "https://collector.example"
crl_every = "7d"
colour = true

[server.limits]
connections = 0
per_address = "5 per second"
exempt = ["10.0.0.0"]

[server.cfssl]
label = "nobody"
"#;
    insta::assert_snapshot!(Place::with(&format!("{SMALL}{section}")).talk("serve"));
}

#[test]
fn an_address_that_is_taken_ends_the_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let place = Place::with(&format!("{SMALL}\n[server]\nlisten = [\"{address}\"]\n"));
    let said = place.talk("serve").replace(&address.port().to_string(), "[port]");
    insta::assert_snapshot!(said);
}

#[test]
fn it_serves_until_it_is_stopped() {
    let place = Place::with(&format!("{SMALL}\n[server]\nlisten = [\"127.0.0.1:0\"]\n"));
    place.good("apply");
    let mut child = place.command("serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.ends_with("ready")));
    assert!(place.good("list").contains("localhost"), "commands work meanwhile");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert!(lines.any(|line| line.ends_with("stopped")));
    assert!(child.wait().unwrap().success());
}
