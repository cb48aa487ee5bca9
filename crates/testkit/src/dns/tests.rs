use super::*;

/// A query for TXT of `a.example`, written by hand.
const QUERY: &[u8] = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01A\x07example\x00\x00\x10\x00\x01";

fn ask_over_udp(server: &DnsServer) -> Vec<u8> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    socket.send_to(QUERY, server.address()).unwrap();
    let mut reply = vec![0; 512];
    let length = socket.recv(&mut reply).unwrap();
    reply.truncate(length);
    reply
}

#[test]
fn it_answers_what_was_set_in_the_case_of_the_question() {
    let server = DnsServer::start().unwrap();
    server.set("a.EXAMPLE.", vec![Data::text("one"), Data::Address([127, 0, 0, 1].into())]);
    let reply = ask_over_udp(&server);
    assert_eq!(&reply[..12], b"\x12\x34\x85\x80\x00\x01\x00\x01\x00\x00\x00\x00");
    assert!(
        reply.ends_with(b"\x01A\x07example\x00\x00\x10\x00\x01\x00\x00\x00\x00\x00\x04\x03one"),
        "{reply:?}"
    );
    assert_eq!(server.asked(), [("a.example".to_owned(), TXT)]);
}

#[test]
fn a_name_without_records_does_not_exist_until_a_file_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let server = DnsServer::start().unwrap();
    server.read_folder(folder.path());
    assert_eq!(ask_over_udp(&server)[3] & 0xf, 3);
    std::fs::write(folder.path().join("a.example"), "one\ntwo\n").unwrap();
    let reply = ask_over_udp(&server);
    assert_eq!((reply[3] & 0xf, reply[7]), (0, 2));
}

#[test]
fn answers_come_in_turn_and_the_last_one_stays() {
    let server = DnsServer::start().unwrap();
    server.set_in_turn("a.example", vec![vec![Data::text("one")], vec![Data::text("two")]]);
    for expected in ["one", "two", "two"] {
        let reply = ask_over_udp(&server);
        assert!(reply.ends_with(expected.as_bytes()), "{expected}: {reply:?}");
    }
}

#[test]
fn over_tcp_an_answer_is_whole() {
    let server = DnsServer::start().unwrap();
    server.set("a.example", vec![Data::text("one")]);
    server.behave(Manner::Truncating);
    let short = ask_over_udp(&server);
    assert_eq!((short[2] & 2, short[7]), (2, 0));
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(&[&[0, u8::try_from(QUERY.len()).unwrap()], QUERY].concat()).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut reply = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut reply).unwrap();
    assert!(reply.ends_with(b"one"), "{reply:?}");
}
