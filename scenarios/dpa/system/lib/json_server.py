"""A small HTTP server that speaks JSON. Every service here is one, and listens on 127.0.0.1."""

import json
import signal
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

LARGEST_BODY = 1024 * 1024


class BadRequest(Exception):
    pass


class JsonServer(ThreadingHTTPServer):
    """Routes are functions by "METHOD /path": from query and body to status and body."""

    daemon_threads = True
    request_queue_size = 128  # probes overlap, and none of them may be refused

    def __init__(self, name, port, routes):
        self.routes = {"GET /health": lambda query, body: (200, {"status": "ok"}), **routes}
        super().__init__(("127.0.0.1", port), _Handler)
        print(f"{name} listening on {self.server_port}", flush=True)

    def serve_in_background(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()


def end_at_signals():
    """SIGTERM and SIGINT unwind the main thread once; a second one does not disturb the end."""

    def end(*_):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


def serve(name, port, routes):
    end_at_signals()
    with JsonServer(name, port, routes) as server:
        server.serve_forever()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            status, answer = self._route()
        except BadRequest as error:
            status, answer = 400, {"error": str(error)}
        except Exception:
            traceback.print_exc()
            status, answer = 500, {"error": "internal error"}
        self._send(status, json.dumps(answer).encode())

    do_POST = do_PUT = do_GET

    def _route(self):
        url = urlsplit(self.path)
        route = self.server.routes.get(f"{self.command} {url.path}")
        if route is None:
            return 404, {"error": "no such resource"}
        return route(dict(parse_qsl(url.query)), self._body())

    def _body(self):
        try:
            length = int(self.headers.get("Content-Length") or 0)
            if length == 0:
                return None
            if length > LARGEST_BODY:
                raise ValueError("too large")
            return json.loads(self.rfile.read(length))
        except ValueError as error:
            raise BadRequest(f"unusable body: {error}") from error

    def _send(self, status, data):
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except ConnectionError:
            pass  # whoever asked has given up waiting

    def log_message(self, *_):
        """One line a request would drown the lines that matter."""
