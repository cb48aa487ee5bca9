//! How a user names a certificate on record: by file or by serial number.

use std::path::Path;
use std::sync::Arc;

use hf_core::serial::Serial;
use hf_store::Store;
use hf_store::record::StoredCertificate;

use crate::context::Context;
use crate::error::CommandError;
use crate::files;

/// The record that `text` names: a certificate file that exists, else a serial number.
pub(crate) fn find(
    text: &str,
    store: &Arc<dyn Store>,
    context: &Context,
) -> Result<StoredCertificate, CommandError> {
    let path = Path::new(text);
    if path.is_file() {
        return by_file(path, store, context);
    }
    let serial: Serial = text.parse().map_err(|error| {
        CommandError::refused(format!("`{text}` is neither a certificate file nor a serial number"))
            .because(error)
            .hint("`handfast list` shows the serial numbers")
    })?;
    let mut found = context.block_on(store.find_serial_anywhere(&serial))?;
    match (found.pop(), found.is_empty()) {
        (Some(record), true) => Ok(record),
        (None, _) => Err(unknown(&serial)),
        (Some(_), false) => {
            Err(CommandError::refused(format!("several authorities have issued serial number {serial}"))
                .hint("name the certificate by its file"))
        }
    }
}

fn by_file(
    path: &Path,
    store: &Arc<dyn Store>,
    context: &Context,
) -> Result<StoredCertificate, CommandError> {
    let certificates = files::certificates(path)?;
    let certificate = certificates
        .first()
        .ok_or_else(|| CommandError::refused(format!("`{}` holds no certificate", path.display())))?;
    let serial = certificate.serial().map_err(|error| {
        CommandError::refused(format!("`{}` cannot be of this trust domain", path.display())).because(error)
    })?;
    let found = context.block_on(store.find_serial_anywhere(&serial))?;
    found
        .into_iter()
        .find(|record| record.body.certificate() == Some(certificate.der()))
        .ok_or_else(|| unknown(&serial))
}

fn unknown(serial: &Serial) -> CommandError {
    CommandError::refused(format!("no certificate with serial number {serial} is on record"))
        .hint("`handfast list` shows what is; is it another trust domain (`-f FILE`)?")
}
