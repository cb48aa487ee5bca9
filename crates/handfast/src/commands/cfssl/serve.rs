//! `cfssl serve`: the API server.

use std::sync::Arc;

use hf_cfssl::bundle::{Bundler, Issuers};
use hf_cfssl::machine::Machine;
use hf_cfssl::ocsp::Responder;
use hf_cfssl::policy::{Policy, Unknown};
use hf_cfssl::records::Records;
use hf_cfssl::signer::LocalSigner;
use hf_cfssl::universal::UniversalSigner;
use hf_client::cfssl::CfsslClient;
use hf_http::cfssl::caller::Proofs;
use hf_http::cfssl::door::{BundlerSource, CrlSource, Door, DoorHandle, Label, Labels};
use hf_http::cfssl::openings::Openings;
use hf_proto::cfssl::code::CfsslError;
use hf_proto::cfssl::config::{Config, SignerNeed};
use hf_x509::certificate::Certificate;
use regex::Regex;

use super::call::{Call, Failure};
use super::lasting::Lasting;
use super::recording::Wanted;
use super::{GoCommand, bundle, config, flags, openness, serving};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "serve",
    about: "set up an API server",
    usage: "Usage of serve:
        cfssl serve [-address address] [-port port] [-ca cert] [-ca-key key] [-config config]
                    [-tls-cert cert] [-tls-key key] [-mutual-tls-ca ca] [-mutual-tls-cn regex]
                    [-min-tls-version 1.2|1.3]
                    [-state directory] [-enable endpoint[,endpoint]] [-disable endpoint[,endpoint]]

Flags:",
    examples: "Examples:
  handfast cfssl serve -ca ca.pem -ca-key ca-key.pem -config policy.json -state /var/lib/ca
  handfast cfssl serve -ca ca.pem -ca-key ca-key.pem -enable sign",
    flags: &[
        &flags::ADDRESS,
        &flags::PORT,
        &flags::CA,
        &flags::CA_KEY,
        &flags::CONFIG,
        &flags::REMOTE,
        &flags::LABEL,
        &flags::TLS_CERT,
        &flags::TLS_KEY,
        &flags::MUTUAL_TLS_CA,
        &flags::MUTUAL_TLS_CN,
        &flags::TLS_REMOTE_CA,
        &flags::MUTUAL_TLS_CLIENT_CERT,
        &flags::MUTUAL_TLS_CLIENT_KEY,
        &flags::DB_CONFIG,
        &flags::RESPONDER,
        &flags::RESPONDER_KEY,
        &flags::CA_BUNDLE,
        &flags::INT_BUNDLE,
        &flags::INT_DIR,
        &flags::METADATA,
        &flags::MIN_TLS_VERSION,
        &flags::STATE,
        &flags::ENABLE,
        &flags::DISABLE,
        &flags::LENIENT,
    ],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    call.no_words()?;
    let files = serving::TlsFiles {
        certificate: call.some(&flags::TLS_CERT),
        key: call.some(&flags::TLS_KEY),
        clients: call.some(&flags::MUTUAL_TLS_CA),
    };
    let tls = files.open(call)?;
    let socket = serving::bind(call.text(&flags::ADDRESS), call.given.number(&flags::PORT))?;
    warn_of_clients(call)?;
    let mut making = Making(Lasting::new(call));
    let _written = serving::log(&call.log);
    call.block_on(async {
        let config = call.config.clone().unwrap_or_else(Config::standard);
        let door = making.door(call, config).await?;
        call.log.info(&openness::line(&door.openings, call.some(&flags::MUTUAL_TLS_CA).is_some()));
        let door = DoorHandle::new(door);
        let router = hf_http::cfssl::router(door.clone());
        let served = serving::Served { socket, tls: tls.clone(), router };
        serving::run(&call.log, served, async || {
            let config = call.some(&flags::CONFIG).map(|path| config::load(call, path)).transpose()?;
            let held = files.read(call)?;
            let next = making.door(call, config.unwrap_or_else(Config::standard)).await?;
            serving::show(tls.as_deref(), held)?;
            door.replace(next);
            Ok(())
        })
        .await
    })?
}

/// Say who may do everything, where that is more people than the operator may have thought of: without `-mutual-tls-cn` it is
/// whoever has a certificate that leads to `-mutual-tls-ca`.
fn warn_of_clients(call: &Call) -> Result<(), Failure> {
    let (Some(path), None) = (call.some(&flags::MUTUAL_TLS_CA), call.some(&flags::MUTUAL_TLS_CN)) else {
        return Ok(());
    };
    let own = call.some(&flags::CA).map(|ca| call.certificate(ca)).transpose()?;
    let roots = String::from_utf8_lossy(&call.read(path)?).into_owned();
    let roots = Certificate::many_from_pem(&roots).unwrap_or_default();
    let issued_here = own.is_some_and(|own| roots.contains(&own));
    let which = if issued_here { ", also one that this server issues," } else { "" };
    call.log.warning(&format!(
        "-mutual-tls-ca {path} without -mutual-tls-cn: whoever has a certificate of it{which} may sign, revoke and record \
         here; name those who may, for example with -mutual-tls-cn '^admin$'"
    ));
    Ok(())
}

/// Makes doors.
struct Making(Lasting);

impl Making {
    /// The door that the flags and what their files hold now describe.
    async fn door(&mut self, call: &Call, config: Config) -> Result<Door, Failure> {
        let openings = Openings::parse(call.text(&flags::ENABLE), call.text(&flags::DISABLE));
        let openings = openings.map_err(|error| Failure::new(error.to_string()))?;
        let (proofs, responder, bundler) = (proofs(call)?, responder(call)?, bundler(call)?);
        let records = records(call).await?;
        let crl = crl(call, records.as_ref())?;
        let labels = self.labels(call, config, records.as_ref()).await?;
        let bundles_beside =
            call.some(&flags::CA_BUNDLE).is_some() || call.some(&flags::INT_BUNDLE).is_some();
        Ok(Door { crl, records, responder, bundler, bundles_beside, openings, proofs, ..self.0.door(labels) })
    }

    /// The signer that the flags name.
    async fn labels(
        &mut self,
        call: &Call,
        mut config: Config,
        records: Option<&Arc<Records>>,
    ) -> Result<Labels, Failure> {
        if let Some(addresses) = call.some(&flags::REMOTE) {
            config.signing.override_remotes(addresses);
        }
        let need = config.signing.need();
        let policy = Arc::new(Policy::compile(config, call.text(&flags::LABEL))?);
        let local = match need {
            SignerNeed::Remote => None,
            SignerNeed::Local | SignerNeed::Mixed => {
                let Some(local) = self.local(call, &policy).await? else {
                    call.log.warning("no signer: -ca and -ca-key name its certificate and key");
                    return Ok(Labels::none());
                };
                Some(match records {
                    Some(records) => local.with_records(Arc::clone(records)),
                    None => local,
                })
            }
        };
        let connect = |addresses: &str| connect(call, &self.0.machine, addresses);
        let signer = UniversalSigner::new(Arc::clone(&policy), local, &connect)?;
        let unknown = if call.given.is_on(&flags::LENIENT) { Unknown::IsDefault } else { Unknown::Refused };
        let label = Label::new(policy.label(), signer, Arc::clone(&policy)).with_unknown(unknown);
        Ok(Labels::single(label))
    }

    /// The signer over `-ca` and `-ca-key`; none when neither is given.
    async fn local(&mut self, call: &Call, policy: &Arc<Policy>) -> Result<Option<LocalSigner>, Failure> {
        if call.some(&flags::CA).is_none() && call.some(&flags::CA_KEY).is_none() {
            return Ok(None);
        }
        let (certificate, key) = call.authority()?;
        let wanted = Wanted { certificate, key, policy: Arc::clone(policy), label: None };
        self.0.recording.signer(&call.log, &self.0.machine, wanted).await.map(Some)
    }
}

/// What proves a right: a certificate of `-mutual-tls-ca`, if it is asked for.
fn proofs(call: &Call) -> Result<Proofs, Failure> {
    if call.some(&flags::MUTUAL_TLS_CA).is_none() {
        return Ok(Proofs::Nothing);
    }
    let expression = call.some(&flags::MUTUAL_TLS_CN).map(Regex::new).transpose();
    let common_name =
        expression.map_err(|error| Failure::new(format!("malformed regular expression: {error}")))?;
    Ok(Proofs::MutualTls { common_name })
}

/// The certificate database, if one is named.
async fn records(call: &Call) -> Result<Option<Arc<Records>>, Failure> {
    match call.some_db_config()? {
        Some(config) => Ok(Some(Arc::new(call.records(&config).await?))),
        None => Ok(None),
    }
}

/// The certificate database that the configuration file at `path` names.
pub(super) async fn records_in(call: &Call, path: &str) -> Result<Records, Failure> {
    let config = call.db_config_in(path)?;
    Ok(call.records(&config).await?)
}

/// What signs revocation lists: the signer, when there is a certificate database.
fn crl(call: &Call, records: Option<&Arc<Records>>) -> Result<Option<CrlSource>, Failure> {
    let Some(records) = records.filter(|_| call.some(&flags::CA).is_some()) else { return Ok(None) };
    let (records, authority) = (Arc::clone(records), Arc::new(call.authority()?));
    Ok(Some(Box::new(move |now, lifetime| {
        let (records, authority) = (Arc::clone(&records), Arc::clone(&authority));
        Box::pin(async move { records.crl(&authority.0, &authority.1, now, lifetime).await })
    })))
}

/// The responder, if one is named.
fn responder(call: &Call) -> Result<Option<Responder>, Failure> {
    call.some(&flags::RESPONDER).map(|_| call.responder()).transpose()
}

/// What bundles are made of. Without the roots of the system, where none are named, there are no bundles; the server has more
/// to do.
fn bundler(call: &Call) -> Result<Option<BundlerSource>, Failure> {
    match bundle::bundler(call) {
        Ok(found) => {
            let bundler = Bundler { issuers: Issuers::Given, ..found };
            Ok(Some(Box::new(move || bundler.clone())))
        }
        Err(failure) if !names_bundles(call) => {
            call.log.warning(&format!("no bundles without -ca-bundle: {}", failure.text));
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// Whether flags say what bundles are made of.
fn names_bundles(call: &Call) -> bool {
    [&flags::CA_BUNDLE, &flags::INT_BUNDLE, &flags::INT_DIR, &flags::METADATA]
        .into_iter()
        .any(|flag| call.some(flag).is_some())
}

pub(super) fn connect(call: &Call, machine: &Machine, addresses: &str) -> Result<CfsslClient, CfsslError> {
    let tls = if addresses.contains("https:") { call.client_tls() } else { Ok(None) };
    let tls = tls.map_err(|failure| CfsslError { code: 0, message: failure.text })?;
    CfsslClient::new(addresses, tls, Arc::clone(&machine.clock), Arc::clone(&machine.random))
}
