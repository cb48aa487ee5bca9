//! Public keys that nobody may use: compromised ones, and those of generators known to be broken.
//!
//! The file: UTF-8 text, one key a line as the SHA-256 of its `SubjectPublicKeyInfo` (DER) in 64 lower-case hexadecimal
//! digits; text from `#` to the end of a line and empty lines are ignored. A user extends it with an editor.

use std::collections::HashSet;

/// The largest file, in octets: every line of [`MAX_ENTRIES`] with a comment.
pub const MAX_FILE: usize = 256 * 1024 * 1024;

/// The most keys. The known Debian-weak keys are fewer than 300,000.
pub const MAX_ENTRIES: usize = 2_000_000;

/// A set of public keys, each by the SHA-256 of its `SubjectPublicKeyInfo`.
#[derive(Clone, Debug, Default)]
pub struct BlockList {
    keys: HashSet<[u8; 32]>,
}

/// A block list that was refused: in which line, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct BlockListError {
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: BlockListProblem,
}

/// What is wrong with a block list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockListProblem {
    /// Not the hash of a key.
    #[error(
        "found `{found}`, expected a SHA-256 in 64 lower-case hexadecimal digits, or a comment after `#`"
    )]
    NotAHash {
        /// The line, cut to 80 characters, control characters escaped.
        found: String,
    },
    /// The file is not text.
    #[error("found octets that are not UTF-8")]
    NotText,
    /// The file is too large.
    #[error("{octets} octets in all, at most {max} are allowed")]
    TooLarge {
        /// How large it is.
        octets: usize,
        /// The largest allowed.
        max: usize,
    },
    /// Too many keys.
    #[error("more than {max} keys")]
    TooMany {
        /// The most allowed.
        max: usize,
    },
}

impl BlockList {
    /// A list without keys.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Read the text of a block list. One wrong line refuses the whole list: a list with holes protects nobody.
    pub fn parse(octets: &[u8]) -> Result<Self, BlockListError> {
        let fault = |line, problem| Err(BlockListError { line, problem });
        if octets.len() > MAX_FILE {
            return fault(1, BlockListProblem::TooLarge { octets: octets.len(), max: MAX_FILE });
        }
        let mut list = Self::empty();
        for (number, line) in octets.split(|octet| *octet == b'\n').enumerate() {
            let line_number = number + 1;
            let Ok(line) = std::str::from_utf8(line) else {
                return fault(line_number, BlockListProblem::NotText);
            };
            let entry = line.split('#').next().unwrap_or_default().trim();
            if entry.is_empty() {
                continue;
            }
            let Some(key) = parse_hash(entry) else {
                let found = entry.chars().take(80).flat_map(char::escape_debug).collect();
                return fault(line_number, BlockListProblem::NotAHash { found });
            };
            list.keys.insert(key);
            if list.keys.len() > MAX_ENTRIES {
                return fault(line_number, BlockListProblem::TooMany { max: MAX_ENTRIES });
            }
        }
        Ok(list)
    }

    /// Put a key on the list, by the SHA-256 of its `SubjectPublicKeyInfo`.
    pub fn insert(&mut self, spki_sha256: [u8; 32]) {
        self.keys.insert(spki_sha256);
    }

    /// Put all keys of another list on this one.
    pub fn extend(&mut self, other: Self) {
        self.keys.extend(other.keys);
    }

    /// Whether a key is on the list, by the SHA-256 of its `SubjectPublicKeyInfo`.
    pub fn contains(&self, spki_sha256: &[u8; 32]) -> bool {
        self.keys.contains(spki_sha256)
    }

    /// How many keys are on the list.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key is on the list.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// A line for the file, without its end: the hash, and why the key is there.
pub fn line(spki_sha256: &[u8; 32], reason: &str) -> String {
    let reason: String = reason.chars().filter(|character| !character.is_control()).collect();
    format!("{} # {reason}", hex(spki_sha256))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

fn parse_hash(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let mut hash = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (octet, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *octet = (digit(*high)? << 4) | digit(*low)?;
    }
    Some(hash)
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn comments_and_empty_lines_are_ignored() {
        let hash = "0123456789abcdef".repeat(4);
        let text = format!("# leaked keys\r\n\n  {hash}  # found in a public repository\r\n{hash}\n");
        let list = BlockList::parse(text.as_bytes()).unwrap();
        assert_eq!(list.len(), 1);
        let key = parse_hash(&hash).unwrap();
        assert!(list.contains(&key) && !list.contains(&[0; 32]));
    }

    #[test]
    fn a_wrong_line_refuses_the_list_and_is_named() {
        let good = "ab".repeat(32);
        for bad in ["AB".repeat(32), "ab".repeat(31), "ab".repeat(33), "zz".repeat(32), "key".to_owned()] {
            let fault = BlockList::parse(format!("{good}\n{bad}\n").as_bytes()).unwrap_err();
            assert_eq!(fault.line, 2, "{bad}");
            assert!(fault.to_string().contains(&bad), "{fault}");
        }
        let fault = BlockList::parse(b"# x\n\xff").unwrap_err();
        assert_eq!(fault, BlockListError { line: 2, problem: BlockListProblem::NotText });
    }

    #[test]
    fn a_written_line_is_read_back() {
        let text = line(&[0xa5; 32], "stolen\nlaptop");
        assert!(BlockList::parse(text.as_bytes()).unwrap().contains(&[0xa5; 32]));
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(octets: Vec<u8>) {
            let _ = BlockList::parse(&octets);
        }
    }
}
