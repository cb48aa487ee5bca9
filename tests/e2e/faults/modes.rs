//! Files and folders that others can read, and some that we cannot write.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{goes_on, run, wrapped};
use crate::domain::Domain;
use crate::program::succeed;

fn set(path: &Path, mode: u32) {
    set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_others_can_read_is_refused_with_the_way_to_mend_it() {
    let domain = Domain::example("shop");
    let key = domain.authority_key("services");
    let state = domain.path().join(".handfast");
    for (path, loose, right) in [(&key, 0o644, 0o600), (&key, 0o660, 0o600), (&state, 0o755, 0o700)] {
        set(path, loose);
        let answer = run(&domain, "issue a.shop.internal").must(1, &format!("chmod {right:o} "));
        assert!(answer.err.contains(path.file_name().unwrap().to_str().unwrap()), "{answer:?}");
        assert!(!domain.path().join("a.shop.internal").exists());
        set(path, right);
    }
    run(&domain, "issue a.shop.internal").must(0, "certified");
    set(&domain.trust("a1.shop.internal").join("key.pem"), 0o644);
    run(&domain, "check").must(1, "the file that holds a private key has the wrong mode");
    goes_on(&domain, "loose modes");
}

/// Root as everybody else: without the right to write where the mode says no.
fn without_override() -> &'static [&'static str] {
    if succeed("id", |command| {
        command.arg("-u");
    })
    .trim()
        == "0"
    {
        &["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"]
    } else {
        &[]
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let domain = Domain::example("shop");
    let cases = [
        (".", "issue a.shop.internal", "a.shop.internal"),
        (".handfast/store", "issue a.shop.internal", "handfast.db"),
        ("trust/a1.shop.internal", "apply", "trust/a1.shop.internal"),
    ];
    std::fs::remove_file(domain.trust("a1.shop.internal").join("key.pem")).unwrap();
    for (folder, words, named) in cases {
        let path = domain.path().join(folder);
        let before = std::fs::metadata(&path).unwrap().permissions();
        set(&path, 0o500);
        let answer = wrapped(&domain, without_override(), words);
        set_permissions(&path, before).unwrap();
        assert!(matches!(answer.code, Some(1 | 2)), "{folder}: {answer:?}");
        assert!(answer.err.starts_with("error: ") && answer.err.contains(named), "{folder}: {answer:?}");
        assert!(!domain.path().join("a.shop.internal").exists(), "{folder}");
    }
    goes_on(&domain, "folders that could not be written");
}
