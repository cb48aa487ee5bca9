//! Sockets that are bound or handed over, before anything else is done: an address that is taken ends the start.

use std::net::TcpListener;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use hf_topology::declared::{ListenAddress, Server};
use listenfd::ListenFd;

use crate::domain::Domain;
use crate::env::Env;
use crate::error::CommandError;

/// What is served on a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// HTTPS, our own API.
    Api,
    /// Plain HTTP: CRLs, CA certificates, health.
    Plain,
    /// Plain HTTP: metrics and health.
    Admin,
    /// Plain HTTP: the endpoints of CFSSL.
    Cfssl,
    /// HTTPS: the same.
    CfsslHttps,
}

impl Kind {
    /// How logs and metrics call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Plain => "plain",
            Self::Admin => "admin",
            Self::Cfssl => "cfssl",
            Self::CfsslHttps => "cfssl-https",
        }
    }
}

/// A socket that listens.
pub(super) struct Bound {
    pub(super) kind: Kind,
    pub(super) socket: Socket,
}

/// TCP or UNIX.
pub(super) enum Socket {
    Tcp(TcpListener),
    /// With its path, when it was bound here.
    Unix(UnixListener, Option<PathBuf>),
}

/// Every listener of the file, with its kind.
pub(super) fn declared(server: &Server) -> impl Iterator<Item = (Kind, &ListenAddress)> {
    let plain_cfssl = server.cfssl.iter().flat_map(|door| &door.listen).map(|address| (Kind::Cfssl, address));
    let cfssl = server.cfssl.iter().flat_map(|door| &door.https).map(|address| (Kind::CfsslHttps, address));
    let cfssl = plain_cfssl.chain(cfssl);
    let api = server.listen.iter().map(|address| (Kind::Api, address));
    let plain = server.plain.iter().map(|address| (Kind::Plain, address));
    api.chain(plain).chain(server.admin.iter().map(|address| (Kind::Admin, address))).chain(cfssl)
}

/// Bind every listener of the file.
pub(super) fn bind(domain: &Domain, env: &Env) -> Result<Vec<Bound>, CommandError> {
    let mut handed = Handed::take(env);
    let mut bound = Vec::new();
    for (kind, address) in declared(&domain.topology.server) {
        match address {
            ListenAddress::Tcp(at) => {
                let socket = TcpListener::bind(at).map_err(|error| {
                    CommandError::refused(format!("cannot listen on `{at}` ({})", kind.name()))
                        .because(error)
                        .hint("stop what listens there, or name another address in `[server]`")
                })?;
                bound.push(Bound { kind, socket: Socket::Tcp(socket) });
            }
            ListenAddress::Unix(path) => {
                let path = domain.base.join(path);
                let socket = Socket::Unix(unix(&path)?, Some(path));
                bound.push(Bound { kind, socket });
            }
            ListenAddress::Systemd(name) => {
                for socket in handed.named(name)? {
                    bound.push(Bound { kind, socket });
                }
            }
        }
    }
    Ok(bound)
}

/// Listen on a UNIX socket for this user alone. One that a process left behind is replaced; one that answers is not.
pub(super) fn unix(path: &Path) -> Result<UnixListener, CommandError> {
    if let Ok(metadata) = std::fs::symlink_metadata(path) {
        let in_use = metadata.file_type().is_socket() && UnixStream::connect(path).is_ok();
        if in_use || !metadata.file_type().is_socket() {
            let what =
                if in_use { "another process listens on" } else { "there is a file that is no socket at" };
            return Err(CommandError::refused(format!("{what} `{}`", path.display())));
        }
        std::fs::remove_file(path).map_err(|error| CommandError::io("remove", path, error))?;
    }
    let fresh = fresh_name(path);
    let socket = UnixListener::bind(&fresh).map_err(|error| CommandError::io("listen on", path, error))?;
    // It gets its name only when nobody else can connect any more.
    std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o600))
        .and_then(|()| std::fs::rename(&fresh, path))
        .map_err(|error| CommandError::io("make the socket", path, error))?;
    Ok(socket)
}

fn fresh_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    PathBuf::from(name)
}

/// Sockets that systemd handed over (`sd_listen_fds(3)`).
struct Handed {
    descriptors: ListenFd,
    names: Vec<String>,
}

impl Handed {
    fn take(env: &Env) -> Self {
        let names = env.listen_names.split(':').map(ToOwned::to_owned).collect();
        Self { descriptors: ListenFd::from_env(), names }
    }

    fn named(&mut self, name: &str) -> Result<Vec<Socket>, CommandError> {
        let mut sockets = Vec::new();
        for index in 0..self.descriptors.len() {
            if self.names.get(index).is_some_and(|found| found == name) {
                sockets.extend(self.at(index)?);
            }
        }
        if sockets.is_empty() {
            return Err(CommandError::refused(format!("systemd handed over no socket `{name}`")).hint(
                format!("write `FileDescriptorName={name}` into the socket unit and start the service by it"),
            ));
        }
        Ok(sockets)
    }

    fn at(&mut self, index: usize) -> Result<Option<Socket>, CommandError> {
        if let Ok(Some(socket)) = self.descriptors.take_tcp_listener(index) {
            return Ok(Some(Socket::Tcp(socket)));
        }
        match self.descriptors.take_unix_listener(index) {
            Ok(socket) => Ok(socket.map(|socket| Socket::Unix(socket, None))),
            Err(error) => Err(CommandError::refused(format!(
                "socket number {index} that systemd handed over is neither TCP nor UNIX"
            ))
            .because(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_left_behind_is_replaced_and_a_live_one_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        drop(unix(&path).unwrap());
        let live = unix(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(unix(&path).unwrap_err().message().starts_with("another process listens"));
        drop(live);
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "text").unwrap();
        assert!(unix(&path).unwrap_err().message().starts_with("there is a file"));
        assert_eq!(std::fs::read(&path).unwrap(), b"text");
    }
}
