"""The servers that the environment names, InfluxDB and Grafana: addresses, names, tokens, and every fault of them."""

import os
from collections.abc import Mapping
from pathlib import Path

from dashboards.influx import InfluxSink
from ingest.faults import Fault, SiteFaults
from pipeline.environment import is_web_address

GRAFANA_URL, GRAFANA_TOKEN = "FENGSHAO_GRAFANA_URL", "FENGSHAO_GRAFANA_TOKEN"
INFLUX_URL, INFLUX_ORG, INFLUX_BUCKET = "FENGSHAO_INFLUX_URL", "FENGSHAO_INFLUX_ORG", "FENGSHAO_INFLUX_BUCKET"
INFLUX_TOKEN, READ_TOKEN = "FENGSHAO_INFLUX_TOKEN", "FENGSHAO_INFLUX_READ_TOKEN"
IN_FILE = {
    GRAFANA_TOKEN: "FENGSHAO_GRAFANA_TOKEN_FILE",
    INFLUX_TOKEN: "FENGSHAO_INFLUX_TOKEN_FILE",
    READ_TOKEN: "FENGSHAO_INFLUX_READ_TOKEN_FILE",
}
"""The variable that names a file with the secret in it."""


def influx_sink(environment: Mapping[str, str] = os.environ) -> InfluxSink:
    """The bucket that is written to; raises SiteFaults with all that is missing or wrong."""
    faults: list[Fault] = []
    url = address(INFLUX_URL, environment, faults)
    written_with = token((INFLUX_TOKEN,), environment, faults)
    org, bucket = influx_names(environment, faults)
    if faults:
        raise SiteFaults(faults)
    return InfluxSink(url, written_with, org, bucket)


def influx_names(environment: Mapping[str, str], faults: list[Fault]) -> tuple[str, str]:
    """Organisation and bucket."""
    org, bucket = (environment.get(name, "fengshao") for name in (INFLUX_ORG, INFLUX_BUCKET))
    for name, value in ((INFLUX_ORG, org), (INFLUX_BUCKET, bucket)):
        if not value.strip():
            faults.append(Fault("environment", name, repr(value), "a name"))
    return org, bucket


def address(name: str, environment: Mapping[str, str], faults: list[Fault]) -> str:
    """What that variable says, without a slash at its end."""
    value = environment.get(name, "")
    if not is_web_address(value):
        faults.append(Fault("environment", name, repr(value) if value else "nothing", "http[s]://host[:port][/path]"))
    return value.rstrip("/")


def token(names: tuple[str, ...], environment: Mapping[str, str], faults: list[Fault]) -> str:
    """The first that is there, the variable itself or the file that another one names; never printed."""
    for name in names:
        if value := environment.get(name, "").strip():
            return _sendable(value, name, faults)
        if path := environment.get(IN_FILE[name], ""):
            try:
                if value := Path(path).read_text(encoding="utf-8").strip():
                    return _sendable(value, IN_FILE[name], faults)
                faults.append(Fault("environment", IN_FILE[name], f"{path}: an empty file", "a token"))
            except (OSError, UnicodeDecodeError) as unread:
                faults.append(Fault("environment", IN_FILE[name], str(unread), "a readable file with a token"))
            return ""
    wanted = " or ".join(names)
    faults.append(Fault("environment", wanted, "nothing", f"a token, or its file in {IN_FILE[names[-1]]}"))
    return ""


def _sendable(value: str, name: str, faults: list[Fault]) -> str:
    """A header of HTTP carries nothing else."""
    if not (value.isascii() and value.isprintable()):
        faults.append(Fault("environment", name, "other characters", "a token of printable ASCII characters"))
    return value
