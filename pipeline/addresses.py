"""Addresses of the board: this machine only until accounts exist, the next free port where one is taken."""

import re
import socket

import typer

from ingest.broker_address import broker_address

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORT = re.compile(r"\d{1,5}", re.ASCII)
LAST_PORT = 65535
SOCKET = "unix:"
TRIES = 50


def loopback(http: str, named: str = "--http") -> tuple[str, int]:
    """Host and port; a usage error for another form or for an address that others could reach."""
    host, _, port = http.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if host not in LOOPBACK or not PORT.fullmatch(port) or int(port) > LAST_PORT:
        raise typer.BadParameter(
            f"{named}: found {http!r}; expected 127.0.0.1:PORT (no accounts yet, so loopback only)"
        )
    return host, int(port)


def loopback_or_socket(http: str) -> tuple[str, int]:
    """The same, or for ``unix:/path`` that path and 0: for a server before the board that asks for a password."""
    path = http.removeprefix(SOCKET)
    return (path, 0) if path != http and path.startswith("/") else loopback(http)


def broker_url(mqtt: str) -> str:
    """The broker's address as it was given; a usage error for another form."""
    try:
        (broker_address(mqtt).hostname or "").encode("idna")
    except UnicodeError:
        raise typer.BadParameter(f"--mqtt: found {mqtt!r:.200}; expected the name of a host that can be") from None
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from None
    return mqtt


def unused_port(port: int) -> int:
    """The port on which our own broker is to listen; a usage error where another program has it."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        if probe.connect_ex((LOOPBACK[0], port)) != 0:
            return port
    here = f"mqtt://{LOOPBACK[0]}:{port}"
    raise typer.BadParameter(
        f"--mqtt embedded: found port {port} taken; expected it free, or --mqtt {here} to use that"
    )


def free_address(address: tuple[str, int]) -> str:
    """The address itself, or the next free port after it."""
    host, first = address
    last = min(first + TRIES - 1, LAST_PORT)
    for port in range(first, last + 1):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            found = probe.getsockname()[1]
            return f"[{host}]:{found}" if ":" in host else f"{host}:{found}"
    raise typer.BadParameter(f"--http: ports {first} to {last} of {host} are all taken")
