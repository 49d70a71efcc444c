"""What a bucket of the tests' InfluxDB holds."""

import csv
import json
import urllib.request

from ingest.instants import instant
from tests.cluster.sink_feed import Happened, Readings
from tests.parts.influx import Influx

EVER = "|> range(start: 1970-01-01T00:00:00Z, stop: 2100-01-01T00:00:00Z)"


class Bucket:
    """``environment`` names it to our programs."""

    def __init__(self, influx: Influx, name: str) -> None:
        self._influx = influx
        self.name = name
        self.environment = {
            "FENGSHAO_INFLUX_URL": influx.url,
            "FENGSHAO_INFLUX_TOKEN": influx.token,
            "FENGSHAO_INFLUX_ORG": influx.org,
            "FENGSHAO_INFLUX_BUCKET": name,
        }

    def readings(self) -> Readings:
        """Each declared flag has a field of its own as well: the mask says the same."""
        rows = self._rows("reading", "r._field !~ /^flag_/", ("_time", "_value", "_field", "device"), "|> toFloat()")
        return {(row["device"], row["_field"], instant(row["_time"]) or 0): float(row["_value"]) for row in rows}

    def events(self) -> Happened:
        rows = self._rows("event", 'r._field == "id"', ("_time", "_value", "event", "reached"))
        return {(row["_value"], row["event"], row["reached"], instant(row["_time"]) or 0) for row in rows}

    def _rows(self, measurement: str, where: str, columns: tuple[str, ...], then: str = "") -> list[dict[str, str]]:
        query = (
            f'from(bucket: "{self.name}") {EVER} '
            f'|> filter(fn: (r) => r._measurement == "{measurement}" and {where}) '
            f"|> keep(columns: {json.dumps(columns)}) {then} |> group()"
        )
        request = urllib.request.Request(
            f"{self._influx.url}/api/v2/query?org={self._influx.org}",
            json.dumps({"query": query, "type": "flux"}).encode(),
            {"Authorization": f"Token {self._influx.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return list(csv.DictReader(answer.read().decode().splitlines()))
