"""Variables of the environment that hold something else stop the start, by name."""

import pytest

from pipeline.environment import environment_faults, is_web_address
from tests.pipeline.command import Commands

BAD = ["nope", "http://", "ftp://x", "http://x:99999/", "http://x:abc", "http://x:0", "http://[::1", "http://a b/"]


@pytest.mark.parametrize("text", [*BAD, "", "javascript:alert(1)", "http://..", "http://x/\n"])
def test_what_is_no_web_address(text: str) -> None:
    assert not is_web_address(text)


@pytest.mark.parametrize(
    "text", ["http://x", "https://duty.example:8443/board", "http://[::1]:80/", "http://枫桥.example"]
)
def test_what_is_a_web_address(text: str) -> None:
    assert is_web_address(text)


def test_a_webhook_may_be_switched_off_by_an_empty_address_and_a_board_may_not() -> None:
    (fault,) = environment_faults({"FENGSHAO_WEBHOOK_URL": "", "FENGSHAO_BOARD_URL": "", "FENGSHAO_BROKER": "auto"})
    assert str(fault).startswith("environment: FENGSHAO_BOARD_URL: found ''; expected http[s]://host[:port]")


@pytest.mark.parametrize("command", ["up", "demo --exit", "road --mqtt mqtt://127.0.0.1:1"])
@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("FENGSHAO_BROKER", "nope", "one of auto, mosquitto, iotcore"),
        ("FENGSHAO_WEBHOOK_URL", "nope", "http[s]://host[:port]/path"),
        ("FENGSHAO_BOARD_URL", "nope", "http[s]://host[:port], as officers reach the board"),
    ],
)
def test_a_start_is_refused_by_the_variables_name(
    fengshao: Commands, monkeypatch: pytest.MonkeyPatch, command: str, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(name, value)
    ran = fengshao(*command.split())
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"environment: {name}: found ")
    assert ran.err.endswith(f"; expected {expected}\n")
