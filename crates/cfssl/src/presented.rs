//! What a TLS server presents: `certinfo -domain` and `bundle -domain`.

use std::sync::Arc;

use hf_core::time::Timestamp;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_x509::certificate::Certificate;

use crate::failure;
use crate::scan::{Target, presented};

/// The certificates of the server `domain` (`HOST` or `HOST:PORT`), its own first. `ip` is connected to in the place of
/// the name's address, if it is not empty. Nothing of it is believed.
///
/// # Errors
/// Code 6000 when there is no such server or it presents nothing.
pub async fn of(domain: &str, ip: &str, now: Timestamp) -> Result<Vec<Certificate>, CfsslError> {
    let address = if ip.is_empty() {
        None
    } else {
        let parsed = ip.parse();
        Some(parsed.map_err(|_| {
            failure::saying(ErrorKind::Dial, format!("`{}` is no IP address", ip.escape_debug()))
        })?)
    };
    let target = Target::of(domain, address, Arc::new(rustls::RootCertStore::empty()), now);
    let target = target.map_err(|error| failure::because(ErrorKind::Dial, &error))?;
    presented(&target).await.map_err(|error| failure::because(ErrorKind::Dial, &error))
}
