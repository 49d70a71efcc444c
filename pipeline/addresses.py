"""Addresses of the board: loopback only until accounts exist, the next free port where one is taken."""

import socket

import typer

LOOPBACK = ("127.0.0.1", "localhost", "::1")
TRIES = 50


def loopback(http: str) -> tuple[str, int]:
    """Host and port; a usage error for another form or for an address that others could reach."""
    host, _, port = http.rpartition(":")
    if host not in LOOPBACK or not port.isdigit() or int(port) > 65535:
        raise typer.BadParameter(f"--http: found {http!r}; expected 127.0.0.1:PORT (no accounts yet, so loopback only)")
    return host, int(port)


def free_address(address: tuple[str, int]) -> str:
    """The address itself, or the next free port after it."""
    host, first = address
    for port in range(first, first + TRIES):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return f"{host}:{probe.getsockname()[1]}"
    raise typer.BadParameter(f"--http: ports {first} to {first + TRIES - 1} of {host} are all taken")
