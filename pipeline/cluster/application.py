"""The Faust application that a worker runs in: its settings, and a transport that reads finished transactions only."""

import tempfile
from typing import Any

import faust
from faust.transport.drivers import aiokafka as driver

from pipeline.cluster.kafka import Kafka
from pipeline.cluster.topics import LARGEST

SESSION_SECONDS = 6.0
"""A worker that Kafka has not heard for so long has lost its shards to the others (Kafka takes no less)."""


class _CommittedThread(driver.AIOKafkaConsumerThread):
    """Reads only what belongs to a finished transaction: ingest writes all shards at once or not at all."""

    consumer: "_CommittedConsumer"

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        return consumer

    async def getmany(self, active_partitions: Any, timeout: float) -> Any:
        records = await super().getmany(active_partitions, timeout)
        for where, found in (records or {}).items():
            self.consumer.fetched[where] = found[-1].offset
        return records


class _NothingRead(dict[Any, Any]):
    """In the place of the offsets up to which Faust has read: it drops what stands before them, and so all that is
    read again while a newer packet is on its way. A shard knows by itself what it has taken."""

    def __getitem__(self, key: Any) -> None:
        return None


class _CommittedConsumer(driver.Consumer):
    """``fetched``: the newest offset that was read of each partition."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.fetched: dict[Any, int] = {}
        super().__init__(*given, **named)
        self._read_offset = _NothingRead()

    def _new_consumer_thread(self) -> _CommittedThread:
        return _CommittedThread(self, loop=self.loop, beacon=self.beacon)

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        """Transactions leave marks between packets, a gap each: Faust's search in them costs more than all rules."""

    def _new_offset(self, tp: Any) -> int | None:
        """A worker acknowledges a packet together with all before it: the newest says it all."""
        acknowledged = self._acked[tp]
        newest = max(acknowledged, default=None)
        acknowledged.clear()
        self._acked_index[tp].clear()
        return None if newest is None else newest + 1


class _CommittedTransport(driver.Transport):
    Consumer = _CommittedConsumer


def application(kafka: Kafka) -> Any:
    """Made for this installation's Kafka, not started."""
    servers = ";".join(f"kafka://{server}" for server in kafka.bootstrap.split(","))
    app = faust.App(
        kafka.worker,
        broker=servers,
        broker_credentials=_credentials(kafka),
        broker_commit_interval=1.0,
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=SESSION_SECONDS / 4,
        store="memory://",
        datadir=tempfile.mkdtemp(prefix="fengshao-worker-"),
        topic_partitions=kafka.shards,
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=2 * LARGEST,
        producer_max_request_size=LARGEST,
        producer_linger=0.0,
        stream_wait_empty=False,
    )
    app.transport = _CommittedTransport(app.conf.broker, app, loop=app.loop)
    return app


def _credentials(kafka: Kafka) -> Any:
    if kafka.user:
        return faust.SASLCredentials(
            mechanism="SCRAM-SHA-512", username=kafka.user, password=kafka.password, ssl_context=kafka.tls()
        )
    return faust.SSLCredentials(context=kafka.tls()) if kafka.authority else None


def run_application(app: Any) -> None:
    """Until a signal."""
    worker = faust.Worker(app, loglevel="WARNING", redirect_stdouts=False)
    worker.spinner = None  # what it says goes to a log
    worker.execute_from_commandline()
