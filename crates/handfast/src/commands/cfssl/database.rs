//! The certificate database of `-db-config`.

use hf_cfssl::records::Records;
use hf_proto::cfssl::code::CfsslError;
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
        let config = DbConfig::read(&self.read(path)?).map_err(|error| Failure::new(error.to_string()))?;
        Ok(Some(config))
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
