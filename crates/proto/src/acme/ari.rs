//! Renewal information, RFC 9773: when a certificate should be replaced.

use std::fmt;
use std::str::FromStr;

use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp, Validity};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::base64url;
use super::object::WindowObject;
use super::problem::Problem;

/// The longest key identifier: longer than any hash, and a bound on what is looked up.
const MAX_KEY_ID: usize = 64;

/// Certificates that last shorter than this are replaced at half of their time, others at two thirds.
const SHORT: Lifetime = Lifetime::from_days(10);

/// When clients ask again, in seconds, for certificates that last long.
const ASK_AGAIN: i64 = 6 * 3_600;

/// Names a certificate by its issuer's key and its serial number, RFC 9773 section 4.1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertId {
    authority_key_id: Vec<u8>,
    serial: Serial,
}

/// Text that names no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected the key identifier of the issuer, a dot and the serial number, each in base64url without padding"
)]
pub struct CertIdError;

impl CertId {
    /// Of a certificate with this authority key identifier and serial number.
    pub fn new(authority_key_id: Vec<u8>, serial: Serial) -> Self {
        Self { authority_key_id, serial }
    }

    /// `keyIdentifier` of the authority key identifier extension.
    pub fn authority_key_id(&self) -> &[u8] {
        &self.authority_key_id
    }

    /// The serial number.
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// As a client wrote it.
    ///
    /// # Errors
    /// `malformed`.
    pub fn read(text: &str) -> Result<Self, Problem> {
        text.parse()
            .map_err(|error: CertIdError| Problem::malformed(format!("the certificate identifier: {error}")))
    }
}

impl FromStr for CertId {
    type Err = CertIdError;

    fn from_str(text: &str) -> Result<Self, CertIdError> {
        let (key, serial) = text.split_once('.').ok_or(CertIdError)?;
        let authority_key_id = base64url::decode(key).ok_or(CertIdError)?;
        if authority_key_id.is_empty() || authority_key_id.len() > MAX_KEY_ID {
            return Err(CertIdError);
        }
        let content = base64url::decode(serial).ok_or(CertIdError)?;
        let serial = Serial::from_der_content(&content).map_err(|_| CertIdError)?;
        // One text for each certificate: no leading zeros but the one that DER demands.
        if serial.to_der_content() != content {
            return Err(CertIdError);
        }
        Ok(Self { authority_key_id, serial })
    }
}

impl fmt::Display for CertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, serial) = (&self.authority_key_id, self.serial.to_der_content());
        write!(f, "{}.{}", base64url::encode(key), base64url::encode(&serial))
    }
}

impl Serialize for CertId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CertId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The word of an operator about a certificate: it is replaced between `start` and `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowOverride {
    /// From when on they are replaced.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}

/// When to replace a certificate: at two thirds of its time (half, when it lasts less than ten days), within two
/// hundredths of it; sooner where an operator says so; at once when it is no good any more, because it or a certificate above it
/// is revoked.
///
/// `overrides` are those that concern the certificate. Of several the one that ends first counts. An override never puts a replacement off.
pub fn suggested_window(
    validity: Validity,
    ended_at: Option<Timestamp>,
    overrides: &[WindowOverride],
    now: Timestamp,
) -> WindowObject {
    if let Some(ended_at) = ended_at {
        // All of it is past, whatever the clock of the client says within an hour.
        let end = ended_at.min(now).minus(Lifetime::from_seconds(1_800));
        return WindowObject { start: end.minus(Lifetime::from_seconds(1_800)), end };
    }
    let usual = usual_window(validity);
    let is_sooner = |one: &&WindowOverride| one.end < usual.end;
    let Some(sooner) = overrides.iter().filter(is_sooner).min_by_key(|one| one.end) else { return usual };
    let last_start = sooner.end.minus(Lifetime::from_seconds(1));
    WindowObject { start: sooner.start.min(usual.start).min(last_start), end: sooner.end }
}

/// In how many seconds a client should ask again: six hours, or a twelfth of a shorter lifetime, at least a minute.
pub fn retry_after(validity: Validity) -> u64 {
    let seconds = (validity.lifetime().seconds() / 12).clamp(60, ASK_AGAIN);
    u64::try_from(seconds).unwrap_or(60)
}

fn usual_window(validity: Validity) -> WindowObject {
    let lifetime = validity.lifetime().seconds();
    let centre = if validity.lifetime() < SHORT { lifetime / 2 } else { lifetime / 3 * 2 };
    let half = (lifetime / 100).max(1);
    let at = |offset: i64| {
        Timestamp::from_unix_seconds(validity.not_before().unix_seconds().saturating_add(offset))
    };
    WindowObject { start: at(centre - half), end: at(centre + half) }
}

#[cfg(test)]
mod tests;
