//! `HEAD` and `GET /acme/{authority}/new-nonce`, RFC 8555 section 7.2. The nonce itself is added to the answer by the
//! door.

use http::{Method, StatusCode};

use super::reply::Reply;

pub(super) fn answer(method: &Method) -> Reply {
    let status = if *method == Method::HEAD { StatusCode::OK } else { StatusCode::NO_CONTENT };
    Reply::empty(status)
}
