//! `cargo xtask packages`: installs the Debian packages that the tests need.
//!
//! Looks for the programs and libraries first, so it costs nothing where they are, wherever they come from.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{process, refuse_arguments, report};

/// A program that a test starts, and the Debian package that brings it.
struct Need {
    program: &'static str,
    package: &'static str,
}

const NEEDS: &[Need] = &[
    Need { program: "openssl", package: "openssl" },
    Need { program: "curl", package: "curl" },
    Need { program: "nginx", package: "nginx" },
    Need { program: "haproxy", package: "haproxy" },
    Need { program: "initdb", package: "postgresql" },
    Need { program: "psql", package: "postgresql-client" },
    Need { program: "javac", package: "default-jdk-headless" },
    Need { program: "keytool", package: "default-jdk-headless" },
    Need { program: "go", package: "golang-go" },
    Need { program: "node", package: "nodejs" },
    Need { program: "python3", package: "python3" },
    Need { program: "cfssl", package: "golang-cfssl" },
    Need { program: "pebble", package: "pebble" },
    Need { program: "npm", package: "npm" },
    Need { program: "certbot", package: "certbot" },
    Need { program: "lego", package: "lego" },
    Need { program: "dehydrated", package: "dehydrated" },
    Need { program: "acme-tiny", package: "acme-tiny" },
    Need { program: "faketime", package: "faketime" },
    Need { program: "prlimit", package: "util-linux" },
    Need { program: "sqlite3", package: "sqlite3" },
    // libFuzzer, which the fuzz targets are linked with, is written in C++.
    Need { program: "c++", package: "g++" },
];

/// A library that a test builds a program with, by one of its files below [`SHARE`], and the Debian package that brings it.
struct Library {
    file: &'static str,
    package: &'static str,
}

const LIBRARIES: &[Library] = &[Library {
    file: "gocode/src/golang.org/x/crypto/acme/autocert/autocert.go",
    package: "golang-golang-x-crypto-dev",
}];

/// Where Debian keeps what is the same for every kind of machine.
const SHARE: &str = "/usr/share";

/// Installs what is missing.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    refuse_arguments("packages", arguments)?;
    let missing = missing_packages(&search_folders(), Path::new(SHARE));
    if missing.is_empty() {
        report::line("every program and library that the tests need is here");
        return Ok(());
    }
    let names = missing.join(" ");
    report::line(&format!("installing {names}"));
    install(&missing).with_context(|| {
        format!("the tests need packages that are not here; install them by hand, on Debian: `apt-get install {names}`")
    })?;
    let still = missing_packages(&search_folders(), Path::new(SHARE));
    if !still.is_empty() {
        bail!("installed, but what they bring is still not found: {}", still.join(" "));
    }
    Ok(())
}

/// The packages whose programs are in none of `folders`, or whose files are not below `share`, each once.
fn missing_packages(folders: &[PathBuf], share: &Path) -> Vec<&'static str> {
    let mut missing: Vec<&str> = Vec::new();
    for need in NEEDS {
        if process::find_in(folders, need.program).is_none() && !missing.contains(&need.package) {
            missing.push(need.package);
        }
    }
    missing.extend(
        LIBRARIES.iter().filter(|library| !share.join(library.file).exists()).map(|library| library.package),
    );
    missing
}

/// `PATH`, then the folders of servers, which a user's `PATH` often lacks.
fn search_folders() -> Vec<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a chore looks for programs where the shell does")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    // Debian keeps one folder for each major version of PostgreSQL, outside `PATH`.
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    folders
}

fn install(packages: &[&str]) -> Result<()> {
    if process::find_in(&search_folders(), "apt-get").is_none() {
        bail!("`apt-get` is not here, so nothing can be installed");
    }
    process::run(&mut apt_get(&["update", "-qq"])?)?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    process::run(&mut apt_get(&arguments)?)
}

/// `apt-get` as root: through `sudo` for everyone else, which must not wait for a password.
fn apt_get(arguments: &[&str]) -> Result<Command> {
    // RUNLEVEL=1 keeps the packages from starting their servers: the tests start their own.
    let words = ["DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get"];
    let mut command = if is_root()? {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env"]);
        sudo
    };
    command.args(words).args(arguments);
    Ok(command)
}

fn is_root() -> Result<bool> {
    Ok(process::capture(Command::new("id").arg("-u"))?.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_machine_misses_every_package_once() {
        let missing = missing_packages(&[], Path::new("/nowhere"));
        assert!(missing.contains(&"postgresql") && missing.contains(&"nginx"));
        assert!(missing.contains(&"golang-golang-x-crypto-dev"));
        assert_eq!(missing.iter().filter(|name| **name == "default-jdk-headless").count(), 1);
    }

    #[test]
    fn a_program_that_is_here_asks_for_no_package() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("nginx");
        std::fs::write(&program, "#!/bin/sh\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(!missing_packages(&[folder.path().to_owned()], folder.path()).contains(&"nginx"));
    }

    #[test]
    fn a_library_that_is_here_asks_for_no_package() {
        let share = tempfile::tempdir().unwrap();
        for library in LIBRARIES {
            let file = share.path().join(library.file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "package here\n").unwrap();
        }
        assert!(!missing_packages(&[], share.path()).contains(&"golang-golang-x-crypto-dev"));
    }
}
