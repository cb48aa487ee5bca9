//! `multirootca`: signers with labels, each with its certificate, key and policy, behind one port.

use std::sync::Arc;

use hf_cfssl::policy::Policy;
use hf_cfssl::universal::UniversalSigner;
use hf_http::cfssl::door::{Door, DoorHandle, Label, Labels};
use hf_http::cfssl::multirootca::router;
use hf_proto::cfssl::multiroot::{self, PrivateKey, Root};

use super::call::{Call, Failure};
use super::lasting::Lasting;
use super::recording::Wanted;
use super::{GoCommand, config, flags, serve, serving};
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
    let (address, port) = address(call.text(&ADDRESS))?;
    let files = serving::TlsFiles {
        certificate: call.some(&flags::TLS_CERT),
        key: call.some(&flags::TLS_KEY),
        clients: None,
    };
    let tls = files.open(call)?;
    let socket = serving::bind(address, port)?;
    let mut making = Making(Lasting::new(call));
    let _written = serving::log(&call.log);
    call.block_on(async {
        let door = DoorHandle::new(making.door(call).await?);
        let served = serving::Served { socket, tls: tls.clone(), router: router(door.clone()) };
        serving::run(&call.log, served, async || {
            let held = files.read(call)?;
            let next = making.door(call).await?;
            serving::show(tls.as_deref(), held)?;
            door.replace(next);
            Ok(())
        })
        .await
    })?
}

/// Makes doors.
struct Making(Lasting);

impl Making {
    /// The door that the files describe now. All of them are read before any signer changes.
    async fn door(&mut self, call: &Call) -> Result<Door, Failure> {
        let path =
            call.some(&ROOTS).ok_or_else(|| Failure::new("no root configuration: name it with -roots"))?;
        let roots = multiroot::read(&call.read(path)?).map_err(|error| Failure::new(error.to_string()))?;
        let default = call.text(&DEFAULT);
        if !default.is_empty() && !roots.iter().any(|(name, _)| name == default) {
            return Err(Failure::new(format!("no signer has the default label `{default}`")));
        }
        let wanted: Vec<_> = roots.iter().map(|(name, root)| wanted(call, name, root)).collect();
        let mut labels = Vec::new();
        for ((name, root), wanted) in roots.iter().zip(wanted.into_iter().collect::<Result<Vec<_>, _>>()?) {
            labels.push(self.label(call, name, root, wanted).await?);
        }
        let labels = Labels::several(labels, default)
            .map_err(|label| Failure::new(format!("no signer has the default label `{label}`")))?;
        Ok(self.0.door(labels))
    }

    async fn label(
        &mut self,
        call: &Call,
        name: &str,
        root: &Root,
        wanted: Wanted,
    ) -> Result<Label, Failure> {
        let policy = Arc::clone(&wanted.policy);
        let mut local = self.0.recording.signer(&call.log, &self.0.machine, wanted).await?;
        if let Some(path) = &root.dbconfig {
            local = local.with_records(Arc::new(serve::records_in(call, path).await?));
        }
        let connect = |addresses: &str| serve::connect(call, &self.0.machine, addresses);
        let signer = UniversalSigner::new(Arc::clone(&policy), Some(local), &connect)?;
        Ok(Label::new(name, signer, policy).with_networks(root.nets.clone()))
    }
}

/// The signer of a label.
fn wanted(call: &Call, name: &str, root: &Root) -> Result<Wanted, Failure> {
    let PrivateKey::File(key) = &root.private else {
        return Err(Failure::new(format!(
            "[{name}]: `rofile` needs a Red October server, which Handfast does not ask: name a file with `file://`"
        )));
    };
    let policy = Arc::new(Policy::compile(config::load(call, &root.config)?, name)?);
    let certificate = call.certificate(&root.certificate)?;
    Ok(Wanted { certificate, key: call.key_file(key)?, policy, label: Some(name.to_owned()) })
}

/// `address:port`, `[address]:port` or `:port`.
fn address(text: &str) -> Result<(&str, i64), Failure> {
    let split = text.rsplit_once(':').and_then(|(address, port)| Some((address, port.parse().ok()?)));
    split.ok_or_else(|| Failure::new(format!("`{text}` is no listening address: expected `ADDRESS:PORT`")))
}
