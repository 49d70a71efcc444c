"""docker-compose.yml as the compose program itself reads it: healthy, bounded, pinned, and no secret outside a file."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.parts.catalogue import cache
from tests.parts.compose_build import COMPOSE, read_compose

pytestmark = pytest.mark.part("compose")

ROOT = Path(__file__).parents[1]
ONE_SHOTS = {"init", "grafana-files", "demo-feed", "demo-replay"}
"""They end by themselves, so their end is waited for and not their health."""
SERVERS = {"mosquitto", "kafka", "postgres", "influxdb"}
ROLES = {"ingest", "worker", "alerts", "sink", "board"}
PUBLISHED = {"mosquitto": 1883, "door": 8080, "grafana": 3000}
NAMES_A_FILE = ("_FILE", "__FILE")
SECRET_WORDS = re.compile("PASSWORD|TOKEN|SECRET", re.IGNORECASE)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return read_compose(cache() / COMPOSE / "docker-compose", ROOT, ROOT / ".env.example", profile="demo")


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


def test_all_of_the_cluster_is_there(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == SERVERS | ROLES | ONE_SHOTS | {"door", "grafana"}


def test_every_service_has_its_health_its_limits_and_its_restart(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        limits = service["deploy"]["resources"]["limits"]
        assert (float(limits["cpus"]) > 0, int(limits["memory"]) > 0) == (True, True), name
        assert service["restart"] == ("no" if name in ONE_SHOTS else "unless-stopped"), name
        assert ("test" in service.get("healthcheck", {})) == (name not in ONE_SHOTS), name
        assert service["logging"]["options"]["max-size"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_images_are_pinned_to_a_whole_version(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        _, _, tag = service["image"].partition(":")
        assert re.match(r"\d+\.\d+", tag), (name, service["image"])
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", bases[0])


def test_what_starts_first_is_healthy_or_done(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            done = "service_completed_successfully" if other in ONE_SHOTS else "service_healthy"
            assert how["condition"] == done, (name, other)
    assert set(services["init"]["depends_on"]) == SERVERS - {"mosquitto"}
    assert all("init" in services[role]["depends_on"] for role in ROLES)


def test_no_secret_is_in_a_value_or_on_a_command_line(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        given = {secret["target"].removeprefix("/run/secrets/") for secret in service.get("secrets", ())}
        for variable, value in service.get("environment", {}).items():
            if SECRET_WORDS.search(variable):
                assert variable.endswith(NAMES_A_FILE), (name, variable)
                assert value.startswith("/run/secrets/"), (name, variable)
                assert value.removeprefix("/run/secrets/") in given, (name, variable)
            assert "@" not in value.replace("fengshao@postgres", "").replace("1@localhost", ""), (name, variable)
        assert not SECRET_WORDS.search(" ".join(service.get("command") or ())), name
    for secret in compose["secrets"].values():
        assert Path(secret["file"]).parent == ROOT / "deploy" / "secrets"


def test_only_three_are_published_and_on_this_machine_alone(services: dict[str, dict[str, Any]]) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert {name: [port["target"] for port in found] for name, found in ports.items()} == {
        name: [port] for name, port in PUBLISHED.items()
    }
    assert {port["host_ip"] for found in ports.values() for port in found} == {"127.0.0.1"}


def test_who_needs_nobody_outside_reaches_nobody_outside(compose: dict[str, Any]) -> None:
    assert compose["networks"]["default"]["internal"]
    outside = {name for name, service in compose["services"].items() if "outer" in service["networks"]}
    assert outside == {"mosquitto", "door", "grafana", "alerts"}


def test_the_board_is_reached_by_a_socket_that_the_door_alone_is_given(services: dict[str, dict[str, Any]]) -> None:
    folder = "/var/lib/fengshao/board"
    having = {name for name, service in services.items() if folder in {mount["target"] for mount in service["volumes"]}}
    assert having == {"board", "door"}
    assert services["board"]["environment"]["FENGSHAO_HTTP"] == f"unix:{folder}/socket"
    assert f"proxy_pass http://unix:{folder}/socket:;" in (ROOT / "deploy/door/board.conf").read_text(encoding="utf-8")


def test_our_programs_know_every_variable_they_are_given(services: dict[str, dict[str, Any]]) -> None:
    known = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    known += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ingest").glob("*.py"))
    given = {variable for service in services.values() for variable in service.get("environment") or ()}
    ours = {variable for variable in given if variable.startswith("FENGSHAO_")}
    assert len(ours) > 15
    assert {variable for variable in ours if f'"{variable}"' not in known} == set()


def test_every_setting_of_the_example_is_used_and_has_that_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    used = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    told = dict(re.findall(r"^(\w+)=(.*)$", example, re.MULTILINE))
    demo = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / "deploy/demo.env").read_text(encoding="utf-8"), re.MULTILINE))
    assert told | {"FENGSHAO_DEMO_SPEED": "60"} == used
    assert {name for name in demo if not name.startswith("COMPOSE_")} <= set(used)


def test_every_file_that_is_mounted_or_made_is_there(compose: dict[str, Any]) -> None:
    script = (ROOT / "deploy" / "secrets.sh").read_text(encoding="utf-8")
    for name in compose["secrets"]:
        assert re.search(rf"\b{name}\b", script), name
    for service in compose["services"].values():
        for mount in service.get("volumes", ()):
            assert mount["type"] == "volume" or Path(mount["source"]).exists(), mount["source"]
