"""What a worker does with what it is given, as far as no Kafka is needed for it."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from pipeline.cluster.held import Held
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.shard import Shard
from pipeline.cluster.snapshots import rows_of
from pipeline.cluster.worker import Worker
from pipeline.site import Site, load_site
from tests.parts.small_site import write_small_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return load_site(small_site(tmp_path / "site"))


def small_site(folder: Path) -> Path:
    folder.mkdir()
    return write_small_site(folder)


def test_whoever_waits_for_what_was_told_waits_until_kafka_has_it(site: Site) -> None:
    """A shard's packets and its once-a-second look may wait at the same time."""

    async def story() -> None:
        held = Held(Shard(0, site, 1))
        first: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        later: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        held.sending = [first]
        one, two = asyncio.create_task(held.arrived()), asyncio.create_task(held.arrived())
        await asyncio.sleep(0)
        held.sending.append(later)
        await asyncio.sleep(0)
        assert not one.done()
        assert not two.done()
        first.set_result(None)
        await asyncio.gather(one, two)
        assert held.sending == [later]

    _run(story())


def test_a_state_made_under_other_rules_is_judged_again(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One more device is enough."""
    other = small_site(tmp_path / "other")
    devices = other / "devices.csv"
    lines = devices.read_text(encoding="utf-8").splitlines()
    devices.write_text("\n".join([*lines, lines[-1].replace(lines[-1].split(",")[0], "ONE-MORE")]) + "\n")
    shard = Shard(0, site, 1)
    shard.offset = 7

    async def begun(folder: Path) -> int:
        worker = Worker(load_site(folder), Kafka("127.0.0.1:1", 1))
        for key, value in rows_of(0, shard.keep()):
            worker._table.data[key] = value
        return worker._begin(0).shard.offset

    assert _run(begun(site.folder)) == 7
    assert capsys.readouterr().out == ""
    assert _run(begun(other)) == -1
    assert "shard 0 is judged again from the beginning of the log" in capsys.readouterr().out


def _run(story: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(story)
