//! Certificates in the handshake: its own, and those of clients.

use super::Served;
use crate::domain::Domain;
use crate::program::text;

#[test]
fn its_certificate_survives_a_restart_and_is_on_record() {
    let served = Served::with("");
    let file = served.domain.path().join(".handfast/server.pem");
    let before = std::fs::read(&file).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    assert!(served.good("list").contains("localhost"));
    let Served { domain, mut program, .. } = served;
    program.stop("TERM");
    let served = Served::start(domain, |_| {});
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert!(served.get("api", "/livez").ends_with("ok\n"));
}

#[test]
fn an_authority_that_may_not_certify_this_machine_gets_a_name_of_the_domain() {
    let served = Served::start(
        Domain::declared(
            "[trust]\ndomain = \"shop.internal\"\n[authority.root]\n[authority.services]\nparent = \"root\"\n\
             permitted = [\"shop.internal\"]\n[service.web]\ninstances = [\"web.shop.internal\"]\ncalls = [\"b\"]\n\
             [service.b]\ninstances = [\"b.shop.internal\"]\n[server]\nlisten = [\"127.0.0.1:0\"]\n",
        ),
        |_| {},
    );
    let port = served.address("api").port();
    let answer = crate::program::finish("curl", |command| {
        command.args([
            "--silent",
            "--show-error",
            "--resolve",
            &format!("ca.shop.internal:{port}:127.0.0.1"),
        ]);
        command.arg("--cacert").arg(served.roots()).arg(format!("https://ca.shop.internal:{port}/livez"));
    });
    assert!(answer.status.success(), "{}", text(&answer.stderr));
}

#[test]
fn a_clients_certificate_must_be_of_this_domain() {
    let served = Served::with("");
    let other = Domain::declared(super::TRUST);
    let with = |domain: &Domain| {
        let folder = domain.trust("web.shop.internal");
        let (chain, key) = (folder.join("fullchain.pem"), folder.join("key.pem"));
        let words = ["--cert", chain.to_str().unwrap(), "--key", key.to_str().unwrap()];
        served.curl("api", "/livez", &words)
    };
    let ours = with(&served.domain);
    assert!(text(&ours.stdout).ends_with("ok\n"), "{}", text(&ours.stderr));
    let theirs = with(&other);
    assert!(!theirs.status.success(), "a certificate of a namesake domain: {}", text(&theirs.stdout));
}
