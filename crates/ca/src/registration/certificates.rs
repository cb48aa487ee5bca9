//! Certificates, RFC 8555 section 7.4.2.

use std::sync::Arc;

use hf_proto::acme::id::Id;
use hf_proto::acme::problem::Problem;
use hf_x509::certificate::Certificate;

use super::error::{RegistrationError, failed};
use super::records::read_order;
use super::{KnownAccount, Registration};
use crate::issuer::Issuer;

/// A certificate with the chain above it, and how many other chains there are.
#[derive(Clone, Debug)]
pub struct IssuedChain {
    /// PEM: the certificate first, each following one certifies the one before, the root left out.
    pub pem: String,
    /// How many other chains there are, counted from 1.
    pub alternates: usize,
}

impl Registration {
    /// The certificate of an order, with the chain of this number: 0 is the usual one.
    pub async fn certificate(
        &self,
        account: &KnownAccount,
        order: &Id,
        chain: usize,
    ) -> Result<IssuedChain, RegistrationError> {
        let order = read_order(&self.order_record(account, order).await?)?;
        let serial = order.serial().ok_or_else(Problem::not_found)?;
        let found = self.store().find_by_serial(&self.name, serial).await;
        let stored = found.map_err(failed("read a certificate"))?.ok_or_else(Problem::not_found)?;
        let der = stored.body.certificate().ok_or_else(Problem::not_found)?;
        let leaf = Certificate::from_der(der).map_err(RegistrationError::Certificate)?;
        let chains = self.chains(&leaf);
        // A certificate whose issuer is not here any more is still a certificate.
        let above = match (chains.get(chain), chain) {
            (Some(above), _) => above.as_slice(),
            (None, 0) => &[],
            (None, _) => return Err(Problem::not_found().into()),
        };
        let between = above.iter().filter(|certificate| !certificate.is_self_issued());
        let pem = std::iter::once(&leaf).chain(between).map(Certificate::to_pem).collect();
        Ok(IssuedChain { pem, alternates: chains.len().saturating_sub(1) })
    }

    /// Every chain above a certificate: that of its authority first, then those of others with the same name and key,
    /// which somebody else certified.
    fn chains(&self, leaf: &Certificate) -> Vec<Vec<Certificate>> {
        let issuers = &self.authority.issuers;
        let own = issuers.get(&self.name);
        let others = issuers.all();
        let all = own.iter().chain(others.iter().filter(|other| other.record().name != self.name));
        let mut chains: Vec<Vec<Certificate>> = Vec::new();
        for issuer in all.filter(|issuer| certifies(issuer, leaf)) {
            let chain = issuer.chain().to_vec();
            if !chains.contains(&chain) {
                chains.push(chain);
            }
        }
        chains
    }
}

/// Whether the authority's certificate is above this one.
fn certifies(issuer: &Arc<Issuer>, leaf: &Certificate) -> bool {
    let Some(above) = issuer.certificate() else { return false };
    if above.subject() != leaf.issuer() {
        return false;
    }
    let named = leaf.authority_key_identifier().ok().flatten().and_then(|named| named.key_identifier);
    match (named, above.subject_key_identifier().ok().flatten()) {
        // As paths are built, RFC 5280 section 4.2.1.1: whoever uses the chain verifies it.
        (Some(named), Some(own)) => named == own,
        _ => leaf.verify_signed_by(above.public_key()).is_ok(),
    }
}
