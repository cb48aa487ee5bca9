//! PostgreSQL with the files that `handfast apply` writes for it, and psql with those of its callers.
//!
//! The server is a cluster of its own, made by `initdb` in the domain's folder. It refuses to run as root; then it runs as
//! the user `postgres` that its package makes.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::domain::Domain;
use crate::identity::Identity;
use crate::impostor::Impostor;
use crate::port;
use crate::probe::Ending;
use crate::program::{Running, finish, server_program, succeed, text};

const DATABASE: &str = "db.example.internal";
const CALLER: &str = "caller.example.internal";

fn domain() -> Domain {
    Domain::declared(
        r#"
[trust]
domain = "example.internal"
[authority.root]
[authority.services]
parent = "root"
[service.db]
instances = ["db.example.internal"]
[service.caller]
instances = ["caller.example.internal"]
calls = ["db"]
"#,
    )
}

/// A cluster that runs, and the folder with its data.
struct Cluster {
    server: Running,
    address: SocketAddr,
    _data: TempDir,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Ends every connection and all of its processes.
        self.server.stop("INT");
    }
}

impl Cluster {
    fn start(domain: &Domain) -> Self {
        let home = TempDir::new().unwrap();
        let data = home.path().join("data");
        // The server's user must own its data and its key, and reach both.
        let trust = home.path().join("trust");
        copy(&domain.trust(DATABASE), &trust);
        give_to_server(&[home.path()]);
        run_as_server(Command::new(server_program("initdb")).arg("--no-sync").arg("-D").arg(&data), "");
        configure(domain, &data, &trust, home.path());
        give_to_server(&[home.path()]);
        let single = ["--single", "postgres", "-D"];
        let roles = "CREATE ROLE caller LOGIN\nCREATE ROLE stranger LOGIN\n";
        run_as_server(Command::new(server_program("postgres")).args(single).arg(&data), roles);

        let address = port::free();
        let mut command = Command::new(server_program("postgres"));
        command.arg("-D").arg(&data).args([
            "-c",
            "listen_addresses=127.0.0.1",
            "-p",
            &address.port().to_string(),
        ]);
        let mut server = Running::start(as_server(&mut command));
        server.wait_for("database system is ready to accept connections");
        Self { server, address, _data: home }
    }
}

/// The files as written, appended to those that `initdb` made or in their place.
fn configure(domain: &Domain, data: &Path, trust: &Path, sockets: &Path) {
    let moved = |file: &str| {
        let written = domain.read(DATABASE, file);
        written.replace(&domain.trust(DATABASE).display().to_string(), &trust.display().to_string())
    };
    let own = format!("unix_socket_directories = '{}'\nfsync = off\n", sockets.display());
    let mut config = fs::OpenOptions::new().append(true).open(data.join("postgresql.conf")).unwrap();
    config.write_all((own + &moved("postgresql.conf")).as_bytes()).unwrap();
    fs::write(data.join("pg_hba.conf"), moved("pg_hba.conf")).unwrap();
    fs::write(data.join("pg_ident.conf"), moved("pg_ident.conf")).unwrap();
}

fn copy(from: &Path, to: &Path) {
    succeed("cp", |command| {
        command.arg("-rL").arg(from).arg(to);
    });
}

fn is_root() -> bool {
    succeed("id", |command| {
        command.arg("-u");
    })
    .trim()
        == "0"
}

fn number(option: &str) -> u32 {
    let number = succeed("id", |command| {
        command.args([option, "postgres"]);
    });
    number.trim().parse().unwrap()
}

fn give_to_server(paths: &[&Path]) {
    if is_root() {
        succeed("chown", |command| {
            command.args(["-R", "postgres:postgres"]).args(paths);
        });
    }
}

fn as_server(command: &mut Command) -> &mut Command {
    if is_root() {
        command.uid(number("-u")).gid(number("-g"));
    }
    command.current_dir("/")
}

/// Runs a program of the server to its end, with `input`.
fn run_as_server(command: &mut Command, input: &str) {
    let piped = as_server(command).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

/// What psql shows to a server and whom it believes.
struct Client {
    _folder: TempDir,
    certificate: PathBuf,
    key: PathBuf,
    roots: PathBuf,
}

impl Client {
    fn new(domain: &Domain, identity: &Identity) -> Self {
        let folder = TempDir::new().unwrap();
        identity.write(folder.path());
        let at = |name: &str| folder.path().join(name);
        let roots = domain.trust(CALLER).join("roots.pem");
        Self { certificate: at("fullchain.pem"), key: at("key.pem"), roots, _folder: folder }
    }

    fn without_certificate(domain: &Domain) -> Self {
        let folder = TempDir::new().unwrap();
        let nowhere = folder.path().join("none");
        let roots = domain.trust(CALLER).join("roots.pem");
        Self { certificate: nowhere.clone(), key: nowhere, roots, _folder: folder }
    }

    /// What the database says about us, or why there was no connection.
    fn ask(&self, address: SocketAddr, user: &str) -> Result<String, String> {
        let connection = format!(
            "host={DATABASE} hostaddr={} port={} user={user} dbname=postgres connect_timeout=10 sslmode=verify-full \
             sslcert='{}' sslkey='{}' sslrootcert='{}'",
            address.ip(),
            address.port(),
            self.certificate.display(),
            self.key.display(),
            self.roots.display()
        );
        let question =
            "SELECT current_user, version, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let output = finish("psql", |command| {
            command.args(["--no-psqlrc", "-At", "-d", &connection, "-c", question]);
        });
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

#[test]
fn postgresql_admits_whom_it_should_and_refuses_the_others() {
    let domain = domain();
    let cluster = Cluster::start(&domain);
    let right = Client::new(&domain, &Identity::of(&domain, CALLER));
    assert_eq!(right.ask(cluster.address, "caller").unwrap(), format!("caller|TLSv1.3|/CN={CALLER}\n"));

    let refuses = |client: &Client, user: &str, words: &str| {
        let message = client.ask(cluster.address, user).unwrap_err();
        assert!(message.contains(words), "`{message}` does not say `{words}`");
    };
    let stranger = Client::new(&domain, &Identity::of_a_wrong_authority(CALLER));
    refuses(&stranger, "caller", "alert unknown ca");
    let expired = Client::new(&domain, &Identity::expired(&domain, CALLER, "services"));
    refuses(&expired, "caller", "alert certificate expired");
    let nobody = Client::without_certificate(&domain);
    refuses(&nobody, "caller", "connection requires a valid client certificate");
    refuses(&right, "stranger", "certificate authentication failed for user \"stranger\"");
}

#[test]
fn psql_refuses_a_server_of_another_name() {
    // The server shows the caller's certificate: of the right authority, but for another name.
    let domain = domain();
    let identity = Identity::of(&domain, CALLER);
    let server = Impostor::start_after(&identity, crate::impostor::postgresql_greeting);
    let message = Client::new(&domain, &identity).ask(server.address, "caller").unwrap_err();
    assert!(message.contains(&format!("does not match host name \"{DATABASE}\"")), "{message}");
    assert!(!matches!(server.ending(), Ending::Answer(_)), "it went on");
}
