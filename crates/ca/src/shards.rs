//! Shards of CRLs: on which list a new certificate will be if it is revoked.
//!
//! The certificates that an authority issues one after the other belong together, so many to a shard; when one is full the
//! next is opened. A certificate says where it belongs: its CRL distribution point is the address of its shard's list. So
//! no such list ever has more entries than certificates go into a shard, and what a revocation costs does not depend on
//! how many were revoked before. The first certificates belong to no shard but name the complete list, so that nothing of
//! all this is seen where few are issued.
//!
//! The size is a mark, not a limit: after a start the certificates of the current shard are counted only roughly, and
//! another process may add to it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use hf_core::audit::AuditAction;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use hf_store::StoreError;
use hf_store::audit::Origin;
use hf_store::record::{COMPLETE, NewShard, StoredCertificate};
use hf_x509::certificate::{Certificate, crl_uris};
use tokio::sync::Mutex;

use crate::authority::Authority;
use crate::error::IssueError;
use crate::issuer::Signing;
use crate::policy::Grant;

/// How many records are looked at for one of a shard, when it is counted after a start: others lie between them.
const COUNTED_FOR_ONE: usize = 4;

/// How often the current shard is read anew when another process opened the next one.
const MOST_READS: usize = 4;

/// The current shard of each authority.
#[derive(Debug)]
pub(crate) struct Shards {
    size: AtomicUsize,
    current: Mutex<HashMap<String, Current>>,
}

#[derive(Clone, Debug)]
struct Current {
    number: u32,
    url: Option<String>,
    issued: usize,
}

impl Default for Shards {
    fn default() -> Self {
        Self { size: AtomicUsize::new(Authority::SHARD_SIZE), current: Mutex::default() }
    }
}

impl Authority {
    /// Certificates in a shard where nothing else is said: a list that names them all has some 600 KB (decision record 0016).
    pub const SHARD_SIZE: usize = 16_384;

    /// How many certificates go into a shard, from now on; at least 1.
    pub fn set_shard_size(&self, certificates: usize) {
        self.shards.size.store(certificates.max(1), Ordering::Relaxed);
    }

    /// The number of the largest list that is made anew for a single revocation: that of a full shard.
    pub fn shard_size(&self) -> usize {
        self.shards.size.load(Ordering::Relaxed)
    }

    /// The shard of the next certificate, opened when it is not there yet.
    pub(crate) async fn next_shard(
        &self,
        grant: &Grant,
        issuer: &Signing,
        origin: &Origin,
    ) -> Result<u32, IssueError> {
        let Some(template) = grant.profile().crl_shard_url().filter(|_| !issuer.chain().is_empty()) else {
            return Ok(COMPLETE);
        };
        let failed = |source| IssueError::store("read or open the shards of the CRL", source);
        let name = issuer.name();
        let mut all = self.shards.current.lock().await;
        let mut current = match all.get(name) {
            Some(current) => current.clone(),
            None => self.read_current(name).await.map_err(failed)?,
        };
        for _ in 0..MOST_READS {
            let moved = current.number != COMPLETE
                && current.url.as_deref() != Some(template.shard_url(name, current.number).as_str());
            if current.issued < self.shard_size() && !moved {
                break;
            }
            let number = current.number.saturating_add(1);
            current = match self.open(name, number, template.shard_url(name, number), origin).await {
                Ok(opened) => opened,
                Err(StoreError::ShardTaken { .. }) => self.read_current(name).await.map_err(failed)?,
                Err(error) => return Err(failed(error)),
            };
        }
        current.issued = current.issued.saturating_add(1);
        let number = current.number;
        all.insert(name.to_owned(), current);
        Ok(number)
    }

    async fn open(
        &self,
        name: &str,
        number: u32,
        url: String,
        origin: &Origin,
    ) -> Result<Current, StoreError> {
        let authority = name.to_owned();
        let event = origin.event(AuditAction::CrlShardOpened { authority: authority.clone(), shard: number });
        let shard = NewShard { authority, number, url: url.clone(), opened_at: origin.at };
        self.store.open_shard(shard, event).await?;
        Ok(Current { number, url: Some(url), issued: 0 })
    }

    /// The newest shard on record, and about how many certificates it has.
    async fn read_current(&self, name: &str) -> Result<Current, StoreError> {
        let lists = self.store.crl_lists().await?;
        let newest = lists.into_iter().filter(|list| list.authority == name).max_by_key(|list| list.shard);
        let (number, url, since) = match newest {
            Some(list) => (list.shard, list.url, list.opened_at.unwrap_or(Timestamp::from_unix_seconds(0))),
            None => (COMPLETE, None, Timestamp::from_unix_seconds(0)),
        };
        let looked_at = self.shard_size().saturating_mul(COUNTED_FOR_ONE);
        let issued = self.store.issued_since(name, &Serial::earliest(since), looked_at).await?;
        Ok(Current { number, url, issued })
    }

    /// The shard that a certificate on record says it belongs to.
    pub(crate) async fn shard_of(&self, record: &StoredCertificate) -> Result<u32, StoreError> {
        let uris = match record.body.certificate() {
            Some(der) => Certificate::from_der(der).and_then(|certificate| crl_uris(certificate.tbs_der())),
            None => crl_uris(record.body.octets()),
        };
        for uri in uris.unwrap_or_default() {
            if let Some(shard) = self.store.shard_at(&record.authority, &uri).await? {
                return Ok(shard);
            }
        }
        Ok(COMPLETE)
    }
}
