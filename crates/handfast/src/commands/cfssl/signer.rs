//! Who signs for a command: an authority over the files of `-ca` and `-ca-key`, or a remote server, as the profile says.

use std::sync::Arc;

use hf_cfssl::policy::{Policy, Unknown, override_crl};
use hf_cfssl::signer::{Asker, LocalSigner};
use hf_cfssl::standalone::Standalone;
use hf_cfssl::universal::UniversalSigner;
use hf_client::cfssl::CfsslClient;
use hf_identity::client::ClientTls;
use hf_keys::private_key::PrivateKey;
use hf_proto::cfssl::code::CfsslError;
use hf_proto::cfssl::config::{Config, SignerNeed};
use hf_proto::cfssl::db_config::DbConfig;
use hf_proto::cfssl::info::{InfoRequest, InfoResponse};
use hf_proto::cfssl::sign_request::SignRequest;
use hf_x509::certificate::Certificate;

use super::call::{Call, Failure};
use super::flags;

/// What a signer is made of: read and checked before anything is made.
pub(super) struct Signer {
    policy: Arc<Policy>,
    unknown: Unknown,
    authority: Option<(Certificate, PrivateKey)>,
    database: Option<DbConfig>,
    tls: Option<Arc<ClientTls>>,
}

/// The signer that flags and configuration ask for.
pub(super) fn open(call: &Call) -> Result<Signer, Failure> {
    let mut config = call.config.clone().unwrap_or_else(Config::standard);
    if let Some(addresses) = call.some(&flags::REMOTE) {
        config.signing.override_remotes(addresses);
        with_own_keys(&mut config);
    }
    if let Some(url) = call.some(&flags::CRL) {
        override_crl(&mut config, url);
    }
    let unknown = if call.given.is_on(&flags::LENIENT) { Unknown::IsDefault } else { Unknown::Refused };
    let given = call.some(&flags::CA).is_some() || call.some(&flags::CA_KEY).is_some();
    let authority = match config.signing.need() {
        SignerNeed::Local => Some(call.authority()?),
        SignerNeed::Mixed if given => Some(call.authority()?),
        SignerNeed::Mixed | SignerNeed::Remote => None,
    };
    let https = config.signing.all().filter_map(|(_, profile)| profile.remote.as_ref());
    let https = https.into_iter().any(|remote| remote.addresses.contains("https:"));
    Ok(Signer {
        tls: if https { call.client_tls()? } else { None },
        policy: Arc::new(Policy::compile(config, call.text(&flags::LABEL))?),
        unknown,
        authority,
        database: call.some_db_config()?,
    })
}

/// A key of a profile itself is meant for the server that `-remote` names.
fn with_own_keys(config: &mut Config) {
    let signing = &mut config.signing;
    for profile in std::iter::once(&mut signing.default).chain(signing.profiles.values_mut()) {
        let own = profile.auth.clone();
        if let Some(remote) = &mut profile.remote {
            remote.auth = remote.auth.take().or(own);
        }
    }
}

impl Signer {
    /// A certificate for the request, PEM.
    pub(super) fn sign(self, call: &Call, mut request: SignRequest) -> Result<String, Failure> {
        request.profile = self.profile(&request.profile);
        let signed = call.block_on(async {
            let (_record, signer) = self.start(call).await?;
            signer.sign(&request, &Asker::operator(call.machine().operator)).await
        })??;
        for remark in signed.remarks() {
            call.log.warning(&remark);
        }
        Ok(signed.certificate.to_pem())
    }

    /// What the signer says of itself.
    pub(super) fn info(self, call: &Call, mut request: InfoRequest) -> Result<InfoResponse, Failure> {
        request.profile = self.profile(&request.profile);
        Ok(call.block_on(async {
            let (_record, signer) = self.start(call).await?;
            signer.info(&request).await
        })??)
    }

    /// The profile's name, or none for the default one where that stands for unknown ones.
    fn profile(&self, name: &str) -> String {
        let known = self.policy.config().signing.profiles.contains_key(name);
        if known || self.unknown == Unknown::Refused { name.to_owned() } else { String::new() }
    }

    /// The signer, and its record, which must outlive it.
    async fn start(self, call: &Call) -> Result<(Option<Standalone>, UniversalSigner), CfsslError> {
        let machine = call.machine();
        let tls = self.tls;
        let connect = |addresses: &str| {
            let (clock, random) = (Arc::clone(&machine.clock), Arc::clone(&machine.random));
            CfsslClient::new(addresses, tls.clone(), clock, random)
        };
        let Some((certificate, key)) = self.authority else {
            return Ok((None, UniversalSigner::new(self.policy, None, &connect)?));
        };
        let standalone = Standalone::open(&machine, self.policy.profiles()).await?;
        let name = standalone.admit(std::slice::from_ref(&certificate), key).await?;
        let mut local = LocalSigner::new(Arc::clone(standalone.authority()), name, Arc::clone(&self.policy));
        if let Some(database) = &self.database {
            local = local.with_records(Arc::new(call.records(database).await?));
        }
        Ok((Some(standalone), UniversalSigner::new(self.policy, Some(local), &connect)?))
    }
}
