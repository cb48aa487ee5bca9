//! Commands on the machine of the server, while it has the store.

use super::{Served, serve};
use crate::program::{finish, text};

#[test]
fn commands_work_while_it_serves() {
    let served = Served::with("");
    served.good("issue a.shop.internal --profile server");
    assert!(served.good("list").contains("a.shop.internal"));
    served.good("ca create extra --parent root");
    assert!(served.good("ca list").contains("extra"));
    // What a command made is known to the server at once.
    assert!(served.get("plain", "/ca/extra.pem").starts_with("HTTP/1.1 200"));
    served.good("apply");
    served.good("audit verify");
}

#[test]
fn a_second_server_is_refused_and_the_first_goes_on() {
    let served = Served::with("");
    let second = serve(&served.domain);
    let output = finish(second.get_program(), |command| {
        command.args(second.get_args());
    });
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("in use"), "{}", text(&output.stderr));
    assert!(served.get("api", "/livez").ends_with("ok\n"));
    served.good("list");
}

#[test]
fn without_authorities_it_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("handfast.toml"), super::TRUST).unwrap();
    let output = finish(crate::domain::handfast(), |command| {
        command.arg("serve").current_dir(folder.path());
    });
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("handfast apply"), "{}", text(&output.stderr));
}
