//! Who signs for a command: an authority over the files of `-ca` and `-ca-key`, or a remote server, as the profile says.

use std::sync::Arc;

use hf_cfssl::machine::Machine;
use hf_cfssl::policy::{Policy, Unknown};
use hf_cfssl::signer::{Asker, LocalSigner};
use hf_cfssl::standalone::Standalone;
use hf_client::cfssl::CfsslClient;
use hf_keys::private_key::PrivateKey;
use hf_proto::cfssl::auth::AuthKey;
use hf_proto::cfssl::code::CfsslError;
use hf_proto::cfssl::config::{Config, Profile};
use hf_proto::cfssl::info::{InfoRequest, InfoResponse};
use hf_proto::cfssl::sign_request::SignRequest;
use hf_x509::certificate::Certificate;

use super::call::{Call, Failure};
use super::flags;

/// Who signs under the profile of `-profile`.
pub(super) struct Signer {
    place: Place,
    machine: Machine,
}

enum Place {
    /// Here, with this authority under these profiles.
    Here { authority: Box<(Certificate, PrivateKey)>, policy: Arc<Policy>, unknown: Unknown },
    /// There, with this key if the profile has one.
    There { client: CfsslClient, auth: Option<AuthKey> },
}

/// The signer that flags and configuration ask for.
pub(super) fn open(call: &Call) -> Result<Signer, Failure> {
    let mut config = call.config.clone().unwrap_or_else(Config::standard);
    if let Some(addresses) = call.some(&flags::REMOTE) {
        config.signing.override_remotes(addresses);
    }
    let unknown = if call.given.is_on(&flags::LENIENT) { Unknown::IsDefault } else { Unknown::Refused };
    let name = call.text(&flags::PROFILE);
    let profile = match unknown {
        Unknown::Refused => config.signing.profile(name)?,
        Unknown::IsDefault => config.signing.profile_or_default(name),
    };
    let place = match there(call, profile)? {
        Some(there) => there,
        None => {
            let authority = Box::new(call.authority()?);
            let policy = Arc::new(Policy::compile(config, call.text(&flags::LABEL))?);
            Place::Here { authority, policy, unknown }
        }
    };
    Ok(Signer { place, machine: call.machine() })
}

/// The same for `info`: with `-remote` the profile is the server's to know.
pub(super) fn open_for_info(call: &Call) -> Result<Signer, Failure> {
    let Some(addresses) = call.some(&flags::REMOTE) else { return open(call) };
    let mut config = Config::standard();
    config.signing.override_remotes(addresses);
    match there(call, &config.signing.default)? {
        Some(place) => Ok(Signer { place, machine: call.machine() }),
        None => open(call),
    }
}

/// The remote server of a profile that has one.
fn there(call: &Call, profile: &Profile) -> Result<Option<Place>, Failure> {
    let Some(remote) = &profile.remote else { return Ok(None) };
    let machine = call.machine();
    let tls = if remote.addresses.contains("https:") { call.client_tls()? } else { None };
    let client = CfsslClient::new(&remote.addresses, tls, machine.clock, machine.random)?;
    // A key of the profile itself is meant for the server that `-remote` names.
    let auth = remote.auth.as_ref().or(profile.auth.as_ref()).cloned();
    Ok(Some(Place::There { client, auth }))
}

impl Signer {
    /// A certificate for the request, PEM.
    pub(super) fn sign(self, call: &Call, request: &SignRequest) -> Result<String, Failure> {
        match self.place {
            Place::Here { authority, policy, unknown } => {
                let (certificate, key) = *authority;
                let signed = call.block_on(async {
                    let (_record, signer) = here(&self.machine, &certificate, key, policy).await?;
                    let asker = Asker::operator(self.machine.operator.clone());
                    signer.with_unknown(unknown).sign(request, &asker).await
                })??;
                for notice in &signed.notices {
                    call.log.warning(&notice.summary);
                }
                Ok(signed.certificate.to_pem())
            }
            Place::There { client, auth } => {
                let answered = call.block_on(async {
                    match &auth {
                        Some(key) => client.auth_sign(request, key).await,
                        None => client.sign(request).await,
                    }
                })??;
                Ok(answered.certificate)
            }
        }
    }

    /// What the signer says of itself.
    pub(super) fn info(self, call: &Call, request: &InfoRequest) -> Result<InfoResponse, Failure> {
        match self.place {
            Place::Here { authority, policy, unknown } => {
                let (certificate, key) = *authority;
                Ok(call.block_on(async {
                    let (_record, signer) = here(&self.machine, &certificate, key, policy).await?;
                    signer.with_unknown(unknown).info(request)
                })??)
            }
            Place::There { client, .. } => Ok(call.block_on(client.info(request))??),
        }
    }
}

/// A signer over files, and its record, which must outlive it.
async fn here(
    machine: &Machine,
    certificate: &Certificate,
    key: PrivateKey,
    policy: Arc<Policy>,
) -> Result<(Standalone, LocalSigner), CfsslError> {
    let standalone = Standalone::open(machine, policy.profiles()).await?;
    let name = standalone.admit(std::slice::from_ref(certificate), key).await?;
    let signer = LocalSigner::new(Arc::clone(standalone.authority()), name, policy);
    Ok((standalone, signer))
}
