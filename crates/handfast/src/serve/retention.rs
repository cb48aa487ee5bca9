//! Certificates that expired long ago leave the record.

use std::sync::Arc;
use std::time::Duration;

use hf_http::state::Doors;
use tokio::sync::watch;

use super::origin;
use crate::domain::Domain;

/// How often it is looked for them.
const EVERY: Duration = Duration::from_hours(1);

/// Look for them for as long as the server runs.
pub(super) async fn keep(doors: Doors, domain: watch::Receiver<Arc<Domain>>) {
    let mut round = tokio::time::interval(EVERY);
    loop {
        round.tick().await;
        let Some(kept) = domain.borrow().topology.server.keep_expired else { continue };
        let origin = origin(doors.clock.as_ref());
        let store = doors.authority.store();
        match hf_ca::retention::run_once(store.as_ref(), origin.at.minus(kept), &origin).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "certificates that expired long ago left the record"),
            Err(error) => tracing::error!(%error, "expired certificates cannot be removed"),
        }
    }
}
