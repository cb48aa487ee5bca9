//! What certificates point to, over plain HTTP and within bounds: it is signed, and strangers say where it is.

use bytes::Bytes;
use hf_client::http::{Bounds, Target, send};
use http::header::CONTENT_TYPE;
use http::{Request, Uri};

/// The body that a GET of `url` brings; whatever goes wrong, there is none.
pub(crate) async fn get(url: &str, bounds: Bounds) -> Option<Bytes> {
    let (target, path) = place(url)?;
    body(target, Request::get(path).body(Bytes::new()).ok()?, bounds).await
}

/// The body that answers `content`, which is of this media type.
pub(crate) async fn post(url: &str, kind: &str, content: Vec<u8>, bounds: Bounds) -> Option<Bytes> {
    let (target, path) = place(url)?;
    let request = Request::post(path).header(CONTENT_TYPE, kind).body(Bytes::from(content)).ok()?;
    body(target, request, bounds).await
}

fn place(url: &str) -> Option<(Target, String)> {
    let uri: Uri = url.parse().ok().filter(|uri: &Uri| uri.scheme_str() == Some("http"))?;
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']').to_owned();
    let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    Some((Target::Tcp { host, port: uri.port_u16().unwrap_or(80) }, path))
}

async fn body(target: Target, request: Request<Bytes>, bounds: Bounds) -> Option<Bytes> {
    let reply = send(&target, request, bounds).await.ok()?;
    (reply.status == 200).then_some(reply.body)
}
