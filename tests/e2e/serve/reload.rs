//! Reading the file again.

use std::fs;

use super::Served;
use crate::program::text;

fn file(served: &Served) -> std::path::PathBuf {
    served.domain.path().join("handfast.toml")
}

#[test]
fn a_broken_file_changes_nothing_and_is_reported() {
    let mut served = Served::with("");
    let good = fs::read_to_string(file(&served)).unwrap();
    fs::write(file(&served), good.replace("[service.web]", "[servce.web]")).unwrap();
    served.program.signal("HUP");
    served.program.wait_for("servce");
    served.program.wait_for("goes on with what it had");
    assert!(served.get("api", "/readyz").contains("\"ready\":true"));
    fs::write(file(&served), good).unwrap();
    served.program.wait_for("the file was read again");
}

#[test]
fn a_change_takes_effect_without_a_signal_and_what_needs_a_restart_is_named() {
    let mut served = Served::with("names = [\"ca.shop.internal\"]\n");
    let port = served.address("api").port();
    let by_name = |served: &Served, name: &str| {
        let resolve = format!("{name}:{port}:127.0.0.1");
        crate::program::finish("curl", |command| {
            command.args(["--silent", "--show-error", "--resolve", &resolve, "--cacert"]);
            command.arg(served.roots()).arg(format!("https://{name}:{port}/livez"));
        })
    };
    assert!(by_name(&served, "ca.shop.internal").status.success());
    assert!(!by_name(&served, "new.shop.internal").status.success());
    let text_of = fs::read_to_string(file(&served)).unwrap();
    let changed = text_of.replace("[\"ca.shop.internal\"]", "[\"new.shop.internal\"]") + "log = \"json\"\n";
    fs::write(file(&served), changed).unwrap();
    let said = served.program.wait_for("these keys take effect at the next start");
    assert!(said.contains("server.log"), "{said}");
    served.program.wait_for("the server has a new certificate");
    let answer = by_name(&served, "new.shop.internal");
    assert!(answer.status.success(), "{}", text(&answer.stderr));
}

#[test]
fn a_new_profile_can_be_used_after_a_reload() {
    let mut served = Served::with("");
    let text_of = fs::read_to_string(file(&served)).unwrap();
    fs::write(file(&served), text_of + "\n[profile.short]\nusages = [\"server\"]\nlifetime = \"1h\"\n")
        .unwrap();
    served.program.wait_for("the file was read again");
    served.good("issue b.shop.internal --profile short");
}
