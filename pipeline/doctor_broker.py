"""What `doctor` says of the MQTT broker: does it let us in and no stranger, may we write and read."""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import typer

from ingest.broker_login import Login
from ingest.mqtt import MqttSource
from ingest.topics import TRIAL
from pipeline.addresses import LOOPBACK, broker_url
from pipeline.finding import Finding
from pipeline.mqtt_login import login_of

CLIENT_ID = "fengshao-doctor"
CONNECT_SECONDS = 3.0
TRIAL_SECONDS = 3.0
LOOK_SECONDS = 0.05


def broker_finding(mqtt: str, environment: Mapping[str, str]) -> Finding:
    """Of the broker at ``mqtt``, with the login that the environment names."""
    if mqtt == "embedded":
        return Finding(None, "embedded: started by `up` and `demo`")
    try:
        login = login_of(environment)
        source = MqttSource(broker_url(mqtt), CLIENT_ID, [TRIAL], login=login)
    except typer.BadParameter as wrong:
        return Finding(False, wrong.message)
    except RuntimeError as wrong:
        return Finding(False, str(wrong))
    if not source.connect(CONNECT_SECONDS):
        return Finding(False, source.refusal)
    fault = _fault(source)
    source.close()
    if fault:
        return Finding(False, f"{mqtt} answers; {fault}")
    if _guarded(mqtt, login) and _takes_strangers(mqtt):
        return Finding(True, f"{mqtt} answers, and lets in who names nobody: set allow_anonymous false", soon=True)
    return Finding(True, f"{mqtt} answers, and we may write and read")


def _fault(source: MqttSource) -> str:
    """Publishes a message to ourselves; why it did not come, "" where it did."""
    source.publish(TRIAL, b"", lambda: None)
    until = time.monotonic() + TRIAL_SECONDS
    while time.monotonic() < until and source.connected:
        came = source.receive(LOOK_SECONDS)
        if source.denied:
            return source.denied
        if came:
            source.acknowledge(came)
            return ""
    return f"what we write to {TRIAL} does not come back; check the broker's access list (deploy/mosquitto/acl)"


def _guarded(mqtt: str, login: Login) -> bool:
    """Whether others are to be kept out: not of a broker for this machine alone that asks nobody's name."""
    return bool(login.user) or urlsplit(mqtt).hostname not in LOOPBACK


def _takes_strangers(mqtt: str) -> bool:
    stranger = MqttSource(mqtt, f"{CLIENT_ID}-stranger", [])
    came_in = stranger.connect(CONNECT_SECONDS)
    stranger.close()
    return came_in
