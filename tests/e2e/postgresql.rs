//! PostgreSQL with the files that `handfast apply` writes for it, and psql with those of its callers.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::cluster::Cluster;
use crate::domain::Domain;
use crate::identity::Identity;
use crate::impostor::Impostor;
use crate::probe::Ending;
use crate::program::{finish, succeed, text};

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

/// A cluster with the files as they are written, appended to those that `initdb` made or in their place.
fn start(domain: &Domain) -> Cluster {
    Cluster::start(&["caller", "stranger"], |folders| {
        let trust = folders.home.join("trust");
        copy(&domain.trust(DATABASE), &trust);
        let moved = |file: &str| {
            let written = domain.read(DATABASE, file);
            written.replace(&domain.trust(DATABASE).display().to_string(), &trust.display().to_string())
        };
        folders.configure(&moved("postgresql.conf"));
        for file in ["pg_hba.conf", "pg_ident.conf"] {
            folders.write(file, &moved(file));
        }
    })
}

fn copy(from: &Path, to: &Path) {
    succeed("cp", |command| {
        command.arg("-rL").arg(from).arg(to);
    });
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
    let cluster = start(&domain);
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
