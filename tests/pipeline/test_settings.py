"""Addresses and folders that the command line names."""

import socket
import stat
import threading
from pathlib import Path

import pytest
import typer

from pipeline.addresses import broker_url, free_address, loopback, unused_port
from pipeline.environment import is_web_address
from pipeline.paths import DataFolder
from pipeline.replays import pace_of
from pipeline.secret import link_key


@pytest.mark.parametrize(
    ("http", "address"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("localhost:0", ("localhost", 0)),
        ("::1:80", ("::1", 80)),
        ("[::1]:80", ("::1", 80)),
    ],
)
def test_the_board_listens_on_loopback(http: str, address: tuple[str, int]) -> None:
    assert loopback(http) == address


@pytest.mark.parametrize(
    "http", ["0.0.0.0:80", "192.168.1.5:80", ":80", "80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:²"]
)
def test_any_other_address_names_what_was_found_and_expected(http: str) -> None:
    with pytest.raises(typer.BadParameter) as wrong:
        loopback(http)
    assert f"found {http!r}; expected 127.0.0.1:PORT" in str(wrong.value)


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = free_address(("127.0.0.1", port))
    assert found.startswith("127.0.0.1:")
    assert port < int(found.split(":")[1]) < port + 50


def test_an_address_of_ipv6_can_stand_in_a_link_and_is_taken_back() -> None:
    found = free_address(("::1", 0))
    assert is_web_address(f"http://{found}")
    assert loopback(found)[0] == "::1"


def test_when_all_are_taken_the_range_is_named() -> None:
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(typer.BadParameter, match="65535 to 65535"):
        free_address(("127.0.0.1", 65535))


def test_the_port_of_our_own_broker_must_be_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(typer.BadParameter, match=f"found port {port} taken; expected it free"):
            unused_port(port)
    assert unused_port(port) == port


def test_a_brokers_address_of_another_form_is_a_usage_error() -> None:
    assert broker_url("mqtts://broker.example") == "mqtts://broker.example"
    with pytest.raises(typer.BadParameter, match="found a user or a password in it") as refused:
        broker_url("mqtts://user:word@broker.example")
    assert "word@" not in str(refused.value)
    with pytest.raises(typer.BadParameter, match="found 'http://x'; expected mqtt://host:port"):
        broker_url("http://x")


def test_a_speed_is_a_number_above_nothing_or_max() -> None:
    assert (pace_of("60"), pace_of("0.5"), pace_of("max")) == (60.0, 0.5, "max")
    for speed in ("0", "-1", "fast", "nan", "inf", ""):
        with pytest.raises(typer.BadParameter, match="expected a number above 0, or max"):
            pace_of(speed)


def test_a_data_folder_is_made_on_first_use_and_its_secret_once(tmp_path: Path) -> None:
    place = DataFolder(tmp_path / "a" / "b")
    assert place.store == tmp_path / "a" / "b" / "fengshao.sqlite"
    secret = place.secret()
    assert len(secret) == 64
    assert DataFolder(tmp_path / "a" / "b").secret() == secret
    assert stat.S_IMODE((place.folder / "link-secret").stat().st_mode) == 0o600
    assert [path.name for path in place.folder.iterdir()] == ["link-secret"]
    assert DataFolder(tmp_path / "c").secret() != secret


def test_road_and_board_that_start_together_have_one_secret(tmp_path: Path) -> None:
    for turn in range(20):
        place, found = DataFolder(tmp_path / str(turn)), []
        together = threading.Barrier(4)

        def start(
            place: DataFolder = place, together: threading.Barrier = together, found: list[bytes] = found
        ) -> None:
            together.wait()
            found.append(place.secret())

        starting = [threading.Thread(target=start) for _ in range(4)]
        for one in starting:
            one.start()
        for one in starting:
            one.join()
        assert len(found) == 4
        assert len(set(found)) == 1
        assert len(found[0]) == 64


KEY = "of-all-machines-and-long-enough-to-be-one"


def test_the_key_of_links_is_the_environments_where_it_names_one_and_else_the_folders(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    nowhere = tmp_path / "nowhere"
    assert link_key({"FENGSHAO_SECRET": KEY}, nowhere) == KEY.encode()
    assert link_key({"FENGSHAO_SECRET_FILE": str(tmp_path / "key")}, nowhere) == KEY.encode()
    assert not nowhere.exists()
    assert link_key({"FENGSHAO_SECRET": ""}, nowhere) == DataFolder(nowhere).secret()


@pytest.mark.parametrize("content", ["", "\n", "k" * 31])
def test_a_key_that_is_too_short_is_refused_and_not_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)
    with pytest.raises(RuntimeError, match=r"FENGSHAO_SECRET_FILE: found (0|31) characters; expected 32") as caught:
        link_key({"FENGSHAO_SECRET_FILE": str(tmp_path / "key")}, tmp_path)
    assert "kkk" not in str(caught.value)
    with pytest.raises(RuntimeError, match=r"FENGSHAO_SECRET_FILE: .*; expected a readable file"):
        link_key({"FENGSHAO_SECRET_FILE": str(tmp_path / "none")}, tmp_path)
