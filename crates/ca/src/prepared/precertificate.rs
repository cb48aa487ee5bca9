//! From a pre-certificate to the certificate that it announces, RFC 6962 section 3.1.
//!
//! The permission goes with it: [`Prepared`] becomes a [`Precertificate`], which becomes a [`Prepared`] again, once. So there
//! are never two certificates of one pre-certificate, and nothing is decided twice.

use std::sync::Arc;

use hf_core::audit::AuditAction;
use hf_store::audit::hex;
use hf_x509::certificate::Certificate;
use hf_x509::digest::sha256;
use hf_x509::ext::SignedCertificateTimestamps;
use hf_x509::lint::{self, Form};
use hf_x509::signature::Signature;
use hf_x509::transparency::{SignedCertificateTimestamp, correspond};

use super::{Prepared, Stage, check_findings};
use crate::error::CompletionError;
use crate::issuer::Signing;
use crate::profile::TransparencyLogs;

/// A signed pre-certificate, and the permission for the one certificate that it announces. Not `Clone`.
#[derive(Debug)]
pub struct Precertificate {
    prepared: Prepared,
    signed: Certificate,
}

impl Prepared {
    /// Put the pre-certificate together and hold it against what was linted.
    ///
    /// # Errors
    /// As [`Self::complete`]; and when no log is to see it.
    pub fn announce(
        self,
        issuer: &Signing,
        signature: &Signature,
    ) -> Result<Precertificate, CompletionError> {
        if !self.is_to_be_logged() {
            return Err(CompletionError::Precertificate);
        }
        let signed = self.assembled(issuer, signature)?;
        Ok(Precertificate { prepared: self, signed })
    }
}

impl Precertificate {
    /// The pre-certificate.
    pub fn signed(&self) -> &Certificate {
        &self.signed
    }

    /// The logs that must see it.
    pub fn logs(&self) -> &TransparencyLogs {
        self.prepared.grant.profile().transparency()
    }

    /// The bytes of the certificate: those of the pre-certificate with the timestamps in the place of the poison, held
    /// against them, and linted.
    ///
    /// # Errors
    /// When the certificate would be too large or break a rule. A fault of the logs or of ours; the pre-certificate exists.
    pub fn with_timestamps(
        self,
        issuer: &Signing,
        timestamps: Vec<SignedCertificateTimestamp>,
    ) -> Result<Logged, CompletionError> {
        let Self { prepared, signed } = self;
        let list = SignedCertificateTimestamps::new(timestamps).map_err(CompletionError::Timestamps)?;
        let to_be_signed =
            prepared.to_be_signed.with_timestamps(&list).map_err(CompletionError::Timestamps)?;
        correspond(to_be_signed.bytes(), signed.tbs_der())?;
        let facts = issuer.lint_facts().ok_or(CompletionError::Precertificate)?;
        let context = lint::Context { issuer: facts, form: Form::Certificate };
        let found = lint::certificate(to_be_signed.bytes(), &context);
        check_findings(found, &prepared.grant).map_err(|findings| CompletionError::Lint { findings })?;
        let logged = AuditAction::PrecertificateLogged {
            authority: prepared.grant.issuer().name().to_owned(),
            serial: prepared.serial.clone(),
            precertificate_sha256: hex(&signed.sha256()),
            tbs_sha256: hex(&sha256(to_be_signed.bytes())),
            logs: prepared.grant.profile().transparency().urls().to_vec(),
        };
        let linted = to_be_signed.bytes().to_vec();
        let to_be_signed = Arc::new(to_be_signed);
        let prepared = Prepared { linted, to_be_signed, stage: Stage::Certificate, ..prepared };
        Ok(Logged { prepared, event: logged })
    }
}

/// A certificate that is ready to be signed, and what must be on record before it is.
#[derive(Debug)]
pub struct Logged {
    /// The certificate.
    pub prepared: Prepared,
    /// The audit event: the hash of the bytes, and which logs saw the pre-certificate.
    pub event: AuditAction,
}
