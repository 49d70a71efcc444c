"""Which real parts are here: a test that needs a missing one is reported as not run, and in CI it fails."""

import os
import shutil

import pytest

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
IN_CI = os.environ.get("CI") == "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("part"):
            name = mark.args[0]
            if shutil.which(name, path=PATH) is None and not IN_CI:
                item.add_marker(pytest.mark.skip(reason=f"not run: {name} is not installed (make parts)"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("part"):
        if shutil.which(mark.args[0], path=PATH) is None:
            pytest.fail(f"{mark.args[0]} is missing; in CI no test of a real part may be left out", pytrace=False)
