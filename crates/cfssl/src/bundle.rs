//! `bundle`: a certificate with the path to a root that most platforms trust, or that is the shortest and strongest.
//!
//! Whatever the flavour, the path is one that our gate admits; only `force` takes what it is given, as long as each
//! certificate is signed by the next.

mod fetch;
mod platform;
mod rank;
mod report;
mod search;

use hf_core::time::Timestamp;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use hf_proto::cfssl::bundle::{Bundle, Flavor};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_verify::explain::explain;
use hf_verify::request::VerifyRequest;
use hf_x509::certificate::Certificate;

use crate::failure;

pub use fetch::Issuers;
pub(crate) use fetch::issuer as fetch_issuer;
pub use platform::{Platform, read_metadata};

/// Makes bundles out of pools of roots and intermediates.
#[derive(Clone, Debug, Default)]
pub struct Bundler {
    /// Whom everybody trusts.
    pub roots: Vec<Certificate>,
    /// What may stand between.
    pub intermediates: Vec<Certificate>,
    /// Platforms by which `ubiquitous` decides; without any it is `optimal`.
    pub platforms: Vec<Platform>,
    /// Whether issuers that are missing may be fetched from where certificates say that they are.
    pub issuers: Issuers,
}

/// A bundle, and what had to be fetched for it.
#[derive(Clone, Debug)]
pub struct Bundled {
    /// The bundle.
    pub bundle: Bundle,
    /// Intermediates that were fetched and are part of a path, with the names of files to keep them in (`-int-dir`).
    pub fetched: Vec<(String, Certificate)>,
}

impl Bundler {
    /// The bundle of `certificates`, whose first is the one that it is for; the others may stand between. `key` is its
    /// private key.
    ///
    /// # Errors
    /// 1002 without a certificate, 1100 for one that signed itself, 2300 for the key of another, 1220 when no path leads
    /// to a root, 1211 when one does but has ended, 1200 when `force` is given certificates that are not linked.
    pub async fn bundle(
        &self,
        certificates: &[Certificate],
        key: Option<&PrivateKey>,
        flavor: Flavor,
        now: Timestamp,
    ) -> Result<Bundled, CfsslError> {
        let leaf = certificates.first().ok_or(ErrorKind::CertificateDecode)?;
        if key.is_some_and(|key| key.public_key() != leaf.public_key()) {
            return Err(ErrorKind::KeyMismatch.into());
        }
        if leaf.is_self_signed() {
            return Err(ErrorKind::CertificateSelfSigned.into());
        }
        if flavor == Flavor::Force {
            let chain = forced(certificates)?;
            let path = report::Path { chain: &chain, root: None, given: certificates };
            return Ok(Bundled {
                bundle: report::make(&path, key, &self.platforms, now)?,
                fetched: Vec::new(),
            });
        }
        self.best(leaf, certificates, key, flavor, now).await
    }

    async fn best(
        &self,
        leaf: &Certificate,
        given: &[Certificate],
        key: Option<&PrivateKey>,
        flavor: Flavor,
        now: Timestamp,
    ) -> Result<Bundled, CfsslError> {
        let mut pool: Vec<Certificate> =
            self.intermediates.iter().chain(given.iter().skip(1)).cloned().collect();
        let mut found = search::ways(leaf, &pool, &self.roots, now);
        let mut fetched = Vec::new();
        if found.ways.is_empty() {
            fetched = fetch::missing(self.issuers, &found.dead_ends, &pool).await;
            if !fetched.is_empty() {
                pool.extend(fetched.iter().cloned());
                found = search::ways(leaf, &pool, &self.roots, now);
            }
        }
        match flavor {
            Flavor::Ubiquitous if !self.platforms.is_empty() => {
                rank::ubiquitous(&mut found.ways, &self.platforms);
            }
            Flavor::Ubiquitous | Flavor::Optimal | Flavor::Force => rank::optimal(&mut found.ways),
        }
        let Some(way) = found.ways.first() else { return Err(self.no_way(leaf, pool, now)) };
        let path = report::Path { chain: report::without_root(way), root: way.last(), given };
        let bundle = report::make(&path, key, &self.platforms, now)?;
        fetched.retain(|certificate| way.contains(certificate));
        let fetched = fetched.into_iter().map(|one| (fetch::file_name(&one), one)).collect();
        Ok(Bundled { bundle, fetched })
    }

    /// Why there is none, in the words of our explainer.
    fn no_way(&self, leaf: &Certificate, pool: Vec<Certificate>, now: Timestamp) -> CfsslError {
        let mut request = VerifyRequest::new(leaf.clone(), self.roots.clone(), now);
        request.intermediates = pool;
        let explanation = explain(&request);
        let ended =
            explanation.codes().iter().any(|code| code.contains("EXPIRED") || code.contains("NOT-YET"));
        let kind = if ended { ErrorKind::CertificateExpired } else { ErrorKind::CertificateUnknownAuthority };
        failure::saying(kind, explanation.summary)
    }
}

/// The certificates in order, each signed by the next; given in the reverse order they are turned round.
fn forced(given: &[Certificate]) -> Result<Vec<Certificate>, CfsslError> {
    if search::is_linked(given) {
        return Ok(given.to_vec());
    }
    let reversed: Vec<Certificate> = given.iter().rev().cloned().collect();
    if search::is_linked(&reversed) { Ok(reversed) } else { Err(ErrorKind::CertificateVerify.into()) }
}
