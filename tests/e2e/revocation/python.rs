//! Python refuses a peer whose certificate our published list names.

use super::{Lab, SERVER, both, source};
use crate::program::{finish, text};

#[test]
fn python_refuses_a_revoked_client_in_the_handshake() {
    let lab = Lab::start();
    let lists = lab.lists();
    both(
        |instance| {
            let output = finish("python3", |command| {
                command.arg(source("peer.py")).arg(lab.served.domain.trust(SERVER));
                command.arg(lab.served.domain.trust(instance)).arg(&lists);
            });
            (output.status.success(), text(&output.stdout) + &text(&output.stderr))
        },
        "certificate revoked",
    );
}
