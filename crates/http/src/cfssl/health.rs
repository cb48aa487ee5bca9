//! `GET health`: whether the server answers. Whether it can sign is told by `/readyz` of the admin listener.

use serde::Serialize;

use super::reply::Reply;

#[derive(Serialize)]
struct Health {
    healthy: bool,
}

pub(super) fn answer() -> Reply {
    Reply::of(Health { healthy: true })
}
