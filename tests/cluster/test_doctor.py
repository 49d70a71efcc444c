"""``fengshao doctor`` on a cluster's real servers: what is missing, wrong or not let in, and what to do."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from pipeline.cluster.doctor import group_found, topics_found
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.kafka_seen import GroupSeen, KafkaSeen, Member, look_at_kafka
from pipeline.cluster.topics import EVENTS, READINGS, REJECTED
from pipeline.site import example_site
from tests.cluster.roles import Roles
from tests.cluster.test_heartbeat import until
from tests.parts.kafka import Kafka as KafkaServer
from tests.pipeline.command import Commands
from tests.pipeline.doctor_asked import NOWHERE, Doctor


@pytest.fixture
def fengshao(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(monkeypatch, capsys)


@pytest.fixture
def doctor(fengshao: Commands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Doctor:
    return Doctor(fengshao, monkeypatch, tmp_path / "none")


@pytest.fixture
def roles(kafka: KafkaServer, tmp_path: Path) -> Iterator[Roles]:
    with Roles(kafka, example_site(), "", 4, tmp_path) as running:
        yield running


def kafka_named(kafka: Kafka) -> dict[str, str]:
    return {"KAFKA": kafka.bootstrap, "SHARDS": str(kafka.shards), "KAFKA_PREFIX": kafka.prefix}


@pytest.mark.part("kafka")
def test_topics_as_init_makes_them_are_right_and_nothing_runs_yet(roles: Roles, doctor: Doctor) -> None:
    found = doctor(**kafka_named(roles.kafka))
    assert found["kafka"] == ("ok", f"{roles.kafka.bootstrap} answers")
    assert found["topics"] == (
        "ok",
        f"5 of {roles.kafka.prefix}, 4 shards, settings as `fengshao init` gives",
    )
    assert found["workers"] == ("-", "not running")
    assert found["sinks"] == ("-", "FENGSHAO_INFLUX_URL is not set")
    assert "database" not in found
    assert doctor.code == 0
    found = doctor(INFLUX_URL="influx:8086", **kafka_named(roles.kafka))
    assert found["sinks"] == ("-", "not running")


@pytest.mark.part("kafka")
def test_missing_topics_wrong_counts_and_other_settings_are_named(roles: Roles, doctor: Doctor) -> None:
    kafka = roles.kafka
    readings, rejected, events = (kafka.topic(name) for name in (READINGS, REJECTED, EVENTS))

    async def change() -> None:
        admin = AIOKafkaAdminClient(**kafka.client())
        await admin.start()
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, readings, {"retention.ms": "60000"})])
        await admin.close()

    async def spoil() -> None:
        admin = AIOKafkaAdminClient(**kafka.client())
        await admin.start()
        await admin.create_partitions({events: NewPartitions(6)})
        await admin.delete_topics([rejected])
        await admin.close()

    asyncio.run(change())
    sign, said = doctor(**kafka_named(kafka))["topics"]
    assert (doctor.code, sign) == (0, "WARN")
    assert f"{readings}: found retention.ms=60000; `fengshao init` gives a new one 2592000000" in said
    asyncio.run(spoil())
    until(lambda: "no such topic" in doctor(**kafka_named(kafka))["topics"][1], roles)
    sign, said = doctor(**kafka_named(kafka))["topics"]
    assert (doctor.code, sign) == (1, "FAIL")
    assert f"{events}: found 6 partitions; expected 4. Set FENGSHAO_SHARDS=6, or take another" in said
    assert f"{rejected}: no such topic in Kafka at {kafka.bootstrap}; run `fengshao init` first" in said
    for role in ("worker", "alerts", "ingest"):
        more = {"FENGSHAO_DATABASE": "postgresql://nobody@127.0.0.1:1/none"}
        started = roles.run(role, *(() if role == "worker" else ("--mqtt", "mqtt://127.0.0.1:1")), more=more)
        assert (started.returncode, "expected 4. Set FENGSHAO_SHARDS=6" in started.stderr) == (1, True)


@pytest.mark.part("kafka")
def test_credentials_authority_and_address_of_kafka_are_tried_for_real(kafka: KafkaServer, doctor: Doctor) -> None:
    right = {
        "KAFKA": kafka.guarded,
        "KAFKA_USER": kafka.login,
        "KAFKA_PASSWORD": kafka.password,
        "KAFKA_CA": str(kafka.authority),
        "KAFKA_PREFIX": "guarded",
    }
    assert doctor(**right)["kafka"] == ("ok", f"{kafka.guarded} answers, as {kafka.login}")
    wrong: list[tuple[dict[str, str], str]] = [
        ({"KAFKA_PASSWORD": "mistaken"}, "this user is not let in; correct FENGSHAO_KAFKA_USER and its password"),
        ({"KAFKA_USER": "nobody"}, "this user is not let in; correct FENGSHAO_KAFKA_USER and its password"),
        ({"KAFKA_CA": ""}, "its certificate is not trusted; name its authority's file in FENGSHAO_KAFKA_CA"),
        ({"KAFKA_USER": ""}, "it hangs up; FENGSHAO_KAFKA_USER and FENGSHAO_KAFKA_CA must be set where it asks"),
        ({"KAFKA_USER": "", "KAFKA_CA": ""}, "it hangs up; FENGSHAO_KAFKA_USER and FENGSHAO_KAFKA_CA must be"),
        ({"KAFKA": kafka.bootstrap}, "it hangs up; FENGSHAO_KAFKA_USER and FENGSHAO_KAFKA_CA must be set where"),
        ({"KAFKA": NOWHERE}, "nobody answers; is Kafka running there, and is FENGSHAO_KAFKA right?"),
        ({"KAFKA": "kafka"}, "FENGSHAO_KAFKA: found 'kafka'; expected host:port"),
        ({"KAFKA_CA": "/nowhere"}, "FENGSHAO_KAFKA_CA: /nowhere: "),
        ({"SHARDS": "many"}, "FENGSHAO_SHARDS: found 'many'; expected a number"),
    ]
    for mistake, said in wrong:
        found = doctor(**right | mistake)
        assert (doctor.code, found["kafka"][0]) == (1, "FAIL")
        assert said in found["kafka"][1], mistake
        assert found["topics"] == ("-", "not looked at, for Kafka cannot be asked")
        assert "mistaken" not in doctor.said


@pytest.mark.part("kafka")
def test_a_role_that_is_not_let_in_says_why_and_shows_no_password(kafka: KafkaServer, tmp_path: Path) -> None:
    alone = Roles(kafka, example_site(), "", 4, tmp_path)
    alone.environment |= {
        "FENGSHAO_KAFKA": kafka.guarded,
        "FENGSHAO_KAFKA_USER": kafka.login,
        "FENGSHAO_KAFKA_PASSWORD": "mistaken",
        "FENGSHAO_KAFKA_CA": str(kafka.authority),
    }
    for words in (("init",), ("ingest", "--mqtt", "mqtt://127.0.0.1:1")):
        ran = alone.run(*words)
        assert ran.returncode == 1
        assert "this user is not let in; correct FENGSHAO_KAFKA_USER and its password" in ran.stderr
        assert "mistaken" not in ran.stdout + ran.stderr


@pytest.mark.part("kafka")
def test_who_has_which_shard_is_told_while_workers_join_and_end(roles: Roles, doctor: Doctor) -> None:
    named = kafka_named(roles.kafka)
    first = roles.worker()
    until(lambda: doctor(**named)["workers"][1].startswith("1 at work, shards 0-3 at 127.0.0.1; "), roles)
    roles.worker()
    until(lambda: doctor(**named)["workers"][1].startswith("2 at work, shards 0-1 at 127.0.0.1, 2-3"), roles)
    roles.put(READINGS, 0, b"poison")
    for program in roles._workers:
        program.terminate()
    until(lambda: doctor(**named)["workers"][0] == "FAIL" and "not running" in doctor.said, roles)
    assert "records wait; start `fengshao worker`" in doctor.said
    assert (doctor.code, first.wait(20)) == (1, 0)


KAFKA = Kafka("kafka:9092", 4, "t")
WAITING = {("t.readings", shard): 2 for shard in range(4)}


@pytest.mark.parametrize(
    ("state", "has", "sign", "said"),
    [
        ("Stable", [[2, 3], [0, 1]], "ok", "2 at work, shards 0-1 at a, 2-3 at a; 8 records after the places"),
        ("Stable", [[0, 1], [3]], "FAIL", "nobody has shard 2; start one more `fengshao worker`"),
        ("Stable", [[0, 1, 2, 3], []], "ok", "2 at work, shards none at a, 0-3 at a; 8 records"),
        ("CompletingRebalance", [[]], "WARN", "1 of them, and shards change hands just now; ask again"),
        ("Empty", [], "FAIL", "not running, and 8 records wait; start `fengshao worker`"),
    ],
)
def test_a_group_by_its_members(state: str, has: list[list[int]], sign: str, said: str) -> None:
    members = [Member("a", {"t.readings": shards} if shards else {}) for shards in has]
    found = group_found(KAFKA, GroupSeen(state, members, WAITING), "worker")
    assert (found.sign, found.text.startswith(said)) == (sign, True)


@pytest.mark.part("kafka")
def test_a_table_that_is_not_compacted_is_told(roles: Roles) -> None:
    seen = asyncio.run(look_at_kafka(roles.kafka))
    assert isinstance(seen, KafkaSeen)
    state = roles.kafka.topic("state")
    other = replace(seen, settings=seen.settings | {state: seen.settings[state] | {"cleanup.policy": "delete"}})
    assert topics_found(roles.kafka, seen).sign == "ok"
    assert f"{state}: found cleanup.policy=delete; " in topics_found(roles.kafka, other).text
