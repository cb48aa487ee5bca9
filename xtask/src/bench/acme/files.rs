//! What the servers read: a topology for ours, a configuration for Pebble with a certificate from the same root.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use serde_json::json;

use crate::bench::running::free_address;
use crate::process;

/// The authority that certificates come from.
const AUTHORITY: &str = "services";

/// Where everything lies, and who listens where.
pub(super) struct Files {
    pub(super) directory: PathBuf,
    /// The root that clients trust, DER.
    pub(super) root: Vec<u8>,
    pub(super) handfast: SocketAddr,
    pub(super) pebble: SocketAddr,
    pub(super) name_server: SocketAddr,
    /// Where challenges are looked for.
    pub(super) challenge_port: u16,
}

impl Files {
    /// Make them, with our program.
    pub(super) fn write(directory: &Path, program: &Path) -> Result<Self> {
        let directory = directory.canonicalize()?;
        let (handfast, pebble) = (free_address()?, free_address()?);
        let (name_server, challenge_port) = (free_address()?, free_address()?.port());
        std::fs::write(directory.join("handfast.toml"), topology(handfast, name_server, challenge_port))?;
        let ours =
            |words: &[&str]| process::capture(Command::new(program).args(words).current_dir(&directory));
        ours(&["apply"])?;
        let root = ours(&["ca", "show", "root", "--pem"])?;
        let root = hf_x509::certificate::Certificate::from_pem(&root)?.der().to_vec();
        let config = json!({ "pebble": {
            "listenAddress": pebble.to_string(),
            "managementListenAddress": free_address()?.to_string(),
            "certificate": directory.join("trust/localhost/fullchain.pem"),
            "privateKey": directory.join("trust/localhost/key.pem"),
            "httpPort": challenge_port,
            "tlsPort": free_address()?.port(),
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        } });
        std::fs::write(directory.join("pebble.json"), serde_json::to_string_pretty(&config)?)?;
        Ok(Self { directory, root, handfast, pebble, name_server, challenge_port })
    }

    /// Path of the directory of the authority's ACME resources.
    pub(super) fn directory_path() -> String {
        format!("/acme/{AUTHORITY}/directory")
    }
}

/// Without limits that a load test would meet: they are not what is measured.
fn topology(listen: SocketAddr, name_server: SocketAddr, challenge_port: u16) -> String {
    format!(
        "[trust]\ndomain = \"bench.internal\"\n\n[authority.root]\n\n[authority.{AUTHORITY}]\nparent = \"root\"\n\n\
         [service.pebble]\ninstances = [\"localhost\"]\n\n\
         [server]\nnames = [\"localhost\"]\nauthority = \"{AUTHORITY}\"\nlisten = [\"{listen}\"]\n\n\
         [server.limits]\nconnections = 10000\nconnections_per_address = 4000\nexempt = [\"127.0.0.0/8\"]\n\n\
         [acme.{AUTHORITY}]\nresolver = [\"{name_server}\"]\nhttp_port = {challenge_port}\nallow = [\"127.0.0.0/8\"]\n\n\
         [acme.{AUTHORITY}.limits]\naccounts_per_hour = 1000000\norders_per_hour = 1000000000\nvalidations = 1000\n"
    )
}
