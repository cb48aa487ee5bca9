//! Authorities that are over because a certificate in their chain is revoked: said once in the log, at the start and when it
//! becomes known by whatever way.

use std::collections::BTreeSet;
use std::time::Duration;

use hf_ca::issuer::Issuer;
use hf_http::state::Doors;

/// How often it is looked for them.
const LOOK: Duration = Duration::from_secs(1);

/// Look for them for as long as the server runs.
pub(super) async fn watch(doors: Doors) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut told = BTreeSet::new();
    loop {
        look.tick().await;
        let all = doors.authority.issuers().all();
        // One that got another certificate may fall again.
        told.retain(|name: &String| all.iter().any(|issuer| issuer.name() == name && issuer.is_revoked()));
        for issuer in all.iter().filter(|issuer| issuer.is_revoked()) {
            if told.insert(issuer.name().to_owned()) {
                tell(issuer);
            }
        }
    }
}

fn tell(issuer: &Issuer) {
    let Some(fall) = issuer.fall() else { return };
    tracing::warn!(
        authority = issuer.name(),
        certificate = fall.subject,
        revoked_at = %fall.at,
        reason = %fall.reason,
        "out of service: it signs no certificates, no OCSP answers and no CRLs any more; its last CRL ends unrenewed"
    );
}
