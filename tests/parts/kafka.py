"""A real Kafka: one node that is broker and controller."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.catalogue import cache, find
from tests.parts.child import HOST, Child, free_port
from tests.parts.kafka_jars import KAFKA

CONFIGURATION = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/log
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.backoff.ms=500
log.cleaner.dedupe.buffer.size=8388608
num.network.threads=2
num.io.threads=2
"""
READY = "Kafka Server started"


class Kafka(Child):
    """:meth:`stop`, :meth:`kill` and :meth:`start` break and mend it on the same port, with what it held.

    One that was killed comes back only when its old session has run out, which is therefore short.
    """

    name = "kafka"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bootstrap = f"{HOST}:{self.port}"
        self._settings = folder / "server.properties"
        settings = CONFIGURATION.format(host=HOST, port=self.port, controller=free_port(), folder=folder)
        self._settings.write_text(settings)

    def command(self) -> list[str]:
        return self._java("-Xmx512m", "kafka.Kafka", str(self._settings))

    def is_ready(self) -> bool:
        """Its port opens before it is ready to answer; its log says when."""
        return READY in self.said()

    def start(self, seconds: float = 60.0) -> None:
        if not (self.folder / "log").exists():
            options = ("format", "-t", "AAAAAAAAQAGAAAAAAAAAAQ", "-c", str(self._settings))
            self.run(*self._java("-XX:TieredStopAtLevel=1", "kafka.tools.StorageTool", *options))
        super().start(seconds)

    def _java(self, option: str, *arguments: str) -> list[str]:
        java = find("java")
        assert java is not None, "java is not installed"
        return [java, option, "-cp", f"{cache() / KAFKA}/*", *arguments]


@pytest.fixture(scope="session")
def kafka_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One for the whole run; topics are a test's own."""
    with Kafka(tmp_path_factory.mktemp("kafka")).running() as server:
        yield server


@pytest.fixture
def kafka(kafka_server: Kafka) -> Kafka:
    """The same one, whatever the test before did to it."""
    kafka_server.start()
    return kafka_server
