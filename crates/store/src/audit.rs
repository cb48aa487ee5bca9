//! The audit chain: each row's hash covers its number, its event and the hash of the row before.

mod chain;
mod compare;
mod expected;
mod verify;

pub use chain::{AuditRow, ChainHead, CheckpointError, encode_event, row_hash};
pub use compare::{RecordFault, compare};
pub(crate) use expected::{Expected, expect};
pub use verify::{ChainFault, ChainReport, ChainVerifier, verify};

use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::principal::{Channel, Principal};
use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// When, who and by which door: an audit event without its action, for methods that write several events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// When, UTC.
    pub at: Timestamp,
    /// Who asked.
    pub principal: Principal,
    /// By which door.
    pub channel: Channel,
}

impl Origin {
    /// The origin of an event.
    pub fn of(event: &AuditEvent) -> Self {
        Self { at: event.at, principal: event.principal.clone(), channel: event.channel }
    }

    /// The event of this action.
    pub fn event(&self, action: AuditAction) -> AuditEvent {
        AuditEvent { at: self.at, principal: self.principal.clone(), channel: self.channel, action }
    }
}

/// Lower-case hexadecimal.
pub fn hex(octets: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS.get(usize::from(value & 0xf)).copied().unwrap_or(b'0'));
    let mut text = String::with_capacity(2 * octets.len());
    for octet in octets {
        text.push(digit(octet >> 4));
        text.push(digit(*octet));
    }
    text
}
