//! The latest CRLs in memory, so that a download costs no more than its octets.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use hf_ca::authority::Authority;
use hf_ca::crl::CrlError;
use hf_core::time::Timestamp;
use hf_store::StoreError;
use tokio::sync::Mutex;

/// A CRL as it is sent.
#[derive(Clone, Debug)]
pub struct PublishedCrl {
    /// CRL number.
    pub number: u64,
    /// `thisUpdate`, UTC.
    pub this_update: Timestamp,
    /// `nextUpdate`, UTC.
    pub next_update: Timestamp,
    /// How many entries it has.
    pub entries: u64,
    /// The list, DER.
    pub der: Bytes,
}

/// Why a CRL cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CrlCacheError {
    /// Its number cannot be read.
    #[error("the number of the latest CRL cannot be read")]
    Position(#[source] StoreError),
    /// The list cannot be read.
    #[error("the latest CRL cannot be read")]
    List(#[source] CrlError),
}

/// The latest CRL of each authority, read again whenever the store has taken another number.
#[derive(Default)]
pub struct CrlCache {
    by_authority: Mutex<HashMap<String, Arc<Mutex<Option<Slot>>>>>,
}

struct Slot {
    /// The number that was the last when this was read: a number is taken before its list is signed.
    taken: u64,
    crl: Option<PublishedCrl>,
}

impl CrlCache {
    /// The latest CRL of an authority that exists: the names of others must not get here, as each is remembered.
    pub async fn latest(
        &self,
        authority: &Authority,
        name: &str,
    ) -> Result<Option<PublishedCrl>, CrlCacheError> {
        let slot = Arc::clone(self.by_authority.lock().await.entry(name.to_owned()).or_default());
        let mut slot = slot.lock().await;
        let position = authority.store().crl_position(name).await.map_err(CrlCacheError::Position)?;
        if let Some(known) = slot.as_ref().filter(|known| known.is_latest(position.last_number)) {
            return Ok(known.crl.clone());
        }
        let stored = authority.latest_crl(name).await.map_err(CrlCacheError::List)?;
        let crl = stored.map(|stored| PublishedCrl {
            number: stored.number,
            this_update: stored.this_update,
            next_update: stored.next_update,
            entries: stored.entries,
            der: Bytes::from(stored.der),
        });
        *slot = Some(Slot { taken: position.last_number, crl: crl.clone() });
        Ok(crl)
    }
}

impl Slot {
    /// A list that was still being signed when this was read may be there by now, so only its own number counts; without
    /// any, none was taken.
    fn is_latest(&self, last_number: u64) -> bool {
        self.taken == last_number && self.crl.as_ref().map_or(0, |crl| crl.number) == last_number
    }
}
