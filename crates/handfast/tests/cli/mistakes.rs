//! What users do wrong, and what they are told.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::material::Domain;
use crate::support::{Place, SMALL};

/// Exit 1, with these words.
fn refused(place: &Place, words: &str, expected: &[&str]) {
    let output = place.run(words);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{words}: {text}");
    for expected in expected {
        assert!(text.contains(expected), "{words}: {text}");
    }
}

#[test]
fn a_root_with_authorities_below_signs_nothing_else() {
    let place = Place::empty();
    place.good("init shop --domain shop.internal");
    let words = "issue www.example.com --authority root -f shop --out g";
    refused(&place, words, &["`root` signs authorities and nothing else", "`services`"]);
    assert!(!place.path("g").exists());
    place.good("issue a.shop.internal -f shop --out a");
}

#[test]
fn a_root_alone_or_with_services_of_its_own_signs_them() {
    let place = Place::with(
        "[trust]\ndomain = \"shop.internal\"\n[authority.root]\n[service.a]\ninstances = [\"a.shop.internal\"]\n",
    );
    place.good("apply");
    place.good("issue b.shop.internal");
    let text = place.read("handfast.toml").replace("[service.a]", "[service.a]\nauthority = \"root\"")
        + "[authority.more]\nparent = \"root\"\n";
    place.write("handfast.toml", &text);
    place.good("apply");
    place.good("issue c.shop.internal --authority root");
}

#[test]
fn the_same_authority_is_imported_once() {
    let domain = Domain::new();
    let place = &domain.place;
    let key = std::fs::read_dir(place.path(".handfast/keys")).unwrap().map(|entry| entry.unwrap().path());
    let key = key.into_iter().find(|path| path.to_str().unwrap().contains("root-")).unwrap();
    std::fs::copy(key, place.path("root.key")).unwrap();
    let expected = ["its key is that of authority `root`"];
    refused(place, "ca import again --certificate root.pem --key root.key", &expected);
    refused(place, "ca import again --certificate root.pem", &expected);
}

#[test]
fn more_names_than_fit_are_refused_as_such() {
    let domain = Domain::new();
    let names: Vec<String> = (0..300).map(|number| format!("n{number}.shop.internal")).collect();
    let words = format!("issue {} --out many", names.join(" "));
    refused(&domain.place, &words, &["no certificate was issued", "300 names"]);
}

#[test]
fn serial_numbers_are_found_in_decimal() {
    let domain = Domain::new();
    domain.place.good("issue a.shop.internal --out a");
    let shown = Command::new("openssl")
        .args(["x509", "-noout", "-serial", "-in"])
        .arg(domain.place.path("a/cert.pem"))
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    let hex = shown.trim().trim_start_matches("serial=").to_owned();
    let mut python = Command::new("python3");
    let decimal = python.args(["-c", &format!("print(int('{hex}', 16))")]).output().unwrap();
    let decimal = String::from_utf8(decimal.stdout).unwrap();
    let found = domain.place.good(&format!("revoke {} --dry-run", decimal.trim()));
    assert!(found.contains(&hex.to_lowercase()), "{found}");
}

#[test]
fn a_key_that_exists_is_of_the_algorithm_that_was_named() {
    let place = Place::empty();
    place.good("csr a.shop.internal --key a.key --out a.csr");
    let words = "csr a.shop.internal --key a.key --key-algorithm ed25519 --out b.csr";
    refused(&place, words, &["`a.key` exists already and is no ed25519 key"]);
    place.good("csr a.shop.internal --key a.key --key-algorithm ecdsa-p256 --out b.csr");
}

#[test]
fn a_file_that_cannot_be_written_is_named_as_that() {
    let domain = Domain::new();
    refused(&domain.place, "crl services --out nowhere/x.pem", &["cannot write `nowhere/x.pem`"]);
}

#[test]
fn a_port_that_there_is_not_is_named() {
    refused(&Place::empty(), "inspect localhost:99999", &["`localhost:99999` names port 99999"]);
}

#[test]
fn an_empty_passphrase_is_none() {
    let place = Place::empty();
    let mut command = place.command("init shop");
    let output = command.env("HANDFAST_PASSPHRASE", "").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("HANDFAST_PASSPHRASE is empty"), "{text}");
    assert!(!place.path("shop").exists());
}

#[test]
fn a_domain_beyond_ascii_is_told_how_it_is_written() {
    let place = Place::with(&SMALL.replace("shop.internal", "bücher.internal"));
    refused(&place, "plan", &["xn--bcher-kva.internal"]);
}

#[test]
fn directories_of_instances_are_nobody_elses_whatever_the_umask() {
    let place = Place::with(SMALL);
    let binary = place.command("apply").get_program().to_owned();
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 000; exec \"$0\" apply"]).arg(binary).current_dir(place.path(""));
    assert!(shell.output().unwrap().status.success());
    for entry in std::fs::read_dir(place.path("trust")).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o755);
    }
}

#[test]
fn a_list_is_signed_with_the_former_key_of_an_authority() {
    let place = Place::with(SMALL);
    place.good("apply");
    let text = place.read("handfast.toml");
    let root = place.good("ca list --format json");
    assert!(root.contains("services"), "{root}");
    let keys = || {
        let all = std::fs::read_dir(place.path(".handfast/keys")).unwrap();
        let names = all.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("services-")).collect::<Vec<_>>()
    };
    let former = keys();
    let instance = std::fs::read_dir(place.path("trust")).unwrap().next().unwrap().unwrap().path();
    std::fs::copy(instance.join("cert.pem"), place.path("old.pem")).unwrap();
    place.write(
        "handfast.toml",
        &(text + "[authority.root]\n[authority.services]\nparent = \"root\"\nkey = \"ecdsa-p384\"\n"),
    );
    let applied = place.run("apply");
    let told = String::from_utf8(applied.stderr).unwrap();
    assert!(told.contains("`services` gets a new key") && told.contains(&former[0]), "{told}");
    assert_eq!(keys().len(), 2);
    let revoked = place.run("revoke old.pem");
    let told = String::from_utf8([revoked.stdout, revoked.stderr].concat()).unwrap();
    assert!(
        told.contains("has a new key since it signed this certificate") && !told.contains("says so"),
        "{told}"
    );
    place.good(&format!("crl services --key .handfast/keys/{} --out former.pem", former[0]));
    let shown = place.good("inspect former.pem --full");
    assert!(shown.contains("1 "), "{shown}");
}

#[test]
fn the_certificate_of_an_authority_is_none_for_a_server() {
    let domain = Domain::new();
    let place = &domain.place;
    domain.pem("services");
    for purpose in ["server", "client"] {
        let words = format!("verify services.pem --roots root.pem --purpose {purpose}");
        refused(place, &words, &["HF-PATH-KEY-USAGE", "digitalSignature"]);
    }
    place.good("verify services.pem --roots root.pem");
    place.good("issue a.shop.internal --out a");
    place.good("verify a/fullchain.pem --roots root.pem --purpose server");
}
