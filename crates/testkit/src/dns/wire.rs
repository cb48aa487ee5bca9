//! Messages of RFC 1035 section 4, as far as a small server needs them.

use super::{A, AAAA, CAA, CNAME, Data, TXT};
use std::net::IpAddr;

/// The one question of a query.
pub(super) struct Question<'a> {
    id: [u8; 2],
    /// Whether recursion is desired, as in the query.
    recursion: u8,
    labels: Vec<&'a [u8]>,
    /// The type asked for.
    pub(super) kind: u16,
}

impl<'a> Question<'a> {
    /// `None` when the message holds no question that this server can read.
    pub(super) fn read(message: &'a [u8]) -> Option<Self> {
        let (header, mut rest) = message.split_at_checked(12)?;
        let [id0, id1, flags, _, 0, 1, ..] = *header else { return None };
        let mut labels = Vec::new();
        loop {
            let (length, after) = rest.split_first()?;
            if *length == 0 {
                rest = after;
                break;
            }
            let (label, after) = after.split_at_checked(usize::from(*length))?;
            labels.push(label);
            rest = after;
        }
        let [kind0, kind1, 0, 1, ..] = *rest else { return None };
        let kind = u16::from_be_bytes([kind0, kind1]);
        Some(Self { id: [id0, id1], recursion: flags & 1, labels, kind })
    }

    /// The name as it was written, without the final dot.
    pub(super) fn name(&self) -> String {
        let labels: Vec<_> = self.labels.iter().map(|label| String::from_utf8_lossy(label)).collect();
        labels.join(".")
    }
}

/// What is answered.
#[derive(Default)]
pub(super) struct Reply {
    pub(super) code: u8,
    pub(super) truncated: bool,
    pub(super) lie: Option<Lie>,
    pub(super) records: Vec<Data>,
}

/// What does not belong to the question.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lie {
    /// The identifier.
    Id,
    /// The question that is repeated.
    Question,
    /// The owner of the records.
    Owner,
}

impl Reply {
    /// The records that answer the question: those of its type, or the alias. Without any records the name does not exist.
    pub(super) fn of(question: &Question<'_>, records: Option<Vec<Data>>) -> Self {
        let Some(mut records) = records else { return Self { code: NAME_ERROR, ..Self::default() } };
        records.retain(|record| kind(record) == question.kind || kind(record) == CNAME);
        Self { records, ..Self::default() }
    }

    pub(super) fn write(&self, question: &Question<'_>) -> Vec<u8> {
        let [id0, id1] = question.id;
        let id1 = if self.lie == Some(Lie::Id) { !id1 } else { id1 };
        let flags = 0x84 | u8::from(self.truncated) << 1 | question.recursion;
        let count = u16::try_from(self.records.len()).unwrap_or(u16::MAX).to_be_bytes();
        let mut message = vec![id0, id1, flags, 0x80 | self.code, 0, 1, count[0], count[1], 0, 0, 0, 0];
        let other = [b"other".as_slice(), b"example"];
        write_name(&mut message, if self.lie == Some(Lie::Question) { &other } else { &question.labels });
        message.extend(question.kind.to_be_bytes());
        message.extend([0, 1]);
        for record in &self.records {
            write_name(&mut message, if self.lie == Some(Lie::Owner) { &other } else { &question.labels });
            message.extend(kind(record).to_be_bytes());
            message.extend([0, 1]);
            message.extend(TIME_TO_LIVE.to_be_bytes());
            let data = data(record);
            message.extend(u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes());
            message.extend(data);
        }
        message
    }
}

fn kind(record: &Data) -> u16 {
    match record {
        Data::Address(IpAddr::V4(_)) => A,
        Data::Address(IpAddr::V6(_)) => AAAA,
        Data::Text(_) => TXT,
        Data::Alias(_) => CNAME,
        Data::Caa(..) => CAA,
    }
}

fn data(record: &Data) -> Vec<u8> {
    match record {
        Data::Address(IpAddr::V4(address)) => address.octets().to_vec(),
        Data::Address(IpAddr::V6(address)) => address.octets().to_vec(),
        Data::Text(strings) => {
            let mut octets = Vec::new();
            for string in strings {
                write_string(&mut octets, string.as_bytes());
            }
            octets
        }
        Data::Caa(flags, tag, value) => {
            let mut octets = vec![*flags];
            write_string(&mut octets, tag.as_bytes());
            octets.extend(value.as_bytes());
            octets
        }
        Data::Alias(name) => {
            let labels: Vec<&[u8]> = name.trim_end_matches('.').split('.').map(str::as_bytes).collect();
            let mut octets = Vec::new();
            write_name(&mut octets, &labels);
            octets
        }
    }
}

fn write_name(message: &mut Vec<u8>, labels: &[&[u8]]) {
    for label in labels {
        write_string(message, label);
    }
    message.push(0);
}

fn write_string(message: &mut Vec<u8>, string: &[u8]) {
    message.push(u8::try_from(string.len()).unwrap_or(u8::MAX));
    message.extend(string);
}

/// Seconds. Tests change records and ask again at once.
const TIME_TO_LIVE: u32 = 0;

/// `NXDOMAIN`.
const NAME_ERROR: u8 = 3;
