//! What operators see: logs, metrics, traces.

use std::io::Write;
use std::net::TcpListener;

use super::http2::{
    ACK, DATA, END_HEADERS, END_STREAM, Frame, HEADERS, PREFACE, SETTINGS, WINDOW_UPDATE, field, frame,
};
use super::{Served, raw};
use crate::program::text;

#[test]
fn metrics_say_what_was_done_and_what_runs_out() {
    let served = Served::with("");
    served.get("plain", "/crl/services.crl");
    served.get("plain", "/nothing");
    let metrics = served.get("admin", "/metrics");
    for expected in [
        "content-type: application/openmetrics-text",
        "handfast_requests_total{listener=\"plain\",method=\"GET\",endpoint=\"/crl/{file}\",status=\"200\"} 1",
        "handfast_requests_total{listener=\"plain\",method=\"GET\",endpoint=\"\",status=\"404\"} 1",
        "handfast_request_seconds_bucket{le=\"0.005\",listener=\"plain\",endpoint=\"/crl/{file}\"}",
        "handfast_connections{listener=\"admin\"} 1",
        "handfast_signatures_total{result=\"signed\"}",
        "handfast_authority_expiry_seconds{authority=\"root\"}",
        "handfast_crl_expiry_seconds{authority=\"services\"}",
        "# EOF",
    ] {
        assert!(metrics.contains(expected), "no `{expected}` in:\n{metrics}");
    }
}

#[test]
fn every_line_of_the_log_is_json_and_requests_have_names() {
    let mut served = Served::with("log = \"json\"\n");
    let answer = served.get("plain", "/crl/x%0d%0aforged.crl?a=%1b[31m");
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().trim().to_owned();
    let line = served.program.wait_for(&id);
    let entry: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(entry["status"], 404);
    assert_eq!(entry["path"], "/crl/x%0d%0aforged.crl");
    // I67: octets that are no text neither reach the log as they are nor end a line.
    let answer = raw::talk(
        served.address("plain"),
        b"GET /\x1b[31m\x07 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    raw::talk(
        served.address("plain"),
        "GET /\u{202e}x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".as_bytes(),
    );
    served.program.signal("TERM");
    for line in served.program.rest() {
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "no JSON: {line}");
        assert!(line.is_ascii(), "{line}");
    }
}

/// A collector that takes traces: gRPC over HTTP/2 without TLS. Returns the octets of the first message.
fn collect(listener: &TcpListener) -> (String, Vec<u8>) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut preface = [0; PREFACE.len()];
    std::io::Read::read_exact(&mut stream, &mut preface).unwrap();
    assert_eq!(preface, PREFACE);
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).unwrap();
    let (mut header, mut message) = (String::new(), Vec::new());
    loop {
        let received = Frame::read(&mut stream).unwrap();
        match received.kind {
            SETTINGS if received.flags & ACK == 0 => stream.write_all(&frame(SETTINGS, ACK, 0, &[])).unwrap(),
            HEADERS => header = text(&received.payload),
            DATA => {
                let count = u32::try_from(received.payload.len().max(1)).unwrap().to_be_bytes();
                stream.write_all(&frame(WINDOW_UPDATE, 0, 0, &count)).unwrap();
                message.extend(received.payload);
            }
            _ => {}
        }
        if received.kind == DATA && received.flags & END_STREAM != 0 {
            let mut head = vec![0x88];
            head.extend(field("content-type", "application/grpc"));
            stream.write_all(&frame(HEADERS, END_HEADERS, received.stream, &head)).unwrap();
            stream.write_all(&frame(DATA, 0, received.stream, &[0; 5])).unwrap();
            let trailer = field("grpc-status", "0");
            stream.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, received.stream, &trailer)).unwrap();
            return (header, message);
        }
    }
}

#[test]
fn traces_reach_a_collector() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = Served::with(&format!("otlp = \"{url}\"\n"));
    // W3C Trace Context: the caller's trace and span.
    let parent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let answer = text(&served.curl("plain", "/crl/services.crl", &["--header", parent]).stdout);
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().trim().to_owned();
    served.program.signal("TERM");
    let (_, message) = collect(&listener);
    for octets in [
        0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes().as_slice(),
        &0xb7ad_6b71_6920_3331_u64.to_be_bytes(),
    ] {
        assert!(
            message.windows(octets.len()).any(|window| window == octets),
            "the caller's trace is not joined"
        );
    }
    let message = text(&message);
    for expected in ["handfast", "service.name", "request", "listener", "/crl/services.crl", id.as_str()] {
        assert!(message.contains(expected), "no `{expected}` in the trace");
    }
}
