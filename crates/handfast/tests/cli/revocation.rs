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
    insta::assert_snapshot!("the_tree_names_what_is_revoked", domain.talk("ca list"));
    let shown = domain.place.json("ca show branch --format json");
    assert_eq!(
        (&shown["state"], &shown["findings"][0]["code"]),
        (&"revoked".into(), &"HF-ISSUER-REVOKED".into())
    );
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

/// RFC 5280 section 5.3.1, by name and by number; `certificateHold` and `removeFromCRL` would end a revocation.
#[test]
fn the_reasons_that_are_for_good_are_taken_and_no_other() {
    let domain = Domain::new();
    domain.place.good("ca create branch --parent root");
    domain.pem("branch");
    for reason in
        ["unspecified", "1", "affiliationChanged", "key-compromise", "4", "cessationOfOperation", "9"]
    {
        domain.place.good(&format!("issue a.shop.internal --authority services --out {reason}"));
        domain.place.good(&format!("revoke {reason}/cert.pem --reason {reason}"));
    }
    domain.place.good("issue b.shop.internal --authority services");
    for reason in
        ["certificateHold", "6", "7", "removeFromCRL", "8", "aACompromise", "10", "cACompromise", "none"]
    {
        let output = domain.place.run(&format!("revoke b.shop.internal/cert.pem --reason {reason}"));
        assert_eq!(output.status.code(), Some(1), "{reason}");
    }
    domain.place.good("revoke branch.pem --reason cACompromise");
    let revoked = domain.place.json("list --state revoked --format json");
    let reasons =
        revoked["certificates"].as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap());
    let mut reasons: Vec<&str> = reasons.collect();
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        [
            "affiliationChanged",
            "cACompromise",
            "cessationOfOperation",
            "keyCompromise",
            "keyCompromise",
            "privilegeWithdrawn",
            "superseded",
            "unspecified",
        ]
    );
}

#[test]
fn siblings_of_a_compromised_key_are_revoked_when_that_is_wanted() {
    let domain = Domain::new();
    domain.place.good("ca create branch --parent root");
    domain.place.good("csr a.shop.internal --key a.key --out a.csr");
    domain.place.good("csr b.shop.internal --key a.key --out b.csr");
    domain.place.good("sign a.csr --authority services --out a.pem");
    domain.place.good("sign b.csr --authority branch --out b.pem");
    let refused = domain.place.run("revoke a.pem --reason superseded --siblings");
    assert_eq!(refused.status.code(), Some(1), "siblings share a compromised key, not a fate");
    let told = domain.place.json("revoke a.pem --reason keyCompromise --siblings --dry-run --format json");
    assert_eq!(told["sibling_certificates"][0]["revoked"], false);
    let done = domain.place.json("revoke a.pem --reason keyCompromise --siblings --format json");
    let sibling = &done["sibling_certificates"][0];
    assert_eq!((&sibling["authority"], &sibling["revoked"]), (&"branch".into(), &true.into()), "{done}");
    let revoked = domain.place.json("list --state revoked --format json");
    assert_eq!(revoked["certificates"].as_array().unwrap().len(), 2);
    for request in
        ["sign a.csr --authority services", "sign b.csr --authority branch", "renew b.pem --csr b.csr"]
    {
        let refused = domain.place.run(request);
        assert_eq!(refused.status.code(), Some(1), "{request}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("HF-KEY-BLOCKED") || said.contains("revoked"), "{request}: {said}");
    }
}
