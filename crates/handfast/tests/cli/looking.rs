//! Commands that look: `inspect`, `verify`, `chain`, `status`.

use crate::material::Domain;

#[test]
fn each_kind_of_file_is_shown() {
    let domain = Domain::new();
    domain.place.good("csr x.shop.internal --key x.key --out x.csr");
    domain.place.good("sign x.csr --out x.pem");
    domain.place.good("revoke x.pem");
    domain.place.good("crl services --out x.crl");
    for file in ["x.pem", "x.csr", "x.key", "x.crl"] {
        insta::assert_snapshot!(format!("inspect_{file}"), domain.talk(&format!("inspect {file}")));
    }
    insta::assert_snapshot!(domain.talk("inspect handfast.toml"));
    insta::assert_snapshot!(domain.talk("inspect missing.pem"));
}

#[test]
fn a_chain_is_verified_for_a_name() {
    let domain = Domain::new();
    domain.place.good("issue a.shop.internal");
    let words = "verify a.shop.internal/fullchain.pem --roots root.pem";
    insta::assert_snapshot!(domain.talk(&format!("{words} --name a.shop.internal --format json")));
    insta::assert_snapshot!(domain.talk(&format!("{words} --name b.shop.internal")));
    let too_early = domain.talk(&format!("{words} --at 2001-01-01T00:00:00Z"));
    assert!(
        too_early.contains("error[HF-PATH-NOT-YET-VALID]") && too_early.ends_with("--- exit 1"),
        "{too_early}"
    );
}

#[test]
fn a_chain_is_put_in_order_or_its_gap_is_named() {
    let domain = Domain::new();
    domain.place.good("issue a.shop.internal");
    domain.pem("services");
    let files = ["root.pem", "services.pem", "a.shop.internal/cert.pem"];
    domain.place.write("shuffled.pem", &files.map(|file| domain.place.read(file)).concat());
    insta::assert_snapshot!(domain.talk("chain shuffled.pem --roots root.pem"));
    insta::assert_snapshot!(domain.talk("chain shuffled.pem --roots root.pem --fix --out fixed.pem"));
    assert_eq!(domain.place.read("fixed.pem"), domain.place.read("a.shop.internal/fullchain.pem"));
    insta::assert_snapshot!(domain.talk("chain a.shop.internal/cert.pem --roots root.pem --fix"));
}

#[test]
fn what_lists_say_of_a_certificate_is_told_source_by_source() {
    let domain = Domain::new();
    domain.place.good("issue a.shop.internal");
    let words = "status a.shop.internal/fullchain.pem";
    insta::assert_snapshot!(domain.talk(words));
    domain.place.good("crl services --out before.crl");
    insta::assert_snapshot!(domain.talk(&format!("{words} --crl before.crl")));
    domain.place.good("revoke a.shop.internal/cert.pem --reason superseded");
    domain.place.good("crl services --out after.crl --der");
    insta::assert_snapshot!(domain.talk(&format!("{words} --crl after.crl")));
    insta::assert_snapshot!(domain.talk(&format!("{words} --crl after.crl --format json")));
    // The list of another authority, a file that is none, and one that is not there.
    domain.place.good("crl root --out root.crl");
    insta::assert_snapshot!(domain.talk(&format!("{words} --crl root.crl --crl root.pem --crl missing.crl")));
    insta::assert_snapshot!(domain.talk("status root.pem"));
    insta::assert_snapshot!(domain.talk("status a.shop.internal/cert.pem --crl after.crl"));
    domain.pem("services");
    let issuer = "status a.shop.internal/cert.pem --issuer services.pem";
    assert_eq!(domain.talk(&format!("{issuer} --crl after.crl")).matches("superseded").count(), 2);
    insta::assert_snapshot!(domain.talk("status a.shop.internal/cert.pem --ocsp ftp://a.internal/"));
}
