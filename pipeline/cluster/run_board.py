"""The cluster's duty board as a program: reads PostgreSQL, hands answers to the alerts role through it."""

import os
import time
from pathlib import Path

from alerts.store import Database, Reader, Requests, StoreAway
from dashboards.web.app import create_app
from dashboards.web.serve import serve
from pipeline.addresses import loopback_or_socket
from pipeline.desk_table import DeskTableClient
from pipeline.orphan import leave_with_supervisor
from pipeline.run_board import board_site, wall_of
from pipeline.secret import link_key
from pipeline.site import load_site

AGAIN_SECONDS = 1.0


def run_board(folder: Path, data: Path, http: str, database: Database) -> int:
    """Serve until a signal; a database that is away is waited for."""
    leave_with_supervisor()
    host, port = loopback_or_socket(http)
    site = board_site(load_site(folder))
    key = link_key(os.environ, data)
    reader = _reader(database)
    client = DeskTableClient(Requests(database))
    wall = wall_of(os.environ)
    serve(create_app(reader, site, client.ask, key, demo=False, wall=wall, cluster=True), host, port)
    return 0


def _reader(database: Database) -> Reader:
    told = ""
    while True:
        try:
            return Reader(database)
        except StoreAway as away:
            if told != str(away):
                told = str(away)
                print(f"board: {told}; trying on", flush=True)
            time.sleep(AGAIN_SECONDS)
