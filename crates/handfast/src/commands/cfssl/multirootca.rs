//! `multirootca`: signers with labels, each with its certificate, key and policy, behind one port.

use std::sync::Arc;

use hf_cfssl::machine::Machine;
use hf_cfssl::policy::Policy;
use hf_cfssl::signer::LocalSigner;
use hf_cfssl::standalone::Standalone;
use hf_cfssl::universal::UniversalSigner;
use hf_http::cfssl::caller::Proofs;
use hf_http::cfssl::door::{Door, Label, Labels};
use hf_http::cfssl::metrics::Metrics;
use hf_http::cfssl::multirootca::router;
use hf_http::cfssl::openings::Openings;
use hf_http::limits::credentials::CredentialLimiter;
use hf_proto::cfssl::multiroot::{self, PrivateKey, Root};
use tokio::sync::Semaphore;

use super::call::{Call, Failure};
use super::{GoCommand, config, flags, recording, serve, serving};
use crate::go_flags::Flag;

static ADDRESS: Flag = Flag::text("a", ":8888", "listening address");
static ROOTS: Flag = Flag::text("roots", "", "configuration file: signers by label");
static DEFAULT: Flag = Flag::text("l", "", "label of the signer for requests that name none");

/// The flags that it takes.
pub(super) static FLAGS: &[&Flag] =
    &[&ADDRESS, &ROOTS, &DEFAULT, &flags::TLS_CERT, &flags::TLS_KEY, &flags::STATE, &flags::LOGLEVEL];

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "multirootca",
    about: "serve several signers, by label",
    usage: "Usage of multirootca:
        multirootca -roots file [-a address] [-l label] [-tls-cert cert] [-tls-key key] [-state directory]

Flags:",
    examples: "Examples:
  handfast multirootca -roots roots.ini -a 127.0.0.1:8888
  handfast multirootca -roots roots.ini -l primary -tls-cert server.pem -tls-key server-key.pem",
    flags: FLAGS,
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    call.no_words()?;
    let path = call.some(&ROOTS).ok_or_else(|| Failure::new("no root configuration: name it with -roots"))?;
    let roots = multiroot::read(&call.read(path)?).map_err(|error| Failure::new(error.to_string()))?;
    let (address, port) = address(call.text(&ADDRESS))?;
    let tls = serving::tls(call, call.some(&flags::TLS_CERT), call.some(&flags::TLS_KEY), None)?;
    let socket = serving::bind(address, port)?;
    let machine = call.machine();
    serving::log(&call.log);
    call.block_on(async {
        let mut records = Vec::new();
        let mut labels = Vec::new();
        for (name, root) in &roots {
            let (record, label) = signer(call, &machine, name, root).await?;
            records.push(record);
            labels.push(label);
        }
        let labels = Labels::several(labels, call.text(&DEFAULT))
            .map_err(|label| Failure::new(format!("no signer has the default label `{label}`")))?;
        let door = Door {
            labels,
            openings: Openings::none(),
            proofs: Proofs::Nothing,
            metrics: Metrics::default(),
            credentials: Arc::new(CredentialLimiter::new(serving::limits().per_credential)),
            records: None,
            crl: None,
            responder: None,
            bundler: None,
            machine: machine.clone(),
            workers: Arc::new(Semaphore::new(serve::WORKERS)),
        };
        serving::run(&call.log, socket, tls, router(Arc::new(door)), Arc::new(hf_http::cfssl::envelope)).await
    })?
}

/// `address:port`, `[address]:port` or `:port`.
fn address(text: &str) -> Result<(&str, i64), Failure> {
    let split = text.rsplit_once(':').and_then(|(address, port)| Some((address, port.parse().ok()?)));
    split.ok_or_else(|| Failure::new(format!("`{text}` is no listening address: expected `ADDRESS:PORT`")))
}

/// The signer of a label, and its record, which must outlive it.
async fn signer(
    call: &Call,
    machine: &Machine,
    name: &str,
    root: &Root,
) -> Result<(Standalone, Label), Failure> {
    let PrivateKey::File(key) = &root.private else {
        return Err(Failure::new(format!(
            "[{name}]: `rofile` needs a Red October server, which Handfast does not ask: name a file with `file://`"
        )));
    };
    let certificate = call.certificate(&root.certificate)?;
    let machine = recording::lasting(&call.log, machine, &certificate, Some(name))?;
    let policy = Arc::new(Policy::compile(config::load(call, &root.config)?, name)?);
    let record = Standalone::open(&machine, policy.profiles()).await?;
    let issuer = record.admit(std::slice::from_ref(&certificate), call.key_file(key)?).await?;
    let mut local = LocalSigner::new(Arc::clone(record.authority()), issuer, Arc::clone(&policy));
    if let Some(path) = &root.dbconfig {
        local = local.with_records(Arc::new(serve::records_in(call, path).await?));
    }
    let connect = |addresses: &str| serve::connect(call, &machine, addresses);
    let signer = UniversalSigner::new(Arc::clone(&policy), Some(local), &connect)?;
    Ok((record, Label::new(name, signer, policy).with_networks(root.nets.clone())))
}
