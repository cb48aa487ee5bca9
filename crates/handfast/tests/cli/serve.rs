use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{Place, SMALL};

#[test]
fn what_it_does_is_explained() {
    let said = Place::empty().talk("serve --help");
    assert!(said.contains("Examples:\n  handfast serve\n"), "{said}");
}

#[test]
fn without_authorities_it_says_what_to_do() {
    let said = Place::with(&format!("{SMALL}\n[server]\nlisten = []\n")).talk("serve");
    assert!(said.contains("there is no authority yet") && said.contains("handfast apply"), "{said}");
    assert!(said.ends_with("--- exit 1\n"), "{said}");
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
exempt = ["10.0.0.0/33"]

[server.cfssl]
label = "nobody"
"#;
    let said = Place::with(&format!("{SMALL}{section}")).talk("serve");
    for key in ["`8443`", "`localhost:8443`", "`nobody`", "`colour`", "server.otlp", "server.limits.exempt"] {
        assert!(said.contains(key), "{key}: {said}");
    }
    assert!(said.ends_with("--- exit 1\n"), "{said}");
}

#[test]
fn an_address_that_is_taken_ends_the_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let place = Place::with(&format!("{SMALL}\n[server]\nlisten = [\"{address}\"]\n"));
    let said = place.talk("serve").replace(&address.port().to_string(), "[port]");
    assert!(said.contains("cannot listen on `127.0.0.1:[port]` (api)"), "{said}");
    assert!(said.ends_with("--- exit 1\n"), "{said}");
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
