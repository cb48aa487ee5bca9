//! What the servers read: one authority and one policy for both, a topology for `handfast serve`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::door;
use crate::bench::running::free_address;
use crate::process;

/// The authority that certificates of `/v1` come from.
pub(super) const AUTHORITY: &str = "services";

/// The table of CFSSL's certificate database.
const CERTIFICATES: &str = "CREATE TABLE certificates (serial_number blob NOT NULL, authority_key_identifier blob NOT NULL, \
    ca_label blob, status blob NOT NULL, reason int, expiry timestamp, revoked_at timestamp, pem blob NOT NULL, \
    PRIMARY KEY(serial_number, authority_key_identifier));";

/// Where everything lies.
pub(super) struct Files {
    pub(super) directory: PathBuf,
    /// The API key for `/v1`.
    pub(super) api_key: String,
    /// The roots that clients trust: that of the policy, that of the topology.
    pub(super) roots: Vec<Vec<u8>>,
}

impl Files {
    /// Make them, with stock cfssl and with our program.
    pub(super) fn write(directory: &Path, program: &Path, cfssl: &Path) -> Result<Self> {
        let directory = directory.canonicalize()?;
        write(&directory, "policy.json", &policy())?;
        write(&directory, "ca-csr.json", &csr("Bench root", &[]))?;
        write(&directory, "tls-csr.json", &csr("localhost", &["localhost", "127.0.0.1"]))?;
        let in_directory = |words: &[&str]| -> Result<Value> {
            let text = process::capture(Command::new(cfssl).args(words).current_dir(&directory))?;
            serde_json::from_str(&text).context("stock cfssl printed no JSON")
        };
        split(&directory, "ca", &in_directory(&["gencert", "-loglevel=5", "-initca", "ca-csr.json"])?)?;
        let tls = [
            "gencert",
            "-loglevel=5",
            "-ca=ca.pem",
            "-ca-key=ca-key.pem",
            "-config=policy.json",
            "-profile=tls",
            "tls-csr.json",
        ];
        split(&directory, "tls", &in_directory(&tls)?)?;
        let (api_key, own_root) = topology(&directory, program)?;
        let root = std::fs::read_to_string(directory.join("ca.pem"))?;
        let der = |pem: &str| -> Result<Vec<u8>> {
            Ok(hf_x509::certificate::Certificate::from_pem(pem)?.der().to_vec())
        };
        Ok(Self { api_key, roots: vec![der(&root)?, der(&own_root)?], directory })
    }

    /// A certificate database for stock cfssl, empty; the name of the file that says where it is.
    pub(super) fn database(&self, name: &str) -> Result<String> {
        let (database, config) = (format!("{name}.db"), format!("{name}-db.json"));
        process::run(Command::new("sqlite3").args([&database, CERTIFICATES]).current_dir(&self.directory))?;
        // Whoever finds it locked waits: else cfssl refuses what comes at the same time.
        let source = format!("file:{database}?_busy_timeout=60000");
        write(&self.directory, &config, &json!({ "driver": "sqlite3", "data_source": source }))?;
        Ok(config)
    }

    /// A file among them.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// The topology and its authorities; the API key for `/v1` and the root, PEM.
fn topology(directory: &Path, program: &Path) -> Result<(String, String)> {
    let address = free_address()?;
    let text = format!(
        "[trust]\ndomain = \"bench.internal\"\n\n[authority.root]\n\n[authority.{AUTHORITY}]\nparent = \"root\"\n\n\
         [service.x]\ninstances = [\"x.bench.internal\"]\n\n\
         [server]\nnames = [\"localhost\"]\nauthority = \"{AUTHORITY}\"\nlisten = [\"{address}\"]\n\n\
         [server.limits]\nconnections = 10000\nconnections_per_address = 4000\nexempt = [\"127.0.0.0/8\"]\n\
         per_credential = \"1000000/s\"\n"
    );
    std::fs::write(directory.join("handfast.toml"), text)?;
    let ours = |words: &[&str]| process::capture(Command::new(program).args(words).current_dir(directory));
    ours(&["apply"])?;
    ours(&["credential", "create", "bench", "--right", "issue", "--out", "api.key"])?;
    let key = std::fs::read_to_string(directory.join("api.key")).context("no API key was written")?;
    let root = ours(&["ca", "show", "root", "--pem"])?;
    Ok((key.trim().to_owned(), root))
}

/// The policy file for both: a profile behind an auth key, and one for the certificate of the servers.
fn policy() -> Value {
    let usages = ["signing", "key encipherment", "server auth", "client auth"];
    json!({
        "signing": {
            "default": { "usages": usages, "expiry": "720h", "auth_key": "bench" },
            "profiles": {
                (door::PROFILE): { "usages": usages, "expiry": "720h", "auth_key": "bench" },
                "tls": { "usages": usages, "expiry": "720h" },
            },
        },
        "auth_keys": { "bench": { "type": "standard", "key": door::AUTH_KEY } },
    })
}

fn csr(common_name: &str, hosts: &[&str]) -> Value {
    json!({ "CN": common_name, "hosts": hosts, "key": { "algo": "ecdsa", "size": 256 } })
}

fn write(directory: &Path, name: &str, value: &Value) -> Result<()> {
    std::fs::write(directory.join(name), serde_json::to_string_pretty(value)?)
        .with_context(|| format!("cannot write `{name}`"))
}

/// What cfssljson does.
fn split(directory: &Path, base: &str, made: &Value) -> Result<()> {
    for (key, suffix) in [("cert", ".pem"), ("key", "-key.pem")] {
        let pem = made.get(key).and_then(Value::as_str).with_context(|| format!("no `{key}` was made"))?;
        std::fs::write(directory.join(format!("{base}{suffix}")), pem)?;
    }
    Ok(())
}
