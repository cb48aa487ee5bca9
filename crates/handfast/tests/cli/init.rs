use crate::support::Place;

#[test]
fn a_new_trust_domain_is_made_and_never_overwritten() {
    let place = Place::empty();
    insta::assert_snapshot!(place.talk("init shop"));
    insta::assert_snapshot!(place.talk("init shop"));
    assert_eq!(place.good("audit export -f shop/handfast.toml").matches("authority-added").count(), 2);
    insta::assert_snapshot!(place.talk("apply -f shop"));
}

#[test]
fn the_key_of_an_offline_root_is_in_the_file_and_nowhere_else() {
    let place = Place::empty();
    insta::assert_snapshot!(place.talk("init shop --offline-root root.key"));
    assert!(place.read("root.key").starts_with("-----BEGIN PRIVATE KEY-----"));
    let keys: Vec<_> = std::fs::read_dir(place.path("shop/.handfast/keys")).unwrap().collect();
    assert_eq!(keys.len(), 1, "only the key of the issuing authority");

    let more = place.read("shop/handfast.toml") + "[authority.more]\nparent = \"root\"\n";
    place.write("shop/handfast.toml", &more);
    std::fs::rename(place.path("root.key"), place.path("taken-away.key")).unwrap();
    insta::assert_snapshot!(place.talk("apply -f shop"));
    std::fs::rename(place.path("taken-away.key"), place.path("root.key")).unwrap();
    insta::assert_snapshot!(place.talk("apply -f shop"));
}

#[test]
fn keys_are_encrypted_when_a_passphrase_is_given() {
    let place = Place::empty();
    place.write_secret("passphrase", "correct horse battery staple\n");
    place.good("init shop --passphrase-file passphrase");
    for key in std::fs::read_dir(place.path("shop/.handfast/keys")).unwrap() {
        let text = std::fs::read_to_string(key.unwrap().path()).unwrap();
        assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    }
    insta::assert_snapshot!(place.talk("apply -f shop"));
    insta::assert_snapshot!(place.talk("apply -f shop --passphrase-file passphrase"));
    let mut wrong = place.command("apply -f shop");
    let output = wrong.env("HANDFAST_PASSPHRASE", "wrong").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_failure_leaves_nothing_behind() {
    let place = Place::empty();
    place.write("root.key", "something else");
    insta::assert_snapshot!(place.talk("init shop --offline-root root.key"));
    assert!(!place.path("shop").exists());
    assert_eq!(place.read("root.key"), "something else");
    insta::assert_snapshot!(place.talk("init shop --domain not_a_domain"));
    assert!(!place.path("shop").exists());
    place.write("file", "");
    insta::assert_snapshot!(place.talk("init file"));
}
