//! The configuration file of `-config`, and what it says of keys elsewhere.

use hf_proto::cfssl::config::Config;
use hf_proto::cfssl::value_prefix::ValueSource;

use super::call::{Call, Failure};

/// Read the configuration file at `path`, and the keys that it points to.
pub(super) fn load(call: &Call, path: &str) -> Result<Config, Failure> {
    Ok(Config::read(&call.read(path)?, &resolve_key)?)
}

/// What `env:NAME` and `file:PATH` in an auth key stand for.
pub(super) fn resolve_key(source: &ValueSource) -> Result<String, String> {
    match source {
        ValueSource::Environment(name) => Ok(crate::env::named(name).unwrap_or_default()),
        ValueSource::File(path) => std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}")),
    }
}
