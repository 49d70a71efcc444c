"""``fengshao backup`` and ``restore``: one file, this user's alone, and a road that goes on as if nothing had been."""

import random
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from alerts.store import Database, Place, Store
from alerts.store.backup_file import whole
from ingest.message import Message
from ingest.mqtt import MqttSource
from pipeline.arrivals import Turn
from pipeline.clocks import NO_ROWS, FeedClock
from pipeline.outbox import Outbox
from pipeline.paths import STORE, DataFolder
from pipeline.road import Road
from pipeline.site import load_site
from pipeline.start import start
from pipeline.stepping import Arrived
from pipeline.whole_file import whole_file
from rules.events import Event
from tests.parts.small_site import DEVICES
from tests.pipeline.command import Commands
from tests.store.made import DAY, batch
from tests.store.test_backup import rows_in

NOBODY = "mqtt://127.0.0.1:1"
PASSWORD = "of-the-tests"


@pytest.fixture(autouse=True)
def no_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE", "DATABASE_PASSWORD", "SECRET", "SECRET_FILE"):
        monkeypatch.delenv(f"FENGSHAO_{name}", raising=False)


def readings() -> list[Message]:
    """Smoke that comes and goes, with a declared fire now and then."""
    chance = random.Random(7)
    return [
        Message(
            f"fengshao/v1/up/{chance.choice(DEVICES)}",
            b'{"values": {"smoke": %.2f}, "flags": [%s]}' % (chance.uniform(0, 1.4), chance.choice([b"", b'"fire"'])),
            DAY + second * 1_000,
        )
        for second in range(60)
    ]


def go_on(site: Path, place: Place, messages: Sequence[Message], stops: bool = True) -> list[Event]:
    """A start of the road, and what the rules said of these; without ``stops`` its end is a power cut."""
    loaded_site = load_site(site)
    store = Store(place)
    loaded = store.load()
    started = start(loaded_site, loaded, store)
    source = MqttSource(NOBODY, "road", [])
    outbox = Outbox(loaded_site, source, b"key", None, "")
    road = Road(loaded_site, store, source, FeedClock(loaded.clock, False), loaded, started, outbox)
    events: list[Event] = []
    for at in range(0, len(messages), 5):
        some = messages[at : at + 5]
        stepped = started.step(Arrived(some, NO_ROWS, NO_ROWS, some[-1].at))
        road._commit(stepped, Turn(messages=list(some)))
        events += stepped.judged.events
    if stops:
        road.stop()
    store.close()
    return events


@pytest.mark.parametrize("stops", [True, False])
def test_a_restored_road_goes_on_with_the_events_of_the_one_that_was_there(
    fengshao: Commands, small_site: Path, tmp_path: Path, stops: bool
) -> None:
    data, file, elsewhere = tmp_path / "data", tmp_path / "file", tmp_path / "elsewhere"
    messages = readings()
    assert go_on(small_site, data / STORE, messages[:30], stops)
    assert fengshao("backup", file, "--data", data).code == 0
    assert fengshao("restore", file, "--data", elsewhere).code == 0
    right = go_on(small_site, data / STORE, messages[30:])
    assert right
    assert go_on(small_site, elsewhere / STORE, messages[30:]) == right
    assert rows_in(elsewhere / STORE) == rows_in(data / STORE)


@pytest.mark.part("postgres")
def test_an_embedded_installation_goes_on_in_postgresql(
    fengshao: Commands, small_site: Path, tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, file = tmp_path / "data", tmp_path / "file"
    messages = readings()
    go_on(small_site, data / STORE, messages[:30])
    key = DataFolder(data).secret()
    assert fengshao("backup", file, "--data", data).code == 0
    monkeypatch.setenv("FENGSHAO_DATABASE", database.replace(f":{PASSWORD}@", "@"))
    monkeypatch.setenv("FENGSHAO_DATABASE_PASSWORD", PASSWORD)
    ran = fengshao("restore", file, "--data", tmp_path / "alerts")
    assert (ran.code, ran.err) == (0, "")
    assert f"restore {Database(database)}" in ran.out
    assert PASSWORD not in ran.out
    assert DataFolder(tmp_path / "alerts").secret() == key
    assert rows_in(Database(database)) == rows_in(data / STORE)
    right = go_on(small_site, data / STORE, messages[30:])
    assert right
    assert go_on(small_site, Database(database), messages[30:]) == right
    back = fengshao("backup", tmp_path / "back", "--data", tmp_path / "alerts")
    assert (back.code, PASSWORD in back.out + back.err) == (0, False)
    assert whole(tmp_path / "back").rows == sum(map(len, rows_in(data / STORE).values()))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a store of one commit and a key."""
    place = DataFolder(tmp_path / "data")
    store = Store(place.store)
    store.commit(batch(clock=DAY, positions={"next/0": 7}))
    store.close()
    place.secret()
    return place.folder


def test_the_file_is_for_this_user_alone_and_replaces_nothing(fengshao: Commands, data: Path, tmp_path: Path) -> None:
    ran = fengshao("backup", tmp_path / "file", "--data", data)
    assert (ran.code, ran.err) == (0, "")
    assert f"rows of {data / STORE}, and the key of answer links" in ran.out
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    again = fengshao("backup", tmp_path / "file", "--data", data)
    assert again.code == 2
    assert "expected a name that is free" in again.err
    assert {path.name for path in tmp_path.iterdir()} == {"data", "file"}


def test_what_is_restored_is_for_this_user_alone(fengshao: Commands, data: Path, tmp_path: Path) -> None:
    fengshao("backup", tmp_path / "file", "--data", data)
    assert fengshao("restore", tmp_path / "file", "--data", tmp_path / "new").code == 0
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}
    assert modes["fengshao.sqlite"] == modes["link-secret"] == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_key_that_the_environment_names_stays_there(
    fengshao: Commands, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fengshao("backup", tmp_path / "with key", "--data", data)
    monkeypatch.setenv("FENGSHAO_SECRET", "s" * 32)
    assert fengshao("backup", tmp_path / "without", "--data", data).code == 0
    assert whole(tmp_path / "without").beside == {}
    ran = fengshao("restore", tmp_path / "with key", "--data", tmp_path / "new")
    assert (ran.code, ran.err) == (0, "")
    assert not (tmp_path / "new" / "link-secret").exists()


def test_another_key_in_the_folder_is_no_place_for_a_backup(fengshao: Commands, data: Path, tmp_path: Path) -> None:
    fengshao("backup", tmp_path / "file", "--data", data)
    other = DataFolder(tmp_path / "new")
    key = other.secret()
    ran = fengshao("restore", tmp_path / "file", "--data", other.folder)
    assert ran.code == 1
    assert ran.err.splitlines() == [
        f"{other.folder / 'link-secret'}: found another key than the backup's; expected none: move it away"
    ]
    assert other.secret() == key
    (other.folder / "link-secret").unlink()
    assert fengshao("restore", tmp_path / "file", "--data", other.folder).code == 0


def test_a_kafka_that_was_made_anew_is_read_from_its_beginning(fengshao: Commands, data: Path, tmp_path: Path) -> None:
    fengshao("backup", tmp_path / "file", "--data", data)
    kept = []
    for number, more in enumerate([(), ("--new-kafka",)]):
        assert fengshao("restore", tmp_path / "file", "--data", tmp_path / str(number), *more).code == 0
        kept.append(rows_in(tmp_path / str(number) / STORE)["positions"])
    assert kept == [[("next/0", 7)], []]


def test_refusals_are_one_line_and_leave_nothing(fengshao: Commands, data: Path, tmp_path: Path) -> None:
    nowhere = fengshao("backup", tmp_path / "file", "--data", tmp_path / "none")
    fengshao("backup", tmp_path / "file", "--data", data)
    taken = fengshao("restore", tmp_path / "file", "--data", data)
    damaged = tmp_path / "damaged"
    damaged.write_bytes((tmp_path / "file").read_bytes()[:-1])
    broken = fengshao("restore", damaged, "--data", tmp_path / "none")
    missing = fengshao("restore", tmp_path / "no file", "--data", tmp_path / "none")
    for ran, said in [
        (nowhere, "there is no store here"),
        (taken, "found a store with 1 commits; expected an empty one"),
        (broken, "the file ends too early; expected a whole file"),
        (missing, "no file: found No such file"),
    ]:
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1), ran
        assert said in ran.err
    assert not (tmp_path / "none" / STORE).exists()


def half_written(path: Path, failure: BaseException) -> None:
    with whole_file(path) as (file, aside):
        file.write(b"half")
        assert aside.parent == path.parent
        raise failure


def test_a_file_that_is_not_finished_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        half_written(tmp_path / "file", KeyboardInterrupt())
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_is_named_by_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"No space left on device: '.*wanted'"):
        half_written(tmp_path / "wanted", OSError(28, "No space left on device"))
    assert list(tmp_path.iterdir()) == []
