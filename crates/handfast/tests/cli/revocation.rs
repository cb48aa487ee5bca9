//! `handfast revoke` and `handfast crl`, and what others make of the lists.

use crate::material::{Domain, openssl};

#[test]
fn a_compromised_key_takes_its_other_certificates_to_light() {
    let domain = Domain::new();
    domain.place.good("csr x.shop.internal --key x.key --out x.csr");
    domain.place.good("sign x.csr --out x.pem");
    domain.place.good("renew x.pem --csr x.csr --keep-key --out again.pem");
    insta::assert_snapshot!(domain.talk("revoke x.pem --reason keyCompromise --dry-run"));
    assert_eq!(
        domain.place.json("list --state revoked --format json")["certificates"],
        serde_json::json!([])
    );
    insta::assert_snapshot!(domain.talk("revoke x.pem --reason keyCompromise"));
    insta::assert_snapshot!(domain.talk("revoke x.pem"));
    insta::assert_snapshot!(domain.talk("sign x.csr"));
    insta::assert_snapshot!(domain.talk("revoke 1234"));
    insta::assert_snapshot!(domain.talk("revoke x.pem --reason removeFromCRL"));
}

#[test]
fn an_intermediate_takes_its_branch_only() {
    let domain = Domain::new();
    domain.place.good("ca create branch --parent root");
    domain.place.good("issue in.branch --authority branch");
    domain.place.good("issue a.shop.internal --authority services");
    domain.pem("branch");
    insta::assert_snapshot!(domain.talk("revoke branch.pem --reason cessationOfOperation"));
    insta::assert_snapshot!(domain.talk("issue b.branch --authority branch"));
    domain.place.good("issue b.shop.internal --authority services");
    domain.place.good("crl root --out root.crl");
    domain.place.good("crl services --out services.crl");
    let verify = "--roots root.pem --crl root.crl --crl services.crl";
    assert!(domain.place.run(&format!("verify a.shop.internal/fullchain.pem {verify}")).status.success());
    insta::assert_snapshot!(domain.talk(&format!("verify in.branch/fullchain.pem {verify}")));
}

#[test]
fn openssl_refuses_what_our_list_revokes() {
    let domain = Domain::new();
    for name in ["good", "bad"] {
        domain.place.good(&format!("issue {name}.shop.internal"));
    }
    domain.place.good("revoke bad.shop.internal/cert.pem --reason superseded");
    insta::assert_snapshot!(domain.talk("crl services --out services.crl"));
    domain.place.good("crl root --out root.crl");
    insta::assert_snapshot!(domain.talk("crl nobody"));
    domain.pem("services");
    let folder = domain.place.path("");
    let ask = |name: &str| {
        openssl(
            &folder,
            &format!(
                "verify -crl_check_all -CAfile root.pem -CRLfile root.crl -CRLfile services.crl \
                 -untrusted services.pem {name}.shop.internal/cert.pem"
            ),
        )
    };
    assert!(ask("good").ends_with("OK\n"));
    assert!(ask("bad").contains("certificate revoked"));
}
