//! A store through a stream keeps the contract, and neither end harms the other.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream as Client;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use hf_core::audit::AuditAction;
use hf_core::reason::RevocationReason::Superseded;
use hf_store::conformance::material::{
    authority, begin, begun, certificate, event, finish, finished, intent, issue, origin, revoke, time,
};
use hf_store::conformance::{Backend, run};
use hf_store::record::{Body, CertificateState};
use hf_store::remote::{Change, OnChange, RemoteStore, ServeError, Session, serve};
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_store::{IssuanceStore, IssuerStore, RevocationStore, Store, StoreError};
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::task::JoinHandle;

/// Stores of the suite: each behind a socket of its own, with one client.
struct Remote {
    root: TempDir,
    stores: Mutex<(u32, Option<Receiver<()>>)>,
}

impl Remote {
    fn open(&self, number: u32) -> Result<(Box<dyn Store>, Receiver<()>), StoreError> {
        let directory = self.root.path().join(number.to_string());
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&directory, OpenOptions::default())?);
        let socket = directory.join("server.sock");
        drop(std::fs::remove_file(&socket));
        let listener = UnixListener::bind(&socket).unwrap();
        let (closed, when_closed) = channel();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            Session::sole(store).serve(stream).await.unwrap();
            closed.send(()).unwrap();
        });
        Ok((Box::new(RemoteStore::connect(&socket)?), when_closed))
    }
}

impl Backend for Remote {
    fn fresh(&self) -> Result<Box<dyn Store>, StoreError> {
        let mut stores = self.stores.lock().unwrap();
        stores.0 += 1;
        let (store, closed) = self.open(stores.0)?;
        stores.1 = Some(closed);
        Ok(store)
    }

    fn again(&self) -> Result<Box<dyn Store>, StoreError> {
        let mut stores = self.stores.lock().unwrap();
        stores.1.take().unwrap().recv().unwrap();
        let (store, closed) = self.open(stores.0)?;
        stores.1 = Some(closed);
        Ok(store)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_is_kept() {
    let backend = Remote { root: tempfile::tempdir().unwrap(), stores: Mutex::new((0, None)) };
    if let Err(violation) = run(&backend).await {
        panic!("{violation}");
    }
}

type Outcome = JoinHandle<Result<(), ServeError>>;

/// A server with a store of its own, as `handfast serve` has it.
struct Server {
    store: Arc<dyn Store>,
    socket: PathBuf,
    sessions: tokio::sync::mpsc::UnboundedReceiver<Outcome>,
    _directory: TempDir,
}

impl Server {
    fn start(on_change: OnChange) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> =
            Arc::new(SqliteStore::open(directory.path(), OpenOptions::default()).unwrap());
        let socket = directory.path().join("server.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let (started, sessions) = tokio::sync::mpsc::unbounded_channel();
        let shared = Arc::clone(&store);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let session = serve(stream, Arc::clone(&shared), Arc::clone(&on_change));
                if started.send(tokio::spawn(session)).is_err() {
                    break;
                }
            }
        });
        Self { store, socket, sessions, _directory: directory }
    }

    fn quiet() -> Self {
        Self::start(Arc::new(|_| Box::pin(async {})))
    }

    fn connect(&self) -> RemoteStore {
        RemoteStore::connect(&self.socket).unwrap()
    }

    /// How the next session ended.
    async fn ended(&mut self) -> Result<(), ServeError> {
        self.sessions.recv().await.unwrap().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_cannot_close_what_the_server_is_working_on() {
    let server = Server::quiet();
    begin(&*server.store, &intent(1)).await.unwrap();
    let client = server.connect();
    assert_eq!(client.close_open_intents(origin()).await.unwrap(), 0);
    finish(&*server.store, &intent(1)).await.unwrap();
    let found = client.find_by_serial(&intent(1).authority, &intent(1).serial).await.unwrap().unwrap();
    assert_eq!(found.body, Body::Issued(certificate(&intent(1))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_client_began_is_closed_as_possibly_signed() {
    let mut server = Server::quiet();
    begin(&*server.store, &intent(1)).await.unwrap();
    let client = server.connect();
    for number in 2..=4 {
        begin(&client, &intent(number)).await.unwrap();
    }
    finish(&client, &intent(3)).await.unwrap();
    let found = client.begin_issuance(intent(3), begun(&intent(3))).await;
    assert!(matches!(found, Err(StoreError::SerialTaken { .. })));
    drop(client);
    server.ended().await.unwrap();
    let open = server.store.open_intents(10).await.unwrap();
    assert_eq!(open.iter().map(|open| &open.serial).collect::<Vec<_>>(), [&intent(1).serial]);
    for (number, state) in [
        (2, CertificateState::PossiblySigned),
        (3, CertificateState::Valid),
        (4, CertificateState::PossiblySigned),
    ] {
        let wanted = intent(number);
        let found = server.store.find_by_serial(&wanted.authority, &wanted.serial).await.unwrap().unwrap();
        assert_eq!(found.state(time(100)), state, "{number}");
    }
    finish(&*server.store, &intent(1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_learns_of_a_change_before_its_client_is_answered() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let server = Server::start(Arc::new(move |change| {
        notes.lock().unwrap().push(change);
        Box::pin(async {})
    }));
    let client = server.connect();
    let added =
        AuditAction::AuthorityAdded { authority: "services".to_owned(), certificate_sha256: String::new() };
    client.add_authority(authority("services"), event(added.clone())).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [Change::Authorities]);
    client.add_authority(authority("services"), event(added)).await.unwrap_err();
    issue(&client, &intent(1)).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [Change::Authorities], "a refused change was announced");
    revoke(&client, &intent(1), 1, Superseded).await.unwrap();
    revoke(&client, &intent(1), 1, Superseded).await.unwrap();
    let revoked = Change::Revocation { serial: intent(1).serial };
    assert_eq!(*seen.lock().unwrap(), [Change::Authorities, revoked]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_client_is_shown_the_door_and_others_go_on() {
    let mut server = Server::quiet();
    let client = server.connect();
    let _session = server.sessions.recv().await.unwrap();
    for (octets, words) in [
        (&b"GET / HTTP/1.1\r\n\r\n"[..], "connection"),
        (&[0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, b'{', b'}'], "cannot be spoken with"),
        (&[0xff; 64], "connection"),
    ] {
        let mut stranger = Client::connect(&server.socket).unwrap();
        stranger.write_all(octets).unwrap();
        stranger.shutdown(std::net::Shutdown::Write).unwrap();
        let error = server.ended().await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        // It may also be reset, for what it sent and nobody read.
        drop(stranger.read_to_end(&mut Vec::new()));
    }
    issue(&client, &intent(1)).await.unwrap();
}

fn greeted(socket: &Path) -> Client {
    let mut client = Client::connect(socket).unwrap();
    let hello = br#"{"protocol":"handfast-store","version":1}"#;
    send(&mut client, hello);
    let mut length = [0; 4];
    client.read_exact(&mut length).unwrap();
    let mut answer = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
    client.read_exact(&mut answer).unwrap();
    client
}

fn send(to: &mut Client, payload: &[u8]) {
    let length = u32::try_from(payload.len() + 8).unwrap();
    to.write_all(&[&length.to_be_bytes()[..], &[0; 8], payload].concat()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_method_that_nobody_knows_ends_the_connection() {
    let mut server = Server::quiet();
    let mut client = greeted(&server.socket);
    send(&mut client, br#"{"settings":"drop-everything"}"#);
    assert!(matches!(server.ended().await, Err(ServeError::Request(_))));
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_told_from_a_refusal() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("server.sock");
    let nobody = RemoteStore::connect(&socket).unwrap_err();
    assert!(matches!(nobody, StoreError::Remote { .. }) && nobody.is_definite(), "{nobody}");

    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        send(&mut stream, br#"{"protocol":"handfast-store","version":1}"#);
        // Hello and one request, then nothing more: as a server that is killed.
        let mut octets = [0; 200];
        let mut read = 0;
        while read < octets.len() {
            read += stream.read(&mut octets).unwrap();
        }
    });
    let client = RemoteStore::connect(&socket).unwrap();
    let wanted = intent(1);
    let unknown = client.begin_issuance(wanted.clone(), begun(&wanted)).await.unwrap_err();
    assert!(matches!(unknown, StoreError::NoAnswer) && !unknown.is_definite(), "{unknown}");
    server.join().unwrap();
    let der = certificate(&wanted);
    let closed = client.finish_issuance(&wanted.authority, &wanted.serial, der, finished(&wanted)).await;
    assert!(matches!(closed, Err(StoreError::Closed)));
    assert!(matches!(client.crl_position("services", 0).await, Err(StoreError::Closed)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_version_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("server.sock");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        send(&mut stream, br#"{"protocol":"handfast-store","version":2}"#);
        // Until the client has gone.
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    let error = RemoteStore::connect(&socket).unwrap_err().to_string();
    server.join().unwrap();
    assert!(error.contains("speaks version 2 of the protocol, this program version 1"), "{error}");
}
