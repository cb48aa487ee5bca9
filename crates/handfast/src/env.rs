//! The only reader of the environment. Read once at the start, passed down.

use hf_core::secret::Secret;

/// What the environment says to Handfast.
pub(crate) struct Env {
    /// `HANDFAST_PASSPHRASE`: the passphrase of encrypted private keys.
    pub(crate) passphrase: Option<Secret<String>>,
    /// Whether `HANDFAST_PASSPHRASE` is there and says nothing.
    pub(crate) passphrase_is_empty: bool,
    /// `HANDFAST_KEYSTORE_PASSWORD`: the password of key stores that are read or written.
    pub(crate) keystore_password: Option<Secret<String>>,
    /// `HANDFAST_CREDENTIAL`: the API key or token that is shown to a server.
    pub(crate) credential: Option<Secret<String>>,
    /// `NO_COLOR` is set and not empty (<https://no-color.org>), or `TERM` is `dumb`.
    pub(crate) no_color: bool,
    /// `LISTEN_FDNAMES`: the names of the sockets that systemd hands over, separated by colons.
    pub(crate) listen_names: String,
}

impl Env {
    /// Read the environment.
    pub(crate) fn from_system() -> Self {
        Self {
            passphrase: variable("HANDFAST_PASSPHRASE").map(Secret::new),
            passphrase_is_empty: is_empty("HANDFAST_PASSPHRASE"),
            keystore_password: variable("HANDFAST_KEYSTORE_PASSWORD").map(Secret::new),
            credential: variable("HANDFAST_CREDENTIAL").map(Secret::new),
            no_color: variable("NO_COLOR").is_some() || variable("TERM").is_some_and(|term| term == "dumb"),
            listen_names: variable("LISTEN_FDNAMES").unwrap_or_default(),
        }
    }
}

/// The variable that a command line or a file names, as in CFSSL's `env:NAME`.
pub(crate) fn named(name: &str) -> Option<String> {
    variable(name)
}

/// The variable, unless it is absent, empty or no UTF-8.
#[expect(clippy::disallowed_methods, reason = "this file is the only reader of the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether the variable is there without a value.
#[expect(clippy::disallowed_methods, reason = "this file is the only reader of the environment")]
fn is_empty(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| value.is_empty())
}
