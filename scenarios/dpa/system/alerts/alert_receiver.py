"""Where alerts arrive, outside the system: a stand-in for whatever wakes the person on call."""

import threading

from environment import Environment
from json_server import serve

MOST_KEPT = 1000


class Inbox:
    def __init__(self):
        self._lock = threading.Lock()
        self._count = 0
        self._alerts = []  # newest first

    def take(self, _, body):
        with self._lock:
            self._count += 1
            self._alerts = [body, *self._alerts[: MOST_KEPT - 1]]
        print(f"alert: {body}", flush=True)
        return 202, {"taken": True}

    def show(self, *_):
        with self._lock:
            return 200, {"count": self._count, "alerts": self._alerts}


def main():
    env = Environment()
    port = env.whole("PORT", 4111)
    env.check()
    inbox = Inbox()
    serve("alerts", port, {"POST /alerts": inbox.take, "GET /alerts": inbox.show})


if __name__ == "__main__":
    main()
