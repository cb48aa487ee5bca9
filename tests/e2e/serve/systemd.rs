//! Sockets from the service manager, and what it is told.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use super::{Served, TRUST};
use crate::domain::{Domain, handfast};
use crate::program::{Running, finish, text};

/// Does what systemd does: binds a socket, hands it over as descriptor 3 with a name, becomes the program.
const ACTIVATE: &str = "
import os, socket, sys
listener = socket.socket(socket.AF_INET)
listener.bind(('127.0.0.1', 0))
listener.listen(64)
print('bound', listener.getsockname()[1], flush=True)
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES=sys.argv[1])
os.execv(sys.argv[2], sys.argv[2:])
";

fn domain() -> Domain {
    Domain::declared(&format!("{TRUST}\n[server]\nlisten = [\"systemd:api\"]\n"))
}

fn activated(name: &str, domain: &Domain, notify: &std::path::Path) -> Running {
    let mut command = std::process::Command::new("python3");
    command.args(["-c", ACTIVATE, name]).arg(handfast()).arg("serve").arg("-f");
    command.arg(domain.path().join("handfast.toml")).env("NOTIFY_SOCKET", notify);
    Running::start(&mut command)
}

#[test]
fn it_serves_on_a_socket_that_is_handed_over_and_tells_when_it_is_ready() {
    let domain = domain();
    let path = domain.path().join("notify");
    let notify = UnixDatagram::bind(&path).unwrap();
    notify.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let told = || {
        let mut octets = [0; 1024];
        let count = notify.recv(&mut octets).unwrap();
        text(&octets[..count])
    };
    let mut program = activated("api", &domain, &path);
    let port: u16 = program.wait_for("bound").rsplit(' ').next().unwrap().parse().unwrap();
    assert!(told().contains("READY=1"));
    let answer = finish("curl", |command| {
        command.args(["--silent", "--cacert"]).arg(domain.trust("web.shop.internal").join("roots.pem"));
        command.arg(format!("https://127.0.0.1:{port}/livez"));
    });
    assert_eq!(text(&answer.stdout), "ok\n");
    program.signal("HUP");
    assert!(told().contains("RELOADING=1"));
    assert!(told().contains("READY=1"));
    program.signal("TERM");
    assert!(told().contains("STOPPING=1"));
    assert!(program.ended().success());
}

#[test]
fn a_socket_of_another_name_is_not_taken() {
    let domain = domain();
    let mut program = activated("other", &domain, &domain.path().join("nobody"));
    program.wait_for("systemd handed over no socket `api`");
    assert_eq!(program.ended().code(), Some(1));
    // The socket is closed with it, so nobody waits for an answer.
    let _ =
        Served::start(Domain::declared(&format!("{TRUST}\n[server]\nlisten = [\"127.0.0.1:0\"]\n")), |_| {});
}
