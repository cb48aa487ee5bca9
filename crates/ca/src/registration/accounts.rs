//! Accounts, RFC 8555 section 7.3: making, changing and giving them up.

use hf_core::audit::AuditAction;
use hf_core::time::Timestamp;
use hf_keys::weak;
use hf_proto::acme::account::Account;
use hf_proto::acme::id::Id;
use hf_proto::acme::jwk::Jwk;
use hf_proto::acme::new_account::{self, AcceptedAccount, AccountRules, Contact};
use hf_proto::acme::problem::{Problem, ProblemType};
use hf_proto::acme::request::{AccountUpdateRequest, NewAccountRequest};
use hf_store::audit::hex;
use hf_store::record::{AccountCreation, AccountUpdate, AcmeAccountRecord};
use hf_x509::public_key::PublicKey;

use super::Registration;
use super::error::{RegistrationError, failed};
use super::records::{account_record, read_account};

/// How often a change is tried again when somebody else was first.
pub(super) const TRIES: usize = 5;

/// An account that may ask.
#[derive(Clone, Debug)]
pub struct KnownAccount {
    /// The account.
    pub account: Account,
    pub(super) record: AcmeAccountRecord,
}

/// What whoever registers brings.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    /// The key that signed.
    pub key: &'a Jwk,
    /// The payload.
    pub request: &'a NewAccountRequest,
    /// Where it arrived: a binding names it too.
    pub url: &'a str,
    /// What counts as one address, for the limit of new accounts; `None`: there is none.
    pub source: Option<String>,
}

/// An account that was made, or was there.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The account.
    pub account: Account,
    /// Whether it was made.
    pub created: bool,
}

impl Registration {
    /// The account with this identifier, if it may ask.
    pub async fn known_account(&self, id: &Id) -> Result<KnownAccount, RegistrationError> {
        let found = self.store().account(id.as_str()).await.map_err(failed("read an account"))?;
        let record = found.filter(|record| record.authority == self.name).ok_or_else(no_account)?;
        active(record)
    }

    /// Register. Whoever has an account is told which, and nothing of it is changed.
    pub async fn register(&self, new: NewAccount<'_>) -> Result<Registered, RegistrationError> {
        let now = self.now();
        let thumbprint = new.key.thumbprint().0;
        let found = self.store().account_by_thumbprint(&self.name, thumbprint).await;
        if let Some(record) = found.map_err(failed("find an account"))? {
            return Ok(Registered { account: active(record)?.account, created: false });
        }
        if new.request.only_return_existing == Some(true) {
            return Err(no_account().into());
        }
        let setup = self.setup();
        let settings = &setup.settings;
        let rules = AccountRules {
            terms_of_service: settings.terms.clone(),
            external_account_required: settings.external_account_required,
        };
        let accepted = new_account::judge(new.request, &rules)?;
        if let Some(source) = &new.source {
            self.limits().account(source, now)?;
        }
        self.check_key(new.key).await?;
        let eab = match &new.request.external_account_binding {
            Some(binding) => Some(self.check_binding(binding, new.key, new.url, now).await?),
            None => None,
        };
        self.create(&new, accepted, eab, now).await
    }

    async fn create(
        &self,
        new: &NewAccount<'_>,
        accepted: AcceptedAccount,
        eab: Option<String>,
        now: Timestamp,
    ) -> Result<Registered, RegistrationError> {
        let mut account = Account::new(Id::generate_at(now, self.random.as_ref())?, new.key.clone(), now);
        account.contact = accepted.contact;
        account.terms_agreed_at = accepted.terms_agreed.then_some(now);
        account.external_account_binding.clone_from(&new.request.external_account_binding);
        let record = account_record(&account, &self.name, eab.clone(), 1)?;
        let event = self.origin(&account.id, now).event(AuditAction::AcmeAccountCreated {
            authority: self.name.clone(),
            account: record.id.clone(),
            thumbprint: hex(&record.thumbprint),
            eab,
        });
        match self.store().create_account(record, event).await.map_err(failed("record an account"))? {
            AccountCreation::Created => Ok(Registered { account, created: true }),
            AccountCreation::Existing(record) => {
                Ok(Registered { account: active(*record)?.account, created: false })
            }
            AccountCreation::EabUnusable(fault) => Err(Problem::unauthorized(fault.to_string()).into()),
        }
    }

    /// Change the contacts of an account, or give it up.
    pub async fn update_account(
        &self,
        account: &KnownAccount,
        request: &AccountUpdateRequest,
    ) -> Result<Account, RegistrationError> {
        let contact = request.contact.as_deref().map(Contact::read_all).transpose()?;
        let changed = self.change_account(account, |account| {
            let mut next = account.clone();
            if let Some(contact) = &contact {
                next.contact.clone_from(contact);
            }
            if request.deactivates() { next.deactivate() } else { Some(next) }
        });
        Ok(changed.await?.account)
    }

    /// Change an account by compare and swap. `change` makes the account as it shall be of the one that is on record;
    /// `None` when it is over.
    pub(super) async fn change_account(
        &self,
        known: &KnownAccount,
        change: impl Fn(&Account) -> Option<Account>,
    ) -> Result<KnownAccount, RegistrationError> {
        let mut known = known.clone();
        for _ in 0..TRIES {
            known.account.check_active()?;
            let next = change(&known.account).ok_or_else(no_account)?;
            if next == known.account {
                return Ok(known);
            }
            let record = account_record(&next, &self.name, known.record.eab.clone(), known.record.revision)?;
            let event = self.origin(&next.id, self.now()).event(AuditAction::AcmeAccountChanged {
                authority: self.name.clone(),
                account: record.id.clone(),
                thumbprint: hex(&record.thumbprint),
                status: record.status.to_string(),
            });
            let stored = self.store().update_account(record.clone(), event).await;
            match stored.map_err(failed("record a change of an account"))? {
                AccountUpdate::Done { revision } => {
                    let record = AcmeAccountRecord { revision, ..record };
                    return Ok(KnownAccount { account: next, record });
                }
                AccountUpdate::Stale(record) => known = active(*record)?,
                AccountUpdate::KeyInUse { account } => return Err(self.key_in_use(&account)),
            }
        }
        Err(RegistrationError::Contended { kind: "account", id: known.record.id })
    }

    /// That an account may have the key: it is neither weak nor known to be compromised.
    pub(super) async fn check_key(&self, key: &Jwk) -> Result<(), RegistrationError> {
        let bad = |detail: String| Problem::new(ProblemType::BadPublicKey, detail);
        let public_key =
            PublicKey::from_spki_der(&key.to_spki()).map_err(|error| bad(format!("the key: {error}")))?;
        if let Err(findings) = weak::check(&public_key, &self.authority.block_list) {
            let why = findings.first().map_or_else(String::new, |finding| finding.summary.clone());
            return Err(bad(format!("the key is weak: {why}")).into());
        }
        self.check_not_blocked(&public_key).await
    }

    /// That the key of the account is not known to be compromised since it was given to it: whoever found it must not be
    /// given certificates for the names that the account has proven.
    pub(super) async fn check_own_key(&self, account: &KnownAccount) -> Result<(), RegistrationError> {
        if self.is_compromised(account).await? {
            let why = "the key of the account is known to be compromised: register another account with another key";
            return Err(Problem::new(ProblemType::BadPublicKey, why).into());
        }
        Ok(())
    }

    /// Whether the key of the account is known to be compromised.
    pub(super) async fn is_compromised(&self, account: &KnownAccount) -> Result<bool, RegistrationError> {
        let key =
            PublicKey::from_spki_der(&account.account.key.to_spki()).map_err(|_| Problem::internal())?;
        self.is_blocked(&key).await
    }

    async fn check_not_blocked(&self, key: &PublicKey) -> Result<(), RegistrationError> {
        if self.is_blocked(key).await? {
            let why = "the key is known to be compromised";
            return Err(Problem::new(ProblemType::BadPublicKey, why).into());
        }
        Ok(())
    }

    async fn is_blocked(&self, key: &PublicKey) -> Result<bool, RegistrationError> {
        self.store().is_blocked(key.spki_sha256()).await.map_err(failed("look for a key on the block list"))
    }
}

/// The account of a record, if it may ask.
fn active(record: AcmeAccountRecord) -> Result<KnownAccount, RegistrationError> {
    let account = read_account(&record)?;
    account.check_active()?;
    Ok(KnownAccount { account, record })
}

fn no_account() -> Problem {
    Problem::new(ProblemType::AccountDoesNotExist, "there is no account with this key")
}
