"""A real InfluxDB 2, set up with a token, an organisation and a bucket."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.parts.catalogue import cache
from tests.parts.child import HOST, Child
from tests.parts.influxd_build import INFLUXD

TOKEN, ORG, BUCKET = "token-of-the-tests", "fengshao", "fengshao"


class Influx(Child):
    """:meth:`stop`, :meth:`kill` and :meth:`start` break and mend it on the same port, with what it held."""

    name = "influxd"
    token, org, bucket = TOKEN, ORG, BUCKET

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = f"http://{HOST}:{self.port}"

    def command(self) -> list[str]:
        places = {"bolt-path": "influxd.bolt", "engine-path": "engine", "sqlite-path": "influxd.sqlite"}
        options = [f"--{option}={self.folder / place}" for option, place in places.items()]
        address = f"--http-bind-address={HOST}:{self.port}"
        return [str(cache() / INFLUXD / "influxd"), *options, address, "--reporting-disabled", "--log-level=error"]

    def is_ready(self) -> bool:
        try:
            return bool(self.ask("GET", "/health")["status"] == "pass")
        except (urllib.error.URLError, ConnectionError):
            return False

    def start(self, seconds: float = 60.0) -> None:
        super().start(seconds)
        if self.ask("GET", "/api/v2/setup")["allowed"]:
            first = {"username": "fengshao", "password": "of-the-tests", "org": ORG, "bucket": BUCKET, "token": TOKEN}
            self.ask("POST", "/api/v2/setup", first)

    def new_bucket(self) -> str:
        """The name of an empty one."""
        name = f"test-{uuid4().hex}"
        org = self.ask("GET", f"/api/v2/orgs?org={ORG}")["orgs"][0]["id"]
        self.ask("POST", "/api/v2/buckets", {"name": name, "orgID": org, "retentionRules": []})
        return name

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        request = urllib.request.Request(self.url + path, method=method, headers={"Authorization": f"Token {TOKEN}"})
        if body is not None:
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=10) as answer:
            told: dict[str, Any] = json.load(answer)
        return told


@pytest.fixture(scope="session")
def influx_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    """One for the whole run."""
    with Influx(tmp_path_factory.mktemp("influx")).running() as server:
        yield server


@pytest.fixture
def influx(influx_server: Influx) -> Influx:
    """The same one, whatever the test before did to it."""
    influx_server.start()
    return influx_server


@pytest.fixture
def bucket(influx: Influx) -> str:
    """The name of an empty bucket of the test's own."""
    return influx.new_bucket()
