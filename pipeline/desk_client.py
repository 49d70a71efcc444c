"""The other end of the road's desk: hands in an order and waits for the reply."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import msgspec

PATIENCE_SECONDS = 12.0


def ask_desk(desk: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Hand in and wait; a road that is away is a refusal, not an error."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(PATIENCE_SECONDS)
            line.connect(str(desk))
            line.sendall(_line(order))
            with line.makefile("rb") as replies:
                return _reply(replies.readline())
    except OSError as away:
        return {"ok": False, "why": f"the road is away: {away}"}


async def ask_desk_soon(desk: Path, order: dict[str, Any]) -> dict[str, Any]:
    """The same without holding up others; raises OSError where the road is away."""
    reader, writer = await asyncio.open_unix_connection(str(desk))
    try:
        writer.write(_line(order))
        await writer.drain()
        return _reply(await asyncio.wait_for(reader.readline(), PATIENCE_SECONDS))
    finally:
        writer.close()


def _line(order: dict[str, Any]) -> bytes:
    return msgspec.json.encode(order) + b"\n"


def _reply(line: bytes) -> dict[str, Any]:
    """A road that ends in the middle of its reply has said nothing."""
    if not line.endswith(b"\n"):
        return {"ok": False, "why": "the road left without a word"}
    reply: dict[str, Any] = msgspec.json.decode(line)
    return reply
