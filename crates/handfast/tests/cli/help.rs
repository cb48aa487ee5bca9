use crate::support::Place;

#[test]
fn the_front_door() {
    insta::assert_snapshot!(Place::empty().talk("--help"));
}

#[test]
fn words_that_are_no_command_are_the_users_to_mend() {
    let place = Place::empty();
    insta::assert_snapshot!(place.talk("aply"));
    assert_eq!(place.run("plan --nonsense").status.code(), Some(1));
    assert_eq!(place.run("").status.code(), Some(1));
    assert_eq!(place.run("--version").status.code(), Some(0));
}

#[test]
fn every_command_has_a_page_and_completes() {
    let place = Place::empty();
    place.good("man pages");
    let pages = std::fs::read_dir(place.path("pages")).unwrap().count();
    assert!(pages > 15, "{pages} pages");
    assert!(place.read("pages/handfast-audit-verify.1").contains("Examples:"));
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(place.good(&format!("completions {shell}")).contains("handfast"), "{shell}");
    }
}
