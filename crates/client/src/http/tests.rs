use std::io::Write as _;
use std::os::unix::net::UnixListener;

use super::*;
use crate::testing::{answer, read_request, serve};
use hf_core::causes::with_causes;

fn target(address: std::net::SocketAddr) -> Target {
    Target::Tcp { host: address.ip().to_string(), port: address.port() }
}

fn post(body: &'static str) -> Request<Bytes> {
    Request::post("/path?x=1").body(Bytes::from_static(body.as_bytes())).unwrap()
}

fn short() -> Bounds {
    Bounds { connect: Duration::from_secs(30), whole: Duration::from_millis(200), body: 10 }
}

#[tokio::test]
async fn a_request_goes_out_and_its_answer_comes_back() {
    let (address, requests) = serve(vec![answer("404 Not Found", "nothing")]);
    let reply = send(&target(address), post("hello"), Bounds::default()).await.unwrap();
    assert_eq!((reply.status, &reply.body[..]), (404, &b"nothing"[..]));
    let asked = requests.recv().unwrap().to_lowercase();
    assert!(asked.starts_with("post /path?x=1 http/1.1\r\n") && asked.ends_with("\r\n\r\nhello"), "{asked}");
    assert!(asked.contains(&format!("host: {address}\r\n")) && asked.contains("connection: close\r\n"));
}

#[tokio::test]
async fn a_unix_socket_is_spoken_to() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("s");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream);
        stream.write_all(&answer("200 OK", "ok")).unwrap();
    });
    let reply = send(&Target::Unix(path), post(""), Bounds::default()).await.unwrap();
    assert_eq!(&reply.body[..], b"ok");
    let missing = send(&Target::Unix(directory.path().join("none")), post(""), Bounds::default()).await;
    assert!(matches!(missing, Err(HttpError::Connect { .. })));
}

#[tokio::test]
async fn a_body_beyond_the_bound_is_refused() {
    let (address, _requests) = serve(vec![answer("200 OK", "0123456789"), answer("200 OK", "0123456789a")]);
    assert!(send(&target(address), post(""), Bounds { body: 10, ..Bounds::default() }).await.is_ok());
    let refused = send(&target(address), post(""), Bounds { body: 10, ..Bounds::default() }).await;
    assert!(matches!(refused, Err(HttpError::Body { limit: 10 })), "{refused:?}");
}

#[tokio::test]
async fn a_head_beyond_the_bound_is_refused() {
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(2 * MAX_HEAD));
    let (address, _requests) = serve(vec![long.into_bytes()]);
    assert!(matches!(send(&target(address), post(""), Bounds::default()).await, Err(HttpError::Exchange(_))));
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let refused = send(&target(listener.local_addr().unwrap()), post(""), short()).await;
    assert!(matches!(refused, Err(HttpError::Timeout { .. })), "{refused:?}");
}

#[tokio::test]
async fn answers_that_break_off_or_are_no_http_are_refused() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab".to_vec();
    let (address, _requests) = serve(vec![Vec::new(), b"hello\r\n\r\n".to_vec(), half]);
    assert!(matches!(send(&target(address), post(""), Bounds::default()).await, Err(HttpError::Exchange(_))));
    assert!(matches!(send(&target(address), post(""), Bounds::default()).await, Err(HttpError::Exchange(_))));
    assert!(matches!(send(&target(address), post(""), Bounds::default()).await, Err(HttpError::Broken(_))));
}

#[tokio::test]
async fn nobody_listening_is_told_with_its_cause() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = send(&target(address), post(""), Bounds::default()).await.unwrap_err();
    assert!(
        with_causes(&error).starts_with(&format!("cannot connect to `{address}`: Connection refused")),
        "{}",
        with_causes(&error)
    );
}
