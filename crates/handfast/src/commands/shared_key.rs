//! One identity per component: a key that certificates with different names share is reported.

use std::sync::Arc;

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::SanSet;
use hf_core::time::Timestamp;
use hf_store::Store;
use hf_store::audit::hex;
use hf_store::record::{CertificateState, StoredCertificate};
use hf_x509::certificate::Certificate;

use crate::context::Context;
use crate::error::CommandError;

const SHARED_KEY: FindingCode = FindingCode::new("HF-ISSUE-SHARED-KEY");

/// Certificates with one key that are looked at; one more of them would not change what is said.
const MOST: usize = 100;

/// Warn when other certificates on record, still valid and with other names, have the key of this one.
pub(crate) fn report(
    certificate: &Certificate,
    store: &Arc<dyn Store>,
    context: &Context,
) -> Result<(), CommandError> {
    let spki_sha256 = certificate.public_key().spki_sha256();
    let records = context.block_on(store.find_by_key(spki_sha256, MOST))?;
    let names = certificate.san_set().unwrap_or_default();
    if let Some(finding) = finding(&names, &spki_sha256, &records, context.now()) {
        context.output.finding(&finding);
    }
    Ok(())
}

/// A renewal has the names of the certificate before it, so it is no other component.
fn finding(
    names: &SanSet,
    spki_sha256: &[u8; 32],
    records: &[StoredCertificate],
    now: Timestamp,
) -> Option<Finding> {
    let others: Vec<String> = records
        .iter()
        .filter(|record| record.state(now) == CertificateState::Valid && record.names != *names)
        .map(|record| format!("{} ({})", record.serial, title(record)))
        .collect();
    let about = names.primary().map(ToString::to_string).unwrap_or_default();
    (!others.is_empty()).then(|| {
        Finding::warning(SHARED_KEY, about, "another component has a certificate for the same key")
            .evidence("key", format!("SHA-256 {}", hex(spki_sha256)))
            .evidence("also in", others.join(", "))
            .hint("make a key of its own with `handfast csr`: who holds one of them can speak for all")
    })
}

fn title(record: &StoredCertificate) -> String {
    record.names.primary().map_or_else(|| record.subject.clone(), ToString::to_string)
}
