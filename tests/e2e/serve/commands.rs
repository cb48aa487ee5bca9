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

/// Known to the server at once, and said once in its log.
#[test]
fn an_authority_that_a_command_revokes_is_named_by_the_server() {
    let mut served = Served::with("");
    let own = served.good("ca show services --pem");
    std::fs::write(served.domain.path().join("services.pem"), own).unwrap();
    served.good("revoke services.pem --reason cACompromise");
    let ready = served.get("plain", "/readyz");
    let named = "\"out_of_service\":[{\"authority\":\"services\",\"reason\":\"`CN=shop.internal services CA`";
    assert!(ready.starts_with("HTTP/1.1 200") && ready.contains(named), "{ready}");
    let told = served.program.wait_for("out of service");
    assert!(told.contains("services") && told.contains("its last CRL ends unrenewed"), "{told}");
    let tree = served.good("ca list");
    assert!(tree.contains("services  revoked") && tree.contains("root        active"), "{tree}");
    // A new key and certificate, and it is in service again.
    served.good("apply");
    assert!(served.get("plain", "/readyz").contains("\"out_of_service\":[]"));
    served.good("issue a.shop.internal");
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
