"""A mutual-TLS server with nothing but the standard library.

    python3 python/server.py trust/python.languages.internal [PORT]

Reads from that directory:
    fullchain.pem  our certificate and the intermediate above it
    key.pem        our private key
    roots.pem      the roots whose clients we accept
"""

import pathlib
import socket
import ssl
import sys


def main(trust, port="8443"):
    trust = pathlib.Path(trust)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=trust / "roots.pem")
    context.load_cert_chain(trust / "fullchain.pem", trust / "key.pem")
    context.verify_mode = ssl.CERT_REQUIRED  # without this line anybody may connect
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with socket.create_server(("127.0.0.1", int(port))) as listener:
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            tcp, _ = listener.accept()
            tcp.settimeout(5)
            try:
                with context.wrap_socket(tcp, server_side=True) as client:
                    serve(client, trust.name)
            except OSError as refused:  # ssl.SSLError is one
                print("refused:", refused, flush=True)


def serve(client, us):
    """Answers one HTTP request with one line."""
    _kind, peer = client.getpeercert()["subjectAltName"][0]
    print("accepted", peer, "over", client.version(), flush=True)
    with client.makefile("rb") as request:
        while request.readline().strip():  # the request line and its headers
            pass
    line = f"hello {peer}, this is {us}\n"
    head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(line)}\r\n\r\n"
    client.sendall((head + line).encode())


main(*sys.argv[1:])
