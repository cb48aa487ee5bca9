//! CRLs: entries, positions, lists. An authority has one complete list, and one more for each shard of its certificates.

use bytes::Bytes;
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Stands for the complete list of an authority where the number of a shard is expected; shards count from 1.
pub const COMPLETE: u32 = 0;

/// Octets of the address of a shard at most.
pub const SHARD_MAX_URL: usize = 1024;

/// One entry for `revokedCertificates` of a CRL, RFC 5280 section 5.1.2.6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedEntry {
    /// `userCertificate`.
    pub serial: Serial,
    /// `revocationDate`, UTC.
    pub at: Timestamp,
    /// `reasonCode`.
    pub reason: RevocationReason,
}

/// From where the next CRL of a list continues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrlPosition {
    /// The greatest CRL number taken so far; 0 when none was.
    pub last_number: u64,
    /// Mark of the latest revocation, or raised reason, recorded so far, for `revoked_entries` and [`NewCrl::up_to`]; 0 when
    /// there is none.
    pub up_to: u64,
    /// How many entries a CRL up to the mark will have.
    pub entries: u64,
}

/// A signed CRL to be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCrl {
    /// Name of the authority.
    pub authority: String,
    /// The shard, or [`COMPLETE`].
    pub shard: u32,
    /// CRL number.
    pub number: u64,
    /// `thisUpdate`, UTC.
    pub this_update: Timestamp,
    /// `nextUpdate`, UTC.
    pub next_update: Timestamp,
    /// The [`CrlPosition::up_to`] with which its entries were read.
    pub up_to: u64,
    /// How many entries it has.
    pub entries: u64,
    /// The CRL, DER.
    #[serde(with = "crate::bytes")]
    pub der: Bytes,
}

/// A CRL as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCrl {
    /// Name of the authority.
    pub authority: String,
    /// The shard, or [`COMPLETE`].
    pub shard: u32,
    /// CRL number.
    pub number: u64,
    /// `thisUpdate`, UTC.
    pub this_update: Timestamp,
    /// `nextUpdate`, UTC.
    pub next_update: Timestamp,
    /// Everything up to this mark is in it; 0 when a version that did not keep the mark stored it.
    pub up_to: u64,
    /// How many entries it has.
    pub entries: u64,
    /// The CRL, DER.
    #[serde(with = "crate::bytes")]
    pub der: Vec<u8>,
}

/// A shard to be opened: certificates that name its address are listed there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewShard {
    /// Name of the authority.
    pub authority: String,
    /// Its number: 1 more than that of the shard before.
    pub number: u32,
    /// The CRL distribution point in its certificates, at most [`SHARD_MAX_URL`] octets.
    pub url: String,
    /// From when on certificates may belong to it, UTC.
    pub opened_at: Timestamp,
}

/// A list of an authority, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrlList {
    /// Name of the authority.
    pub authority: String,
    /// The shard, or [`COMPLETE`].
    pub shard: u32,
    /// The CRL distribution point in the certificates of a shard; `None` for the complete list.
    pub url: Option<String>,
    /// Since when certificates belong to the shard, UTC; `None` for the complete list.
    pub opened_at: Option<Timestamp>,
    /// What is recorded.
    pub position: CrlPosition,
    /// What the latest CRL says; `None` when there is none.
    pub stored: Option<StoredList>,
}

/// The latest CRL of a list, without its octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredList {
    /// CRL number.
    pub number: u64,
    /// `thisUpdate`, UTC.
    pub this_update: Timestamp,
    /// `nextUpdate`, UTC.
    pub next_update: Timestamp,
    /// How many entries it has.
    pub entries: u64,
    /// Everything up to this mark is in it; 0 when a version that did not keep the mark stored it.
    pub up_to: u64,
}
