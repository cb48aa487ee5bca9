//! How a user names a certificate on record: by file or by serial number.

use std::path::Path;
use std::sync::Arc;

use hf_core::serial::Serial;
use hf_proto::api::certificate::CertificateRecord;
use hf_store::Store;
use hf_store::record::StoredCertificate;
use hf_x509::certificate::Certificate;

use crate::context::Context;
use crate::error::CommandError;
use crate::files;
use crate::remote::Remote;

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
    let serial = typed(text)?;
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

/// The record at a server that `text` names: a certificate file that exists, else a serial number.
pub(crate) fn find_elsewhere(
    text: &str,
    remote: &Remote,
    context: &Context,
) -> Result<CertificateRecord, CommandError> {
    let path = Path::new(text);
    let (expected, serial) = if path.is_file() {
        let (certificate, serial) = in_file(path)?;
        (Some(certificate), serial)
    } else {
        (None, typed(text)?)
    };
    let what = "the certificate is not found at the server";
    let record = remote.ask(what, context, |client| client.certificate(None, &serial))?;
    let found = record.certificate.as_deref().and_then(|pem| Certificate::from_pem(pem).ok());
    if expected.is_some() && found != expected {
        return Err(unknown(&serial));
    }
    Ok(record)
}

fn typed(text: &str) -> Result<Serial, CommandError> {
    text.parse().map_err(|error| {
        CommandError::refused(format!("`{text}` is neither a certificate file nor a serial number"))
            .because(error)
            .hint("`handfast list` shows the serial numbers")
    })
}

/// The first certificate of a file, and its serial number.
fn in_file(path: &Path) -> Result<(Certificate, Serial), CommandError> {
    let certificate = files::certificates(path)?
        .into_iter()
        .next()
        .ok_or_else(|| CommandError::refused(format!("`{}` holds no certificate", path.display())))?;
    let serial = certificate.serial().map_err(|error| {
        CommandError::refused(format!("`{}` cannot be of this trust domain", path.display())).because(error)
    })?;
    Ok((certificate, serial))
}

fn by_file(
    path: &Path,
    store: &Arc<dyn Store>,
    context: &Context,
) -> Result<StoredCertificate, CommandError> {
    let (certificate, serial) = in_file(path)?;
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
