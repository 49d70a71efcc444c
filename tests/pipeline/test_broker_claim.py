"""One service to a broker's folder: a second one is told so, and the broker of a killed one is ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from ingest.mqtt import MqttSource
from pipeline import broker_claim
from pipeline.broker import embedded_broker, free_port
from pipeline.broker_claim import claimed, remember, settings_of
from pipeline.kept_broker import KeptBroker
from tests.pipeline.command import Commands


@contextmanager
def by_configuration(settings: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program that was started as a broker is, by this configuration."""
    running = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "-c", str(settings)])
    try:
        yield running
    finally:
        running.kill()
        running.wait(10)


def test_a_second_service_on_the_same_folder_is_told_who_has_it(
    fengshao: Commands, small_site: Path, tmp_path: Path
) -> None:
    with claimed(tmp_path / "broker"):
        ran = fengshao("up", "--site", small_site, "--data", tmp_path)
    assert ran.code == 1
    assert "found the embedded broker of another service that runs on this data folder" in ran.err
    with claimed(tmp_path / "broker"):
        pass


def test_an_orphan_of_ours_is_ended_and_a_program_that_only_has_its_number_is_not(tmp_path: Path) -> None:
    with by_configuration(tmp_path / "other.conf") as stranger:
        remember(tmp_path, stranger.pid)
        with claimed(tmp_path):
            assert stranger.poll() is None
    with by_configuration(settings_of(tmp_path)) as orphan:
        # In life the orphan is init's child and init buries it; here nobody does until we look.
        remember(tmp_path, orphan.pid)
        signal.signal(signal.SIGCHLD, lambda *_: orphan.poll())
        try:
            with claimed(tmp_path):
                assert orphan.poll() == -signal.SIGTERM
        finally:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    assert not (tmp_path / "mosquitto.pid").exists()


def test_what_does_not_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_claim, "END_SECONDS", 0.1)
    with by_configuration(settings_of(tmp_path)) as orphan, monkeypatch.context() as deaf:
        deaf.setattr(os, "kill", lambda *_: None)
        remember(tmp_path, orphan.pid)
        with pytest.raises(RuntimeError, match=f"pid {orphan.pid}"), claimed(tmp_path):
            pass


@pytest.mark.part("mosquitto")
def test_a_real_broker_is_remembered_and_runs_where_the_kernel_knows_no_leash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_claim, "LEASH", ("setpriv", "--no-such-option"))
    with embedded_broker(tmp_path, "mosquitto"):
        pid = int((tmp_path / "mosquitto.pid").read_text())
        assert psutil.Process(pid).name() == "mosquitto"
        assert broker_claim._is_ours(pid, tmp_path)


def test_rumqttd_comes_back_on_both_of_its_ports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.kept_broker.SOON_SECONDS", 0.0)
    port = free_port()
    with KeptBroker(tmp_path, "iotcore", port) as kept:
        before = kept.running
        assert before.old_url == f"mqtt://127.0.0.1:{port}"
        assert before.shown == f"{before.old_url} (MQTT 3.1.1)  {before.url} (MQTT 5)  (rumqttd)"
        (broker,) = [child for child in psutil.Process().children() if "iotcore" in " ".join(child.cmdline())]
        broker.kill()
        broker.wait(10)
        assert kept.look()
        assert (kept.running.url, kept.running.old_url) == (before.url, before.old_url)
        field = MqttSource(before.url, "field", [])
        assert field.connect(), field.refusal
        field.close()
