//! External account binding, RFC 8555 section 7.3.4.

use hf_core::time::Timestamp;
use hf_proto::acme::eab::{Binding, unknown_key};
use hf_proto::acme::jwk::Jwk;
use serde_json::Value;

use super::Registration;
use super::error::{RegistrationError, failed};

impl Registration {
    /// The key that an account is bound with, after all checks but the last: that it is used once is seen to when the
    /// account is recorded.
    pub(super) async fn check_binding(
        &self,
        binding: &Value,
        account_key: &Jwk,
        url: &str,
        now: Timestamp,
    ) -> Result<String, RegistrationError> {
        let binding = Binding::read(binding)?;
        let key = self.store().eab(binding.key_id()).await.map_err(failed("read an external account key"))?;
        // Whatever is wrong with the key, everybody is told the same: nobody learns which keys there are.
        let usable = key.filter(|key| key.fault(&self.name, now).is_none()).ok_or_else(unknown_key)?;
        let secret = self.store().eab_secret(&usable.id).await;
        let secret = secret.map_err(failed("read an external account key"))?.ok_or_else(unknown_key)?;
        let verified = binding.verify(secret.expose(), url, account_key)?;
        Ok(verified.key_id().to_owned())
    }
}
