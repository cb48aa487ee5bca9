use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{Place, SMALL};

#[test]
fn once_applies_and_proves() {
    insta::assert_snapshot!(Place::with(SMALL).talk("up --once"));
}

/// Read on until a turn has ended; the line that says so.
fn turn_ended(lines: &mut impl Iterator<Item = String>) -> String {
    lines.find(|line| line.starts_with("next look in")).expect("the turn ends")
}

#[test]
fn it_stays_until_it_is_stopped_and_keeps_the_store_free() {
    let place = Place::with(SMALL);
    let mut child = place.command("up").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(turn_ended(&mut lines), "next look in 15m");
    place.good("apply");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    turn_ended(&mut lines);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(lines.next().as_deref(), Some("stopped"));
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_turn_that_fails_does_not_end_it() {
    let place = Place::with(SMALL);
    let mut child = place.command("up").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    turn_ended(&mut lines);
    place.write("handfast.toml", "[trust]\n");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    assert!(lines.next().unwrap().starts_with("error: "));
    assert_eq!(turn_ended(&mut lines), "next look in 1m");
    place.write("handfast.toml", SMALL);
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    turn_ended(&mut lines);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert!(child.wait().unwrap().success());
}
