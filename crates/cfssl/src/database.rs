//! Opening CFSSL's certificate database, over TLS where its data source says so.

use std::fmt;
use std::sync::Arc;

use hf_identity::client::ClientTls;
use hf_proto::cfssl::data_source::{self, DatabaseTls, SslMode};
use hf_proto::cfssl::db_config::DbConfig;
use hf_store::certdb::{CertDb, CertDbError, Duplex, Secure, Secured, Securing};

/// Makes the client's side of TLS that a data source asks for; it reads the files that are named there.
pub type Tls<'a> = &'a dyn Fn(&DatabaseTls) -> Result<ClientTls, Box<dyn std::error::Error + Send + Sync>>;

/// Open the database that a configuration file names.
///
/// # Errors
/// As [`CertDb::open`]; `BadSource` also for what the data source says of TLS and cannot be done.
pub async fn open(config: &DbConfig, tls: Tls<'_>) -> Result<CertDb, CertDbError> {
    if !matches!(config.driver.as_str(), "postgres" | "postgresql") {
        return CertDb::open(&config.driver, &config.data_source).await;
    }
    let bad = |source| CertDbError::BadSource { source };
    let (source, wanted) = data_source::split(&config.data_source).map_err(|error| bad(error.into()))?;
    if wanted.mode == SslMode::Disable {
        return CertDb::open(&config.driver, &source).await;
    }
    let secure = Arc::new(OverTls(Arc::new(tls(&wanted).map_err(bad)?)));
    CertDb::open_over(&config.driver, &source, secure).await
}

struct OverTls(Arc<ClientTls>);

impl fmt::Debug for OverTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OverTls")
    }
}

impl Secure for OverTls {
    fn secure(&self, host: &str, stream: Box<dyn Duplex>) -> Securing {
        let (tls, host) = (Arc::clone(&self.0), host.to_owned());
        Box::pin(async move {
            let stream = tls.connect(&host, stream).await?;
            let server_end_point = hf_identity::client::server_end_point(&stream);
            Ok(Secured { stream: Box::new(stream), server_end_point })
        })
    }
}
