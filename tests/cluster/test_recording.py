"""What told nothing but the time is kept as well, soon but not at once: the board has its clock from there."""

import pytest

from alerts.ledger import Ledger
from pipeline.clocks import NO_ROWS
from pipeline.cluster import recording
from pipeline.cluster.intake import Record
from pipeline.cluster.order import Order
from pipeline.cluster.recording import Recording
from pipeline.cluster.told import pack_told
from pipeline.site import example_site, load_site
from pipeline.stepping import Arrived

AT = 1_785_823_200_000


class Told:
    """Stands for the intake: one shard, of which a second passes at each record."""

    def __init__(self) -> None:
        self.count = 0
        self.poison = False

    def take(self) -> list[Record]:
        self.count += 1
        value = b"poison" if self.poison else pack_told(0, AT + self.count * 1000, [])
        return [Record("fengshao.alert-events", 0, self.count, value)]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def step(told: Told) -> Recording:
    site = load_site(example_site())
    ledger = Ledger(site.plan, site.places, site.timing.stale)
    return Recording(ledger, told, Order("fengshao.alert-events", 1, False, {}), {}, list)  # type: ignore[arg-type]


def test_time_alone_is_kept_once_a_second(step: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(recording.time, "monotonic", lambda: now)
    arrived = Arrived((), NO_ROWS, NO_ROWS, AT)
    assert not step.to_keep()
    kept = []
    for _ in range(100):
        now += 0.05
        step(arrived)
        kept.append(step.to_keep())
    assert kept.count(True) == 5
    assert step.clock == AT + 100_000


def test_what_was_set_aside_is_kept_at_once(step: Recording, told: Told) -> None:
    arrived = Arrived((), NO_ROWS, NO_ROWS, AT)
    step(arrived)
    assert (step.to_keep(), step.to_keep()) == (True, False)
    told.poison = True
    step(arrived)
    assert step.to_keep()
