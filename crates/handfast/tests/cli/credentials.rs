use crate::support::Place;

fn domain() -> Place {
    let place = Place::empty();
    place.good("init . --domain shop.internal");
    place.good("apply");
    place
}

/// With a word in the place of the key itself.
fn talk(place: &Place, words: &str) -> String {
    let mut output = place.run(words);
    assert!(output.stdout.starts_with(b"hfk_") && output.stdout.ends_with(b"\n"));
    output.stdout = b"[key]\n".to_vec();
    place.conversation(words, &output)
}

#[test]
fn from_create_to_revoke() {
    let place = domain();
    insta::assert_snapshot!(talk(
        &place,
        "credential create deploy --right issue --name shop.internal --profile server --max-lifetime 7d --valid-for 90d"
    ));
    let made = place.json("credential create monitor --right read --right audit --format json");
    let key = made["key"].as_str().unwrap().to_owned();
    let id = made["credential"]["id"].as_str().unwrap().to_owned();
    assert!(key.starts_with(&format!("hfk_{id}_")), "{key}");
    insta::assert_snapshot!(place.talk("credential list"));
    insta::assert_snapshot!(place.talk(&format!("credential revoke {id}")));
    insta::assert_snapshot!(place.talk(&format!("credential revoke {id}")));
    let listed = place.good("credential list --format json");
    assert!(listed.contains("revoked_at"));
    // Cut at the identifier: the secret is base64url and has underscores of its own.
    let secret = key.strip_prefix(&format!("hfk_{id}_")).unwrap();
    assert!(!listed.contains(secret));
    assert!(!place.good("audit export").contains(secret));
    assert!(place.good("audit verify").contains("intact"));
}

#[test]
fn a_key_goes_into_a_file_that_others_cannot_read() {
    use std::os::unix::fs::PermissionsExt;
    let place = domain();
    let output = place.run("credential create deploy --right issue --out deploy.key");
    assert!(output.status.success() && output.stdout.is_empty());
    let mode = std::fs::metadata(place.path("deploy.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(place.read("deploy.key").starts_with("hfk_"));
    insta::assert_snapshot!(place.talk("credential create deploy --right issue --out deploy.key"));
}

#[test]
fn what_cannot_be_given_is_refused() {
    let place = domain();
    insta::assert_snapshot!(place.talk("credential create deploy --right everything"));
    insta::assert_snapshot!(place.talk("credential create deploy --right issue --authority nobody"));
    insta::assert_snapshot!(place.talk("credential create deploy --right issue --name not_a_name!"));
    insta::assert_snapshot!(place.talk("credential revoke 0000000000000000"));
}
