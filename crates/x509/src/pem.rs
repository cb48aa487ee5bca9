//! PEM, RFC 7468: tolerant of text around the blocks, strict inside them; a fault names its line.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The most octets of text that are looked through.
pub const MAX_TEXT: usize = 32 * 1024 * 1024;

/// The most blocks in one text.
pub const MAX_BLOCKS: usize = 10_000;

/// Characters a line when writing, RFC 7468 section 2.
const LINE: usize = 64;

/// Which object a caller wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// `CERTIFICATE`; `X509 CERTIFICATE` and `TRUSTED CERTIFICATE` are not read.
    Certificate,
    /// `CERTIFICATE REQUEST`, also `NEW CERTIFICATE REQUEST`.
    Request,
    /// `X509 CRL`.
    Crl,
    /// `PKCS7`, also `CMS`.
    Pkcs7,
    /// `PUBLIC KEY`.
    PublicKey,
}

impl Label {
    /// The label as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "CERTIFICATE",
            Self::Request => "CERTIFICATE REQUEST",
            Self::Crl => "X509 CRL",
            Self::Pkcs7 => "PKCS7",
            Self::PublicKey => "PUBLIC KEY",
        }
    }

    fn accepts(self, label: &str) -> bool {
        label == self.as_str()
            || (self == Self::Request && label == "NEW CERTIFICATE REQUEST")
            || (self == Self::Pkcs7 && label == "CMS")
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands after `BEGIN`.
    pub label: String,
    /// The decoded content.
    pub der: Vec<u8>,
    /// Headers as RFC 1421 has them, for example `DEK-Info`, of old encrypted keys.
    pub headers: Vec<(String, String)>,
    /// Line of the `BEGIN`, counted from 1.
    pub line: usize,
}

/// What is wrong with PEM text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// More text than [`MAX_TEXT`].
    #[error("{octets} octets of text, at most {max} are read")]
    TooLarge {
        /// How many octets.
        octets: usize,
        /// The most allowed.
        max: usize,
    },
    /// More blocks than [`MAX_BLOCKS`].
    #[error("more than {max} PEM blocks")]
    TooMany {
        /// The most allowed.
        max: usize,
    },
    /// `BEGIN` without `END`.
    #[error("line {line}: `-----BEGIN {label}-----` has no end")]
    NoEnd {
        /// Line of the `BEGIN`.
        line: usize,
        /// Its label.
        label: String,
    },
    /// `END` with another label.
    #[error("line {line}: found `{found}`, expected `-----END {label}-----`")]
    WrongEnd {
        /// Line of the fault.
        line: usize,
        /// What stands there.
        found: String,
        /// The label of the `BEGIN`.
        label: String,
    },
    /// Not base64.
    #[error("line {line}: not base64")]
    Base64 {
        /// Line of the fault, or of the `BEGIN` when the whole is wrong.
        line: usize,
    },
    /// Nothing of the kind wanted.
    #[error("no `-----BEGIN {wanted}-----` block{}", if found.is_empty() { String::new() } else { format!(", but {found}") })]
    Missing {
        /// The label wanted.
        wanted: Label,
        /// Labels that are there instead, with commas.
        found: String,
    },
    /// More than one where one is wanted.
    #[error("{count} `-----BEGIN {wanted}-----` blocks, expected one; the second begins on line {line}")]
    NotOne {
        /// The label wanted.
        wanted: Label,
        /// How many there are.
        count: usize,
        /// Line of the second.
        line: usize,
    },
}

/// Whether the text looks like PEM at all.
pub fn is_pem(octets: &[u8]) -> bool {
    octets.windows(11).any(|window| window == b"-----BEGIN ")
}

/// Every block, whatever its label.
pub fn blocks(text: &str) -> Result<Vec<Block>, PemError> {
    if text.len() > MAX_TEXT {
        return Err(PemError::TooLarge { octets: text.len(), max: MAX_TEXT });
    }
    let mut blocks = Vec::new();
    let mut lines = text.lines().map(str::trim).zip(1..);
    while let Some((line, number)) = lines.next() {
        let Some(label) = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----")) else {
            continue;
        };
        if blocks.len() >= MAX_BLOCKS {
            return Err(PemError::TooMany { max: MAX_BLOCKS });
        }
        blocks.push(block(label, number, &mut lines)?);
    }
    Ok(blocks)
}

/// The content of the one block with this label.
pub fn one(text: &str, wanted: Label) -> Result<Vec<u8>, PemError> {
    let mut found = matching(text, wanted)?;
    if let Some(second) = found.get(1) {
        return Err(PemError::NotOne { wanted, count: found.len(), line: second.line });
    }
    found.pop().map(|block| block.der).ok_or_else(|| PemError::Missing { wanted, found: String::new() })
}

/// The contents of every block with this label, at least one.
pub fn all(text: &str, wanted: Label) -> Result<Vec<Vec<u8>>, PemError> {
    Ok(matching(text, wanted)?.into_iter().map(|block| block.der).collect())
}

/// One block as text: lines of 64 characters, each ended by a newline.
pub fn encode(label: Label, der: &[u8]) -> String {
    encode_with(label.as_str(), der)
}

/// One block with a label of any kind, for keys.
pub fn encode_with(label: &str, der: &[u8]) -> String {
    let content = STANDARD.encode(der);
    let mut text = String::with_capacity(content.len() + content.len() / LINE + 2 * label.len() + 40);
    text.extend(["-----BEGIN ", label, "-----\n"]);
    let mut rest = content.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.extend(["-----END ", label, "-----\n"]);
    text
}

/// Blocks with this label, at least one.
fn matching(text: &str, wanted: Label) -> Result<Vec<Block>, PemError> {
    let (found, others): (Vec<_>, Vec<_>) =
        blocks(text)?.into_iter().partition(|block| wanted.accepts(&block.label));
    if found.is_empty() {
        let mut labels: Vec<String> = others.into_iter().map(|block| shown(&block.label)).collect();
        labels.dedup();
        labels.truncate(5);
        return Err(PemError::Missing { wanted, found: labels.join(", ") });
    }
    Ok(found)
}

/// From the line after `BEGIN` to the `END`.
fn block<'a>(
    label: &str,
    begin: usize,
    lines: &mut impl Iterator<Item = (&'a str, usize)>,
) -> Result<Block, PemError> {
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut content = String::new();
    for (line, number) in lines {
        if let Some(rest) = line.strip_prefix("-----") {
            if rest.strip_prefix("END ").and_then(|rest| rest.strip_suffix("-----")) != Some(label) {
                return Err(PemError::WrongEnd { line: number, found: shown(line), label: shown(label) });
            }
            let der = STANDARD.decode(&content).map_err(|_| PemError::Base64 { line: begin })?;
            return Ok(Block { label: label.to_owned(), der, headers, line: begin });
        }
        match line.split_once(':') {
            Some((key, value)) if content.is_empty() => {
                headers.push((key.to_owned(), value.trim().to_owned()));
            }
            _ if line.bytes().all(is_base64) => content.push_str(line),
            _ => return Err(PemError::Base64 { line: number }),
        }
    }
    Err(PemError::NoEnd { line: begin, label: shown(label) })
}

fn is_base64(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=')
}

/// Cut and escaped for a message.
fn shown(text: &str) -> String {
    text.chars().take(64).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests;
