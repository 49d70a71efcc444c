"""`fengshao doctor`: one line per finding, right, absent or wrong; 1 where something is wrong."""

import os
import tempfile
import threading
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alerts.store import Store
from pipeline import doctor
from pipeline.broker import free_port
from pipeline.desk import Desk
from pipeline.paths import DataFolder
from tests.parts.brokers import Mosquitto
from tests.pipeline.command import Commands, Ran
from tests.pipeline.far_side import far_side, says
from tests.store.made import DAY, batch


@pytest.fixture(autouse=True)
def no_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FENGSHAO_WEBHOOK_URL", "FENGSHAO_WEBHOOK_SECRET", "FENGSHAO_BOARD_URL", "FENGSHAO_BROKER"):
        monkeypatch.delenv(name, raising=False)


Disk = namedtuple("Disk", "total used free")


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large disk, whatever this machine has."""
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: Disk(100 * 10**9, 60 * 10**9, 40 * 10**9))


def findings(ran: Ran) -> dict[str, tuple[str, str]]:
    """name → (sign, what was found)."""
    lines = [line.split(maxsplit=2) for line in ran.out.splitlines()]
    return {name: (sign, said) for sign, name, said in lines}


def test_before_anything_runs_nothing_is_wrong(fengshao: Commands, small_site: Path, tmp_path: Path) -> None:
    ran = fengshao("doctor", "--site", small_site, "--data", tmp_path / "none")
    found = findings(ran)
    assert ran.code == 0
    assert list(found) == ["site", "settings", "kernels", "broker", "store", "disk", "road", "webhook"]
    assert {name: sign for name, (sign, _) in found.items() if name != "kernels"} == {
        "site": "ok",
        "settings": "ok",
        "broker": "-",
        "store": "-",
        "disk": "ok",
        "road": "-",
        "webhook": "-",
    }
    assert found["site"][1] == "绍兴市 2026-11-01: 103 townships, 8 devices, 3 rules"
    assert not (tmp_path / "none").exists()


def test_a_broken_site_is_wrong_and_the_rest_is_looked_at(fengshao: Commands, tmp_path: Path) -> None:
    ran = fengshao("doctor", "--site", tmp_path, "--data", tmp_path)
    found = findings(ran)
    assert ran.code == 1
    assert found["site"][0] == "FAIL"
    assert "faults, the first: townships.csv: " in found["site"][1]
    assert found["webhook"][0] == "-"


def test_kernels_are_compiled_or_interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "COMPILES", True)
    assert doctor._kernels() == doctor.Finding(True, "compiled by numba")
    monkeypatch.setattr(doctor, "COMPILES", False)
    assert doctor._kernels().right is None


def test_a_broker_that_is_away_and_an_address_that_is_none(
    fengshao: Commands, small_site: Path, tmp_path: Path
) -> None:
    port = free_port()
    ran = fengshao("doctor", "--site", small_site, "--data", tmp_path, "--mqtt", f"mqtt://127.0.0.1:{port}")
    assert ran.code == 1
    assert findings(ran)["broker"] == ("FAIL", f"127.0.0.1:{port}: Connection refused")
    ran = fengshao("doctor", "--site", small_site, "--data", tmp_path, "--mqtt", "http://x")
    assert findings(ran)["broker"] == (
        "FAIL",
        "--mqtt: found 'http://x'; expected mqtt://host:port or mqtts://host:port",
    )


@pytest.mark.parametrize("host", ["..", "a" * 70 + ".example"])
def test_a_host_that_cannot_be_is_wrong(fengshao: Commands, small_site: Path, tmp_path: Path, host: str) -> None:
    ran = fengshao("doctor", "--site", small_site, "--data", tmp_path, "--mqtt", f"mqtt://{host}")
    assert ran.code == 1
    sign, said = findings(ran)["broker"]
    assert (sign, said.rpartition("; ")[2]) == ("FAIL", "expected the name of a host that can be")


def test_variables_that_hold_something_else_are_wrong_and_no_secret_is_told(
    fengshao: Commands, small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGSHAO_BROKER", "nope")
    monkeypatch.setenv("FENGSHAO_WEBHOOK_URL", "qyapi.example/send?key=abc123")
    ran = fengshao("doctor", "--site", small_site, "--data", tmp_path)
    assert ran.code == 1
    sign, said = findings(ran)["settings"]
    assert sign == "FAIL"
    assert "FENGSHAO_BROKER: found 'nope'; expected one of auto, mosquitto, iotcore" in said
    assert "FENGSHAO_WEBHOOK_URL: found no such address; expected http[s]://host[:port]/path" in said
    assert "abc123" not in ran.out + ran.err


@pytest.mark.part("mosquitto")
def test_a_broker_that_answers(fengshao: Commands, small_site: Path, tmp_path: Path, mosquitto: Mosquitto) -> None:
    ran = fengshao("doctor", "--site", small_site, "--data", tmp_path, "--mqtt", mosquitto.url)
    assert ran.code == 0
    assert findings(ran)["broker"] == ("ok", f"{mosquitto.url} answers, and we may write and read")


def test_a_store_is_counted_and_one_that_cannot_be_read_is_wrong(
    fengshao: Commands, small_site: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fengshao.sqlite"
    store = Store(path)
    store.commit(batch(totals={"received": 12, "readings": 30}, clock=DAY))
    store.close()
    ran = fengshao("doctor", "--site", small_site, "--data", tmp_path)
    assert findings(ran)["store"] == ("ok", f"{path}: 12 messages received, 30 readings")
    for left in tmp_path.iterdir():
        left.unlink()
    path.write_bytes(b"no store at all " * 300)
    ran = fengshao("doctor", "--site", small_site, "--data", tmp_path)
    sign, said = findings(ran)["store"]
    assert (ran.code, sign) == (1, "FAIL")
    assert said.startswith(f"{path}: file is not a database")


@contextmanager
def store_of_another(mode: int) -> Iterator[Path]:
    """A folder of this mode with a store that may only be read; root, who may all, is nobody for a while."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        Store(folder / "fengshao.sqlite").close()
        (folder / "fengshao.sqlite").chmod(0o444)
        folder.chmod(mode)
        user = os.geteuid()
        os.seteuid(user or 65534)
        try:
            yield folder
        finally:
            os.seteuid(user)
            folder.chmod(0o700)


@pytest.mark.parametrize(("mode", "refused"), [(0o555, ""), (0o777, "fengshao.sqlite")])
def test_a_store_that_cannot_be_written_is_wrong(mode: int, refused: str) -> None:
    with store_of_another(mode) as folder:
        found = doctor._store(folder)
    assert found.sign == "FAIL"
    assert found.text.startswith(f"{folder / refused}: Permission denied; expected a folder and files that this user")


def test_a_data_folder_that_cannot_be_made_is_wrong(fengshao: Commands, small_site: Path) -> None:
    ran = fengshao("doctor", "--site", small_site, "--data", "/proc/self/data")
    assert ran.code == 1
    assert findings(ran)["store"][0] == "FAIL"


@pytest.mark.parametrize(
    ("total", "free", "sign"),
    [(100, 6, "ok"), (100, 4, "WARN"), (10, 0.9, "WARN"), (10, 1.2, "ok")],
)
def test_little_room_is_told_and_is_no_fault_yet(  # gigabytes
    fengshao: Commands,
    small_site: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    total: int,
    free: float,
    sign: str,
) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: Disk(total * 10**9, 0, int(free * 10**9)))
    ran = fengshao("doctor", "--site", small_site, "--data", tmp_path / "none")
    found = findings(ran)["disk"]
    assert (ran.code, found[0]) == (0, sign)
    assert found[1].startswith(f"{free:.1f} GB (")
    assert ("free some" in found[1]) == (sign == "WARN")


def test_a_running_road_answers_at_its_desk(fengshao: Commands, small_site: Path, tmp_path: Path) -> None:
    desk = Desk(DataFolder(tmp_path).desk)
    gone = threading.Event()

    def work() -> None:
        while not gone.wait(0.005):
            for request in desk.requests():
                request.reply({"ok": request.order == {"do": "ping"}})

    road = threading.Thread(target=work)
    road.start()
    ran = fengshao("doctor", "--site", small_site, "--data", tmp_path)
    gone.set()
    road.join()
    desk.close()
    assert findings(ran)["road"] == ("ok", "running, its desk answers")
    ran = fengshao("doctor", "--site", small_site, "--data", tmp_path)
    assert findings(ran)["road"] == ("-", "not running")


def test_a_webhook_that_answers_one_that_is_away_and_one_without_an_address(
    fengshao: Commands, small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGSHAO_WEBHOOK_SECRET", "s")
    doctor_there = ("doctor", "--site", small_site, "--data", tmp_path)
    with far_side(says("405 Method Not Allowed")) as far:
        monkeypatch.setenv("FENGSHAO_WEBHOOK_URL", far.url)
        ran = fengshao(*doctor_there)
    assert (ran.code, findings(ran)["webhook"]) == (0, ("ok", "FENGSHAO_WEBHOOK_URL: a GET said 405"))
    ran = fengshao(*doctor_there)
    assert (ran.code, findings(ran)["webhook"][0]) == (1, "FAIL")
    monkeypatch.setenv("FENGSHAO_WEBHOOK_URL", "gateway.example")
    assert findings(fengshao(*doctor_there))["webhook"][0] == "FAIL"
