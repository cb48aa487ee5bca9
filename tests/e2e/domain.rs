//! A trust domain in a folder of its own, made by the built `handfast`.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::program::succeed;

/// A topology file that `handfast apply` has made so.
pub(crate) struct Domain {
    folder: TempDir,
}

impl Domain {
    /// The one in `examples/NAME/`, with the files beside it.
    pub(crate) fn example(name: &str) -> Self {
        let domain = Self::not_applied(name);
        domain.apply();
        domain
    }

    /// The same before `handfast apply`.
    pub(crate) fn not_applied(name: &str) -> Self {
        let domain = Self { folder: TempDir::new().unwrap() };
        for entry in fs::read_dir(examples().join(name)).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), domain.path().join(entry.file_name())).unwrap();
            }
        }
        domain
    }

    /// The one in `examples/languages/` with further services.
    pub(crate) fn languages_and(services: &str) -> Self {
        let languages = fs::read_to_string(examples().join("languages/handfast.toml")).unwrap();
        Self::declared(&(languages + services))
    }

    /// The one that `text` declares.
    pub(crate) fn declared(text: &str) -> Self {
        let domain = Self { folder: TempDir::new().unwrap() };
        fs::write(domain.path().join("handfast.toml"), text).unwrap();
        domain.apply();
        domain
    }

    /// A copy of the one in this folder, which has been applied.
    pub(crate) fn copied(from: &Path) -> Self {
        let domain = Self { folder: TempDir::new().unwrap() };
        succeed("cp", |command| {
            command.arg("-R").arg(from.join(".")).arg(domain.path());
        });
        domain
    }

    fn apply(&self) {
        succeed(handfast(), |command| {
            command.arg("apply").arg("-f").arg(self.path().join("handfast.toml"));
        });
    }

    /// The folder of the topology file.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder with the files of an instance.
    pub(crate) fn trust(&self, instance: &str) -> PathBuf {
        self.path().join("trust").join(instance)
    }

    /// The file with the private key of an authority: named after it and its key.
    pub(crate) fn authority_key(&self, authority: &str) -> PathBuf {
        let entries =
            fs::read_dir(self.path().join(".handfast/keys")).unwrap().map(|entry| entry.unwrap().path());
        let is_its = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.rsplit_once('-').is_some_and(|(before, _)| before == authority)
        };
        let found: Vec<PathBuf> = entries.filter(is_its).collect();
        assert_eq!(found.len(), 1, "keys of {authority}: {found:?}");
        found[0].clone()
    }

    /// Every instance that was given files, in order.
    pub(crate) fn instances(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path().join("trust")).unwrap().map(Result::unwrap);
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// One of an instance's files, as text.
    pub(crate) fn read(&self, instance: &str, file: &str) -> String {
        let path = self.trust(instance).join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// The folder of the repository's examples.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// Every example that is in the repository.
pub(crate) fn every_example() -> Vec<String> {
    let entries = fs::read_dir(examples()).unwrap().map(Result::unwrap);
    let names = entries.filter(|entry| entry.path().join("handfast.toml").exists());
    let names: Vec<String> = names.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert!(names.iter().any(|name| name == "shop"), "{names:?}");
    names
}

/// The built program: cargo puts it two folders above the test's.
pub(crate) fn handfast() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("handfast");
    assert!(program.exists(), "{}: not built; run `cargo xtask test`", program.display());
    program
}
