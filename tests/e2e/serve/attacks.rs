//! Attacks on listeners: each is ended, in bounded memory, and others are served meanwhile.

use std::io::Write;
use std::time::Duration;

use super::http2::{
    CONTINUATION, END_HEADERS, END_STREAM, Frame, HEADERS, RST_STREAM, connect, frame, get_livez,
};
use super::{Served, raw};
use crate::program::Running;

/// What the process may hold at most after an attack.
const MEMORY: u64 = 200 * 1024 * 1024;

fn others_are_served(served: &Served) {
    assert!(served.get("api", "/livez").ends_with("ok\n"));
    assert!(served.get("plain", "/livez").ends_with("ok\n"));
    let memory = served.memory();
    assert!(memory < MEMORY, "{memory} octets of memory");
}

/// I68: a header that never ends, an octet at a time.
#[test]
fn slow_headers_are_cut_off() {
    let served = Served::with("[server.limits]\nheader_time = \"2s\"\n");
    let mut stalled: Vec<_> = (0..200).map(|_| raw::connect(served.address("plain"))).collect();
    for stream in &mut stalled {
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nx-a: ").unwrap();
    }
    let mut dripping = raw::connect(served.address("plain"));
    dripping.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nx-a: ").unwrap();
    others_are_served(&served);
    let dripped = (0..300).take_while(|_| {
        std::thread::sleep(Duration::from_millis(100));
        dripping.write_all(b"a").is_ok()
    });
    assert!(dripped.count() < 300, "an octet now and then keeps the connection for ever");
    for mut stream in stalled {
        let answer = raw::rest(&mut stream);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

/// I68: a body that never ends.
#[test]
fn slow_bodies_are_cut_off_and_hold_up_nobody() {
    let served = Served::with("[server.limits]\nbody_time = \"2s\"\nwriters = 4\n");
    let mut stalled: Vec<_> = (0..200).map(|_| raw::connect(served.address("plain"))).collect();
    for stream in &mut stalled {
        let head = b"POST /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nabc";
        stream.write_all(head).unwrap();
    }
    // Many more bodies are awaited than requests may be under way; they have no place yet.
    let posted = served.curl("plain", "/livez", &["--data", "x"]);
    assert!(crate::program::text(&posted.stdout).starts_with("HTTP/1.1 405"));
    others_are_served(&served);
    for mut stream in stalled {
        let answer = raw::rest(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("body-too-slow"), "{answer}");
    }
}

/// Opens connections and says nothing on them.
const IDLE: &str = "
import resource, signal, socket, sys
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
held = [socket.create_connection((sys.argv[1], int(sys.argv[2]))) for _ in range(2000)]
print('open', len(held), flush=True)
signal.pause()
";

/// I68, and section 4 of the issue: 2,000 connections that do nothing.
#[test]
fn idle_connections_hold_up_nobody() {
    let served = Served::with("[server.limits]\nheader_time = \"60s\"\n");
    let address = served.address("api");
    let mut command = std::process::Command::new("python3");
    command.args(["-c", IDLE, &address.ip().to_string(), &address.port().to_string()]);
    let mut idle = Running::start(&mut command);
    idle.wait_for("open 2000");
    for _ in 0..5 {
        others_are_served(&served);
    }
}

#[test]
fn when_places_run_out_the_longest_idle_gives_way() {
    let served = Served::with("[server.limits]\nconnections = 20\nheader_time = \"60s\"\n");
    let plain = served.address("plain");
    let mut held: Vec<_> = (0..20).map(|_| raw::connect(plain)).collect();
    for _ in 0..60 {
        let output = served.curl("plain", "/livez", &[]);
        if output.status.success() {
            let first = held.iter_mut().any(|stream| {
                stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
                matches!(std::io::Read::read(stream, &mut [0]), Ok(0))
            });
            assert!(first, "somebody gave way");
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("idle connections kept everybody out");
}

/// I68: requests that are given up as soon as they are made (CVE-2023-44487).
#[test]
fn rapid_resets_lose_the_connection() {
    const MOST: u32 = 50_000;
    let served = Served::with("");
    let mut stream = connect(served.address("api"), &served.roots());
    let mut sent = 0;
    while sent < MOST {
        let mut burst = Vec::new();
        for number in sent..sent + 50 {
            let id = number * 2 + 1;
            burst.extend(frame(HEADERS, END_HEADERS | END_STREAM, id, &get_livez()));
            burst.extend(frame(RST_STREAM, 0, id, &8_u32.to_be_bytes()));
        }
        if stream.write_all(&burst).and_then(|()| stream.flush()).is_err() {
            break;
        }
        sent += 50;
    }
    assert!(sent < MOST, "{sent} requests were made and given up on one connection");
    others_are_served(&served);
}

/// I68: a header block of frames without end (CVE-2024-27316 and its kin).
#[test]
fn a_flood_of_continuations_loses_the_connection() {
    const MOST: usize = 4_000;
    let served = Served::with("");
    let mut stream = connect(served.address("api"), &served.roots());
    stream.write_all(&frame(HEADERS, END_STREAM, 1, &get_livez())).unwrap();
    let more = frame(CONTINUATION, 0, 1, &super::http2::field("x-a", &"b".repeat(120)).repeat(120));
    let sent =
        (0..MOST).take_while(|_| stream.write_all(&more).and_then(|()| stream.flush()).is_ok()).count();
    assert!(sent < MOST, "{sent} frames of one header were taken");
    others_are_served(&served);
}

/// The same connection serves requests that are made properly, so the two tests before are about the attack.
#[test]
fn a_proper_request_over_hand_made_frames_is_answered() {
    let served = Served::with("");
    let mut stream = connect(served.address("api"), &served.roots());
    stream.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &get_livez())).unwrap();
    stream.flush().unwrap();
    loop {
        let frame = Frame::read(&mut stream).unwrap();
        if frame.kind == super::http2::DATA && frame.stream == 1 {
            assert_eq!(frame.payload, b"ok\n");
            return;
        }
    }
}
