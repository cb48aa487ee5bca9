//! The certificate database of `-db-config`.

use hf_cfssl::records::Records;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::data_source::SslMode;
use hf_proto::cfssl::db_config::DbConfig;

use super::call::{Call, Failure};
use super::{database_tls, flags};

impl Call {
    /// The configuration of the database, which must be named.
    pub(super) fn db_config(&self) -> Result<DbConfig, Failure> {
        self.some_db_config()?.ok_or_else(|| Failure::new("need DB config file (provide with -db-config)"))
    }

    /// The configuration of the database, if one is named.
    pub(super) fn some_db_config(&self) -> Result<Option<DbConfig>, Failure> {
        let Some(path) = self.some(&flags::DB_CONFIG) else { return Ok(None) };
        self.db_config_in(path).map(Some)
    }

    /// The configuration of a database in this file.
    pub(super) fn db_config_in(&self, path: &str) -> Result<DbConfig, Failure> {
        let refused = |text: String| Failure::from(CfsslError::wrap(ErrorKind::PolicyInvalid, text));
        let octets = self.read(path);
        let octets = octets
            .map_err(|failure| refused(format!("could not read configuration file: {}", failure.text)))?;
        DbConfig::read(&octets).map_err(|error| refused(error.to_string()))
    }

    /// The database, open.
    pub(super) async fn records(&self, config: &DbConfig) -> Result<Records, CfsslError> {
        Records::open(config, &|wanted| {
            if wanted.mode == SslMode::Require || wanted.mode == SslMode::Prefer {
                self.log.warning(
                    "whether the database is the right one is not checked: `sslmode=verify-full` in its data source would",
                );
            }
            database_tls::client(wanted, &self.clock)
        })
        .await
    }
}
