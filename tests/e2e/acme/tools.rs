//! Clients that no Debian package has in this version, installed once, below the target directory; and those in Go, built with
//! the libraries that Debian has.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::program::text;

/// A program of a package of `PyPI`, in a virtual environment of its own.
pub(crate) fn of_pypi(package: &str, version: &str, program: &str) -> PathBuf {
    let folder = folder(&format!("{package}-{version}"));
    let program = folder.join("bin").join(program);
    once(&program, || {
        install(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        install(Command::new(folder.join("bin/pip")).args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            &format!("{package}=={version}"),
        ]));
    });
    program
}

/// The folder `node_modules` with a package of npm.
pub(crate) fn of_npm(package: &str, version: &str) -> PathBuf {
    let folder = folder(&format!("{package}-{version}"));
    let modules = folder.join("node_modules");
    once(&modules.join(package), || {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("package.json"), "{ \"private\": true }\n").unwrap();
        let package = format!("{package}@{version}");
        let words = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", &package];
        install(Command::new("npm").args(words).current_dir(&folder));
    });
    modules
}

/// Builds a program in Go. Debian's packages of libraries are source below this folder, which Go knows as `GOPATH`.
pub(crate) fn build_go(source: &Path, program: &Path) {
    static ONE: Mutex<()> = Mutex::new(());
    // One after the other: the second finds what the first compiled of the libraries.
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = Command::new("go");
    command.args(["build", "-o"]).arg(program).arg(source);
    install(
        command
            .env("GO111MODULE", "off")
            .env("GOPATH", "/usr/share/gocode")
            .env("GOFLAGS", "")
            .env("GOTOOLCHAIN", "local"),
    );
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Tests run side by side; one of them installs.
fn once(result: &Path, make: impl FnOnce()) {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock();
    if !result.exists() {
        make();
    }
    assert!(result.exists(), "{}", result.display());
}

fn install(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}{}", text(&output.stdout), text(&output.stderr));
}
