//! The file that says where the certificate database is: `-db-config`.

use serde::{Deserialize, Serialize};

use super::go_json;

/// Where the certificate database is. The data source may hold a password: no `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DbConfig {
    /// `postgres`, `mysql` or `sqlite3`.
    pub driver: String,
    /// What the driver connects to.
    pub data_source: String,
}

/// Why the file is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbConfigError {
    /// No JSON of that form.
    #[error("failed to unmarshal configuration: {0}")]
    Json(go_json::GoJsonError),
    /// One of the two fields is missing.
    #[error("invalid db configuration: `driver` and `data_source` are both needed")]
    Incomplete,
}

impl DbConfig {
    /// Read the file.
    ///
    /// # Errors
    /// When it is no such file.
    pub fn read(bytes: &[u8]) -> Result<Self, DbConfigError> {
        let config: Self = go_json::from_slice(bytes).map_err(DbConfigError::Json)?;
        if config.driver.is_empty() || config.data_source.is_empty() {
            return Err(DbConfigError::Incomplete);
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_fields_are_needed() {
        let config = DbConfig::read(br#"{"driver":"sqlite3","data_source":"certs.db"}"#).ok().unwrap();
        assert_eq!((config.driver.as_str(), config.data_source.as_str()), ("sqlite3", "certs.db"));
        assert_eq!(DbConfig::read(br#"{"driver":"sqlite3"}"#).err(), Some(DbConfigError::Incomplete));
        assert!(matches!(DbConfig::read(b"["), Err(DbConfigError::Json(_))));
    }
}
