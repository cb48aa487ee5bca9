"""A mutual-TLS client with nothing but the standard library.

    python3 python/client.py trust/python.languages.internal SERVER_NAME HOST:PORT

Reads from that directory:
    fullchain.pem  our certificate and the intermediate above it
    key.pem        our private key
    roots.pem      the roots whose servers we accept
"""

import http.client
import pathlib
import socket
import ssl
import sys


def main(trust, name, address):
    trust = pathlib.Path(trust)
    # This purpose also turns on the check of the server's name.
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=trust / "roots.pem")
    context.load_cert_chain(trust / "fullchain.pem", trust / "key.pem")
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    host, port = address.rsplit(":", 1)
    try:
        with socket.create_connection((host, int(port)), timeout=5) as tcp:
            with context.wrap_socket(tcp, server_hostname=name) as server:
                print(get(server, name), end="")
    except (OSError, http.client.HTTPException) as refused:  # ssl.SSLError is an OSError
        sys.exit(f"refused: {refused}")


def get(server, name):
    """One HTTP request; the body of its answer."""
    server.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
    answer = http.client.HTTPResponse(server)
    answer.begin()
    return answer.read().decode()


main(*sys.argv[1:])
