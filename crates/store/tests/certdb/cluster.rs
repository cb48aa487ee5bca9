//! A PostgreSQL server on a UNIX socket in a temporary directory. It refuses to run as root; then it runs as the user
//! `postgres` that its package makes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

pub(super) struct Cluster {
    server: Child,
    directory: TempDir,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // What it holds is thrown away with its directory.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

impl Cluster {
    pub(super) fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        if is_root() {
            run(Command::new("chown").arg("postgres:postgres").arg(directory.path()), "");
        }
        run(
            as_server(
                Command::new(program("initdb"))
                    .args(["--no-sync", "-A", "trust", "-U", "postgres", "-D"])
                    .arg(&data),
            ),
            "",
        );
        let mut server = Command::new(program("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(directory.path()).args([
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
        ]);
        let mut server = as_server(&mut server).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
        let ready = lines.any(|line| line.contains("database system is ready to accept connections"));
        assert!(ready, "the server ended");
        // It must not be stopped by a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { server, directory }
    }

    /// How this database is named to clients.
    pub(super) fn source(&self, database: &str) -> String {
        format!("host={} user=postgres dbname={database} sslmode=disable", self.directory.path().display())
    }

    pub(super) fn sql(&self, sql: &str) {
        self.sql_in("postgres", sql);
    }

    pub(super) fn sql_in(&self, database: &str, sql: &str) {
        let mut psql = Command::new("psql");
        psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-d"]).arg(self.source(database));
        run(&mut psql, sql);
    }
}

fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin").join(name)).collect();
    found.retain(|file| file.exists());
    found.sort();
    found.pop().unwrap_or_else(|| panic!("`{name}` is not here; `cargo xtask packages` installs it"))
}

fn id(arguments: &[&str]) -> u32 {
    let output = Command::new("id").args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

fn is_root() -> bool {
    id(&["-u"]) == 0
}

fn as_server(command: &mut Command) -> &mut Command {
    if is_root() {
        command.uid(id(&["-u", "postgres"])).gid(id(&["-g", "postgres"]));
    }
    command.current_dir("/")
}

/// Run to its end, with `input`.
fn run(command: &mut Command, input: &str) {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
