//! The sections `[access.NAME]`: what holders of certificates, and of tokens of identity providers, may do.

use hf_core::name::Identifier;
use hf_core::right::Right;
use hf_core::time::Lifetime;

use super::Place;

/// A rule. The first of the file that fits a caller decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Name in the file.
    pub name: String,
    /// Where it was declared.
    pub place: Place,
    /// For whom.
    pub who: Who,
    /// What it may do, in order, each once, at least one.
    pub rights: Vec<Right>,
    /// Names it may have certified; `None`: any. For tokens: made from claims, never `None`.
    pub names: Option<Vec<String>>,
    /// Profiles it may ask for; `None`: any.
    pub profiles: Option<Vec<String>>,
    /// Authorities it may ask; `None`: any.
    pub authorities: Option<Vec<String>>,
    /// The longest lifetime of what it has issued; `None`: as the profile says.
    pub max_lifetime: Option<Lifetime>,
}

/// Whom a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever holds a certificate of this trust domain.
    Certificate {
        /// The authority that issued it.
        issued_by: String,
        /// It carries one of these names, exactly.
        names: Vec<Identifier>,
    },
    /// Whoever shows a token of an identity provider (`OpenID` Connect).
    Token {
        /// `iss`, exactly: a URL.
        issuer: String,
        /// One of `aud`, exactly.
        audience: String,
        /// Where its keys are; where absent, its `OpenID` configuration says so.
        jwks: Option<String>,
        /// Claims and the values that they must have.
        claims: Vec<(String, String)>,
    },
}
