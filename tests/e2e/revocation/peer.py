"""A Python server that refuses revoked clients: peer.py SERVER CLIENT LISTS, two folders and a file of lists."""

import os
import socket
import ssl
import sys
import threading

server, client, lists = sys.argv[1:]


def context(purpose, folder):
    made = ssl.create_default_context(purpose, cafile=os.path.join(folder, "roots.pem"))
    made.load_cert_chain(os.path.join(folder, "fullchain.pem"), os.path.join(folder, "key.pem"))
    return made


serving = context(ssl.Purpose.CLIENT_AUTH, server)
serving.verify_mode = ssl.CERT_REQUIRED
serving.load_verify_locations(lists)
serving.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN

ours, theirs = socket.socketpair()


def call():
    calling = context(ssl.Purpose.SERVER_AUTH, client)
    try:
        with calling.wrap_socket(theirs, server_hostname=os.path.basename(server)) as connection:
            connection.recv(1)
    except OSError:
        pass


threading.Thread(target=call, daemon=True).start()
try:
    with serving.wrap_socket(ours, server_side=True):
        print("accepted")
except ssl.SSLCertVerificationError as error:
    print(error)
    sys.exit(1)
