//! A PostgreSQL server of a test's own, made by `initdb` in a folder of its own.
//!
//! It refuses to run as root; then it runs as the user `postgres` that its package makes.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::port;
use crate::program::{Running, server_program, succeed, text};

/// A cluster that runs, and the folder with its data.
pub(crate) struct Cluster {
    server: Running,
    pub(crate) address: SocketAddr,
    _home: TempDir,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Ends every connection and all of its processes.
        self.server.stop("INT");
    }
}

/// Where the files of a cluster are.
pub(crate) struct Folders {
    /// For what the server needs beside its data; it owns all in it.
    pub(crate) home: PathBuf,
    pub(crate) data: PathBuf,
}

impl Folders {
    /// Appends to `postgresql.conf`.
    pub(crate) fn configure(&self, lines: &str) {
        let mut config = fs::OpenOptions::new().append(true).open(self.data.join("postgresql.conf")).unwrap();
        config.write_all(lines.as_bytes()).unwrap();
    }

    /// Replaces a file of the data folder.
    pub(crate) fn write(&self, name: &str, content: &str) {
        fs::write(self.data.join(name), content).unwrap();
    }
}

impl Cluster {
    /// Makes it, lets `configure` write its files, gives it the login `roles`, and starts it.
    pub(crate) fn start(roles: &[&str], configure: impl FnOnce(&Folders)) -> Self {
        let home = TempDir::new().unwrap();
        let folders = Folders { home: home.path().to_owned(), data: home.path().join("data") };
        give_to_server(&folders.home);
        run_as_server(
            Command::new(server_program("initdb")).arg("--no-sync").arg("-D").arg(&folders.data),
            "",
        );
        folders.configure(&format!("unix_socket_directories = '{}'\nfsync = off\n", folders.home.display()));
        configure(&folders);
        // The server's user must own its data and its key, and reach both.
        give_to_server(&folders.home);
        let roles: Vec<String> = roles.iter().map(|role| format!("CREATE ROLE {role} LOGIN\n")).collect();
        let single = ["--single", "postgres", "-D"];
        run_as_server(
            Command::new(server_program("postgres")).args(single).arg(&folders.data),
            &roles.concat(),
        );

        let address = port::free();
        let mut command = Command::new(server_program("postgres"));
        let port = address.port().to_string();
        command.arg("-D").arg(&folders.data).args(["-c", "listen_addresses=127.0.0.1", "-p", &port]);
        let mut server = Running::start(as_server(&mut command));
        server.wait_for("database system is ready to accept connections");
        Self { server, address, _home: home }
    }
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

fn give_to_server(path: &Path) {
    if is_root() {
        succeed("chown", |command| {
            command.args(["-R", "postgres:postgres"]).arg(path);
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
