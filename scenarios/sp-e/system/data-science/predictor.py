"""Prediction engine: computes day-ahead predictions and writes them to predictions.json."""

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from model import predict

PORT = int(os.environ.get("PORT") or 4002)
CACHE_FILE = Path(os.environ.get("CACHE_FILE") or Path(__file__).with_name("predictions.json"))
LARGEST_BODY = 1024 * 1024


class Cache:
    """The JSON file from which the server survives the loss of this engine."""

    def __init__(self, path):
        self._path = path
        self._lock = threading.Lock()
        self._failure = None

    def write(self, prediction):
        """Replaces the file in one step: a reader sees the old prediction or the new one."""
        temporary = self._path.with_name(self._path.name + ".tmp")
        with self._lock:
            failure = None
            try:
                with open(temporary, "w", encoding="utf-8") as file:
                    json.dump(prediction, file)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, self._path)
            except OSError as error:
                # A prediction that could not be cached is still a prediction.
                failure = error.strerror
            if failure and failure != self._failure:
                print(f"predictor: cache not written: {failure}", flush=True)
            self._failure = failure


class Handler(BaseHTTPRequestHandler):
    cache = Cache(CACHE_FILE)

    def do_GET(self):
        if self.path == "/health":
            self._answer(200, {"status": "ok"})
        else:
            self._answer(404, {"error": "no such resource"})

    def do_POST(self):
        if self.path != "/generate":
            self._answer(404, {"error": "no such resource"})
            return
        try:
            length = int(self.headers.get("Content-Length") or 0)
            if length > LARGEST_BODY:
                raise ValueError("body is too large")
            inputs = json.loads(self.rfile.read(length))
            prediction = predict(inputs["history"], inputs["weather"])
        except (ValueError, KeyError, TypeError) as error:
            self._answer(400, {"error": f"unusable inputs: {error}"})
            return
        self.cache.write(prediction)
        self._answer(200, prediction)

    def _answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        try:
            self.end_headers()
            self.wfile.write(data)
        except ConnectionError:
            pass  # the server has given up waiting; the cache holds the prediction all the same

    def log_message(self, *_):
        """One line a request would drown the lines that matter."""


def stop(*_):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not interrupt the end
    sys.exit(0)


def main():
    signal.signal(signal.SIGTERM, stop)
    with ThreadingHTTPServer(("127.0.0.1", PORT), Handler) as server:
        server.daemon_threads = True
        print(f"predictor listening on {server.server_port}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
