"""Devices that no site file knows: they work, and the city's duty room hears of them."""

from pathlib import Path

from alerts.store import Store
from ingest.message import Message
from pipeline.clocks import NO_ROWS
from pipeline.site import example_site, load_site
from pipeline.start import start
from pipeline.stepping import Arrived

AT = 1_785_823_200_000


def test_a_fire_from_a_device_that_is_in_no_file_wakes_the_city_duty_room(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    step = start(load_site(example_site()), store.load(), store).step
    store.close()
    message = Message("fengshao/v1/up/stranger-1", b'{"values": {"smoke": 0.01}, "flags": ["fire"]}', AT)
    stepped = step(Arrived([message], NO_ROWS, NO_ROWS, AT))
    (event,) = stepped.judged.events
    assert (event.event, event.level, event.township, event.site) == ("raised", "orange", "", "")
    (notice,) = stepped.writes.notices.values()
    assert step.ledger.rows.plan.people[notice.person].step == "city"
    assert "stranger-1" in notice.text
