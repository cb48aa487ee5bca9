//! The walk of an organisation that runs its own authorities with CFSSL: a root, a policy, a server that asks for a key,
//! clients that make their keys at home, renewals from the same request; a database and its callers, each of an authority
//! of its own, in a real PostgreSQL. Our programs and Debian's take each role.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::programs::Programs;
use crate::cluster::Cluster;
use crate::port;
use crate::program::{Running, finish, succeed, text};

const AUTH_KEY: &str = "0123456789abcdef0123456789abcdef";
const OTHER_KEY: &str = "fedcba9876543210fedcba9876543210";

/// An authority that listens, and the folder with its root.
struct Ca {
    folder: TempDir,
    address: SocketAddr,
    _server: Running,
}

impl Ca {
    /// A new root and its server, by `programs`.
    fn start(programs: &Programs, name: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let place = folder.path();
        let request = format!(
            r#"{{"CN":"{name} CA","key":{{"algo":"ecdsa","size":256}},"names":[{{"C":"GB","O":"Shop","OU":"{name}"}}],
                "ca":{{"expiry":"43800h"}}}}"#
        );
        fs::write(place.join("ca-csr.json"), request).unwrap();
        programs.split(place, "gencert -initca ca-csr.json", "ca");
        let policy = format!(
            r#"{{"signing":{{"default":{{"auth_key":"service","expiry":"8760h",
                "usages":["signing","key encipherment","server auth","client auth"]}}}},
                "auth_keys":{{"service":{{"type":"standard","key":"{AUTH_KEY}"}}}}}}"#
        );
        fs::write(place.join("config.json"), policy).unwrap();
        let address = port::free();
        let words = "-ca ca.pem -ca-key ca-key.pem -config config.json";
        let server = programs.serve(place, address, words);
        Self { folder, address, _server: server }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

/// How a client's configuration names server and key.
#[derive(Clone, Copy)]
enum Form {
    /// `auth_remote`, which CFSSL understands.
    AuthRemote,
    /// `auth_key` and `remote` in one profile, as Cloudflare's article prints it.
    Article,
}

/// A program's place on a machine of its own: its key is made here and stays here.
struct Client<'a> {
    programs: &'a Programs,
    folder: TempDir,
    name: &'a str,
}

impl<'a> Client<'a> {
    fn new(programs: &'a Programs, name: &'a str, ca: &Ca, form: Form, key: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let signer = match form {
            Form::AuthRemote => r#""auth_remote":{"auth_key":"service","remote":"ca"}"#,
            Form::Article => r#""auth_key":"service","remote":"ca""#,
        };
        // Debian's client cannot read an address without a name before a port.
        let remote = format!("localhost:{}", ca.address.port());
        let config = format!(
            r#"{{"signing":{{"default":{{{signer},"expiry":"8760h"}}}},
                "auth_keys":{{"service":{{"type":"standard","key":"{key}"}}}},"remotes":{{"ca":"{remote}"}}}}"#
        );
        fs::write(folder.path().join("config.json"), config).unwrap();
        let request = format!(r#"{{"CN":"{name}","hosts":["{name}","127.0.0.1"],"names":[{{"O":"Shop"}}]}}"#);
        fs::write(folder.path().join("csr.json"), request).unwrap();
        Self { programs, folder, name }
    }

    /// A key and a certificate, then another certificate for the same request, as cron would get it.
    fn enrol_and_renew(&self) {
        let place = self.folder.path();
        self.programs.split(place, "gencert -config config.json csr.json", "first");
        fs::rename(place.join("first-key.pem"), place.join("key.pem")).unwrap();
        self.programs.split(place, "sign -config config.json first.csr", "cert");
        let (first, renewed) = (self.shown("first.pem"), self.shown("cert.pem"));
        assert_ne!(first.0, renewed.0, "a renewal has a serial number of its own");
        assert_eq!(first.1, renewed.1, "a renewal from the same request keeps the key and the names");
    }

    /// The serial number of a certificate; its subject, names and key.
    fn shown(&self, file: &str) -> (String, String) {
        let openssl = |what: &[&str]| {
            succeed("openssl", |command| {
                command.args(["x509", "-noout", "-in"]).arg(self.folder.path().join(file)).args(what);
            })
        };
        (openssl(&["-serial"]), openssl(&["-subject", "-pubkey", "-ext", "subjectAltName,extendedKeyUsage"]))
    }

    /// The question that a caller puts to the database, or why there was no connection.
    fn ask(&self, cluster: &Cluster, roots: &Path, user: &str) -> Result<String, String> {
        let at = |name: &str| self.folder.path().join(name).display().to_string();
        let connection = format!(
            "host=localhost hostaddr=127.0.0.1 port={} user={user} dbname=postgres connect_timeout=10 \
             sslmode=verify-full sslcert='{}' sslkey='{}' sslrootcert='{}'",
            cluster.address.port(),
            at("cert.pem"),
            at("key.pem"),
            roots.display()
        );
        let question =
            "SELECT current_user, version, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let output = finish("psql", |command| {
            command.args(["--no-psqlrc", "-At", "-d", &connection, "-c", question]);
        });
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

/// A database that presents `own` and believes callers whose certificates are of `callers`.
fn database(own: &Client<'_>, callers: &Ca) -> Cluster {
    Cluster::start(&["api"], |folders| {
        let copy = |from: PathBuf, name: &str| {
            fs::copy(from, folders.home.join(name)).unwrap();
            folders.home.join(name).display().to_string()
        };
        let cert = copy(own.folder.path().join("cert.pem"), "cert.pem");
        let key = copy(own.folder.path().join("key.pem"), "key.pem");
        let roots = copy(callers.root(), "callers.pem");
        folders.configure(&format!(
            "ssl = on\nssl_cert_file = '{cert}'\nssl_key_file = '{key}'\nssl_ca_file = '{roots}'\n"
        ));
        folders.write("pg_hba.conf", "hostssl all all 127.0.0.1/32 cert\n");
    })
}

/// The whole walk: authorities by `servers`, certificates by `clients`.
fn walk(servers: &Programs, clients: &Programs, form: Form) {
    let databases = Ca::start(servers, "databases");
    let callers = Ca::start(servers, "callers");
    let database_client = Client::new(clients, "localhost", &databases, form, AUTH_KEY);
    let api = Client::new(clients, "api", &callers, form, AUTH_KEY);
    for client in [&database_client, &api] {
        client.enrol_and_renew();
    }

    let cluster = database(&database_client, &callers);
    let answer = api.ask(&cluster, &databases.root(), "api").unwrap();
    assert!(answer.starts_with("api|TLSv1.3|") && answer.contains("/CN=api"), "{answer}");

    // Those of one authority cannot stand in for those of the other, on either side.
    let refused = database_client.ask(&cluster, &databases.root(), "api").unwrap_err();
    assert!(refused.contains("alert unknown ca"), "{refused}");
    let refused = api.ask(&cluster, &callers.root(), "api").unwrap_err();
    assert!(refused.contains("certificate verify failed"), "{refused}");

    a_wrong_key_is_refused(clients, &callers, form);
}

fn a_wrong_key_is_refused(clients: &Programs, ca: &Ca, form: Form) {
    let stranger = Client::new(clients, "stranger", ca, form, OTHER_KEY);
    let output = clients.cfssl(stranger.folder.path(), "gencert -config config.json csr.json");
    assert!(
        !output.status.success() && output.stdout.is_empty(),
        "{} got {}",
        stranger.name,
        text(&output.stdout)
    );
    // Our client binds its proof to time and endpoint, and our server says so.
    let said = text(&output.stderr);
    assert!(said.contains("invalid token") || said.contains("invalid bound proof"), "{said}");
}

#[test]
fn stock_clients_walk_with_our_servers() {
    walk(&Programs::ours(), &Programs::stock(), Form::AuthRemote);
}

#[test]
fn our_clients_walk_with_stock_servers() {
    walk(&Programs::stock(), &Programs::ours(), Form::AuthRemote);
}

#[test]
fn the_clients_file_of_the_article_works() {
    walk(&Programs::ours(), &Programs::ours(), Form::Article);
}

#[test]
fn the_clients_file_of_the_article_works_with_stock_servers() {
    let ca = Ca::start(&Programs::stock(), "databases");
    let ours = Programs::ours();
    Client::new(&ours, "localhost", &ca, Form::Article, AUTH_KEY).enrol_and_renew();
}
