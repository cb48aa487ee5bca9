//! Who asks logs of certificate transparency for an authority of this machine. Behind `https://` it trusts what the system
//! trusts, which is read when a log is asked first.

use std::sync::Arc;

use hf_ca::transparency::LogClient;
use hf_cfssl::logs::HttpLogs;
use hf_core::time::Clock;
use hf_identity::client::ClientTls;

use crate::remote;

/// The client of logs.
pub(crate) fn client(clock: &Arc<dyn Clock>) -> Arc<dyn LogClient> {
    let clock = Arc::clone(clock);
    Arc::new(HttpLogs::new(move || {
        let roots = remote::system_roots().map_err(|error| error.message().to_owned())?;
        let tls = ClientTls::new(&roots, None, &[], Arc::clone(&clock)).map_err(|error| error.to_string())?;
        Ok(Arc::new(tls))
    }))
}
