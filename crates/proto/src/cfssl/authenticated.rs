//! A request with its token: `auth.AuthenticatedRequest`, the body of `/authsign`.

use serde::{Deserialize, Serialize};

use super::go_json::GoBytes;

/// A request, and the proof that its sender holds an auth key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthenticatedRequest {
    /// Seconds since 1970. Not covered by the token of the standard scheme, and so not judged there.
    #[serde(skip_serializing_if = "is_zero")]
    pub timestamp: i64,
    /// An address; nobody uses it.
    #[serde(skip_serializing_if = "GoBytes::is_empty")]
    pub remote_address: GoBytes,
    /// HMAC-SHA-256 over `request`, the standard scheme. Empty when only the bound proof is sent.
    pub token: GoBytes,
    /// The inner JSON, octet by octet as it was authenticated.
    pub request: GoBytes,
    /// Proof by the bound scheme, Handfast's own. CFSSL passes over the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<BoundProof>,
}

/// Proof by the bound scheme, see [`super::auth`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BoundProof {
    /// When it was made, in seconds since 1970.
    pub time: i64,
    /// Random octets, 16 to 64, never used again.
    pub nonce: GoBytes,
    /// HMAC-SHA-256 over method, path, time, nonce and request.
    pub mac: GoBytes,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references to `skip_serializing_if`")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::super::go_json;
    use super::*;

    #[test]
    fn keys_come_in_the_order_of_the_go_client() {
        let mut message = AuthenticatedRequest {
            timestamp: 1_700_000_000,
            token: GoBytes(vec![1]),
            request: GoBytes(b"{}".to_vec()),
            ..AuthenticatedRequest::default()
        };
        let text = r#"{"timestamp":1700000000,"token":"AQ==","request":"e30="}"#;
        assert_eq!(go_json::to_string(&message), text);
        assert_eq!(go_json::from_str::<AuthenticatedRequest>(text).unwrap(), message);
        message.bound = Some(BoundProof { time: 1, nonce: GoBytes(vec![2]), mac: GoBytes(vec![3]) });
        let text = go_json::to_string(&message);
        assert_eq!(go_json::from_str::<AuthenticatedRequest>(&text).unwrap(), message);
    }
}
