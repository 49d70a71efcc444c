"""Each server of the cluster, by its official client: broken, it keeps what it was given; ended, it is gone."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS

from tests.parts.child import Child, wait_until_gone
from tests.parts.influx import Influx
from tests.parts.kafka import Kafka
from tests.parts.postgres import Postgres

TOPIC = "parts"


def stop_and_start(server: Child) -> None:
    head, port = psutil.Process(server.pid), server.port
    server.stop()
    assert not head.is_running()
    server.start()
    assert server.port == port


async def give_kafka(bootstrap: str, word: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        await producer.send_and_wait(TOPIC, word.encode())


async def take_kafka(bootstrap: str, count: int) -> list[str]:
    """The first ``count`` words of the topic."""
    partition = TopicPartition(TOPIC, 0)
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        return [(await asyncio.wait_for(consumer.getone(), 20)).value.decode() for _ in range(count)]


async def create_topic(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
    await admin.close()


@pytest.mark.part("kafka")
def test_kafka_keeps_what_it_was_given(kafka: Kafka) -> None:
    asyncio.run(create_topic(kafka.bootstrap))
    asyncio.run(give_kafka(kafka.bootstrap, "before"))
    stop_and_start(kafka)
    asyncio.run(give_kafka(kafka.bootstrap, "between"))
    kafka.kill()
    kafka.start()
    asyncio.run(give_kafka(kafka.bootstrap, "after"))
    assert asyncio.run(take_kafka(kafka.bootstrap, 3)) == ["before", "between", "after"]


def written(database: str, word: str) -> list[str]:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS words (number SERIAL, word TEXT)")
        connection.execute("INSERT INTO words (word) VALUES (%s)", [word])
        return [row[0] for row in connection.execute("SELECT word FROM words ORDER BY number")]


@pytest.mark.part("postgres")
def test_postgres_keeps_what_it_was_given(postgres: Postgres, database: str) -> None:
    assert written(database, "before") == ["before"]
    stop_and_start(postgres)
    assert written(database, "between") == ["before", "between"]
    with closing(psycopg.connect(database)):  # a client that is in the middle of its work
        postgres.kill()
    postgres.start()
    assert written(database, "after") == ["before", "between", "after"]


@pytest.mark.part("postgres")
def test_postgres_wants_the_password(database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(database, password="another")


@pytest.mark.part("postgres")
@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_database(database: str, turn: int) -> None:
    assert written(database, "own") == ["own"]


@pytest.mark.part("influx")
def test_influx_keeps_what_it_was_given(influx: Influx, bucket: str) -> None:
    def written(second: int) -> list[float]:
        with InfluxDBClient(influx.url, influx.token, org=influx.org) as client:
            line = f"gas,device=g1 value={second} {second}"
            client.write_api(write_options=SYNCHRONOUS).write(bucket, record=line, write_precision="s")
            tables = client.query_api().query(f'from(bucket: "{bucket}") |> range(start: 0)')
            return [record.get_value() for table in tables for record in table.records]

    assert written(1) == [1.0]
    stop_and_start(influx)
    assert written(2) == [1.0, 2.0]
    influx.kill()
    influx.start()
    assert written(3) == [1.0, 2.0, 3.0]


START = """
import sys, time
from pathlib import Path
from tests.parts.{module} import {kind}
server = {kind}(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that the server's own user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        pytest.param("kafka", "Kafka", marks=pytest.mark.part("kafka")),
        pytest.param("postgres", "Postgres", marks=pytest.mark.part("postgres")),
        pytest.param("influx", "Influx", marks=pytest.mark.part("influx")),
    ],
)
def test_it_goes_with_the_run_that_was_killed(open_folder: Path, module: str, kind: str) -> None:
    program = [sys.executable, "-c", START.format(module=module, kind=kind), str(open_folder)]
    with subprocess.Popen(program, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        server = psutil.Process(int(run.stdout.readline()))
        family = [server, *server.children(recursive=True)]
        os.kill(run.pid, signal.SIGKILL)
        wait_until_gone(family)


@pytest.mark.part("postgres")
def test_a_server_that_ends_at_its_start_says_why(tmp_path: Path) -> None:
    class Refused(Child):
        name = "refused"

        def command(self) -> list[str]:
            return ["sh", "-c", "echo no such option; exit 2"]

        def is_ready(self) -> bool:
            return False

    with pytest.raises(AssertionError, match="refused ended at its start: no such option"):
        Refused(tmp_path).start()
