//! The subject of an authority, from its declaration.

use hf_topology::declared::Subject;
use hf_x509::distinguished_name::DistinguishedName;

use crate::error::CommandError;

/// As a distinguished name.
pub(crate) fn distinguished_name(subject: &Subject) -> Result<DistinguishedName, CommandError> {
    match subject {
        Subject::CommonName(name) => Ok(DistinguishedName::common(name)),
        Subject::Full(text) => text.parse().map_err(|error| {
            CommandError::refused(format!("`{text}` is not a distinguished name"))
                .because(error)
                .hint("write `subject` in the form of RFC 4514, for example `CN=Root,O=Shop`")
        }),
    }
}
