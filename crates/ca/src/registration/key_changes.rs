//! Change of an account's key, RFC 8555 section 7.3.5.

use hf_proto::acme::account::Account;
use hf_proto::acme::jws::SignedRequest;
use hf_proto::acme::key_change::{KeyChange, key_in_use};

use super::error::{RegistrationError, failed};
use super::{KnownAccount, Registration};

impl Registration {
    /// Give an account the key that signed the request inside this one. Orders and authorizations stay as they are.
    pub async fn change_key(
        &self,
        account: &KnownAccount,
        request: &SignedRequest,
    ) -> Result<Account, RegistrationError> {
        let change = KeyChange::read(request.payload())?;
        let verified = change.verify(request.url(), request.account_url()?, &account.account.key)?;
        let new_key = verified.into_new_key();
        let found = self.store().account_by_thumbprint(&self.name, new_key.thumbprint().0).await;
        if let Some(holder) = found.map_err(failed("find an account"))? {
            return Err(self.key_in_use(&holder.id));
        }
        // Whoever found the old key would have everything that the account has proven.
        self.check_own_key(account).await?;
        self.check_key(&new_key).await?;
        let old_key = &account.account.key;
        let changed = self.change_account(account, |now| {
            // Somebody else changed the key meanwhile: what was signed is not about this one.
            (now.key == *old_key).then(|| now.with_key(new_key.clone())).flatten()
        });
        Ok(changed.await?.account)
    }

    /// Another account has the key: which, stands in `Location`.
    pub(super) fn key_in_use(&self, account: &str) -> RegistrationError {
        match account.parse() {
            Ok(id) => key_in_use(&self.setup().urls.account(&id)).into(),
            Err(_) => key_in_use(&self.setup().urls.directory()).into(),
        }
    }
}
