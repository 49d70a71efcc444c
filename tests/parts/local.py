"""All of the cluster's servers as local parts, in a folder, and the environment by which our programs find them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.parts.brokers import Mosquitto
from tests.parts.influx import Influx
from tests.parts.kafka import Kafka
from tests.parts.postgres import Postgres


@dataclass(frozen=True, slots=True)
class LocalParts:
    """Each may be stopped, killed and started again; ``influx`` is None where it was not asked for."""

    folder: Path
    mosquitto: Mosquitto
    kafka: Kafka
    postgres: Postgres
    influx: Influx | None

    def environment(self, shards: int) -> dict[str, str]:
        """For our programs; nothing of the caller's own settings."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("FENGSHAO_")}
        found = {
            "FENGSHAO_KAFKA": self.kafka.bootstrap,
            "FENGSHAO_SHARDS": str(shards),
            "FENGSHAO_DATABASE": self.postgres.url(),
            "FENGSHAO_MQTT": self.mosquitto.url,
        }
        if self.influx is not None:
            found |= {
                "FENGSHAO_INFLUX_URL": self.influx.url,
                "FENGSHAO_INFLUX_ORG": self.influx.org,
                "FENGSHAO_INFLUX_BUCKET": self.influx.bucket,
                "FENGSHAO_INFLUX_TOKEN": self.influx.token,
            }
        return inherited | found


@contextmanager
def local_parts(influx: bool = True) -> Iterator[LocalParts]:
    """Running servers; gone with all that they hold at the end. PostgreSQL writes through to the disk (fsync)."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fengshao-cluster-")))
        folder.chmod(0o755)  # PostgreSQL's own user has to come in
        places = {name: folder / name for name in ("mosquitto", "kafka", "postgres", "influx", "data")}
        for place in places.values():
            place.mkdir()
        mosquitto = Mosquitto(places["mosquitto"])
        mosquitto.start()
        stack.callback(mosquitto.stop)
        kafka = stack.enter_context(Kafka(places["kafka"]).running())
        postgres = stack.enter_context(Postgres(places["postgres"], {}).running())
        found = stack.enter_context(Influx(places["influx"]).running()) if influx else None
        yield LocalParts(folder, mosquitto, kafka, postgres, found)
