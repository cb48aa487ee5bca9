//! Auth keys of a policy file.

use super::super::auth::{AuthKey, KeyType};
use super::super::code::CfsslError;
use super::super::value_prefix::ValueSource;
use super::{file, invalid};

/// Delivers what `env:NAME` or `file:PATH` stands for: hexadecimal text, white space around it trimmed by the caller or not.
pub type KeyResolver<'a> = &'a dyn Fn(&ValueSource) -> Result<String, String>;

/// The key that `entry` describes.
pub(super) fn auth_key(entry: &file::AuthKey, resolve: KeyResolver<'_>) -> Result<AuthKey, CfsslError> {
    let kind = match entry.kind.as_str() {
        "standard" => KeyType::Standard,
        "bound" => KeyType::Bound,
        _ => return Err(invalid("unknown authentication type")),
    };
    let failed = |why: String| invalid(format_args!("failed to create new standard auth provider: {why}"));
    let text = if entry.key.contains(':') {
        let source = ValueSource::parse(&entry.key)
            .map_err(|unknown| failed(format!("unknown key prefix: {}", unknown.prefix.escape_debug())))?;
        resolve(&source).map_err(failed)?
    } else {
        entry.key.clone()
    };
    AuthKey::from_hex(kind, text.trim()).map_err(|error| failed(error.to_string()))
}
