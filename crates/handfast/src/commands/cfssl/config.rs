//! The configuration file of `-config`, and what it says of keys elsewhere.

use hf_proto::cfssl::config::Config;
use hf_proto::cfssl::value_prefix::ValueSource;

use super::call::{Call, Failure};

/// Read the configuration file at `path`, and the keys that it points to.
pub(super) fn load(call: &Call, path: &str) -> Result<Config, Failure> {
    let octets = call.read(path)?;
    let resolve = |source: &ValueSource| match source {
        ValueSource::Environment(name) => Ok(crate::env::named(name).unwrap_or_default()),
        ValueSource::File(path) => {
            let octets = call.read(path).map_err(|failure| failure.text)?;
            String::from_utf8(octets).map_err(|error| error.to_string())
        }
    };
    Ok(Config::read(&octets, &resolve)?)
}
