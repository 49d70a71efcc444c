"""A scripted webhook on loopback: answers each POST with the next line of its script, and keeps what came."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\nConnection: close\r\n\r\n" + b'{"errcode": 0}'
RESET = b"reset"
SILENT = b"silent"


def says(status: str, body: str = "", *headers: str) -> bytes:
    """A whole answer."""
    head = "".join(f"{line}\r\n" for line in (*headers, f"Content-Length: {len(body)}", "Connection: close"))
    return f"HTTP/1.1 {status}\r\n{head}\r\n{body}".encode()


@dataclass
class FarSide:
    """``script`` is used up from the front; after it everything is well."""

    url: str
    script: list[bytes]
    posts: list[bytes] = field(default_factory=list)

    def ids(self) -> list[str]:
        """The notice of each POST, by its idempotency key."""
        lines = [line for post in self.posts for line in post.split(b"\r\n")]
        return [line.split(b": ")[1].decode() for line in lines if line.lower().startswith(b"idempotency-key")]


@contextmanager
def far_side(*script: bytes) -> Iterator[FarSide]:
    """Listen for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        side = FarSide(f"http://127.0.0.1:{listening.getsockname()[1]}/notices", list(script))
        gone = threading.Event()
        held: list[socket.socket] = []
        thread = threading.Thread(target=_serve, args=(listening, side, gone, held))
        thread.start()
        try:
            yield side
        finally:
            gone.set()
            thread.join()
            for line in held:
                line.close()


def _serve(listening: socket.socket, side: FarSide, gone: threading.Event, held: list[socket.socket]) -> None:
    while not gone.is_set():
        try:
            line, _ = listening.accept()
        except TimeoutError:
            continue
        line.settimeout(2.0)
        side.posts.append(_read(line))
        answer = side.script.pop(0) if side.script else OK
        if answer == SILENT:
            held.append(line)
            continue
        if answer == RESET:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        else:
            line.sendall(answer)
        line.close()


def _read(line: socket.socket) -> bytes:
    """One request, head and body."""
    raw = b""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        raw += line.recv(65536)
        head, found, body = raw.partition(b"\r\n\r\n")
        if found:
            lengths = [row for row in head.split(b"\r\n") if row.lower().startswith(b"content-length")]
            if not lengths or len(body) >= int(lengths[0].split(b":")[1]):
                break
    return raw
