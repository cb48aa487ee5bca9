//! The authority of a trust domain, opened with the system's clock, generator and keys.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hf_ca::authority::{Authority, AuthorityParts, StartReport};
use hf_ca::key_directory::KeyDirectory;
use hf_ca::policy::{Policy, PolicySettings};
use hf_ca::profile::Profile;
use hf_ca::signer::{Signer, SignerSettings};
use hf_core::principal::{Channel, Principal};
use hf_core::secret::Secret;
use hf_keys::block_list::BlockList;
use hf_keys::random::SystemRandom;
use hf_store::audit::Origin;
use hf_store::remote::RemoteStore;
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_store::{Store, StoreError};

use crate::commands::options::PassphraseOptions;
use crate::config::profiles;
use crate::context::Context;
use crate::domain::{Domain, KEYS};
use crate::error::CommandError;
use crate::{logs, passphrase, system};

/// Directory of the store, inside the state directory.
const STORE: &str = "store";

/// Socket of the server that has the store, inside the state directory.
pub(crate) const SOCKET: &str = "server.sock";

/// File of blocked keys, inside the state directory: SHA-256 of a `SubjectPublicKeyInfo` a line.
const BLOCK_LIST: &str = "blocked-keys.txt";

/// Threads that sign. A command issues a handful of certificates.
const SIGNERS: NonZeroUsize = NonZeroUsize::MIN;

/// The authority of a trust domain, ready.
pub(crate) struct Opened {
    /// The authority.
    pub(crate) authority: Authority,
    /// What its start found.
    pub(crate) report: StartReport,
    /// Who acts, for events.
    pub(crate) origin: Origin,
    passphrase: Option<Secret<String>>,
}

impl Opened {
    /// The passphrase of the authorities' keys, if they are encrypted.
    pub(crate) fn passphrase(&self) -> Option<Secret<String>> {
        self.passphrase.as_ref().map(copy)
    }
}

/// Another copy of a secret, for another owner.
fn copy(secret: &Secret<String>) -> Secret<String> {
    Secret::new(secret.expose().clone())
}

/// Open the store of a trust domain that has one.
pub(crate) fn open_store(domain: &Domain) -> Result<Arc<dyn Store>, CommandError> {
    let state = domain.state();
    if !state.exists() {
        return Err(CommandError::refused(format!("`{}` does not exist yet", state.display()))
            .hint("run `handfast apply` to make the authorities"));
    }
    domain.check_state()?;
    store_in(&state)
}

/// The store itself; when a server has it, the store through that server.
fn store_in(state: &Path) -> Result<Arc<dyn Store>, CommandError> {
    match SqliteStore::open(&state.join(STORE), OpenOptions::default()) {
        Ok(store) => Ok(Arc::new(store)),
        Err(in_use @ StoreError::InUse { .. }) => through_server(state, in_use),
        Err(error) => Err(error.into()),
    }
}

fn own_store(state: &Path) -> Result<Arc<dyn Store>, CommandError> {
    Ok(Arc::new(SqliteStore::open(&state.join(STORE), OpenOptions::default())?))
}

/// The store through the socket of the server that has it. Whoever else has it, another command, has no socket.
fn through_server(state: &Path, in_use: StoreError) -> Result<Arc<dyn Store>, CommandError> {
    let socket = state.join(SOCKET);
    if !socket.exists() {
        return Err(in_use.into());
    }
    match RemoteStore::connect(&socket) {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => {
            Err(CommandError::from(in_use).hint(format!("nor does a server answer for it: {error}")))
        }
    }
}

/// Open the authority on behalf of whoever runs the command.
pub(crate) fn open(
    context: &Context,
    domain: &Domain,
    passphrase: &PassphraseOptions,
) -> Result<Opened, CommandError> {
    let who = Who {
        principal: system::operator(),
        channel: Channel::CommandLine,
        signer: one_signer(),
        further: Vec::new(),
    };
    open_as(context, domain, passphrase, who)
}

/// Open the authority to serve it: as many signers as the machine has processors, and profiles beyond those of the file.
pub(crate) fn open_for_server(
    context: &Context,
    domain: &Domain,
    passphrase: &PassphraseOptions,
    further: Vec<Profile>,
) -> Result<Opened, CommandError> {
    let threads = std::thread::available_parallelism().unwrap_or(SIGNERS);
    let mut signer = SignerSettings::with_threads(threads);
    let declared = domain.topology.server.limits.signer_queue;
    if let Some(queue) = declared.and_then(|queue| usize::try_from(queue).ok()).and_then(NonZeroUsize::new) {
        signer.queue = queue;
    }
    let who = Who { principal: Principal::Server, channel: Channel::Server, signer, further };
    open_as(context, domain, passphrase, who)
}

/// Open the authority to carry out the topology.
pub(crate) fn open_for_topology(
    context: &Context,
    domain: &Domain,
    passphrase: &PassphraseOptions,
) -> Result<Opened, CommandError> {
    let principal = Principal::Topology { domain: domain.topology.trust.domain.to_string() };
    open_as(
        context,
        domain,
        passphrase,
        Who { principal, channel: Channel::Topology, signer: one_signer(), further: Vec::new() },
    )
}

/// On whose behalf an authority is opened, and how many sign for it.
struct Who {
    principal: Principal,
    channel: Channel,
    signer: SignerSettings,
    /// Profiles beyond those of the file.
    further: Vec<Profile>,
}

fn one_signer() -> SignerSettings {
    SignerSettings::with_threads(SIGNERS)
}

fn open_as(
    context: &Context,
    domain: &Domain,
    options: &PassphraseOptions,
    who: Who,
) -> Result<Opened, CommandError> {
    let state = domain.make_state()?;
    let keys = make_keys(&state)?;
    // A server must have the store itself: two of them would each believe to be the one.
    let store = if who.principal == Principal::Server { own_store(&state)? } else { store_in(&state)? };
    let passphrase = key_passphrase(context, options, &keys)?;
    let origin = Origin { at: context.now(), principal: who.principal, channel: who.channel };
    let mut profiles = profiles::compile(&domain.topology)
        .map_err(|faults| CommandError::refused("the profiles cannot be used").findings(faults))?;
    profiles.extend(who.further);
    let parts = AuthorityParts {
        store,
        keys: KeyDirectory::new(keys, passphrase.as_ref().map(copy)),
        block_list: block_list(&state)?,
        profiles,
        policy: policy(),
        permitted: profiles::permitted(&domain.topology)?,
        signer: Signer::start(who.signer)
            .map_err(|error| CommandError::fault("cannot start the signer").because(error))?,
        logs: Some(logs::client(&context.clock)),
        clock: Arc::clone(&context.clock),
        random: Arc::new(SystemRandom),
    };
    let (authority, report) = context.block_on(Authority::start(parts, origin.clone()))?;
    set_shard_size(&authority, domain);
    authority.keep_parents_for_authorities(profiles::certifying(&domain.topology));
    Ok(Opened { authority, report, origin, passphrase })
}

/// The policy of a trust domain.
pub(crate) fn policy() -> Policy {
    Policy::new(PolicySettings::default())
}

/// As `[server] crl_shard` says.
pub(crate) fn set_shard_size(authority: &Authority, domain: &Domain) {
    let declared = domain.topology.server.crl_shard.and_then(|count| usize::try_from(count).ok());
    authority.set_shard_size(declared.unwrap_or(Authority::SHARD_SIZE));
}

/// The keys that this trust domain refuses, beside those on record: a file of SHA-256 values that users can extend.
fn block_list(state: &Path) -> Result<BlockList, CommandError> {
    let path = state.join(BLOCK_LIST);
    match std::fs::read(&path) {
        Ok(octets) => BlockList::parse(&octets).map_err(|error| {
            CommandError::refused(format!("`{}` is not a list of keys", path.display())).because(error)
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BlockList::empty()),
        Err(error) => Err(CommandError::io("read", &path, error)),
    }
}

/// The directory of the keys, made when it does not exist.
fn make_keys(state: &Path) -> Result<PathBuf, CommandError> {
    use std::os::unix::fs::DirBuilderExt;
    let keys = state.join(KEYS);
    match std::fs::DirBuilder::new().mode(0o700).create(&keys) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(CommandError::io("make the directory", &keys, error))
        }
        _ => Ok(keys),
    }
}

/// The passphrase of the keys: from the file that was named, from the environment; from a prompt when a key is
/// encrypted and neither is given.
fn key_passphrase(
    context: &Context,
    options: &PassphraseOptions,
    keys: &Path,
) -> Result<Option<Secret<String>>, CommandError> {
    if let Some(file) = &options.passphrase_file {
        return passphrase::from_file(file, &context.output).map(Some);
    }
    if let Some(found) = passphrase::from_env(&context.env)? {
        return Ok(Some(copy(found)));
    }
    if any_encrypted(keys)? { passphrase::prompt("of the authorities' keys").map(Some) } else { Ok(None) }
}

/// Whether a key in the directory is encrypted.
fn any_encrypted(keys: &Path) -> Result<bool, CommandError> {
    let list = std::fs::read_dir(keys).map_err(|error| CommandError::io("list", keys, error))?;
    for entry in list {
        let path = entry.map_err(|error| CommandError::io("list", keys, error))?.path();
        let octets = std::fs::read(&path).map_err(|error| CommandError::io("read", &path, error))?;
        if octets.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") {
            return Ok(true);
        }
    }
    Ok(false)
}
