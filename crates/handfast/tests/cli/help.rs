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

/// The words of every command that does something, from its help.
fn commands(place: &Place, words: &str) -> Vec<String> {
    let help = place.good(&format!("{words} --help"));
    let Some((_, listed)) = help.split_once("Commands:\n") else { return vec![words.trim().to_owned()] };
    let names = listed
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .flat_map(|name| commands(place, &format!("{words} {name}")))
        .collect()
}

#[test]
fn every_command_has_a_conversation() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli");
    let mut sources = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "rs") {
            sources.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    let without: Vec<String> = commands(&Place::empty(), "")
        .into_iter()
        .filter(|words| !sources.contains(&format!("\"{words}")))
        .collect();
    assert!(without.is_empty(), "write a conversation in {folder} for: {without:?}");
}
