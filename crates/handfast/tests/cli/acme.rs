use crate::support::Place;

fn domain() -> Place {
    let place = Place::empty();
    place.good("init . --domain shop.internal");
    let file =
        format!("{}\n[acme.services]\nprofiles = [\"server\", \"client\"]\n", place.read("handfast.toml"));
    place.write("handfast.toml", &file);
    place.good("apply");
    place
}

/// With words in the place of what is random.
fn hide(text: &str, kid: &str) -> String {
    text.replace(kid, "[kid]")
}

#[test]
fn a_key_for_an_account_is_made_listed_and_revoked() {
    let place = domain();
    let made = place.json(
        "acme eab create laptop --name laptop.shop.internal --profile server --trusted --valid-for 24h --format json",
    );
    let kid = made["kid"].as_str().unwrap().to_owned();
    let secret = made["hmac_key"].as_str().unwrap().to_owned();
    assert_eq!((kid.len(), secret.len()), (30, 43));
    assert_eq!(made["names"], serde_json::json!(["laptop.shop.internal"]));
    assert_eq!(made["authority"], "services");
    let listed = place.talk("acme eab list");
    assert!(listed.contains("waits") && listed.contains("trusted") && !listed.contains(&secret), "{listed}");
    let revoke = format!("acme eab revoke {kid}");
    assert_eq!(
        hide(&place.talk(&revoke), &kid),
        "$ handfast acme eab revoke [kid]\n--- stderr\nexternal account key [kid] is revoked\n--- exit 0\n"
    );
    assert!(place.talk(&revoke).contains("was revoked already"));
    assert_eq!(place.json("acme eab list --format json")["keys"][0]["state"], "revoked");
    assert!(!place.good("audit export").contains(&secret));
    assert!(place.good("audit verify").contains("intact"));
}

#[test]
fn the_two_lines_of_a_key_go_into_a_file_that_others_cannot_read() {
    use std::os::unix::fs::PermissionsExt;
    let place = domain();
    let output = place.run("acme eab create laptop --out laptop.eab");
    assert!(output.status.success() && output.stdout.is_empty());
    let mode = std::fs::metadata(place.path("laptop.eab")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = place.read("laptop.eab");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("kid ") && lines[1].starts_with("hmac-key "), "{text}");
    assert!(place.talk("acme eab create laptop --out laptop.eab").contains("exists already"));
}

#[test]
fn what_cannot_be_made_is_refused() {
    let place = domain();
    for (words, reason) in [
        ("acme eab create a --authority root", "`root` gives no certificates by ACME"),
        ("acme eab create a --profile root", "offers no profile `root` by ACME"),
        ("acme eab create a --trusted", "--name <NAME>"),
        ("acme eab create a --name not_a_name!", "stands for no set of names"),
        ("acme eab revoke AAAAAAAAAAAAAAAAAAAAAA", "there is no external account key"),
        ("acme account deactivate AAAAAAAAAAAAAAAAAAAAAA", "there is no ACME account"),
        ("renew --all --issued-by root --before 3d", "nobody would ask it when to renew"),
        ("renew --all --before 2001-01-01", "is over"),
        ("renew --all --before friday", "is no time"),
        ("renew --all", "--before <WHEN>"),
        ("renew orders --before 3d", "--all"),
    ] {
        let said = place.talk(words);
        assert!(said.contains(reason) && said.ends_with("--- exit 1\n"), "{words}: {said}");
    }
    let without = Place::empty();
    without.good("init . --domain shop.internal");
    without.good("apply");
    let said = without.talk("acme eab create a");
    assert!(
        said.contains("no authority gives certificates by ACME") && said.contains("[acme.AUTHORITY]"),
        "{said}"
    );
}

/// A key is carried away to where nobody can mend it: what it can never be good for is refused here.
#[test]
fn a_key_for_names_that_are_never_given_is_not_made() {
    let place = domain();
    let file = place.read("handfast.toml").replace(
        "profiles = [\"server\", \"client\"]",
        "profiles = [\"server\", \"client\"]\nnames = [\"shop.internal\", \"10.0.0.0/8\", \"team.internal\"]",
    );
    let permitted = "permitted = [\"shop.internal\", \"10.1.0.0/16\"]\nexcluded = [\"vault.shop.internal\"]";
    place.write("handfast.toml", &file.replace("permitted = [\"shop.internal\"]", permitted));
    for good in ["shop.internal", "a.shop.internal", "internal", "10.1.2.3", "10.0.0.0/8"] {
        place.good(&format!("acme eab create a --name {good}"));
    }
    for (bad, hint) in [
        ("shop.example", "add it to `names` of `[acme.services]`"),
        ("192.0.2.1", "shop.internal, 10.0.0.0/8, team.internal"),
        ("team.internal", "`permitted` and `excluded` of `[authority.services]`"),
        ("10.2.0.1", "`permitted` and `excluded` of `[authority.services]`"),
        ("a.vault.shop.internal", "`permitted` and `excluded` of `[authority.services]`"),
    ] {
        let said = place.talk(&format!("acme eab create a --name a.shop.internal --name {bad} --out a.eab"));
        assert!(said.contains("gives no name under `"), "{bad}: {said}");
        assert!(said.contains(hint) && said.ends_with("--- exit 1\n"), "{bad}: {said}");
        assert!(!place.path("a.eab").exists());
    }
    assert_eq!(place.json("acme eab list --format json")["keys"].as_array().unwrap().len(), 5);
}

#[test]
fn nothing_is_listed_where_nothing_is() {
    let place = domain();
    assert!(place.talk("acme account list").contains("no ACME account matches"));
    assert!(place.talk("acme order list --status valid").contains("no ACME order matches"));
    assert_eq!(place.json("acme order list --format json")["orders"], serde_json::json!([]));
    assert_eq!(place.json("acme account list --format json")["accounts"], serde_json::json!([]));
}

#[test]
fn the_time_of_renewal_is_moved_only_when_it_is_said_twice() {
    let place = domain();
    place.good("issue orders.shop.internal --profile server");
    let dry = place.json("renew --all --issued-by services --before 3d --format json");
    assert_eq!((&dry["done"], &dry["windows"][0]["certificates"]), (&false.into(), &1.into()));
    assert!(!place.good("audit export").contains("renewal-window-set"));
    let told = place.talk("renew --all --before 3d --profile server --yes");
    assert!(told.contains("profile server") && told.contains("done: ACME clients learn of it"), "{told}");
    assert!(place.good("audit export").contains("renewal-window-set"));
    let cleared = place.json("renew --all --profile server --clear --yes --format json");
    assert_eq!(cleared["done"], true);
    assert!(place.good("audit export").contains("renewal-window-cleared"));
}

/// What is said to be taken back is not in force any more.
#[test]
fn taking_back_the_time_of_renewal_says_what_is_so() {
    let place = domain();
    let none = place.talk("renew --all --issued-by services --clear --yes");
    assert!(none.contains("nothing to take back") && !none.contains("done"), "{none}");
    place.talk("renew --all --before 3d --profile server --yes");
    place.talk("renew --all --before 4d --yes");
    let one = place.talk("renew --all --profile server --clear --yes");
    assert!(one.contains("profile server") && one.contains("services, all, stays in force"), "{one}");
    place.talk("renew --all --before 3d --profile server --yes");
    let all = place.json("renew --all --issued-by services --clear --yes --format json");
    let scopes: Vec<_> = all["windows"].as_array().unwrap().iter().map(|one| &one["scope"]).collect();
    assert!(scopes.contains(&&"all".into()) && scopes.contains(&&"profile server".into()), "{all}");
    let again = place.json("renew --all --clear --format json");
    assert_eq!(
        (&again["windows"], &again["without"]),
        (&serde_json::json!([]), &serde_json::json!(["services"]))
    );
}
