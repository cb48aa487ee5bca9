//! What operators and their tools ask: is it alive, is it ready, what has it done.

mod livez;
mod metrics;
pub mod readyz;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::state::Doors;
use readyz::Readyz;

/// `/livez`, `/readyz` and `/metrics`.
pub fn router(doors: Doors) -> Router {
    health(doors.clone()).merge(Router::new().route("/metrics", get(metrics::fetch)).with_state(doors))
}

/// `/livez` and `/readyz`: nothing in them is secret.
pub fn health(doors: Doors) -> Router {
    let readyz = Router::new().route("/readyz", get(readyz::fetch)).with_state(Arc::new(Readyz::new(doors)));
    Router::new().route("/livez", get(livez::fetch)).merge(readyz)
}
