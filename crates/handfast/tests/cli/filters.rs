//! Filters by names that the domain does not have are errors, and what left the file is found as long as it is on record.

use crate::support::Place;

const FORMER: &str = r#"
[authority.former]
parent = "root"

[profile.former]
usages = ["server"]

[service.old]
instances = ["old.shop.internal"]
authority = "former"
profile   = "former"
"#;

fn domain() -> Place {
    let place = Place::empty();
    place.good("init . --domain shop.internal");
    let file = format!("{}\n[acme.services]\nprofiles = [\"server\"]\n", place.read("handfast.toml"));
    place.write("handfast.toml", &format!("{file}{FORMER}"));
    place.good("apply");
    place.write("handfast.toml", &file);
    place
}

#[test]
fn a_name_that_nothing_has_is_refused_with_those_that_there_are() {
    let place = domain();
    for command in ["list", "acme order list", "acme account list", "acme eab list"] {
        let said = place.talk(&format!("{command} --authority nope"));
        let expected = "there is no authority `nope`: expected one of former, root, services";
        assert!(said.contains(expected) && said.ends_with("--- exit 1\n"), "{said}");
    }
    for words in [
        "list --profile nope",
        "renew --all --before 3d --profile nope",
        "renew --all --clear --profile nope",
    ] {
        let said = place.talk(words);
        assert!(said.contains("there is no profile `nope`: expected one of client, "), "{said}");
        assert!(said.contains("server") && said.ends_with("--- exit 1\n"), "{said}");
    }
    let said = place.talk("renew --all --before 3d --issued-by nope");
    assert!(said.contains("there is no authority `nope`"), "{said}");
    let said = place.talk("acme order list --account nope");
    assert!(said.contains("there is no ACME account `nope`") && said.contains("account list"), "{said}");
}

#[test]
fn what_left_the_file_is_found_as_long_as_it_is_on_record() {
    let place = domain();
    assert!(place.good("list --authority former").contains("old.shop.internal"));
    assert!(place.good("list --profile former").contains("old.shop.internal"));
    assert!(
        place.talk("list --profile former --state revoked").ends_with("no certificate matches\n--- exit 0\n")
    );
    for command in ["acme order list", "acme account list", "acme eab list"] {
        place.good(&format!("{command} --authority former"));
    }
    assert!(place.good("renew --all --before 3d --profile former").contains("former"));
}

#[test]
fn what_the_file_declares_is_known_before_anything_has_come_of_it() {
    let place = domain();
    let file = place.read("handfast.toml");
    place.write(
        "handfast.toml",
        &format!("{file}\n[profile.new]\nusages = [\"server\"]\n[authority.new]\nparent = \"root\"\n"),
    );
    for words in
        ["list --profile new", "list --authority new", "list --profile intermediate", "list --profile client"]
    {
        place.good(words);
    }
}
