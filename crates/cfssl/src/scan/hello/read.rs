//! What a server says in the clear: server hello, certificates, key exchange, or an alert.
//!
//! Every length comes from the server, so nothing is taken that is not there.

use super::{Choice, Version};

/// What the octets so far mean.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The server has said enough.
    Choice(Choice),
    /// The server refused, or speaks something else.
    Refusal,
    /// More must come.
    Part,
}

/// The first flight of a server.
pub(super) struct Flight {
    version: Version,
    octets: Vec<u8>,
}

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_KEY_EXCHANGE: u8 = 12;
const SERVER_HELLO_DONE: u8 = 14;
const NAMED_CURVE: u8 = 3;

impl Flight {
    /// Of a server that was offered `version`.
    pub(super) fn new(version: Version) -> Self {
        Self { version, octets: Vec::new() }
    }

    /// How many octets came.
    pub(super) fn len(&self) -> usize {
        self.octets.len()
    }

    /// Take in more octets.
    pub(super) fn hear(&mut self, octets: &[u8]) -> Heard {
        self.octets.extend_from_slice(octets);
        let mut records = Reader(&self.octets);
        let mut messages = Vec::new();
        while let Some((kind, content)) = records.record() {
            match kind {
                HANDSHAKE => messages.extend_from_slice(content),
                // A warning (level 1), as for a name that is unknown, ends nothing.
                ALERT if content.first() == Some(&1) => {}
                _ if messages.is_empty() => return Heard::Refusal,
                // Encrypted from here on.
                _ => break,
            }
        }
        understand(&messages, self.version)
    }
}

/// Read whole messages; the choice is complete with the hello in TLS 1.3, and with the key exchange before.
fn understand(messages: &[u8], version: Version) -> Heard {
    let mut reader = Reader(messages);
    let Some((kind, body)) = reader.message() else { return Heard::Part };
    let Some(mut choice) = (kind == SERVER_HELLO).then(|| server_hello(body, version)).flatten() else {
        return Heard::Refusal;
    };
    if version == Version::Tls13 {
        return Heard::Choice(choice);
    }
    while let Some((kind, body)) = reader.message() {
        match kind {
            CERTIFICATE => choice.chain = certificates(body),
            SERVER_KEY_EXCHANGE => {
                choice.group = named_curve(body);
                return Heard::Choice(choice);
            }
            SERVER_HELLO_DONE => return Heard::Choice(choice),
            _ => {}
        }
    }
    Heard::Part
}

/// Suite and group of a server hello or a retry request of the version that was offered.
fn server_hello(body: &[u8], version: Version) -> Option<Choice> {
    let mut reader = Reader(body);
    let legacy = reader.number()?;
    reader.take(32)?;
    reader.short()?;
    let suite = reader.number()?;
    reader.take(1)?;
    let (mut selected, mut group) = (legacy, None);
    let mut extensions = Reader(reader.long().unwrap_or_default());
    while let (Some(id), Some(content)) = (extensions.number(), extensions.long()) {
        match id {
            43 => selected = Reader(content).number()?,
            51 => group = Some(Reader(content).number()?),
            _ => {}
        }
    }
    (selected == version.number()).then(|| Choice { suite, group, chain: Vec::new() })
}

fn certificates(body: &[u8]) -> Vec<Vec<u8>> {
    let mut list = Reader(Reader(body).three().unwrap_or_default());
    let mut chain = Vec::new();
    while let Some(certificate) = list.three() {
        chain.push(certificate.to_vec());
    }
    chain
}

fn named_curve(body: &[u8]) -> Option<u16> {
    let mut reader = Reader(body);
    (reader.take(1)? == [NAMED_CURVE]).then(|| reader.number())?
}

/// Takes from the front what is there.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    fn count(&mut self, octets: usize) -> Option<usize> {
        Some(self.take(octets)?.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet)))
    }

    fn number(&mut self) -> Option<u16> {
        u16::try_from(self.count(2)?).ok()
    }

    fn short(&mut self) -> Option<&'a [u8]> {
        let count = self.count(1)?;
        self.take(count)
    }

    fn long(&mut self) -> Option<&'a [u8]> {
        let count = self.count(2)?;
        self.take(count)
    }

    fn three(&mut self) -> Option<&'a [u8]> {
        let count = self.count(3)?;
        self.take(count)
    }

    /// The kind and content of a whole record.
    fn record(&mut self) -> Option<(u8, &'a [u8])> {
        let kind = *self.take(1)?.first()?;
        self.take(2)?;
        Some((kind, self.long()?))
    }

    /// The kind and body of a whole handshake message.
    fn message(&mut self) -> Option<(u8, &'a [u8])> {
        let kind = *self.take(1)?.first()?;
        Some((kind, self.three()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A TLS 1.2 server hello with suite 0xC02F and no extensions, in a record.
    fn hello(version: [u8; 2]) -> Vec<u8> {
        let mut body = version.to_vec();
        body.extend([7; 32]);
        body.extend([0, 0xC0, 0x2F, 0]);
        let mut record = vec![22, 3, 3, 0, 42, 2, 0, 0, 38];
        record.extend(body);
        record
    }

    #[test]
    fn a_choice_is_complete_with_the_key_exchange() {
        let mut flight = Flight::new(Version::Tls12);
        assert_eq!(flight.hear(&hello([3, 3])), Heard::Part);
        assert_eq!(flight.hear(&[22, 3, 3, 0, 12, 11, 0, 0, 8, 0, 0, 5, 0]), Heard::Part);
        assert_eq!(flight.hear(&[0, 2, 0x30, 0]), Heard::Part);
        let Heard::Choice(choice) = flight.hear(&[22, 3, 3, 0, 7, 12, 0, 0, 3, 3, 0, 29]) else {
            panic!("no choice")
        };
        assert_eq!(choice, Choice { suite: 0xC02F, group: Some(29), chain: vec![vec![0x30, 0]] });
    }

    #[test]
    fn another_version_than_the_one_offered_is_a_refusal() {
        assert_eq!(Flight::new(Version::Tls12).hear(&hello([3, 2])), Heard::Refusal);
        assert_eq!(Flight::new(Version::Tls13).hear(&hello([3, 3])), Heard::Refusal);
    }

    #[test]
    fn an_alert_refuses_and_a_warning_does_not() {
        assert_eq!(Flight::new(Version::Tls12).hear(&[21, 3, 3, 0, 2, 2, 40]), Heard::Refusal);
        assert_eq!(Flight::new(Version::Tls12).hear(&[21, 3, 3, 0, 2, 1, 112]), Heard::Part);
        assert_eq!(Flight::new(Version::Tls12).hear(b"HTTP/1.1 400 Bad Request\r\n"), Heard::Part);
    }

    proptest! {
        #[test]
        fn no_server_can_confuse_it(octets in proptest::collection::vec(any::<u8>(), 0..600), cut in 0usize..600) {
            for version in Version::ALL {
                let whole = Flight::new(version).hear(&octets);
                let mut parts = Flight::new(version);
                let (front, back) = octets.split_at(cut.min(octets.len()));
                if parts.hear(front) == Heard::Part {
                    prop_assert_eq!(parts.hear(back), whole);
                }
            }
        }

        #[test]
        fn nor_can_one_that_begins_well(tail in proptest::collection::vec(any::<u8>(), 0..600)) {
            let mut octets = hello([3, 3]);
            octets.extend(tail);
            for version in Version::ALL {
                Flight::new(version).hear(&octets);
            }
        }
    }
}
