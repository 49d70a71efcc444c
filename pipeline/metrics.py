"""Serves a role's figures at ``/metrics`` where FENGSHAO_METRICS names an address; on loopback alone, as the board."""

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from dashboards.metrics_text import CONTENT_TYPE, Row, metrics_text
from pipeline.addresses import loopback

METRICS = "FENGSHAO_METRICS"
PATH = "/metrics"
PATIENCE_SECONDS = 10.0
"""How long a caller may take for its question."""

Rows = Callable[[], Iterable[Row]]


def serve_metrics(rows: Rows, environment: Mapping[str, str] = os.environ) -> str:
    """In a thread that ends with the program; the address, '' where none is named. ``rows`` is called in that thread.

    Raises RuntimeError where the address is taken.
    """
    named = environment.get(METRICS, "")
    if not named:
        return ""
    host, port = loopback(named, METRICS)
    try:
        server = _server_on(host)((host, port), _answering(rows))
    except OSError as taken:
        raise RuntimeError(f"{METRICS}: found {named}: {taken.strerror}; expected a free port") from taken
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    address = f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}{PATH}"
    print(f"metrics at {address}", flush=True)
    return address


def _server_on(host: str) -> type[ThreadingHTTPServer]:
    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A caller that hangs up is no news."""
            if not isinstance(sys.exc_info()[1], OSError):
                super().handle_error(request, client_address)

    return Server


def _answering(rows: Rows) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        timeout = PATIENCE_SECONDS

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != PATH:
                self.send_error(404)
                return
            body = metrics_text(rows()).encode()
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_: object) -> None:
            """Nobody reads who asked."""

    return Answer
