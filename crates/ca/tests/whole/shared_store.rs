//! Two processes over one store.

use std::sync::Arc;

use hf_ca::create::RootKey;
use hf_ca::error::{IssueError, IssuerUnavailable};
use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;

use crate::common::{House, new_authority, operator, request};

#[tokio::test]
async fn what_another_process_did_to_the_authorities_is_taken_over() {
    let house = House::new();
    let store = house.store();
    let server = house.start_over(Arc::clone(&store)).await.0;
    let other = house.start_over(store).await.0;
    other.create_root(new_authority("root", "root"), RootKey::Keep, house.origin()).await.unwrap();
    let services = new_authority("services", "intermediate");
    let issued = other.create_intermediate(services, "root", house.origin()).await.unwrap();

    let unknown = server.issue(request(&["a.shop.internal"])).await.unwrap_err();
    assert!(matches!(unknown, IssueError::Issuer(IssuerUnavailable::Unknown { .. })));
    assert!(server.refresh_issuers().await.unwrap().is_empty());
    server.issue(request(&["a.shop.internal"])).await.unwrap();
    let kept = server.issuers().get("services").unwrap();
    server.refresh_issuers().await.unwrap();
    assert!(Arc::ptr_eq(&kept, &server.issuers().get("services").unwrap()), "what did not change stays");

    let revocation = RevokeRequest {
        principal: operator(),
        channel: Channel::CommandLine,
        target: RevokeTarget::Certificate(issued.certificate),
        reason: RevocationReason::CaCompromise,
    };
    other.revoke(revocation).await.unwrap();
    server.refresh_issuers().await.unwrap();
    let fallen = server.issue(request(&["a.shop.internal"])).await.unwrap_err();
    assert!(matches!(fallen, IssueError::Issuer(IssuerUnavailable::Revoked { .. })), "{fallen}");

    other.retire("root", house.origin()).await.unwrap();
    server.refresh_issuers().await.unwrap();
    let mut asked = request(&["a.shop.internal"]);
    asked.authority = "root".to_owned();
    let retired = server.issue(asked).await.unwrap_err();
    assert!(matches!(retired, IssueError::Issuer(IssuerUnavailable::Retired { .. })), "{retired}");
}
