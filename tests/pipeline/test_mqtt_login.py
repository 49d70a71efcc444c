"""Who we are to the broker: from the environment or files, never from an address; refusals say what to do."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import typer

from ingest.broker_login import Login
from ingest.mqtt import MqttSource
from ingest.topics import UP, UP_FILTER
from pipeline.addresses import broker_url
from pipeline.broker import free_port
from pipeline.doctor_broker import broker_finding
from pipeline.line import Line
from pipeline.mqtt_login import login_of
from tests.parts.brokers import Mosquitto
from tests.parts.guarded import Guarded
from tests.pipeline.command import Commands

SERVICE, PASSWORD = "fengshao", "w/ü% x"
TRUSTED = {"FENGSHAO_MQTT_USER": SERVICE, "FENGSHAO_MQTT_PASSWORD": PASSWORD}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A broker with TLS, which knows the service and a device."""
    broker = Guarded(tmp_path_factory.mktemp("guarded"), {SERVICE: PASSWORD, "D1": "d"}, tls=True)
    broker.start()
    yield broker
    broker.stop()


def test_the_password_comes_from_the_environment_or_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    assert login_of({}) == Login()
    assert login_of(TRUSTED) == Login(SERVICE, PASSWORD)
    assert login_of({"FENGSHAO_MQTT_USER": SERVICE, "FENGSHAO_MQTT_PASSWORD_FILE": str(file)}).password == PASSWORD
    assert PASSWORD not in repr(login_of(TRUSTED))


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"FENGSHAO_MQTT_USER": "u"}, "FENGSHAO_MQTT_PASSWORD or FENGSHAO_MQTT_PASSWORD_FILE: found nothing; expected"),
        ({"FENGSHAO_MQTT_PASSWORD": "geheim"}, "FENGSHAO_MQTT_USER: found nothing; expected"),
        (
            {"FENGSHAO_MQTT_USER": "u", "FENGSHAO_MQTT_PASSWORD_FILE": "/no/such"},
            "FENGSHAO_MQTT_PASSWORD_FILE: /no/such",
        ),
        ({"FENGSHAO_MQTT_CA": "/no/such"}, "FENGSHAO_MQTT_CA: /no/such"),
        ({"FENGSHAO_MQTT_CA": __file__}, f"FENGSHAO_MQTT_CA: {__file__}"),
    ],
)
def test_half_a_login_and_files_that_cannot_be_read_are_named(environment: dict[str, str], said: str) -> None:
    with pytest.raises(RuntimeError) as wrong:
        login_of(environment)
    assert str(wrong.value).startswith(said)
    assert "geheim" not in str(wrong.value)


def test_an_address_with_a_password_in_it_is_refused_and_not_repeated(fengshao: Commands) -> None:
    ran = fengshao("doctor", "--mqtt", "mqtt://me:geheim@127.0.0.1")
    assert "FAIL  broker   --mqtt: found a user or a password in it; expected mqtt://host:port or mqtts://" in ran.out
    assert "geheim" not in ran.out + ran.err
    with pytest.raises(typer.BadParameter, match="FENGSHAO_MQTT_PASSWORD_FILE"):
        broker_url("mqtts://me:geheim@broker:port")


@pytest.mark.part("mosquitto")
def test_with_password_and_authority_readings_come_through_tls(guarded: Guarded) -> None:
    login = login_of(TRUSTED | {"FENGSHAO_MQTT_CA": str(guarded.authority)})
    device = Login("D1", "d", str(guarded.authority))
    with (
        closing(MqttSource(guarded.url, "road", [UP_FILTER], login=login)) as road,
        closing(MqttSource(guarded.url, "field", [], login=device)) as field,
    ):
        assert road.connect(), road.refusal
        road.receive(0.2)
        assert field.connect(), field.refusal
        field.publish(f"{UP}D1", b"{}")
        found = road.receive(2.0)
        road.acknowledge(found)
        assert [(one.mqtt_topic, one.payload) for one in found] == [(f"{UP}D1", b"{}")]
        assert road.denied == ""


@pytest.mark.part("mosquitto")
def test_each_refusal_says_what_to_do(guarded: Guarded) -> None:
    plain = guarded.url.replace("mqtts", "mqtt")
    wrong = Login(SERVICE, "wrong", str(guarded.authority))
    for url, login, said in (
        (guarded.url, wrong, "refused, Not authorized; check FENGSHAO_MQTT_USER and FENGSHAO_MQTT_PASSWORD"),
        (guarded.url, Login(), "its certificate is not trusted: self-signed certificate; name its authority's file in"),
        (plain, Login(SERVICE, PASSWORD), "it closed the connection before it answered"),
    ):
        source = MqttSource(url, "road", [], login=login)
        assert not source.connect()
        assert said in source.refusal
        assert PASSWORD not in source.refusal


@pytest.mark.part("mosquitto")
def test_tls_to_a_broker_without_it_is_named(mosquitto: Mosquitto) -> None:
    source = MqttSource(mosquitto.url.replace("mqtt", "mqtts"), "road", [])
    assert not source.connect()
    assert "no TLS there: " in source.refusal


@pytest.mark.part("mosquitto")
def test_what_the_access_list_forbids_is_told_and_does_not_count_as_taken(
    guarded: Guarded, capsys: pytest.CaptureFixture[str]
) -> None:
    taken: list[str] = []
    login = Login("D1", "d", str(guarded.authority))
    with closing(MqttSource(guarded.url, "d1", [], login=login)) as device:
        line = Line(device)
        line.keep()
        for topic in (f"{UP}D1", "fengshao/v1/events/-/red"):
            device.publish(topic, b"{}", lambda topic=topic: taken.append(topic))  # type: ignore[misc]
        until = time.monotonic() + 5
        while not device.denied and time.monotonic() < until:
            device.receive(0.05)
        line.keep()
        line.keep()
        assert taken == [f"{UP}D1"]
        said = "broker: we may not write fengshao/v1/events/-/red (Not authorized); check the broker's access list"
        assert capsys.readouterr().out.count(said) == 1


@pytest.mark.part("mosquitto")
def test_doctor_says_whether_we_and_whether_strangers_are_let_in(guarded: Guarded, mosquitto: Mosquitto) -> None:
    authority = {"FENGSHAO_MQTT_CA": str(guarded.authority)}
    right = broker_finding(guarded.url, TRUSTED | authority)
    assert (right.sign, right.text) == ("ok", f"{guarded.url} answers, and we may write and read")
    device = broker_finding(guarded.url, {"FENGSHAO_MQTT_USER": "D1", "FENGSHAO_MQTT_PASSWORD": "d"} | authority)
    assert (device.right, "we may not write fengshao/v1/doctor" in device.text) == (False, True)
    open_to_all = broker_finding(mosquitto.url, TRUSTED)
    assert (open_to_all.sign, "set allow_anonymous false" in open_to_all.text) == ("WARN", True)
    away = broker_finding(f"mqtt://127.0.0.1:{free_port()}", {"FENGSHAO_MQTT_USER": "u"})
    assert (away.right, away.text.startswith("FENGSHAO_MQTT_PASSWORD or")) == (False, True)


@pytest.mark.part("mosquitto")
def test_replay_speaks_under_the_same_login(
    guarded: Guarded, fengshao: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (TRUSTED | {"FENGSHAO_MQTT_CA": str(guarded.authority)}).items():
        monkeypatch.setenv(name, value)
    feed = tmp_path / "feed.jsonl"
    feed.write_text('{"at": 1785773585000, "topic": "fengshao/v1/up/D1", "payload": {"flags": []}}\n')
    ran = fengshao("replay", feed, "--mqtt", guarded.url, "--speed", "max")
    assert (ran.code, '"published": 1' in ran.out) == (0, True), ran.err
