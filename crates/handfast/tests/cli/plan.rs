use crate::support::Place;

#[test]
fn the_shop_as_text() {
    insta::assert_snapshot!(Place::example("shop").talk("plan"));
}

#[test]
fn the_counts_of_the_shop() {
    let place = Place::example("shop");
    let counts = |file: &str| {
        let plan = place.json(&format!("plan -f {file} --format json"));
        ["self_signed", "planned"]
            .map(|part| ["certificates", "imports"].map(|what| plan[part][what].as_u64().unwrap()))
    };
    assert_eq!(counts("handfast.toml"), [[8, 30], [2, 14]]);
    assert_eq!(counts("db-under-root.toml")[1], [1, 8]);
}

#[test]
fn the_json_has_the_agreed_shape() {
    let place = Place::example("shop");
    let plan = place.json("plan --format json");
    let keys: Vec<&String> = plan.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["changes", "machines", "planned", "self_signed"]);
    let first = &plan["machines"][0];
    assert_eq!(first["instance"], "lb.shop.internal");
    assert_eq!(first["imports"][0]["certificate"], "root");
    assert_eq!(first["imports"][0]["into"], "trust/lb.shop.internal/roots.pem");
    assert_eq!(plan["changes"].as_array().unwrap().len(), 17);
}

#[test]
fn looking_changes_nothing() {
    let place = Place::example("shop");
    place.good("plan");
    assert!(!place.path(".handfast").exists() && !place.path("trust").exists());
    place.good("apply");
    assert!(place.good("plan").ends_with("nothing: everything is as declared\n"));
}

#[test]
fn drawings() {
    let place = Place::example("shop");
    assert!(place.good("plan --format svg").starts_with("<svg"));
    assert!(place.good("plan --format mermaid").contains("flowchart"));
}

#[test]
fn faults_of_the_file_are_told_all_at_once() {
    let place = Place::with(
        "[trust]\ndomain = \"shop.internal\"\nmodle = \"root\"\n[service.a]\ninstances = [\"a_1\"]\ncalls = [\"b\"]\n",
    );
    insta::assert_snapshot!(place.talk("plan"));
    insta::assert_snapshot!(Place::empty().talk("plan -f nowhere.toml"));
    let json = Place::empty().run("plan -f nowhere.toml --format json");
    let error: serde_json::Value = serde_json::from_slice(&json.stderr).unwrap();
    assert_eq!((error["exit"].as_u64(), json.stdout.len()), (Some(1), 0));
}

#[test]
fn what_apply_would_refuse_is_refused_with_its_place_in_the_file() {
    let tree = "[trust]\ndomain = \"t.internal\"\nauthority = \"services\"\n[authority.root]\n[authority.services]\nparent = \"root\"\npermitted = [\"t.internal\"]\n";
    let good = "[service.a]\ninstances = [\"a.t.internal\"]\npeers = true\n";
    assert!(Place::with(&format!("{tree}{good}")).run("plan").status.success());
    for (text, expected) in [
        (format!("{tree}{good}names = [\"*.t.internal\"]\n"), "[HF-POLICY-WILDCARD]: handfast.toml:8:10"),
        (format!("{tree}{good}owner = \"nobodyx\"\n"), "[HF-PLAN-OWNER-UNKNOWN]: handfast.toml:8:10"),
        (
            format!("{tree}[service.a]\ninstances = [\"8.8.8.8\"]\n"),
            "[HF-POLICY-PUBLIC-ADDRESS]: handfast.toml:9:14",
        ),
        (
            format!(
                "{tree}[authority.deep]\nparent = \"services\"\npermitted = [\"other.internal\"]\n{good}"
            ),
            "[HF-POLICY-DELEGATION]: handfast.toml:8:12",
        ),
        (
            format!("{tree}{good}").replace("[authority.root]", "[authority.root]\nsubject = \"CN=R,C=DEU\""),
            "[HF-PLAN-AUTHORITY-FORM]: handfast.toml:4:12",
        ),
        (
            format!(
                "[trust]\ndomain = \"t.internal\"\nmodel = \"per-service\"\n{}",
                good.replace("service.a", "service.Root_X")
            ),
            "[HF-FILE-VALUE]: handfast.toml:4:10",
        ),
        (
            format!("[trust]\ndomain = \"t.internal\"\n[authority.Root_X]\n{good}"),
            "[HF-FILE-VALUE]: handfast.toml:3:12",
        ),
    ] {
        let place = Place::with(&text);
        let told = place.talk("plan -f handfast.toml");
        assert!(told.contains(expected) && told.ends_with("--- exit 1\n"), "{expected}\n{told}");
        assert!(!place.path(".handfast").exists());
        assert_eq!(place.run("plan -f handfast.toml --format json").status.code(), Some(1));
    }
}
