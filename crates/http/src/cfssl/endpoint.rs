//! The table of endpoints: name, method, what opens it, which right it demands.
//!
//! Stock CFSSL opens everything to whoever reaches the port. Here an endpoint that issues, revokes, records or signs needs
//! authority; one through which a private key travels is off until somebody switches it on by name.

use std::fmt;
use std::str::FromStr;

use hf_core::right::Right;
use http::Method;

/// An endpoint below `/api/v1/cfssl/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// Signs a request with the token of an auth key.
    Authsign,
    /// Completes a chain.
    Bundle,
    /// Records a certificate that was issued elsewhere.
    Certadd,
    /// Explains a certificate.
    Certinfo,
    /// The revocation list, from the certificate database.
    Crl,
    /// A revocation list signed with a key that travels in the request.
    Gencrl,
    /// Whether the server answers.
    Health,
    /// The certificate of the authority and what a profile grants.
    Info,
    /// Makes the key and the certificate of a new root.
    InitCa,
    /// Makes a key and has its certificate signed.
    Newcert,
    /// Makes a key and a signing request.
    Newkey,
    /// Signs an OCSP response.
    Ocspsign,
    /// Revokes a certificate in the certificate database.
    Revoke,
    /// Examines a TLS server.
    Scan,
    /// What `scan` can examine.
    Scaninfo,
    /// Signs a request without a token.
    Sign,
}

/// What opens an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It tells what is public: open to everybody.
    Open,
    /// The token in the request opens it.
    Token,
    /// Whoever proved to have this right (a client certificate, a credential of the server), or everybody once it is
    /// switched on by name.
    Proven(Right),
    /// A private key travels through it: nobody until it is switched on by name, then everybody; where a profile names an
    /// auth key, only with its token.
    ByName,
}

/// A row of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The last segment of its path.
    pub name: &'static str,
    /// The only method it answers.
    pub method: Method,
    /// What opens it.
    pub gate: Gate,
    /// What it does that others must not do unasked, for the reader of the table.
    pub effect: &'static str,
}

/// Every endpoint.
pub static TABLE: [Row; 16] = [
    row(Endpoint::Authsign, "authsign", Method::POST, Gate::Token, "issues"),
    row(
        Endpoint::Bundle,
        "bundle",
        Method::POST,
        Gate::Open,
        "reads; fetching from elsewhere needs the right `read`",
    ),
    row(Endpoint::Certadd, "certadd", Method::POST, Gate::Proven(Right::Administer), "records"),
    row(
        Endpoint::Certinfo,
        "certinfo",
        Method::POST,
        Gate::Open,
        "reads; connecting to a host needs the right `read`",
    ),
    row(Endpoint::Crl, "crl", Method::GET, Gate::Open, "reads"),
    row(Endpoint::Gencrl, "gencrl", Method::POST, Gate::ByName, "a private key travels in the request"),
    row(Endpoint::Health, "health", Method::GET, Gate::Open, "reads"),
    row(Endpoint::Info, "info", Method::POST, Gate::Open, "reads"),
    row(Endpoint::InitCa, "init_ca", Method::POST, Gate::ByName, "a private key travels in the answer"),
    row(
        Endpoint::Newcert,
        "newcert",
        Method::POST,
        Gate::ByName,
        "issues; a private key travels in the answer",
    ),
    row(Endpoint::Newkey, "newkey", Method::POST, Gate::ByName, "a private key travels in the answer"),
    row(Endpoint::Ocspsign, "ocspsign", Method::POST, Gate::Proven(Right::Revoke), "signs"),
    row(Endpoint::Revoke, "revoke", Method::POST, Gate::Proven(Right::Revoke), "revokes"),
    row(Endpoint::Scan, "scan", Method::GET, Gate::Proven(Right::Read), "connects to other hosts"),
    row(Endpoint::Scaninfo, "scaninfo", Method::GET, Gate::Open, "reads"),
    row(Endpoint::Sign, "sign", Method::POST, Gate::Proven(Right::Issue), "issues"),
];

const fn row(
    endpoint: Endpoint,
    name: &'static str,
    method: Method,
    gate: Gate,
    effect: &'static str,
) -> Row {
    Row { endpoint, name, method, gate, effect }
}

impl Endpoint {
    /// Whether what it is asked for is a certificate.
    pub(super) fn signs(self) -> bool {
        matches!(self, Self::Authsign | Self::Newcert | Self::Sign)
    }

    /// Its row of the table.
    pub fn row(self) -> &'static Row {
        static CLOSED: Row = row(Endpoint::InitCa, "", Method::POST, Gate::ByName, "");
        // The table holds every endpoint; a test holds it to that.
        TABLE.iter().find(|row| row.endpoint == self).unwrap_or(&CLOSED)
    }

    /// The last segment of its path, also its name in `-enable` and `-disable`.
    pub fn name(self) -> &'static str {
        self.row().name
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Endpoint {
    type Err = UnknownEndpoint;

    fn from_str(text: &str) -> Result<Self, UnknownEndpoint> {
        let found = TABLE.iter().find(|row| row.name == text);
        found
            .map(|row| row.endpoint)
            .ok_or_else(|| UnknownEndpoint { found: text.chars().take(40).collect() })
    }
}

/// Text that names no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no endpoint: expected one of {}", names())]
pub struct UnknownEndpoint {
    /// What was found.
    pub found: String,
}

fn names() -> String {
    TABLE.iter().map(|row| row.name).collect::<Vec<_>>().join(", ")
}
