"""A real Kafka: one node that is broker and controller, open on one port, with TLS and a password on another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.catalogue import cache, find
from tests.parts.child import HOST, Child, free_port
from tests.parts.kafka_jars import KAFKA

CONFIGURATION = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{port},SASL_SSL://{host}:{guarded},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port},SASL_SSL://{host}:{guarded}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
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
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={folder}/keystore.pem
"""
USER, PASSWORD = "fengshao", "of-the-tests"
READY = "Kafka Server started"


class Kafka(Child):
    """:meth:`stop`, :meth:`kill` and :meth:`start` break and mend it on the same port, with what it held.

    One that was killed comes back only when its old session has run out, which is therefore short.
    """

    name = "kafka"
    login, password = USER, PASSWORD

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bootstrap = f"{HOST}:{self.port}"
        guarded = free_port()
        self.guarded = f"{HOST}:{guarded}"
        self.authority = folder / "authority.pem"
        self._settings = folder / "server.properties"
        ports = {"port": self.port, "guarded": guarded, "controller": free_port()}
        settings = CONFIGURATION.format(host=HOST, folder=folder, **ports)
        self._settings.write_text(settings)

    def command(self) -> list[str]:
        return self._java("-Xmx512m", "kafka.Kafka", str(self._settings))

    def is_ready(self) -> bool:
        """Its port opens before it is ready to answer; its log says when."""
        return READY in self.said()

    def start(self, seconds: float = 60.0) -> None:
        if not (self.folder / "log").exists():
            self._certify()
            login = f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"
            options = ("format", "-t", "AAAAAAAAQAGAAAAAAAAAAQ", "-c", str(self._settings), "--add-scram", login)
            self.run(*self._java("-XX:TieredStopAtLevel=1", "kafka.tools.StorageTool", *options))
        super().start(seconds)

    def _certify(self) -> None:
        """A key and a certificate that is its own authority."""
        key, name = self.folder / "key.pem", ("-subj", f"/CN={HOST}", "-addext", f"subjectAltName=IP:{HOST}")
        made = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
        self.run("openssl", "req", "-x509", *made, *name, "-keyout", str(key), "-out", str(self.authority))
        (self.folder / "keystore.pem").write_bytes(key.read_bytes() + self.authority.read_bytes())

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
