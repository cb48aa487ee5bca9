//! Which public keys are too weak to be certified or trusted. One row a check; one file a family.
//!
//! The answer is a value: [`AcceptedKey`] has no other constructor, and issuing takes one.

mod block;
mod close_primes;
mod ec;
mod roca;
mod rsa;
mod small_factor;

use std::ops::RangeInclusive;

use hf_core::finding::{Finding, FindingCode};
use hf_x509::public_key::{KeyKind, PublicKey};

use crate::block_list::{BlockList, hex};

/// A public key that passed every check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedKey(PublicKey);

impl AcceptedKey {
    /// The key.
    pub fn public_key(&self) -> &PublicKey {
        &self.0
    }

    /// The key itself.
    pub fn into_public_key(self) -> PublicKey {
        self.0
    }
}

/// What is accepted beyond the checks that are never off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sizes of RSA moduli, in bits.
    pub rsa_bits: RangeInclusive<u32>,
}

impl Default for Limits {
    /// 2048 to 8192 bits: smaller ones can be factored, larger ones cost those who verify more than they gain.
    fn default() -> Self {
        Self { rsa_bits: 2048..=8192 }
    }
}

/// Check a key that is to be certified: a request's, a new authority's. All findings at once.
pub fn check(key: &PublicKey, block_list: &BlockList) -> Result<AcceptedKey, Vec<Finding>> {
    let mut findings = check_foreign(key, block_list, &Limits::default());
    if findings.is_empty() && key.key_algorithm().is_none() {
        findings.push(unsupported(key));
    }
    if findings.is_empty() { Ok(AcceptedKey(key.clone())) } else { Err(findings) }
}

/// Check a key that others certified, before it is relied on: the same checks, but also P-521, and RSA of every size
/// within `limits`. Empty when nothing is wrong.
pub fn check_foreign(key: &PublicKey, block_list: &BlockList, limits: &Limits) -> Vec<Finding> {
    let subject = Subject { key, block_list, limits };
    let rows: &[Row] = match key.kind() {
        KeyKind::Rsa => &RSA,
        KeyKind::Ec(_) => &EC,
        KeyKind::Ed25519 => &ANY,
        KeyKind::UnsupportedCurve { .. } | KeyKind::Unsupported { .. } | KeyKind::Malformed { .. } => {
            return vec![unsupported(key)];
        }
    };
    rows.iter().filter_map(|row| (row.check)(&subject).map(|fault| fault.into_finding(row, key))).collect()
}

/// What a check looks at.
struct Subject<'a> {
    key: &'a PublicKey,
    block_list: &'a BlockList,
    limits: &'a Limits,
}

/// One check.
struct Row {
    code: FindingCode,
    check: fn(&Subject<'_>) -> Option<Fault>,
    hint: &'static str,
}

/// What a check found.
struct Fault {
    summary: &'static str,
    expected: String,
    found: String,
}

impl Fault {
    fn new(summary: &'static str, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { summary, expected: expected.into(), found: found.into() }
    }

    fn into_finding(self, row: &Row, key: &PublicKey) -> Finding {
        Finding::error(row.code, "public key", self.summary)
            .expected_found(self.expected, self.found)
            .evidence("spki_sha256", hex(&key.spki_sha256()))
            .hint(row.hint)
    }
}

fn unsupported(key: &PublicKey) -> Finding {
    let found = match (key.kind(), key.key_bits()) {
        (KeyKind::Rsa, Some(bits)) => format!("an RSA key of {bits} bits"),
        (kind, _) => kind.to_string(),
    };
    Finding::error(ALGORITHM, "public key", "this kind of key is not certified")
        .expected_found(
            "ECDSA P-256, P-384 or P-521, Ed25519, or RSA with 2048, 3072, 4096 or 8192 bits",
            found,
        )
        .evidence("spki_sha256", hex(&key.spki_sha256()))
        .hint(NEW_KEY)
}

const ALGORITHM: FindingCode = FindingCode::new("HF-KEY-ALGORITHM");
const NEW_KEY: &str = "make a new key and a new request: `handfast csr`";

const BLOCKED: Row = Row { code: FindingCode::new("HF-KEY-BLOCKED"), check: block::listed, hint: NEW_KEY };
const POINT: Row = Row { code: FindingCode::new("HF-KEY-POINT"), check: ec::point, hint: NEW_KEY };

const ANY: [Row; 1] = [BLOCKED];
const EC: [Row; 2] = [BLOCKED, POINT];
const RSA: [Row; 6] = [
    BLOCKED,
    Row { code: FindingCode::new("HF-KEY-SIZE"), check: rsa::size, hint: NEW_KEY },
    Row { code: FindingCode::new("HF-KEY-EXPONENT"), check: rsa::exponent, hint: NEW_KEY },
    Row { code: FindingCode::new("HF-KEY-SMALL-FACTOR"), check: small_factor::small_factor, hint: NEW_KEY },
    Row { code: FindingCode::new("HF-KEY-CLOSE-PRIMES"), check: close_primes::close_primes, hint: NEW_KEY },
    Row {
        code: FindingCode::new("HF-KEY-ROCA"),
        check: roca::roca,
        hint: "replace the device or its firmware (CVE-2017-15361), or make the key in software: `handfast csr`",
    },
];

#[cfg(test)]
mod tests;
