"""Uses links without end, so that a fault in one of them has a victim."""
import os
import socket
import threading
import time


def use(address):
    host, port = address.split(":")
    while True:
        try:
            with socket.create_connection((host, int(port)), timeout=0.1) as connection:
                connection.sendall(b"GET /user HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                while connection.recv(4096):
                    pass
        except OSError:
            pass
        time.sleep(0.02)


for link in os.environ["LINKS"].split():
    threading.Thread(target=use, args=(link,)).start()
