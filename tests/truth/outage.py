"""A service with a scripted outage: it writes down its own true down and up instants."""
import os
import random
import socket
import time

port = int(os.environ["PORT"])
duration = random.Random(int.from_bytes(os.urandom(8), "big")).uniform(0.02, 0.25)


def listen():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    return listener


def say(word, instant):
    print(word, instant, flush=True)


def go_down(listener):
    # Down before the trigger is answered: the fault counts as armed once it is.
    down = time.monotonic_ns()
    listener.close()
    say("down", down)


def come_back():
    time.sleep(duration)
    again = listen()
    up = time.monotonic_ns()
    say("up", up)
    return again


listener = listen()
while True:
    connection, _ = listener.accept()
    request = connection.recv(4096)
    outage = request.startswith(b"POST /outage")
    if outage:
        go_down(listener)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    connection.close()
    if outage:
        listener = come_back()
