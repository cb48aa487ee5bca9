"""A service that knows nothing of certificates: `main.py NAME PORT SIDECAR`.

`/` says who asked. `/ask/OTHER` asks the other service, through the sidecar.
"""

import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME, PORT, SIDECAR = sys.argv[1], int(sys.argv[2]), sys.argv[3]


class Service(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = 404, b"not here\n"
        if self.path == "/":
            status, body = 200, f"hello {self.headers['X-Caller']}, this is {NAME} in Python\n".encode()
        elif self.path.startswith("/ask/"):
            other = self.path.removeprefix("/ask/")
            try:
                with urllib.request.urlopen(f"{SIDECAR}/{other}/") as answer:
                    status, body = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, body = error.code, error.read()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", PORT), Service).serve_forever()
