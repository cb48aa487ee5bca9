//! Python: an `ssl.SSLContext` for each role.

use super::{Bundle, file, quote};

pub(super) fn example(bundle: &Bundle) -> String {
    let server = bundle.example_server();
    bundle.heading("#", "Python, an ssl.SSLContext for server and client")
        + &format!(
            r"import socket
import ssl

CHAIN = {chain}
KEY = {key}
ROOTS = {roots}


def handfast(purpose):
    context = ssl.create_default_context(purpose, cafile=ROOTS)
    context.load_cert_chain(CHAIN, KEY)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    return context


# server: wrap the listening socket, port {port}
server = handfast(ssl.Purpose.CLIENT_AUTH)

# client: the name of the server is checked
client = handfast(ssl.Purpose.SERVER_AUTH)
# with socket.create_connection(({name}, {called})) as tcp:
#     with client.wrap_socket(tcp, server_hostname={name}) as tls:
#         print(tls.version())
",
            chain = bundle.quoted(file::FULL_CHAIN),
            key = bundle.quoted(file::KEY),
            roots = bundle.quoted(file::ROOTS),
            port = bundle.port,
            name = quote(&server.name),
            called = server.port,
        )
}
