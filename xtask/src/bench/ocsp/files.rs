//! What the servers read: a topology with one instance, and a static file for nginx.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::bench::running::free_address;
use crate::process;

/// The file that nginx serves.
pub(super) const STATIC: &str = "/answer";

/// The instance whose certificate is asked about.
const INSTANCE: &str = "web.bench.internal";

/// Where everything lies.
pub(super) struct Files {
    pub(super) directory: PathBuf,
    /// Where `handfast serve` answers in plain HTTP.
    pub(super) plain: SocketAddr,
    /// Where nginx does.
    pub(super) nginx: SocketAddr,
}

impl Files {
    /// Make the trust domain.
    pub(super) fn write(directory: &Path, program: &Path) -> Result<Self> {
        let directory = directory.canonicalize()?;
        let (plain, nginx, listen) = (free_address()?, free_address()?, free_address()?);
        let text = format!(
            "[trust]\ndomain = \"bench.internal\"\n\n[service.web]\ninstances = [\"{INSTANCE}\"]\n\n\
             [server]\nlisten = [\"{listen}\"]\nplain = [\"{plain}\"]\n\n[server.limits]\nexempt = [\"127.0.0.0/8\"]\n"
        );
        std::fs::write(directory.join("handfast.toml"), text)?;
        process::capture(Command::new(program).arg("apply").current_dir(&directory))?;
        Ok(Self { directory, plain, nginx })
    }

    /// Certificates of the instance, leaf first, PEM.
    pub(super) fn chain(&self) -> Result<String> {
        let file = self.directory.join("trust").join(INSTANCE).join("fullchain.pem");
        std::fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))
    }

    /// The static file, as long as an answer, and the configuration that serves it.
    pub(super) fn write_static(&self, answer: &[u8]) -> Result<()> {
        let root = self.directory.join("static");
        std::fs::create_dir(&root)?;
        std::fs::write(root.join(STATIC.trim_start_matches('/')), answer)?;
        let (folder, address) = (self.directory.display(), self.nginx);
        // As nginx is at its best: files held open, nothing logged, a process for each core.
        let config = format!(
            "daemon off; worker_processes auto; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    default_type application/ocsp-response;
    sendfile on; tcp_nopush on; tcp_nodelay on;
    keepalive_requests 1000000000;
    open_file_cache max=16 inactive=600s; open_file_cache_valid 600s;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen {address};
        root {folder}/static;
        add_header Cache-Control \"max-age=300, public, no-transform, must-revalidate\";
    }}
}}
"
        );
        Ok(std::fs::write(self.config(), config)?)
    }

    /// The configuration of nginx.
    pub(super) fn config(&self) -> PathBuf {
        self.directory.join("nginx.conf")
    }
}
