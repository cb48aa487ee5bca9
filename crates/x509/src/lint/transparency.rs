//! Rows about certificate transparency, RFC 6962: the poison of pre-certificates, the timestamps of certificates.

use std::collections::BTreeSet;

use super::view::View;
use super::{CertificateRow, Context, Fault, Form, fault, row};
use crate::ext::ListedTimestamp;

pub(super) static ROWS: &[CertificateRow] = &[
    row!(Error, "HF-LINT-POISON", "RFC 6962 section 3.1", poison),
    row!(Error, "HF-LINT-POISON-CRITICAL", "RFC 6962 section 3.1", poison_critical),
    row!(Error, "HF-LINT-SCT-CRITICAL", "Handfast: whoever does not know logs passes over them", critical),
    row!(Error, "HF-LINT-SCT-LIST", "RFC 6962 section 3.3", list),
];

/// A pre-certificate is poisoned, and what is poisoned is never a certificate.
fn poison(view: &View<'_>, context: Context<'_>) -> Option<Fault> {
    match (context.form, view.extensions.precertificate_poison.is_present()) {
        (Form::Certificate, false) | (Form::Precertificate, true) => None,
        (Form::Certificate, true) => {
            fault("the certificate is poisoned: it is a pre-certificate", "no poison", "the poison")
        }
        (Form::Precertificate, false) => {
            fault("the pre-certificate is not poisoned: clients would accept it", "the poison", "none")
        }
    }
}

/// "the presence of a … critical poison extension … the Precertificate cannot be validated by a standard X.509v3 client".
fn poison_critical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.extensions.precertificate_poison.is_lax() {
        return None;
    }
    fault("the poison is not critical, so that clients pass over it", "critical", "not critical")
}

/// Most clients know nothing of logs, and accept the certificate all the same.
fn critical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.extensions.signed_certificate_timestamps.is_critical() {
        return None;
    }
    fault("the timestamps of logs are critical", "not critical", "critical")
}

/// At least one timestamp, each of version 1 and of a log of its own; none before the logs were asked.
fn list(view: &View<'_>, context: Context<'_>) -> Option<Fault> {
    let timestamps = view.extensions.signed_certificate_timestamps.value()?.timestamps();
    if context.form == Form::Precertificate {
        let found = timestamps.len().to_string();
        return fault("a pre-certificate has timestamps of logs", "none", found);
    }
    let mut logs = BTreeSet::new();
    for timestamp in timestamps {
        match timestamp {
            ListedTimestamp::V1(known) if logs.insert(known.log_id) => {}
            ListedTimestamp::V1(_) => {
                return fault("one log gave two timestamps", "at most one of each log", "two of one log");
            }
            ListedTimestamp::Other(octets) => {
                let version = octets.first().copied().map_or(0, |number| u16::from(number) + 1);
                let found = format!("version {version}");
                return fault("a timestamp is of a version that is not known", "version 1", found);
            }
        }
    }
    None
}
