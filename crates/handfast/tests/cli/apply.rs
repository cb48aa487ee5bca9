use std::process::Stdio;

use crate::support::{Place, SMALL};

#[test]
fn the_second_run_has_nothing_to_change() {
    let place = Place::with(SMALL);
    insta::assert_snapshot!(place.talk("apply"));
    insta::assert_snapshot!(place.talk("apply"));
    assert_eq!(place.json("apply --format json")["changes"], serde_json::json!([]));
}

#[test]
fn it_works_from_a_directory_below() {
    let place = Place::with(SMALL);
    std::fs::create_dir(place.path("below")).unwrap();
    let mut command = place.command("apply");
    assert!(command.current_dir(place.path("below")).output().unwrap().status.success());
    assert!(place.path("trust/web.shop.internal/key.pem").exists());
}

#[test]
fn a_state_directory_that_others_can_enter_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with(SMALL);
    place.good("apply");
    std::fs::set_permissions(place.path(".handfast"), std::fs::Permissions::from_mode(0o755)).unwrap();
    insta::assert_snapshot!(place.talk("apply"));
}

#[test]
fn a_second_process_is_refused() {
    use hf_store::sqlite::{OpenOptions, SqliteStore};
    let place = Place::with(SMALL);
    place.good("apply");
    let held = SqliteStore::open(&place.path(".handfast/store"), OpenOptions::default()).unwrap();
    insta::assert_snapshot!(place.talk("apply"));
    drop(held);
    place.good("apply");
}

#[test]
fn a_missing_certificate_of_an_external_party_is_named() {
    let place = Place::example("shop");
    std::fs::remove_file(place.path("db-vendor.pem")).unwrap();
    insta::assert_snapshot!(place.talk("apply"));
    assert!(!place.path("trust").exists());
}

/// Files cannot grow beyond a limit, at several points of the work: as on a full disk, nothing half-written stays, and the
/// next run completes it.
#[test]
fn a_run_without_room_is_completed_by_the_next() {
    for blocks in [1, 40, 120, 180, 220] {
        let place = Place::example("shop");
        let program = place.command("apply").get_program().to_owned();
        let mut limited = std::process::Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" apply");
        limited.arg("-c").arg(script).arg(program).current_dir(place.path("."));
        let output = limited.output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() || errors.starts_with("error: "), "{blocks}: {errors}");
        if !output.status.success() {
            assert_eq!(output.status.code(), Some(2), "{blocks}: {errors}");
        }
        place.good("apply");
        assert_eq!(place.json("check --format json")["links"]["proven"], 18, "{blocks}");
    }
}

/// Killed when something has just appeared, at several points of the work: the next run completes it.
#[test]
fn a_killed_run_is_completed_by_the_next() {
    let marks = [
        ".handfast/store/handfast.db",
        ".handfast/keys",
        "trust",
        "trust/lb.shop.internal/.current",
        "trust/b1.shop.internal/.set-1",
        "trust/c2.shop.internal/key.pem",
    ];
    for mark in marks {
        let place = Place::example("shop");
        let mut child = place.command("apply").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while std::fs::symlink_metadata(place.path(mark)).is_err() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        place.good("apply");
        let report = place.json("check --format json");
        assert_eq!(
            (&report["links"]["proven"], &report["links"]["failed"]),
            (&18.into(), &0.into()),
            "{mark}"
        );
        assert_eq!(place.good("apply"), "nothing to change: everything is as declared\n", "{mark}");
        assert!(place.good("audit verify").contains("intact"), "{mark}");
    }
}

#[test]
fn a_lost_key_is_mended_by_one_run() {
    let place = Place::with(SMALL);
    place.good("apply");
    place.good("revoke trust/api.shop.internal/cert.pem --reason keyCompromise");
    insta::assert_snapshot!(place.talk("apply"));
    // The whole branch: the authority that signs for all services.
    let listed = place.json("list --format json");
    let serial = listed["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|certificate| certificate["subject"] == "CN=shop.internal services CA")
        .and_then(|certificate| certificate["serial"].as_str())
        .unwrap();
    place.good(&format!("revoke {serial} --reason keyCompromise"));
    insta::assert_snapshot!(place.talk("apply"));
    assert!(place.run("check").status.success());
    assert_eq!(place.good("apply"), "nothing to change: everything is as declared\n");
}

/// Two services of which the second asks for what policy refuses.
const REFUSED: &str = r#"
[trust]
domain = "t.internal"

[service.q]
instances = ["q.t.internal"]
calls     = ["s"]

[service.s]
instances = ["s.t.internal"]
names     = ["*.t.internal"]
"#;

#[test]
fn what_policy_refuses_is_refused_before_anything_is_signed_however_often_it_is_tried() {
    let place = Place::with(REFUSED);
    for _ in 0..2 {
        let told = place.talk("apply");
        assert!(
            told.contains("nothing was changed") && told.contains("handfast.toml:9:10: profile"),
            "{told}"
        );
        assert!(told.ends_with("--- exit 1\n"), "{told}");
    }
    assert!(!place.path(".handfast").exists() && !place.path("trust").exists());
    // Nor with a record that is there already.
    place.write("handfast.toml", &REFUSED.replace("*.t.internal", "t.t.internal"));
    place.good("apply");
    let before = place.json("list --format json");
    place.write("handfast.toml", REFUSED);
    assert_eq!(place.run("apply").status.code(), Some(1));
    assert_eq!(place.json("list --format json"), before);
}

#[test]
fn files_that_cannot_be_written_are_noticed_before_anything_is_signed() {
    let place = Place::with(SMALL);
    std::fs::create_dir(place.path("trust")).unwrap();
    place.write("trust/web.shop.internal", "in the way");
    let told = place.talk("apply");
    assert!(told.contains("cannot make the directory") && told.contains("nothing was changed"), "{told}");
    assert_eq!(place.json("list --format json")["certificates"], serde_json::json!([]));
}

#[test]
fn a_spiffe_id_is_certified_by_an_authority_that_is_constrained_to_its_trust_domain() {
    let file = |permitted: &str| {
        format!(
            "[trust]\ndomain = \"t.internal\"\n[authority.root]\n[authority.services]\nparent = \"root\"\npermitted = [\"t.internal\", \"uri:t.internal\"{permitted}]\n[service.s]\ninstances = [\"s.t.internal\"]\nnames = [\"spiffe://t.internal/s\"]\n"
        )
    };
    let without = Place::with(&file("")).talk("plan");
    assert!(without.contains("add `spiffe://t.internal` to `permitted`"), "{without}");
    let place = Place::with(&file(", \"spiffe://t.internal\""));
    place.good("apply");
    assert_eq!(place.good("apply"), "nothing to change: everything is as declared\n");
    // Programs on rustls refuse every URI below a constraint on URIs: without `uri:` they do not.
    place.write(
        "handfast.toml",
        &file(", \"spiffe://t.internal\"")
            .replace(" \"uri:t.internal\",", "")
            .replace("names", "peers = true\nnames")
            .replace("[\"s.t.internal\"]", "[\"s.t.internal\", \"t.t.internal\"]"),
    );
    place.good("up --once");
    assert!(place.run("issue spiffe://other.internal/s --authority services").status.code() == Some(1));
}

#[test]
fn a_record_that_is_not_there_is_no_reason_to_make_new_roots() {
    let place = Place::with(SMALL);
    place.good("apply");
    let before = place.read("trust/web.shop.internal/fullchain.pem");
    std::fs::rename(place.path(".handfast"), place.path("elsewhere")).unwrap();
    for words in ["plan", "apply"] {
        let told = place.talk(words);
        assert!(told.contains("[HF-PLAN-RECORD-LOST]") && told.ends_with("--- exit 1\n"), "{told}");
        assert!(!place.path(".handfast").exists());
    }
    assert_eq!(place.read("trust/web.shop.internal/fullchain.pem"), before);
    std::fs::rename(place.path("elsewhere"), place.path(".handfast")).unwrap();
    assert_eq!(place.good("apply"), "nothing to change: everything is as declared\n");
    // On purpose.
    std::fs::rename(place.path(".handfast"), place.path("elsewhere")).unwrap();
    std::fs::rename(place.path("trust"), place.path("old")).unwrap();
    place.good("apply");
}

#[test]
fn what_is_no_longer_declared_is_mentioned_until_it_is_revoked() {
    let place = Place::with(SMALL);
    place.good("apply");
    place.write("handfast.toml", &SMALL.replace("\"web.shop.internal\"", "\"web2.shop.internal\""));
    for words in ["plan", "apply", "apply"] {
        let told = place.talk(words);
        assert!(told.contains("handfast revoke trust/web.shop.internal/cert.pem --reason"), "{told}");
    }
    place.good("revoke trust/web.shop.internal/cert.pem --reason cessationOfOperation");
    let told = place.talk("apply");
    assert!(!told.contains("UNDECLARED"), "{told}");
}

#[test]
fn a_key_of_ours_does_not_stay_in_the_directory_of_an_external_party() {
    let place = Place::example("shop");
    place.good("apply -f db-under-root.toml");
    let key = place.path("trust/db.vendor.example/key.pem");
    let told = place.talk("apply -f handfast.toml");
    assert!(told.contains("handfast revoke trust/db.vendor.example/cert.pem"), "{told}");
    assert!(key.exists(), "its certificate is needed to revoke it");
    place.good("revoke trust/db.vendor.example/cert.pem --reason cessationOfOperation");
    assert!(place.good("apply").contains("our key is taken away"));
    assert!(std::fs::symlink_metadata(&key).is_err());
    assert_eq!(place.good("apply"), "nothing to change: everything is as declared\n");
}

#[test]
fn the_algorithm_of_new_keys_leaves_authorities_alone() {
    let place = Place::with(SMALL);
    place.good("apply");
    let root = place.read("trust/web.shop.internal/roots.pem");
    place.write("handfast.toml", &SMALL.replace("[trust]", "[trust]\nkey = \"ecdsa-p384\""));
    let told = place.talk("apply");
    assert!(
        told.contains("renew the certificate of `web.shop.internal`") && !told.contains("authority"),
        "{told}"
    );
    assert_eq!(place.read("trust/web.shop.internal/roots.pem"), root);
    assert_eq!(place.good("apply"), "nothing to change: everything is as declared\n");
}

#[test]
fn a_root_that_gets_a_new_key_is_warned_of() {
    let tree = "[authority.root]\n[authority.services]\nparent = \"root\"\n";
    let place = Place::with(&format!("{SMALL}\n{tree}"));
    place.good("apply");
    let replaced = tree.replace("[authority.root]", "[authority.root]\nkey = \"ecdsa-p384\"");
    place.write("handfast.toml", &format!("{SMALL}\n{replaced}"));
    let told = place.talk("plan");
    assert!(told.contains("[HF-PLAN-ROOT-REPLACED]") && told.contains("there is no overlap"), "{told}");
    place.good("apply");
    assert_eq!(place.good("apply"), "nothing to change: everything is as declared\n");
}

#[test]
fn lifetime_and_url_take_effect() {
    let place = Place::with(SMALL);
    place.good("apply");
    for (key, reason) in [
        ("lifetime = \"7d\"", "the lifetime changed"),
        ("lifetime = \"7d\"\nurl = \"http://pki.shop.internal\"", "the address of CRLs changed"),
    ] {
        place.write("handfast.toml", &SMALL.replace("[trust]", &format!("[trust]\n{key}")));
        let told = place.talk("apply");
        assert!(
            told.contains(&format!("renew the certificate of `web.shop.internal` from `services`: {reason}")),
            "{told}"
        );
        assert_eq!(place.good("apply"), "nothing to change: everything is as declared\n");
    }
    let told = place.talk("plan");
    assert!(told.contains("[HF-PLAN-AUTHORITY-LATER]") && told.contains("address of CRLs"), "{told}");
    // What is cut to the end of its issuer is as declared.
    place.write("handfast.toml", &SMALL.replace("[trust]", "[trust]\nlifetime = \"90y\""));
    place.good("apply");
    assert_eq!(place.good("apply"), "nothing to change: everything is as declared\n");
}

#[test]
fn a_party_may_have_several_roots() {
    let vendors = ["one.example", "two.example"].map(|domain| {
        let vendor = Place::with(&SMALL.replace("shop.internal", domain));
        vendor.good("apply");
        vendor
    });
    let file = |vendor: &Place, domain: &str, name: &str| vendor.read(&format!("trust/api.{domain}/{name}"));
    let [one, two] =
        [(0, "one.example"), (1, "two.example")].map(|(at, domain)| file(&vendors[at], domain, "roots.pem"));
    let place = Place::with(
        r#"[trust]
domain = "shop.internal"

[service.web]
instances = ["web.shop.internal"]
calls     = ["db"]
keystore  = ["jks"]

[external.db]
instances   = ["db.vendor.example"]
certificate = "db.pem"
"#,
    );
    place.write("db.pem", &format!("{one}{two}{one}"));
    place.good("apply");
    assert_eq!(place.read("trust/web.shop.internal/roots.pem"), format!("{one}{two}"));
    assert!(place.talk("apply").contains("nothing to change"));
    assert!(place.good("check").contains("1 proven"));
    // One of them goes: so it does from the trust store.
    place.write("db.pem", &two);
    place.good("apply");
    assert_eq!(place.read("trust/web.shop.internal/roots.pem"), two);
    assert!(place.run("check").status.success());
    let leaf = file(&vendors[0], "one.example", "cert.pem");
    place.write("db.pem", &format!("{one}{leaf}"));
    let refused = place.talk("plan");
    assert!(refused.contains("begins with an authority, and") && refused.contains("--- exit 1"), "{refused}");
}
