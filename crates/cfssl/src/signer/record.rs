//! What the record of our own authority answers: certificates by serial number, revocation, revocation lists, OCSP
//! responses; and how certificates that were issued elsewhere come on it.

use std::sync::Arc;

use hf_ca::crl::{CrlError, CrlRequest};
use hf_ca::ocsp::{OcspSettings, Responder};
use hf_ca::revoke::{RevokeError, RevokeRequest, RevokeTarget};
use hf_core::principal::{Channel, Principal};
use hf_core::serial::Serial;
use hf_core::time::Lifetime;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::endpoints::certadd::CertAddRequest;
use hf_proto::cfssl::endpoints::ocspsign::{self, OcspSignRequest, Status};
use hf_proto::cfssl::revocation_reason::Reason;
use hf_store::StoreError;
use hf_store::audit::{Origin, hex};
use hf_store::certdb::CertRow;
use hf_store::record::{COMPLETE, StoredCertificate};
use hf_x509::certificate::Certificate;
use hf_x509::ocsp::{CertId, OcspRequest};

use super::LocalSigner;
use crate::{crl, failure, import, ocsp, records};

impl LocalSigner {
    /// Whether certificates of this signer carry this authority key identifier, in hexadecimal with or without colons.
    pub fn has_key_id(&self, key_id: &str) -> bool {
        let Some(own) = self.certificate() else { return false };
        let stated = own.subject_key_identifier().ok().flatten();
        let own = hex(stated.unwrap_or_else(|| own.public_key().key_identifier()).as_bytes());
        key_id.trim().replace(':', "").eq_ignore_ascii_case(&own)
    }

    /// The certificate with this serial number, decimal.
    ///
    /// # Errors
    /// 11200 when there is none on record, 11000 when the record cannot be read.
    pub async fn find(&self, serial: &str) -> Result<Certificate, CfsslError> {
        let found = self.record(&number(serial)?).await?;
        let der =
            found.as_ref().and_then(|record| record.body.certificate()).ok_or(ErrorKind::StoreNotFound)?;
        Certificate::from_der(der).map_err(|error| failure::certificate(&error))
    }

    /// The record of the certificate with this serial number, if there is one.
    ///
    /// # Errors
    /// 11000 when the record cannot be read.
    pub async fn record(&self, serial: &Serial) -> Result<Option<StoredCertificate>, CfsslError> {
        let found = self.authority.store().find_by_serial(&self.issuer, serial).await;
        found.map_err(|error| failure::because(ErrorKind::StoreUnknown, &error))
    }

    /// Certificates with this public key (SHA-256 of the `SubjectPublicKeyInfo`), of whichever authority, at most `limit`.
    ///
    /// # Errors
    /// 11000 when the record cannot be read.
    pub async fn with_key(
        &self,
        spki_sha256: [u8; 32],
        limit: usize,
    ) -> Result<Vec<StoredCertificate>, CfsslError> {
        let found = self.authority.store().find_by_key(spki_sha256, limit).await;
        found.map_err(|error| failure::because(ErrorKind::StoreUnknown, &error))
    }

    /// Revoke the certificate with this serial number, decimal. When this returns `Ok` it is on stable storage, and the
    /// next list has it.
    ///
    /// # Errors
    /// 11200 when there is none on record; 5300 for a reason that is not recorded here: what is revoked stays revoked.
    pub async fn revoke(
        &self,
        serial: &str,
        reason: Reason,
        principal: &Principal,
    ) -> Result<(), CfsslError> {
        let reason = reason.recorded().ok_or_else(|| {
            let text = format!("`{}` is not recorded: what is revoked stays revoked", reason.as_str());
            failure::saying(ErrorKind::PolicyInvalidRequest, text)
        })?;
        let target = RevokeTarget::Serial { authority: self.issuer.clone(), serial: number(serial)? };
        let request = RevokeRequest { principal: principal.clone(), channel: Channel::Cfssl, target, reason };
        match self.authority.revoke(request).await {
            Ok(_) => Ok(()),
            Err(RevokeError::Unknown { .. } | RevokeError::OtherCertificate { .. }) => {
                let text = "failed to revoke the certificate: certificate not found";
                Err(CfsslError::wrap(ErrorKind::StoreNotFound, text))
            }
            Err(error @ RevokeError::Store { .. }) => Err(failure::because(ErrorKind::StoreUnknown, &error)),
            Err(error @ (RevokeError::Reason { .. } | RevokeError::Root { .. })) => {
                Err(failure::because(ErrorKind::PolicyInvalidRequest, &error))
            }
        }
    }

    /// Put a certificate on record that another program issued with this signer's key.
    ///
    /// # Errors
    /// 400 when the request does not fit the certificate; 11100 when another key signed it or it is on record; 8200 for a
    /// status or reason that is none; 11000 when the record fails.
    pub async fn add(&self, request: &CertAddRequest, principal: &Principal) -> Result<(), CfsslError> {
        let now = self.authority.now();
        let row = records::new_row(request, now)?;
        let origin = Origin { at: now, principal: principal.clone(), channel: Channel::Cfssl };
        let label = self.policy.label();
        let row = CertRow { ca_label: label.to_owned(), ..row };
        import::certificates::add(&row, &self.authority, &self.issuer, &origin).await
    }

    /// An OCSP response about a certificate of this signer: what stands on record.
    ///
    /// # Errors
    /// 8100 when another key signed the certificate; 8200 for words that are no status or digest, and for a request that
    /// says `revoked` or `unknown` where the record says otherwise; 2500 when the authority cannot sign.
    pub async fn ocsp_response(
        &self,
        certificate: &Certificate,
        request: &OcspSignRequest,
    ) -> Result<Vec<u8>, CfsslError> {
        let issuer = self.certificate().ok_or(ErrorKind::KeyUnavailable)?;
        if certificate.verify_signed_by(issuer.public_key()).is_err() {
            return Err(ErrorKind::OcspIssuerMismatch.into());
        }
        let serial =
            certificate.serial().map_err(|error| failure::because(ErrorKind::CertificateParse, &error))?;
        let about = CertId::new(ocsp::digest(&request.issuer_hash)?, &issuer, &serial);
        self.check_stated(ocspsign::status(&request.status)?, &serial).await?;
        let asked = OcspRequest { certificates: vec![about], nonce: None }.to_der();
        let settings = OcspSettings { lifetime: ocsp::INTERVAL, ..OcspSettings::default() };
        let responder = Arc::new(Responder::new(Arc::clone(&self.authority), settings));
        let answer = responder.answer(&self.issuer, &asked).await;
        Ok(answer.map_err(|error| failure::because(ErrorKind::KeyUnavailable, &*error))?.der.to_vec())
    }

    /// A caller may not have another status signed than the one on record. `good` is what a request says that states
    /// nothing.
    async fn check_stated(&self, stated: Status, serial: &Serial) -> Result<(), CfsslError> {
        let found = self.authority.store().find_by_serial(&self.issuer, serial).await;
        let found = found.map_err(|error| failure::because(ErrorKind::StoreUnknown, &error))?;
        let recorded = match &found {
            None => Status::Unknown,
            Some(record) if record.revocation.is_some() => Status::Revoked,
            Some(_) => Status::Good,
        };
        if stated == Status::Good || stated == recorded {
            return Ok(());
        }
        let text = "the record of the authority says otherwise: `revoke` changes it, `ocspsign` tells it";
        Err(failure::saying(ErrorKind::OcspInvalidStatus, text.to_owned()))
    }

    /// The latest revocation list, DER, where it holds everything that is revoked and has not ended; else a new one.
    /// Whoever asks for it makes nobody sign anything twice.
    ///
    /// # Errors
    /// As [`Self::new_revocation_list`].
    pub async fn current_revocation_list(
        &self,
        lifetime: Lifetime,
        principal: &Principal,
    ) -> Result<Vec<u8>, CfsslError> {
        let store = self.authority.store();
        let failed = |error: StoreError| failure::because(ErrorKind::StoreUnknown, &error);
        let revoked = store.crl_position(&self.issuer, COMPLETE).await.map_err(failed)?;
        match store.latest_crl(&self.issuer, COMPLETE).await.map_err(failed)? {
            Some(list) if list.up_to >= revoked.up_to && list.next_update > self.authority.now() => {
                Ok(list.der)
            }
            Some(_) | None => self.new_revocation_list(lifetime, principal).await,
        }
    }

    /// A revocation list that begins now and holds for so long, DER: numbered, with reasons, on record.
    ///
    /// # Errors
    /// 2500 when the authority cannot sign, 11000 when the record fails.
    pub async fn new_revocation_list(
        &self,
        lifetime: Lifetime,
        principal: &Principal,
    ) -> Result<Vec<u8>, CfsslError> {
        let failed = |error: CrlError| {
            let of_store = matches!(error, CrlError::Store { .. });
            let kind = if of_store { ErrorKind::StoreUnknown } else { ErrorKind::KeyUnavailable };
            failure::because(kind, &error)
        };
        let request = CrlRequest {
            principal: principal.clone(),
            channel: Channel::Cfssl,
            authority: self.issuer.clone(),
            shard: COMPLETE,
            lifetime,
        };
        Ok(self.authority.issue_crl(request).await.map_err(failed)?.der.into())
    }
}

/// The serial number that decimal digits stand for.
///
/// # Errors
/// 11200 when they stand for none.
pub fn number(serial: &str) -> Result<Serial, CfsslError> {
    crl::decimal(serial.trim()).ok_or_else(|| {
        let shown: String = serial.chars().take(60).collect();
        let text = format!("`{}` is no serial number: expected decimal digits", shown.escape_debug());
        failure::saying(ErrorKind::StoreNotFound, text)
    })
}
