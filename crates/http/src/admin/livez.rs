//! `GET /livez`: the process answers.

/// Always `ok`: whoever reads it knows that requests are taken and answered.
pub(super) async fn fetch() -> &'static str {
    "ok\n"
}
