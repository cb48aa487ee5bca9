use crate::support::{Place, SMALL};

#[test]
fn the_record_is_intact_and_a_checkpoint_holds() {
    let place = Place::with(SMALL);
    place.good("apply");
    insta::assert_snapshot!(place.talk("audit verify"));
    let report = place.json("audit verify --format json");
    assert_eq!(report["intact"], true);
    let head = report["head"].as_str().unwrap().to_owned();
    assert!(place.run(&format!("audit verify --checkpoint {head}")).status.success());
    let count = head.split(':').next().unwrap();
    let zeros = "0".repeat(64);
    insta::assert_snapshot!(place.talk(&format!("audit verify --checkpoint {count}:{zeros}")));
    insta::assert_snapshot!(place.talk("audit verify --checkpoint 12"));
}

#[test]
fn the_export_is_a_chain_of_rows() {
    let place = Place::with(SMALL);
    place.good("apply");
    let rows: Vec<serde_json::Value> =
        place.good("audit export").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for pair in rows.windows(2) {
        assert_eq!(pair[0]["hash"], pair[1]["previous"]);
    }
    let actions: Vec<&str> =
        rows.iter().map(|row| row["event"]["action"]["action"].as_str().unwrap()).collect();
    assert!(actions.ends_with(&["issuance-begun", "issuance-finished"]), "{actions:?}");
}

#[test]
fn without_a_store_there_is_nothing_to_verify() {
    insta::assert_snapshot!(Place::with(SMALL).talk("audit verify"));
    insta::assert_snapshot!(Place::with(SMALL).talk("audit export"));
}

#[test]
fn what_is_edited_beside_the_record_is_named() {
    let place = Place::with(SMALL);
    place.good("apply");
    let serial = place.json("list --format json")["certificates"][0]["serial"].as_str().unwrap().to_owned();
    place.good(&format!("revoke {serial}"));
    assert_eq!(place.json("audit verify --format json")["intact"], true);
    let edited = std::process::Command::new("sqlite3")
        .arg(place.path(".handfast/store/handfast.db"))
        .arg("DELETE FROM revoked")
        .status();
    assert!(edited.unwrap().success());
    let run = place.run("audit verify --format json");
    assert_eq!(run.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(report["intact"], false);
    let fault = report["faults"][0].as_str().unwrap();
    assert!(fault.contains("is not revoked: row"), "{fault}");
}
