"""A service that scripts its own state and writes down what it truly was, and when.

script.json says what happens: {"start": […], "boot": […] (every later start), WORD: […]}; each is
a list of [delay in ms, state]. A file control/WORD starts the script WORD in place of the one that
runs. States: {"kind": "fine" | "degraded" | "down" | "hang" | "refuse" | "slow", …}.

Every change is a line of the file $TRUTH: {"from": ns, "to": ns, "state": …, "first": of this
process}; the change happened between the two instants of CLOCK_MONOTONIC. Every answer tells the instant at which it was decided.
"""
import json
import os
import socket
import threading
import time

with open("script.json") as file:
    SCRIPT = json.load(file)
STYLE = SCRIPT["style"]
PORT = int(os.environ["PORT"])
TRUTH = os.open(os.environ["TRUTH"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
REQUESTS = None
if os.environ.get("REQUESTS"):
    REQUESTS = os.open(os.environ["REQUESTS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
GONE = {"kind": "gone"}


def listening():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", PORT))
    listener.listen(128)
    return listener


class Service:
    def __init__(self):
        self.changed = threading.Condition()
        self.state = GONE
        self.listener = None
        self.first = True

    def become(self, state, why):
        with self.changed:
            begun = time.monotonic_ns()
            if state["kind"] == "refuse" and self.listener:
                # A listener that somebody waits for is only closed once that has returned.
                self.listener.shutdown(socket.SHUT_RDWR)
                self.listener.close()
                self.listener = None
            if state["kind"] != "refuse" and not self.listener:
                self.listener = listening()
            self.state = state
            line = {"from": begun, "to": time.monotonic_ns(), "state": state, "why": why}
            line["first"] = self.first
            self.first = False
            os.write(TRUTH, (json.dumps(line) + "\n").encode())
            self.changed.notify_all()

    def accept_all(self):
        while True:
            with self.changed:
                while not self.listener:
                    self.changed.wait()
                listener = self.listener
            try:
                connection, _ = listener.accept()
            except OSError:
                continue
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            accepted = time.monotonic_ns()
            try:
                connection.settimeout(5)
                request = b""
                while b"\r\n\r\n" not in request:
                    part = connection.recv(4096)
                    if not part:
                        return
                    request += part
                answer = self.answer(b" /ready " in request)
                if answer:
                    connection.sendall(answer)
                    note(request, accepted, time.monotonic_ns())
                    connection.shutdown(socket.SHUT_WR)
                    connection.recv(4096)
            except OSError:
                pass

    # None: the connection is closed without a word.
    def answer(self, ready):
        with self.changed:
            slept = False
            while True:
                decided = time.monotonic_ns()
                state = self.state
                kind = state["kind"]
                if ready:
                    return answered(200, "ready", decided)
                if kind == "hang":
                    while self.state is state:
                        self.changed.wait()
                    if state["held"] == "drop":
                        return None
                    continue
                if kind == "refuse":
                    return None
                if kind != "slow":
                    return answer_as(kind, decided)
                if not slept:
                    self.changed.release()
                    time.sleep(state["ms"] / 1000)
                    self.changed.acquire()
                    slept = True
                    if state["late"]:
                        continue
                return answer_as(state["as"], decided)


# For whoever wants to know whether an answer that nobody got was late.
def note(request, accepted, sent):
    if REQUESTS:
        line = {"path": request.split(b" ", 2)[1].decode(), "accepted": accepted, "sent": sent}
        os.write(REQUESTS, (json.dumps(line) + "\n").encode())


def answer_as(kind, decided):
    if kind == "fine":
        return answered(200, "nominal", decided)
    if kind == "degraded":
        if STYLE == "status":
            return answered(203, "nominal", decided)
        return answered(200, "fallback", decided)
    return answered(503 if STYLE == "status" else 200, "broken", decided)


def answered(status, mode, decided):
    body = json.dumps({"mode": mode, "tau": decided}).encode()
    head = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


# What the scripts say, at its time; a new word takes the place of the old one.
def play(service, word):
    rest, due = list(SCRIPT[word]), time.monotonic()
    os.makedirs("control", exist_ok=True)
    while True:
        for new in sorted(os.listdir("control")):
            os.unlink("control/" + new)
            if new in SCRIPT:
                word, rest, due = new, list(SCRIPT[new]), time.monotonic()
        while rest and due + rest[0][0] / 1000 <= time.monotonic():
            due += rest[0][0] / 1000
            service.become(rest.pop(0)[1], word)
        soon = 0.002
        if rest:
            soon = min(soon, max(0, due + rest[0][0] / 1000 - time.monotonic()))
        time.sleep(soon)


def main():
    service = Service()
    word = "boot" if os.path.exists("booted") else "start"
    open("booted", "w").close()
    threading.Thread(target=service.accept_all, daemon=True).start()
    print("started", time.monotonic_ns(), flush=True)
    play(service, word)


main()
