//! Put the certificates of a chain in order, leave out what does not belong there, and say what is missing.
//!
//! Names and signatures count here, not validity or usages: [`crate::explain::explain`] judges those.

mod findings;
mod follow;

use hf_core::finding::{Finding, Severity};
use hf_x509::certificate::Certificate;

/// The most certificates that are looked at; a chain has fewer than ten.
pub const MAX_CERTIFICATES: usize = 1_000;

/// A chain in order.
#[derive(Clone, Debug)]
pub struct Arranged {
    /// What a server sends: the leaf, then each issuer, without the root. Empty only when nothing was given.
    pub chain: Vec<Certificate>,
    /// The root that the chain ends at: one of the trusted ones, or a self-signed one of the files.
    pub root: Option<Certificate>,
    /// Whether nothing is missing between leaf and root.
    pub complete: bool,
    /// What was wrong with the files, and what is still wrong with the chain.
    pub findings: Vec<Finding>,
}

impl Arranged {
    /// The chain as PEM, leaf first: what a server's file should hold.
    pub fn to_pem(&self) -> String {
        self.chain.iter().map(Certificate::to_pem).collect()
    }

    /// Whether writing [`Self::to_pem`] would mend everything that was found.
    pub fn is_mended_by_order(&self) -> bool {
        self.complete && !self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Arrange `certificates`, given in the order of the files, so that they lead from a leaf to one of `roots`. With no roots
/// the chain may end at any self-signed certificate.
pub fn arrange(certificates: &[Certificate], roots: &[Certificate]) -> Arranged {
    let certificates = certificates.get(..MAX_CERTIFICATES).unwrap_or(certificates);
    let roots = roots.get(..MAX_CERTIFICATES).unwrap_or(roots);
    let mut distinct: Vec<&Certificate> = Vec::new();
    let mut findings = Vec::new();
    for certificate in certificates {
        if distinct.contains(&certificate) {
            findings.push(findings::duplicate(certificate));
        } else {
            distinct.push(certificate);
        }
    }
    let Some(walked) = follow::follow(&distinct, roots) else {
        return Arranged { chain: Vec::new(), root: None, complete: false, findings };
    };
    findings.extend(findings::judge(&walked, &distinct, roots));
    let complete = walked.root.is_some() && (roots.is_empty() || walked.trusted);
    Arranged {
        chain: walked.chain.into_iter().cloned().collect(),
        root: walked.root.cloned(),
        complete,
        findings,
    }
}
