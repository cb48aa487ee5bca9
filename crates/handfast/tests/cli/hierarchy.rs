//! `handfast ca`.

use crate::material::{Domain, openssl};

#[test]
fn authorities_are_created_below_each_other() {
    let domain = Domain::new();
    insta::assert_snapshot!(domain.talk("ca list"));
    insta::assert_snapshot!(domain.talk("ca show services"));
    insta::assert_snapshot!(domain.talk("ca create branch --parent root --path-length 0"));
    insta::assert_snapshot!(domain.talk("ca create below --parent branch --lifetime 1y"));
    insta::assert_snapshot!(domain.talk("ca create root"));
    insta::assert_snapshot!(domain.talk("ca show nobody"));
}

#[test]
fn an_authority_is_imported_with_its_own_key_only() {
    let domain = Domain::new();
    let folder = domain.place.path("");
    openssl(
        &folder,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout legacy.key -out legacy.pem -subj /CN=Legacy \
         -days 100 -addext keyUsage=critical,keyCertSign,cRLSign",
    );
    domain.place.good("csr x.shop.internal --key other.key --out other.csr");
    insta::assert_snapshot!(domain.talk("ca import legacy --certificate legacy.pem --key other.key"));
    insta::assert_snapshot!(domain.talk("ca import legacy --certificate legacy.pem --key legacy.key"));
    domain.place.good("issue a.legacy.example --authority legacy");
    assert!(
        domain
            .place
            .good("chain a.legacy.example/fullchain.pem --roots legacy.pem")
            .contains("a.legacy.example")
    );
}

#[test]
fn an_intermediate_is_signed_from_its_request() {
    let domain = Domain::new();
    openssl(
        &domain.place.path(""),
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout i.key -out i.csr -subj /CN=Branch",
    );
    insta::assert_snapshot!(domain.talk("ca sign-intermediate i.csr --parent root --out i.pem"));
    insta::assert_snapshot!(domain.talk("ca sign-intermediate i.csr --parent nobody"));
    insta::assert_snapshot!(domain.talk("ca sign-intermediate i.pem --parent root"));
    domain.place.good("verify i.pem --roots root.pem");
}
