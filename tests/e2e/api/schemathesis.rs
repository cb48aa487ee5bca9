//! Schemathesis reads the description of the API and tries what it allows, and what it does not.

use std::path::{Path, PathBuf};

use super::{EVERYTHING, api_key};
use crate::program::{succeed, text};
use crate::serve::Served;

/// The version that the results were looked at with.
const VERSION: &str = "4.32.5";

/// The program, in a virtual environment below the target directory; installed on first use.
fn program() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("schemathesis-{VERSION}"));
    let program = folder.join("bin/schemathesis");
    if !program.exists() {
        succeed("python3", |command| {
            command.args(["-m", "venv"]).arg(&folder);
        });
        let output = std::process::Command::new(folder.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", &format!("schemathesis=={VERSION}")])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    program
}

#[test]
fn whatever_the_description_allows_is_answered_as_described() {
    // A machine asks faster than people do.
    let served = Served::with("[server.limits]\nper_credential = \"10000/s\"\n");
    // Limited to the issuing authority, or it revokes that authority's own certificate; and by itself, or it revokes the key
    // that it is shown.
    let key = || api_key(&served, &format!("{EVERYTHING} --authority services"));
    let own = "revokeCredential";
    try_all(&served, &key(), &["--exclude-operation-id", own]);
    try_all(&served, &key(), &["--include-operation-id", own]);
    assert!(served.good("audit verify").contains("intact"));
}

fn try_all(served: &Served, key: &str, which: &[&str]) {
    let roots = served.domain.path().join("root.pem");
    std::fs::write(&roots, served.good("ca show root --pem")).unwrap();
    let output = std::process::Command::new(program())
        .args(["run", &format!("https://{}/v1/openapi.json", served.address("api"))])
        .args(["--header", &format!("Authorization: Bearer {key}")])
        .arg(format!("--tls-verify={}", roots.display()))
        .args(["--max-examples", "20", "--seed", "20271122", "--phases", "examples,coverage,fuzzing"])
        // A text that is no signing request is refused, and no schema can say which texts are.
        .args(["--checks", "all", "--exclude-checks", "positive_data_acceptance", "--no-color"])
        .args(which)
        .current_dir(served.domain.path())
        .output()
        .unwrap();
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}{}", text(&output.stderr));
    // A run whose key was refused shows nothing.
    assert!(!said.contains("Authentication failed"), "{said}");
}
