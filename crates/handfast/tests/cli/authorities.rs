use crate::support::Place;

fn domain() -> Place {
    let place = Place::empty();
    place.good("init . --domain shop.internal");
    place
}

#[test]
fn the_tree_is_created_listed_and_shown() {
    let place = domain();
    insta::assert_snapshot!(place.talk("ca create finance --parent root"));
    insta::assert_snapshot!(place.talk("ca list"));
    insta::assert_snapshot!(place.talk("ca show finance"));
    insta::assert_snapshot!(place.talk("ca create finance --parent root"));
    insta::assert_snapshot!(place.talk("ca create more --parent nobody"));
    insta::assert_snapshot!(place.talk("ca show nobody"));
    assert!(place.json("ca list --format json").to_string().contains("finance"));
}

#[test]
fn the_authority_of_another_domain_is_imported_and_signed() {
    let (ours, theirs) = (domain(), Place::empty());
    theirs.good("init . --domain other.internal");
    // Theirs makes a key and a request, ours signs it, theirs takes the certificate.
    let answer = theirs.run("ca create branch --request branch.csr");
    assert!(answer.status.success(), "{}", theirs.conversation("ca create branch", &answer));
    std::fs::copy(theirs.path("branch.csr"), ours.path("branch.csr")).unwrap();
    let signed = ours.talk("ca sign-intermediate branch.csr --parent root --out branch.pem");
    insta::assert_snapshot!(signed);
    std::fs::copy(ours.path("branch.pem"), theirs.path("branch.pem")).unwrap();
    insta::assert_snapshot!(theirs.talk("ca import branch --certificate branch.pem"));
    assert!(theirs.good("ca list").contains("branch"));
}
