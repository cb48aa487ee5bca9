//! `[server.cfssl]` and `[server.cfssl.labels.NAME]`.

use super::faults::{Fault, Faults, UNKNOWN_NAME};
use super::references::{Kind, References};
use super::section::{Section, Text, listed};
use super::server::{addresses, networks};
use super::suggest::nearest;
use crate::declared::{CFSSL_ENDPOINTS, CfsslDoor, CfsslLabel, ListenAddress};

/// The most labels of one server.
const MAX_LABELS: usize = 100;

/// The section, and the authority behind the endpoints, if one is named and there are no labels.
pub(super) fn read(
    parent: &mut Section<'_, '_>,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> (Option<CfsslDoor>, Option<String>) {
    let Some(mut section) = parent.table("cfssl", faults) else { return (None, None) };
    let listen = addresses(&mut section, "listen", faults);
    let https = addresses(&mut section, "https", faults);
    let config = section.text("config", faults).map(|text| text.value.to_owned());
    let label = section.text("label", faults);
    let labels = labels(&mut section, faults, references);
    let (default, authority) = match label {
        Some(text) if labels.is_empty() => {
            (String::new(), Some(references.add(Kind::Authority, "server.cfssl.label".to_owned(), &text)))
        }
        Some(text) => (one_of(&labels, &text, faults), None),
        None => (String::new(), None),
    };
    let (enable, disable) =
        (endpoints(&mut section, "enable", faults), endpoints(&mut section, "disable", faults));
    section.finish(faults);
    let usual =
        if https.is_some() { Vec::new() } else { vec![ListenAddress::Tcp(([127, 0, 0, 1], 8888).into())] };
    let door = CfsslDoor {
        listen: listen.unwrap_or(usual),
        https: https.unwrap_or_default(),
        config,
        label: default,
        labels,
        enable,
        disable,
    };
    (Some(door), authority)
}

fn labels(
    section: &mut Section<'_, '_>,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Vec<CfsslLabel> {
    let mut labels = Vec::new();
    for found in section.named_sections("labels", MAX_LABELS, faults) {
        let (name, mut section) = (found.name, found.section);
        let key = section.key("authority");
        let authority = match section.text("authority", faults) {
            Some(text) => references.add(Kind::Authority, key, &text),
            None => {
                references.add(Kind::Authority, key, &Text { value: &name, span: section.at..section.at })
            }
        };
        let config = section.text("config", faults).map(|text| text.value.to_owned());
        let networks = networks(&mut section, "networks", faults);
        section.finish(faults);
        labels.push(CfsslLabel { name, authority, config, networks });
    }
    labels
}

/// Names of endpoints.
fn endpoints(section: &mut Section<'_, '_>, key: &'static str, faults: &mut Faults<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for text in section.texts(key, faults) {
        if !CFSSL_ENDPOINTS.contains(&text.value) {
            let fault =
                Fault::new(UNKNOWN_NAME, text.span.start, &section.key(key), "there is no such endpoint")
                    .expected_found(format!("one of {}", listed(&CFSSL_ENDPOINTS)), text.value);
            faults.add(match nearest(text.value, CFSSL_ENDPOINTS) {
                Some(meant) => fault.write(format!("write `\"{meant}\"`")),
                None => fault,
            });
        }
        names.push(text.value.to_owned());
    }
    names
}

/// The label of requests that name none.
fn one_of(labels: &[CfsslLabel], text: &Text<'_>, faults: &mut Faults<'_>) -> String {
    if !labels.iter().any(|label| label.name == text.value) {
        let names: Vec<&str> = labels.iter().map(|label| label.name.as_str()).collect();
        faults.add(
            Fault::new(UNKNOWN_NAME, text.span.start, "server.cfssl.label", "there is no such label")
                .expected_found(format!("one of {}", listed(&names)), text.value)
                .write(format!("add a section `[server.cfssl.labels.{}]`", text.value)),
        );
    }
    text.value.to_owned()
}

#[cfg(test)]
mod tests {
    use crate::declare::parse;
    use crate::declared::{CFSSL_ENDPOINTS, CfsslDoor};

    const TRUST: &str =
        "[trust]\ndomain = \"x.internal\"\n[authority.root]\n[authority.a]\nparent = \"root\"\n";

    fn door(lines: &str) -> CfsslDoor {
        parse(&format!("{TRUST}[server.cfssl]\n{lines}"), "f").unwrap().server.cfssl.unwrap()
    }

    fn faults(lines: &str) -> String {
        let faults = parse(&format!("{TRUST}[server.cfssl]\n{lines}"), "f").unwrap_err();
        format!("{faults:?}")
    }

    #[test]
    fn https_alone_takes_the_place_of_plain_http() {
        assert_eq!(door("").listen.len(), 1);
        let secure = door("https = [\"127.0.0.1:1\"]\ndisable = [\"info\"]\n");
        assert_eq!((secure.listen.len(), secure.https.len(), secure.disable.len()), (0, 1, 1));
        assert_eq!(secure.label, "a");
        assert_eq!(door("listen = [\"127.0.0.1:2\"]\nhttps = [\"127.0.0.1:1\"]\n").listen.len(), 1);
    }

    #[test]
    fn a_label_is_an_authority_or_names_one() {
        let door = door(
            "label = \"b\"\n[server.cfssl.labels.a]\n[server.cfssl.labels.b]\nauthority = \"a\"\nnetworks = [\"10.0.0.0/8\"]\n",
        );
        assert_eq!(door.label, "b");
        let pairs: Vec<_> = door.labels.iter().map(|it| (it.name.as_str(), it.authority.as_str())).collect();
        assert_eq!(pairs, [("a", "a"), ("b", "a")]);
        assert!(door.labels[1].networks.is_some());
        assert!(faults("[server.cfssl.labels.c]\n").contains("server.cfssl.labels.c.authority"));
        assert!(faults("label = \"c\"\n[server.cfssl.labels.a]\n").contains("no such label"));
        assert!(faults("label = \"c\"\n").contains("`c` is no authority"));
        assert!(faults("[server.cfssl.labels.a]\nnetworks = [\"10.0.0.0/33\"]\n").contains("no network"));
        assert!(faults("[server.cfssl.labels.a]\nnets = []\n").contains("nets"));
    }

    #[test]
    fn an_endpoint_that_there_is_not_is_found_where_it_stands() {
        let all = CFSSL_ENDPOINTS.map(|name| format!("\"{name}\"")).join(", ");
        assert_eq!(door(&format!("enable = [{all}]\n")).enable.len(), CFSSL_ENDPOINTS.len());
        for key in ["enable", "disable"] {
            let found = faults(&format!("{key} = [\"info\",\n  \"newkye\"]\n"));
            assert!(found.contains("f:8:3"), "line and column: {found}");
            assert!(found.contains(&format!("server.cfssl.{key}")), "{found}");
            assert!(found.contains("write `\\\"newkey\\\"`") && found.contains("`certinfo`"), "{found}");
        }
        assert!(faults("enable = [\"info,newkey\"]\n").contains("no such endpoint"), "one each");
    }
}
