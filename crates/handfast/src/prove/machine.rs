//! One machine as its files show it: what it is, what it trusts.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use hf_core::causes::with_causes;
use hf_core::finding::Finding;
use hf_core::secret::Secret;
use hf_core::time::Timestamp;
use hf_keys::private_key::PrivateKey;
use hf_topology::declared::{External, Instance, Party, Service};
use hf_topology::layout;
use hf_x509::certificate::Certificate;

use super::{codes, files, key_stores};
use crate::domain::Domain;
use crate::tls::{ClientConfig, Endpoint, EndpointError, ServerConfig};

/// The largest file of an instance that is read, in bytes.
const MAX_FILE: u64 = 1024 * 1024;

/// What the files of one machine say.
pub(super) struct Machine {
    /// Name of the instance.
    pub(super) name: String,
    /// Its private key, when it is ours to use.
    pub(super) key: Option<PrivateKey>,
    /// Certificates as sent, leaf first.
    pub(super) chain: Vec<Certificate>,
    /// What it trusts.
    pub(super) roots: Vec<Certificate>,
    /// Whether its files are ours, its private key among them.
    pub(super) ours: bool,
    /// What is wrong with the files.
    pub(super) findings: Vec<Finding>,
    as_client: OnceCell<Arc<ClientConfig>>,
    as_server: OnceCell<Arc<ServerConfig>>,
}

/// Every instance of the topology.
pub(super) fn load_all(domain: &Domain, now: Timestamp) -> BTreeMap<String, Machine> {
    let mut machines = BTreeMap::new();
    for member in domain.topology.members() {
        let machine = match member.party {
            Party::Service(service) => ours(domain, service, member.instance, now),
            Party::External(external) => theirs(domain, external, member.instance),
        };
        machines.insert(member.instance.name.clone(), machine);
    }
    machines
}

impl Machine {
    fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            key: None,
            chain: Vec::new(),
            roots: Vec::new(),
            ours: false,
            findings: Vec::new(),
            as_client: OnceCell::new(),
            as_server: OnceCell::new(),
        }
    }

    /// Its own certificate.
    pub(super) fn leaf(&self) -> Option<&Certificate> {
        self.chain.first()
    }

    /// Whether it can take part in handshakes: its key is ours to use.
    pub(super) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// How it calls others. Made once, because it calls many.
    pub(super) fn client(&self, now: Timestamp) -> Result<Arc<ClientConfig>, EndpointError> {
        once(&self.as_client, || self.endpoint()?.client(now))
    }

    /// How it calls a server that runs.
    pub(super) fn caller(&self, now: Timestamp) -> Result<Arc<ClientConfig>, EndpointError> {
        self.endpoint()?.caller(now)
    }

    /// How it calls one whoever answers.
    pub(super) fn credulous_caller(&self, now: Timestamp) -> Result<Arc<ClientConfig>, EndpointError> {
        self.endpoint()?.credulous_caller(now)
    }

    /// How others call it. Made once, because many do.
    pub(super) fn server(&self, now: Timestamp) -> Result<Arc<ServerConfig>, EndpointError> {
        once(&self.as_server, || self.endpoint()?.server(now))
    }

    /// As one side of a handshake.
    fn endpoint(&self) -> Result<Endpoint, EndpointError> {
        let key = self.key.as_ref().ok_or(EndpointError::NoKey)?;
        let der = |list: &[Certificate]| list.iter().map(|certificate| certificate.der().to_vec()).collect();
        Ok(Endpoint {
            chain: der(&self.chain),
            key: Secret::new(key.to_pkcs8_der().expose().clone()),
            roots: der(&self.roots),
        })
    }

    /// Keep what could be read, note what could not.
    fn take<T: Default>(&mut self, file: &str, read: Result<T, String>) -> T {
        read.unwrap_or_else(|why| {
            self.findings.push(codes::unreadable(file, &why));
            T::default()
        })
    }
}

/// What was made before, or made now; a failure is not kept.
fn once<T>(
    cell: &OnceCell<Arc<T>>,
    build: impl FnOnce() -> Result<Arc<T>, EndpointError>,
) -> Result<Arc<T>, EndpointError> {
    if let Some(known) = cell.get() {
        return Ok(Arc::clone(known));
    }
    let value = build()?;
    Ok(Arc::clone(cell.get_or_init(|| value)))
}

/// An instance that we wrote files for.
fn ours(domain: &Domain, service: &Service, instance: &Instance, now: Timestamp) -> Machine {
    let directory = domain.instance(&instance.name);
    let mut machine = Machine { ours: true, ..Machine::empty(&instance.name) };
    let label = |file| layout::path(&instance.name, file);
    let read = certificates(&directory.join(layout::FULL_CHAIN));
    machine.chain = machine.take(&label(layout::FULL_CHAIN), read);
    let read = certificates(&directory.join(layout::ROOTS));
    machine.roots = machine.take(&label(layout::ROOTS), read);
    let read = private_key(&directory.join(layout::KEY)).map(Some);
    machine.key = machine.take(&label(layout::KEY), read);
    let mut found = files::modes(&directory, &instance.name, service);
    found.extend(files::pair(&machine));
    found.extend(files::validity(&machine, now));
    // Of what cannot be read nothing else is said.
    if machine.findings.is_empty() {
        found.extend(key_stores::findings(&directory, &machine, service));
    }
    machine.findings.extend(found);
    machine
}

/// An instance of an external party: its certificate and, for rehearsals, its key are named in the file.
fn theirs(domain: &Domain, external: &External, instance: &Instance) -> Machine {
    let mut machine = Machine::empty(&instance.name);
    let read = certificates(&domain.base.join(&external.certificate));
    machine.chain = machine.take(&external.certificate, read);
    if let Some(key) = &external.key {
        let read = private_key(&domain.base.join(key)).map(Some);
        machine.key = machine.take(key, read);
    }
    if external.trusts_us {
        let file = layout::path(&instance.name, layout::ROOTS);
        let read = certificates(&domain.base.join(&file));
        machine.roots = machine.take(&file, read);
    }
    machine
}

/// Every certificate in a PEM file; none in an empty one, which is the trust store of somebody who trusts nobody.
fn certificates(path: &Path) -> Result<Vec<Certificate>, String> {
    let octets = octets(path, MAX_FILE)?;
    let text = std::str::from_utf8(octets.expose()).map_err(|_| String::from("it is no text"))?;
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    Certificate::many_from_pem(text).map_err(|error| with_causes(&error))
}

/// The private key in a PEM or DER file. Its mode is judged apart, against the declared one.
fn private_key(path: &Path) -> Result<PrivateKey, String> {
    let octets = octets(path, MAX_FILE)?;
    PrivateKey::from_pem_or_der(octets.expose(), None).map_err(|error| with_causes(&error))
}

/// The octets of a file, `max` at most.
pub(super) fn octets(path: &Path, max: u64) -> Result<Secret<Vec<u8>>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let size = fs::metadata(path).map_or(0, |metadata| metadata.len());
    if size > max {
        return Err(format!("it has {size} bytes, at most {max} are read"));
    }
    let mut octets = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    file.take(max).read_to_end(&mut octets).map_err(|error| error.to_string())?;
    Ok(Secret::new(octets))
}
