"""Which real parts are here: a test that needs a missing one is reported as not run, and in CI it fails."""

import os

import pytest

from tests.parts.brokers import mosquitto
from tests.parts.catalogue import is_here
from tests.parts.influx import bucket, influx, influx_server
from tests.parts.kafka import kafka, kafka_server
from tests.parts.postgres import database, postgres, postgres_server

__all__ = [
    "bucket",
    "database",
    "influx",
    "influx_server",
    "kafka",
    "kafka_server",
    "mosquitto",
    "postgres",
    "postgres_server",
]
"""Known here, at the root of all tests, so that each of these servers is started once for all of them."""

IN_CI = os.environ.get("CI") == "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("part"):
            name = mark.args[0]
            if not is_here(name) and not IN_CI:
                item.add_marker(pytest.mark.skip(reason=f"not run: {name} is not installed (make parts)"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("part"):
        if not is_here(mark.args[0]):
            pytest.fail(f"{mark.args[0]} is missing; in CI no test of a real part may be left out", pytrace=False)
