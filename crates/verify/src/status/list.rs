//! What a revocation list says.

use hf_core::finding::Finding;
use hf_x509::crl::CertificateList;

use super::{Basis, Opinion, Question, Says};
use crate::budget::Budget;
use crate::codes;
use crate::crl::{self, Status, Unusable};

impl Question {
    /// What one list says of the certificate. A list that covers some reasons only can say that it is revoked, not that
    /// it is good.
    pub fn by_list(&self, list: &CertificateList) -> Opinion {
        let lists = std::slice::from_ref(list);
        let mut budget = Budget::new();
        let says = match crl::status(&self.certificate, &self.issuer, lists, self.time, &mut budget) {
            Status::Good => Says::Good,
            Status::Revoked { date, reason } => Says::Revoked { at: date, reason },
            Status::Unknown { unusable } => {
                let about = self.about(list);
                let mut findings: Vec<Finding> =
                    unusable.into_iter().map(|fault| describe(&about, fault)).collect();
                if findings.is_empty() {
                    findings.push(self.other_issuer(&about, list));
                }
                return Opinion { says: Says::Nothing, basis: None, findings };
            }
        };
        let basis = Basis {
            this_update: list.this_update(),
            next_update: list.next_update(),
            crl_number: list.crl_number().ok().flatten().map(|number| number.to_string()),
            delegate: None,
        };
        Opinion { says, basis: Some(basis), findings: Vec::new() }
    }

    fn about(&self, list: &CertificateList) -> String {
        if list.issuer() == self.certificate.certificate.issuer() {
            return format!("CRL of {}", self.issuer.label());
        }
        format!("CRL of `{}`", list.issuer())
    }

    fn other_issuer(&self, about: &str, list: &CertificateList) -> Finding {
        Finding::error(codes::CRL_MISSING, about, "the list is that of another issuer")
            .expected_found(
                format!("a CRL issued by {}", self.issuer.label()),
                format!("`{}`", list.issuer()),
            )
            .rfc("RFC 5280 section 6.3")
    }
}

fn describe(about: &str, fault: Unusable) -> Finding {
    Finding::error(fault.code, about, fault.summary)
        .expected_found(fault.expected, fault.found)
        .rfc(fault.rfc)
}
