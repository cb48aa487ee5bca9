//! One identity per component: a key that certificates with different names share is reported.

use std::sync::Arc;

use hf_client::api::ApiError;
use hf_core::finding::{Finding, FindingCode};
use hf_core::name::SanSet;
use hf_proto::api::certificate::{CertificateQuery, State};
use hf_store::Store;
use hf_store::audit::hex;
use hf_store::record::CertificateState;
use hf_x509::certificate::Certificate;

use crate::context::Context;
use crate::error::CommandError;
use crate::remote::Remote;

const SHARED_KEY: FindingCode = FindingCode::new("HF-ISSUE-SHARED-KEY");

/// Certificates with one key that are looked at; one more of them would not change what is said.
const MOST: usize = 100;
const MOST_ELSEWHERE: u16 = 100;

/// Warn when other certificates on record, still valid and with other names, have the key of this one.
pub(crate) fn report(
    certificate: &Certificate,
    store: &Arc<dyn Store>,
    context: &Context,
) -> Result<(), CommandError> {
    let records = context.block_on(store.find_by_key(certificate.public_key().spki_sha256(), MOST))?;
    let now = context.now();
    let valid = records.iter().filter(|record| record.state(now) == CertificateState::Valid);
    let others = valid.map(|record| Other {
        serial: record.serial.to_string(),
        subject: record.subject.clone(),
        names: record.names.iter().map(ToString::to_string).collect(),
    });
    tell(certificate, others.collect(), context);
    Ok(())
}

/// The same at a server, whose certificates one must have the right to read. Whoever may not is told nothing: the
/// certificate is issued all the same.
pub(crate) fn report_elsewhere(certificate: &Certificate, remote: &Remote, context: &Context) {
    let query = CertificateQuery {
        key: Some(hex(&certificate.public_key().spki_sha256())),
        state: Some(State::Valid),
        limit: Some(MOST_ELSEWHERE),
        ..CertificateQuery::default()
    };
    match remote.try_ask(context, |client| client.certificates(&query)) {
        Ok(page) => {
            let others = page.certificates.into_iter().map(|record| Other {
                serial: record.serial.to_string(),
                subject: record.subject,
                names: record.names,
            });
            tell(certificate, others.collect(), context);
        }
        Err(ApiError::Problem { problem }) if matches!(problem.status, 401 | 403) => {}
        Err(error) => context
            .output
            .warning(&format!("it is not known whether others have the key of the certificate: {error}")),
    }
}

/// A valid certificate with the same key.
struct Other {
    serial: String,
    subject: String,
    names: Vec<String>,
}

fn tell(certificate: &Certificate, others: Vec<Other>, context: &Context) {
    let names = certificate.san_set().unwrap_or_default();
    if let Some(finding) = finding(&names, &certificate.public_key().spki_sha256(), others) {
        context.output.finding(&finding);
    }
}

/// A renewal has the names of the certificate before it, so it is no other component.
fn finding(names: &SanSet, spki_sha256: &[u8; 32], others: Vec<Other>) -> Option<Finding> {
    let own: Vec<String> = names.iter().map(ToString::to_string).collect();
    let others: Vec<String> = others
        .into_iter()
        .filter(|other| other.names != own)
        .map(|other| format!("{} ({})", other.serial, other.names.first().unwrap_or(&other.subject)))
        .collect();
    let about = names.primary().map(ToString::to_string).unwrap_or_default();
    (!others.is_empty()).then(|| {
        Finding::warning(SHARED_KEY, about, "another component has a certificate for the same key")
            .evidence("key", format!("SHA-256 {}", hex(spki_sha256)))
            .evidence("also in", others.join(", "))
            .hint("make a key of its own with `handfast csr`: who holds one of them can speak for all")
    })
}
