//! What operators and their tools ask: is it alive, is it ready, what has it done.

mod livez;
mod metrics;
pub mod readyz;

use axum::Router;
use axum::routing::get;

use crate::state::Doors;

/// `/livez`, `/readyz` and `/metrics`.
pub fn router(doors: Doors) -> Router {
    health(doors.clone()).merge(Router::new().route("/metrics", get(metrics::fetch)).with_state(doors))
}

/// `/livez` and `/readyz`: nothing in them is secret.
pub fn health(doors: Doors) -> Router {
    Router::new().route("/livez", get(livez::fetch)).route("/readyz", get(readyz::fetch)).with_state(doors)
}
