//! Lists go on being published from their copies when the record of lists cannot be read.

use super::{BAD, Lab};
use crate::program::succeed;
use crate::serve::Served;

/// What is done to the tables of lists, and what it stands for.
const DAMAGES: [(&str, &str); 2] = [
    ("the octets are not those of a list", "UPDATE crl_piece SET der = x'00'"),
    ("the tables are gone", "DROP TABLE crl_piece; DROP TABLE crl"),
];

/// The complete list and that of the first shard.
const PATHS: [&str; 2] = ["/crl/services.crl", "/crl/services/1.crl"];

#[test]
fn a_server_starts_from_copies_when_its_record_of_lists_is_unreadable() {
    for (what, damage) in DAMAGES {
        let lab = Lab::with("crl_shard = 1\n");
        lab.revoke_and_list(BAD, "superseded");
        let serial = lab.serial(BAD);
        let before = PATHS.map(|path| (path, std::fs::read(lab.fetch(path)).unwrap()));
        let Lab { served: Served { domain, mut program, .. }, plain } = lab;
        program.stop("TERM");
        drop(program);
        let database = domain.path().join(".handfast/store/handfast.db");
        let script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])";
        succeed("python3", |command| {
            command.args(["-c", script]).arg(&database).arg(damage);
        });
        let lab = Lab { served: Served::start(domain, |_| {}), plain };
        for (path, octets) in &before {
            assert!(
                std::fs::read(lab.fetch(path)).unwrap() == *octets,
                "{what}: {path} is the list from before"
            );
        }
        assert!(lab.published("services").contains(&serial), "{what}");
        // OCSP, which asks the record of certificates, says the same.
        assert!(lab.ask(BAD, &[]).contains("cert.pem: revoked"), "{what}");
    }
}
