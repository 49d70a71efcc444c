"""The simulated officers' phones: the webhook that letters arrive at, and the thumb that presses a link's button.

Letters are taken only with a right signature: ``Fengshao-Signature: v1=HMAC-SHA256(secret, timestamp.body)``.
"""

import hashlib
import hmac
import json
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from typing import Any

HOST = "127.0.0.1"
LONGEST = 1 << 20
PRESS_SECONDS = 5.0
FORGED = {"code": 40101, "why": "the signature is not ours"}
NO_LETTER = {"code": 40001, "why": "found no JSON object; expected a letter"}


def signed(secret: bytes, timestamp: str, posted: bytes) -> str:
    """The signature that a letter of this body must carry."""
    return "v1=" + hmac.new(secret, timestamp.encode() + b"." + posted, hashlib.sha256).hexdigest()


class Phones:
    """Listens on loopback in a thread of its own; a second thread presses, one button after the other."""

    def __init__(self, port: int, secret: bytes) -> None:
        letters: SimpleQueue[dict[str, Any]] = SimpleQueue()

        class Mailbox(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                posted = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), LONGEST))
                expected = signed(secret, self.headers.get("Fengshao-Timestamp", ""), posted)
                if not hmac.compare_digest(expected, self.headers.get("Fengshao-Signature", "")):
                    self._reply(401, FORGED)
                elif (letter := _letter(posted)) is None:
                    self._reply(400, NO_LETTER)
                else:
                    letters.put(letter)
                    self._reply(200, {"code": 0})

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: a storm brings hundreds."""

            def _reply(self, status: int, said: dict[str, Any]) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._letters = letters
        self._presses: SimpleQueue[tuple[str, str] | None] = SimpleQueue()
        self._server = ThreadingHTTPServer((HOST, port), Mailbox)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thumb = threading.Thread(target=self._press_all, name="thumb", daemon=True)
        self._thumb.start()
        threading.Thread(target=self._server.serve_forever, name="mailbox", daemon=True).start()

    def letters(self) -> list[dict[str, Any]]:
        """What arrived since the last call."""
        found = []
        while True:
            try:
                found.append(self._letters.get_nowait())
            except Empty:
                return found

    def press(self, link: str, answer: str) -> None:
        """Soon: open the link and press this button."""
        self._presses.put((link, answer))

    def close(self) -> None:
        """Stop listening, press what is left."""
        self._server.shutdown()
        self._server.server_close()
        self._presses.put(None)
        self._thumb.join(PRESS_SECONDS)

    def _press_all(self) -> None:
        while (button := self._presses.get()) is not None:
            press(*button)


def press(link: str, answer: str) -> int:
    """Post the form as a browser does and follow where it leads; the status, 0 where nobody listens."""
    form = urllib.parse.urlencode({"answer": answer}).encode()
    try:
        with urllib.request.urlopen(link, form, timeout=PRESS_SECONDS) as page:
            page.read()
            return int(page.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code  # a refusal (409, 410) is an answer too: somebody was quicker
    except OSError as failed:
        print(f"phones: {link}: {failed}", file=sys.stderr)
        return 0


def _letter(posted: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(posted)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
