//! Algorithms of signatures, RFC 7518 section 3.1 and RFC 8037 section 3.1. Neither `none` nor a MAC is among them.

use std::fmt;

use serde_json::{Map, Value};

use super::super::jwk::{Curve, Jwk, KeyKind};
use super::super::problem::{Problem, ProblemType};

/// An algorithm that requests are signed with. Each is for one kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// Ed25519.
    EdDsa,
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rs256,
}

impl Algorithm {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Es256, Self::Es384, Self::Es512, Self::EdDsa, Self::Rs256];

    /// The word in the header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }

    /// The kind of key that it is for.
    pub fn key_kind(self) -> KeyKind {
        match self {
            Self::Es256 => KeyKind::Ec(Curve::P256),
            Self::Es384 => KeyKind::Ec(Curve::P384),
            Self::Es512 => KeyKind::Ec(Curve::P521),
            Self::EdDsa => KeyKind::Ed25519,
            Self::Rs256 => KeyKind::Rsa,
        }
    }

    /// `alg` of a header.
    pub(in super::super) fn read(header: &Map<String, Value>) -> Result<Self, Problem> {
        let stated = header.get("alg").ok_or_else(|| Problem::malformed("the header has no `alg`"))?;
        let word = stated.as_str().ok_or_else(|| Problem::malformed("expected `alg` as a text"))?;
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == word);
        found.ok_or_else(|| unsupported(format!("the algorithm `{word}` is not supported")))
    }

    /// That it is for this key.
    pub(in super::super) fn check(self, key: &Jwk) -> Result<(), Problem> {
        if self.key_kind() == key.kind() {
            return Ok(());
        }
        Err(unsupported(format!("the algorithm `{self}` is not for this kind of key")))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn unsupported(detail: String) -> Problem {
    let algorithms = Algorithm::ALL.into_iter().map(|algorithm| algorithm.as_str().to_owned()).collect();
    Problem { algorithms, ..Problem::new(ProblemType::BadSignatureAlgorithm, detail) }
}
