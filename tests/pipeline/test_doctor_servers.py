"""``fengshao doctor`` on real servers beside Kafka: what is wrong with each, and what to do."""

from pathlib import Path

import pytest

from alerts.store import Database, Store
from pipeline.doctor_servers import SKEW_MS, database_found
from pipeline.run_board import now_ms
from tests.dashboards import grafana_server as told
from tests.dashboards.grafana_server import GrafanaMemory
from tests.dashboards.scripted import scripted
from tests.parts.influx import Influx
from tests.parts.postgres import Postgres
from tests.pipeline.command import Commands
from tests.pipeline.doctor_asked import NOWHERE, Doctor
from tests.store.test_migrate import make_first


@pytest.fixture
def doctor(fengshao: Commands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Doctor:
    return Doctor(fengshao, monkeypatch, tmp_path / "none")


@pytest.mark.part("postgres")
def test_a_database_that_is_right_but_for_what_the_tests_switch_off(doctor: Doctor, database: str) -> None:
    Store(Database(database)).close()
    found = doctor(DATABASE=database)
    sign, said = found["database"]
    assert (doctor.code, sign) == (1, "WARN")
    assert "fsync is off: a power cut may lose what was kept; switch it on" in said
    assert found["alerts"] == ("FAIL", "not running, or no reply within 3 s; start `fengshao alerts`")
    assert "of-the-tests" not in doctor.said


@pytest.mark.part("postgres")
def test_what_is_wrong_with_a_database_is_named(doctor: Doctor, database: str, postgres: Postgres) -> None:
    mistakes = [
        (database.replace("of-the-tests", "mistaken"), "correct the user or the password, or the server's pg_hba.conf"),
        (database.replace("fengshao:", "nobody:"), "correct the user or the password"),
        (postgres.url("none"), "create that database (createdb), or name another"),
        ("postgresql://fengshao@127.0.0.1:1/none", "see that PostgreSQL runs there"),
        ("mysql://x", "expected postgresql://user@host:port/name"),
        (database, "run `fengshao init`"),
    ]
    for address, said in mistakes:
        found = doctor(DATABASE=address)
        assert (doctor.code, found["database"][0]) == (1, "FAIL")
        assert said in found["database"][1]
        assert "mistaken" not in doctor.said
    make_first(Database(database), marked=True)
    sign, said = doctor(DATABASE=database)["database"]
    assert (doctor.code, sign) == (1, "FAIL")
    assert said.endswith(
        "its tables are of revision 0001, this program's of 0003; make a copy, then run `fengshao init`"
    )


@pytest.mark.part("postgres")
@pytest.mark.parametrize(("ahead", "said"), [(SKEW_MS + 9_000, "s behind; set"), (-SKEW_MS - 9_000, "s ahead; set")])
def test_a_server_of_another_time_is_told(database: str, ahead: int, said: str) -> None:
    place = Database(database)
    Store(place).close()
    assert "its clock is" not in database_found(place).text
    found = database_found(place, lambda: now_ms() + ahead)
    assert (found.sign, "its clock is 1" in found.text, said in found.text) == ("WARN", True, True)


@pytest.mark.part("influx")
def test_a_bucket_that_may_be_written_and_all_that_may_be_wrong_with_it(
    doctor: Doctor, influx: Influx, bucket: str
) -> None:
    right = {"INFLUX_URL": influx.url, "INFLUX_TOKEN": influx.token, "INFLUX_BUCKET": bucket}
    assert doctor(**right)["influxdb"] == ("ok", f"the bucket {bucket} of fengshao can be written")
    mistakes = [
        ({"INFLUX_TOKEN": "mistaken"}, "token not accepted (401): renew FENGSHAO_INFLUX_TOKEN"),
        ({"INFLUX_BUCKET": "none"}, "no such organisation or bucket (404): run fengshao init"),
        ({"INFLUX_URL": f"http://{NOWHERE}"}, "InfluxDB cannot be reached"),
        ({"INFLUX_TOKEN": ""}, "FENGSHAO_INFLUX_TOKEN: found nothing"),
    ]
    for mistake, said in mistakes:
        found = doctor(**right | mistake)
        assert (doctor.code, found["influxdb"][0]) == (1, "FAIL")
        assert said in found["influxdb"][1]
        assert "mistaken" not in doctor.said


def test_grafanas_boards_are_compared_and_nothing_is_written(
    doctor: Doctor, fengshao: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted(GrafanaMemory()) as grafana:
        named = {"GRAFANA_URL": f"{grafana.url}{told.PLACE}", "GRAFANA_TOKEN": told.TOKEN}
        sign, said = doctor(**named)["grafana"]
        assert (doctor.code, sign, said.endswith("run `fengshao grafana apply`")) == (0, "WARN", True)
        assert {asked.method for asked in grafana.asked} == {"GET"}
        for name, value in (named | {"INFLUX_URL": "http://127.0.0.1:1", "INFLUX_TOKEN": "t"}).items():
            monkeypatch.setenv(f"FENGSHAO_{name}", value)
        assert fengshao("grafana", "apply").code == 0
        assert doctor()["grafana"] == ("ok", "5 boards, as this version has them")
        found = doctor(GRAFANA_TOKEN="mistaken")
        assert (doctor.code, found["grafana"][0]) == (1, "FAIL")
        assert "token not accepted (401)" in found["grafana"][1]
        assert "mistaken" not in doctor.said
    assert "cannot be reached" in doctor(GRAFANA_URL=f"http://{NOWHERE}")["grafana"][1]
