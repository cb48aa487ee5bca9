//! An authority that is over, or whose key cannot be read, beside others that serve.

use std::time::Duration;

use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;

use crate::founding::operator;
use crate::house::House;

/// A balancer that turned away from the server would take the authorities out of service that are well.
#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_is_revoked_is_named_and_the_server_is_ready_for_the_others() {
    let house = House::new(Duration::from_secs(1), 8).await;
    assert_eq!(house.get("admin", "/readyz").await.json()["out_of_service"], serde_json::json!([]));
    let metrics = house.get("admin", "/metrics").await.body;
    assert!(metrics.contains("handfast_authority_revoked{authority=\"services\"} 0"), "{metrics}");
    assert!(metrics.contains("handfast_crl_expiry_seconds{authority=\"services\"}"), "{metrics}");
    let own = house.authority.issuers().get("services").unwrap().certificate().unwrap().clone();
    let request = RevokeRequest {
        principal: operator(),
        channel: Channel::CommandLine,
        target: RevokeTarget::Certificate(own),
        reason: RevocationReason::CaCompromise,
    };
    house.authority.revoke(request).await.unwrap();
    let ready = house.get("admin", "/readyz").await;
    assert_eq!(ready.status, 200, "{}", ready.body);
    let over = &ready.json()["out_of_service"];
    assert_eq!(over.as_array().unwrap().len(), 1, "{over}");
    assert_eq!(over[0]["authority"], "services");
    let reason = over[0]["reason"].as_str().unwrap();
    assert!(reason.contains("`CN=Test services`") && reason.contains("is revoked since"), "{reason}");
    let shown = house.get("api", "/v1/authorities/services").await.json();
    assert_eq!(
        (&shown["state"], &shown["findings"][0]["code"]),
        (&"revoked".into(), &"HF-ISSUER-REVOKED".into())
    );
    let metrics = house.get("admin", "/metrics").await.body;
    assert!(metrics.contains("handfast_authority_revoked{authority=\"services\"} 1"), "{metrics}");
    assert!(!metrics.contains("handfast_crl_expiry_seconds{authority=\"services\"}"), "{metrics}");
    assert!(metrics.contains("handfast_crl_expiry_seconds{authority=\"root\"}"), "{metrics}");
}
