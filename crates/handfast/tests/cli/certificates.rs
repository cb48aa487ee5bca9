use crate::support::Place;

fn domain() -> Place {
    let place = Place::empty();
    place.good("init . --domain shop.internal");
    place
}

#[test]
fn from_issue_to_revocation() {
    let place = domain();
    insta::assert_snapshot!(place.talk("issue web.shop.internal"));
    insta::assert_snapshot!(place.talk("issue web.shop.internal"));
    insta::assert_snapshot!(place.talk("list --name web.shop.internal"));
    let verify = "verify web.shop.internal/cert.pem --roots web.shop.internal/roots.pem \
                  --intermediates web.shop.internal/fullchain.pem --purpose server";
    insta::assert_snapshot!(place.talk(&format!("{verify} --name web.shop.internal")));
    let old = place.read("web.shop.internal/key.pem");
    insta::assert_snapshot!(place.talk("renew web.shop.internal"));
    assert_ne!(place.read("web.shop.internal/key.pem"), old);
    insta::assert_snapshot!(place.talk("revoke web.shop.internal/cert.pem --reason superseded"));
    insta::assert_snapshot!(place.talk("revoke web.shop.internal/cert.pem --reason superseded"));
    insta::assert_snapshot!(place.talk("list --state revoked"));
    place.write("services.crl", &place.good("crl services"));
    assert!(place.good("inspect services.crl").contains("revoked"));
    let with_crl = place.run(&format!("{verify} --crl services.crl"));
    assert_eq!(with_crl.status.code(), Some(1), "{}", place.conversation(verify, &with_crl));
    assert!(place.good("audit verify").contains("intact"));
}

#[test]
fn the_key_stays_where_the_request_is_made() {
    let place = domain();
    insta::assert_snapshot!(place.talk("csr api.shop.internal --key api.key --out api.csr"));
    insta::assert_snapshot!(place.talk("sign api.csr --out api.pem"));
    insta::assert_snapshot!(place.talk("inspect api.csr"));
    insta::assert_snapshot!(place.talk("inspect api.pem"));
    assert!(place.json("inspect api.pem --format json").to_string().contains("api.shop.internal"));
}

#[test]
fn what_policy_does_not_grant_is_refused_with_reasons() {
    let place = domain();
    insta::assert_snapshot!(place.talk("issue www.example.com"));
    insta::assert_snapshot!(place.talk("issue not_a_name"));
    insta::assert_snapshot!(place.talk("issue web.shop.internal --authority nobody"));
    insta::assert_snapshot!(place.talk("revoke 0123"));
    place.write("nonsense", "nothing of the kind");
    insta::assert_snapshot!(place.talk("sign nonsense"));
    insta::assert_snapshot!(place.talk("inspect nonsense"));
    insta::assert_snapshot!(place.talk("crl nobody"));
}

#[test]
fn chains_are_verified_and_put_in_order() {
    let place = domain();
    place.good("issue web.shop.internal");
    let (chain, roots) = (place.read("web.shop.internal/fullchain.pem"), "web.shop.internal/roots.pem");
    insta::assert_snapshot!(
        place.talk(&format!("verify web.shop.internal/cert.pem --roots {roots} --name other.shop.internal"))
    );
    let blocks: Vec<String> =
        chain.split_inclusive("-----END CERTIFICATE-----\n").map(str::to_owned).collect();
    place.write("shuffled.pem", &blocks.iter().rev().cloned().collect::<String>());
    insta::assert_snapshot!(place.talk(&format!("chain shuffled.pem --roots {roots}")));
    let fixed = place.good(&format!("chain shuffled.pem --roots {roots} --fix"));
    assert_eq!(fixed, chain);
}
