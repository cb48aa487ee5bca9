//! Which routers answer on which sockets.

use std::sync::Arc;

use hf_http::cfssl::door::DoorHandle;
use hf_http::server::{Listener, Router, problem};
use hf_http::state::Doors;
use hf_http::{acme, admin, api, cfssl, pki};
use hf_identity::server::ServerTls;

use super::acme_door::AcmeDoor;
use super::sockets::{Bound, Kind, Socket};
use crate::error::CommandError;

/// The listener of a socket; TLS where the kind asks for it and the connection leaves the machine.
pub(super) fn listener(
    bound: Bound,
    tls: &Arc<ServerTls>,
    doors: &Doors,
    acme: &AcmeDoor,
) -> Result<Listener, CommandError> {
    let name = bound.kind.name();
    let listener = match bound.socket {
        Socket::Tcp(socket) => {
            let listener = Listener::tcp(name, socket);
            let is_secure = matches!(bound.kind, Kind::Api | Kind::CfsslHttps);
            if is_secure { listener.map(|it| it.with_tls(Arc::clone(tls))) } else { listener }
        }
        Socket::Unix(socket, path) => {
            let listener = Listener::unix(name, socket);
            match path {
                Some(path) => listener.map(|it| it.at(path)),
                None => listener,
            }
        }
    };
    let fitted = |it: Listener| match bound.kind {
        Kind::Cfssl | Kind::CfsslHttps => it.with_wording(Arc::new(cfssl::envelope)),
        Kind::Api => {
            it.with_wording(acme.wording(Arc::new(problem))).with_remembered(pki::remembered(doors.clone()))
        }
        Kind::Plain => it.with_remembered(pki::remembered(doors.clone())),
        Kind::Admin => it,
    };
    listener.map(fitted).map_err(|error| CommandError::fault("a socket cannot be used").because(error))
}

/// What answers on listeners of a kind.
pub(super) fn router(kind: Kind, doors: &Doors, acme: &AcmeDoor, door: Option<&DoorHandle>) -> Router {
    match kind {
        Kind::Api => api::router(doors.clone())
            .merge(acme::router(Arc::clone(&acme.door)))
            .merge(pki::router(doors.clone()))
            .merge(admin::health(doors.clone())),
        Kind::Plain => pki::router(doors.clone()).merge(admin::health(doors.clone())),
        Kind::Cfssl | Kind::CfsslHttps => {
            door.map_or_else(Router::new, |door| cfssl::router(DoorHandle::clone(door)))
        }
        Kind::Admin => admin::router(doors.clone()),
    }
}
