//! The first frame of each end.

use serde::{Deserialize, Serialize};

/// The version of the protocol. Ends of different versions do not speak with one another.
const VERSION: u32 = 1;
/// What is spoken.
const PROTOCOL: &str = "handfast-store";

/// Names protocol and version.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Hello {
    protocol: String,
    version: u32,
}

impl Hello {
    pub(super) fn own() -> Self {
        Self { protocol: PROTOCOL.to_owned(), version: VERSION }
    }

    /// The payload of the frame.
    pub(super) fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether the other end, which sent this payload, can be spoken with.
    pub(super) fn check(payload: &[u8]) -> Result<(), String> {
        let hello: Self = serde_json::from_slice(payload)
            .map_err(|_| format!("it does not begin with a hello of `{PROTOCOL}`"))?;
        if hello.protocol != PROTOCOL {
            return Err(format!("it speaks another protocol than `{PROTOCOL}`"));
        }
        if hello.version != VERSION {
            return Err(format!(
                "it speaks version {} of the protocol, this program version {VERSION}: run the same version of handfast",
                hello.version
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_version_is_spoken_with() {
        assert_eq!(Hello::check(&Hello::own().encode()), Ok(()));
        let other = Hello { version: VERSION + 1, ..Hello::own() };
        assert!(Hello::check(&other.encode()).unwrap_err().contains("version 2"));
        let other = Hello { protocol: "ssh".to_owned(), ..Hello::own() };
        assert!(Hello::check(&other.encode()).is_err());
        assert!(Hello::check(b"GET / HTTP/1.1").is_err());
    }
}
