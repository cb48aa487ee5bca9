//! `GET /metrics`: what is counted, `OpenMetrics` 1.0.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::state::Doors;

/// Everything, read when it is asked for.
pub(super) async fn fetch(State(doors): State<Doors>) -> Response {
    crate::telemetry::sample::take(&doors).await;
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], doors.metrics.text()).into_response()
}
