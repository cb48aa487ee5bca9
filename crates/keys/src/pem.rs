//! PEM of private keys, RFC 7468: tolerant of text around the blocks and of line lengths, strict inside the base64.
//!
//! Separate from the reader of certificates because every buffer here is overwritten when dropped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_core::secret::Secret;
use zeroize::Zeroizing;

/// The most blocks in one file. A key with its chain has fewer than 10.
const MAX_BLOCKS: usize = 256;

/// PEM that was refused: in which line, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct PemError {
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: PemProblem,
}

/// What is wrong with PEM.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemProblem {
    /// A block that is never closed.
    #[error("the block `{label}` begins here and has no end")]
    NoEnd {
        /// Its label.
        label: String,
    },
    /// Closed under another label.
    #[error("found the end of `{found}`, expected that of `{expected}`")]
    LabelMismatch {
        /// The label of the beginning.
        expected: String,
        /// The label of the end.
        found: String,
    },
    /// The body is not base64.
    #[error("the block `{label}` that begins here is not base64")]
    Base64 {
        /// Its label.
        label: String,
    },
    /// Too many blocks.
    #[error("more than {max} blocks")]
    TooMany {
        /// The most allowed.
        max: usize,
    },
}

/// One block.
pub(crate) struct Block {
    pub(crate) label: String,
    /// What its header `DEK-Info` says, where `Proc-Type` says that it is encrypted (RFC 1421); empty without that header.
    /// Its body is ciphertext then.
    pub(crate) encrypted_by_header: Option<String>,
    pub(crate) der: Secret<Vec<u8>>,
}

/// Whether the octets look like PEM at all.
pub(crate) fn is_pem(octets: &[u8]) -> bool {
    octets.windows(BEGIN.len()).any(|window| window == BEGIN.as_bytes())
}

/// All blocks of a text.
pub(crate) fn read(octets: &[u8]) -> Result<Vec<Block>, PemError> {
    let mut blocks = Vec::new();
    let mut lines = octets.split(|octet| *octet == b'\n').enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(label) = marker(line, BEGIN) else { continue };
        let fault = |problem| PemError { line: number + 1, problem };
        if blocks.len() == MAX_BLOCKS {
            return Err(fault(PemProblem::TooMany { max: MAX_BLOCKS }));
        }
        let mut body = Zeroizing::new(Vec::with_capacity(octets.len()));
        let (mut encrypted, mut dek_info) = (false, String::new());
        loop {
            let Some((end_number, line)) = lines.next() else {
                return Err(fault(PemProblem::NoEnd { label }));
            };
            if let Some(found) = marker(line, END) {
                if found != label {
                    let problem = PemProblem::LabelMismatch { expected: label, found };
                    return Err(PemError { line: end_number + 1, problem });
                }
                break;
            }
            // `Proc-Type: 4,ENCRYPTED`, `DEK-Info: …`: base64 has no colon.
            if line.contains(&b':') {
                encrypted |= line.starts_with(b"Proc-Type") && contains(line, b"ENCRYPTED");
                if let Some(value) = line.strip_prefix(b"DEK-Info:") {
                    dek_info = String::from_utf8_lossy(value.trim_ascii()).into_owned();
                }
            } else {
                body.extend(line.iter().filter(|octet| !octet.is_ascii_whitespace()));
            }
        }
        let der = decode(&body).ok_or_else(|| fault(PemProblem::Base64 { label: label.clone() }))?;
        blocks.push(Block { label, encrypted_by_header: encrypted.then_some(dek_info), der });
    }
    Ok(blocks)
}

/// One block of PEM, lines of 64 characters.
pub(crate) fn write(label: &str, der: &[u8]) -> Secret<String> {
    let mut body = Zeroizing::new(vec![0; der.len().div_ceil(3) * 4]);
    let length = STANDARD.encode_slice(der, &mut body).unwrap_or_default();
    // Large enough from the start: growing would leave copies behind.
    let mut text = String::with_capacity(length + length / 64 + 2 * label.len() + 64);
    text.push_str(BEGIN);
    text.push_str(label);
    text.push_str("-----\n");
    for line in body.get(..length).unwrap_or_default().chunks(64) {
        text.extend(line.iter().map(|octet| char::from(*octet)));
        text.push('\n');
    }
    text.push_str(END);
    text.push_str(label);
    text.push_str("-----\n");
    Secret::new(text)
}

/// The label if this line is a marker that begins with `prefix`.
fn marker(line: &[u8], prefix: &str) -> Option<String> {
    let label = line.trim_ascii().strip_prefix(prefix.as_bytes())?.strip_suffix(b"-----")?;
    let fit = label.len() <= 64 && label.iter().all(|octet| octet.is_ascii_graphic() || *octet == b' ');
    fit.then(|| label.iter().map(|octet| char::from(*octet)).collect())
}

fn contains(line: &[u8], word: &[u8]) -> bool {
    line.windows(word.len()).any(|window| window == word)
}

fn decode(body: &[u8]) -> Option<Secret<Vec<u8>>> {
    let mut der = vec![0; base64::decoded_len_estimate(body.len())];
    let length = STANDARD.decode_slice(body, &mut der);
    // Cutting the buffer leaves what it held behind the cut, but that is only zeros.
    der.truncate(length.as_ref().copied().unwrap_or_default());
    let secret = Secret::new(der);
    length.ok().filter(|length| *length > 0).map(|_| secret)
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_around_blocks_and_odd_line_lengths_are_read() {
        let text = "Bag Attributes\r\n  friendlyName: x\r\n-----BEGIN A KEY-----\r\nAQ\r\nID\r\n-----END A KEY-----\r\nmore\n\
                    -----BEGIN B-----\nBAUG\n-----END B-----";
        let blocks = read(text.as_bytes()).unwrap();
        let found: Vec<_> =
            blocks.iter().map(|block| (block.label.as_str(), block.der.expose().as_slice())).collect();
        assert_eq!(found, [("A KEY", &[1, 2, 3][..]), ("B", &[4, 5, 6])]);
    }

    #[test]
    fn faults_name_their_line() {
        for (text, line) in [
            ("x\n-----BEGIN A-----\nAQID\n", 2),
            ("-----BEGIN A-----\nAQID\n-----END B-----\n", 3),
            ("\n\n-----BEGIN A-----\nAQI*\n-----END A-----\n", 3),
            ("-----BEGIN A-----\n-----END A-----\n", 1),
            ("-----BEGIN A-----\nAQIDB\n-----END A-----\n", 1),
        ] {
            assert_eq!(read(text.as_bytes()).map(|_| ()).unwrap_err().line, line, "{text}");
        }
        let many = "-----BEGIN A-----\nAQID\n-----END A-----\n".repeat(MAX_BLOCKS + 1);
        assert!(read(many.as_bytes()).is_err());
    }

    #[test]
    fn the_old_encryption_is_noticed() {
        let text = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,00\n\nAQID\n\
                    -----END RSA PRIVATE KEY-----\n";
        let found = |text: &str| read(text.as_bytes()).unwrap()[0].encrypted_by_header.clone();
        assert_eq!(found(text).as_deref(), Some("DES-EDE3-CBC,00"));
        assert_eq!(found(&text.replace("DEK-Info", "Comment")).as_deref(), Some(""));
        assert_eq!(found(&text.replace("4,ENCRYPTED", "4,MIC-ONLY")), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(der in proptest::collection::vec(any::<u8>(), 1..300)) {
            let text = write("PRIVATE KEY", &der);
            let blocks = read(text.expose().as_bytes()).unwrap();
            prop_assert_eq!(blocks.len(), 1);
            prop_assert_eq!(blocks[0].der.expose(), &der);
            prop_assert!(text.expose().lines().all(|line| line.len() <= 64));
        }

        #[test]
        fn no_text_makes_it_panic(text in "(-----(BEGIN|END) [AB]-----\n|[A-Za-z:=\n]{0,9}){0,9}") {
            let _ = read(text.as_bytes());
        }
    }
}
