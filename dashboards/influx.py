"""Writes lines to InfluxDB 2: in batches, within bounded time; what it refuses is set aside, the rest is written.

Nothing is kept here and nothing is tried twice: a point written again is the same point, so a caller that keeps its
lines (in Kafka, in SQLite) until they are :class:`Written` loses nothing and stores nothing twice.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.bucket_retention_rules import BucketRetentionRules
from influxdb_client.domain.post_bucket_request import PostBucketRequest
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError, NewConnectionError, TimeoutError

BATCH = 5_000
TIMEOUT_MS = 10_000
DEFAULT_RETENTION_S = 366 * 86_400
REFUSED = (400, 413, 422)
"""These speak of the lines and not of us: what is refused is looked for and set aside."""
_DROPPED = re.compile(r"dropped=(\d+)")

Kind = Literal["away", "timeout", "token", "right", "missing", "busy", "broken", "not_influx"]

WHAT_TO_DO: dict[Kind, tuple[str, str]] = {
    "away": (
        "InfluxDB 连接不上:请检查地址、端口与服务是否启动",
        "InfluxDB cannot be reached: check address and service",
    ),
    "timeout": (
        "InfluxDB 未在时限内应答:请检查其负载与磁盘",
        "InfluxDB did not answer in time: check its load and disk",
    ),
    "token": ("令牌无效(401):请更换 FENGSHAO_INFLUX_TOKEN", "token not accepted (401): renew FENGSHAO_INFLUX_TOKEN"),
    "right": ("令牌无权写入该存储桶(403)", "the token may not write to this bucket (403)"),
    "missing": (
        "没有该组织或存储桶(404):请运行 fengshao init",
        "no such organisation or bucket (404): run fengshao init",
    ),
    "busy": ("InfluxDB 忙(429 或 503),稍后再写", "InfluxDB is busy (429 or 503): write later"),
    "broken": ("InfluxDB 内部错误:请查看其日志", "InfluxDB failed inside: see its log"),
    "not_influx": ("该地址应答的不是 InfluxDB 2", "what answers at this address is not InfluxDB 2"),
}
_BY_STATUS: dict[int, Kind] = {401: "token", 403: "right", 404: "missing", 429: "busy", 503: "busy"}


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that InfluxDB does not take, and its reason."""

    line: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """``lines`` are in the bucket, ``refused`` never will be."""

    lines: int
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Unwritten:
    """Nothing is known of the lines: write all of them again, after ``retry_after`` seconds where it says so."""

    kind: Kind
    detail: str
    retry_after: int = 0

    def __str__(self) -> str:
        zh, en = WHAT_TO_DO[self.kind]
        return f"{zh} · {en}: {self.detail}"


class InfluxSink:
    """One bucket of one server."""

    def __init__(self, url: str, token: str, org: str, bucket: str, timeout_ms: int = TIMEOUT_MS) -> None:
        self.org = org
        self.bucket = bucket
        self._client = InfluxDBClient(url, token, org=org, timeout=timeout_ms, enable_gzip=True, retries=False)
        self._writes = self._client.write_api(write_options=SYNCHRONOUS)

    def close(self) -> None:
        """Lets go of the connections."""
        self._client.close()

    def write(self, lines: Sequence[bytes]) -> Written | Unwritten:
        """All of them, or why not; a failure in the middle leaves what was written, which does no harm."""
        refused: list[Refused] = []
        for start in range(0, len(lines), BATCH):
            failure = self._write(lines[start : start + BATCH], refused)
            if failure is not None:
                return failure
        return Written(len(lines) - len(refused), tuple(refused))

    def _write(self, lines: Sequence[bytes], refused: list[Refused]) -> Unwritten | None:
        """Halves what is refused until the lines are found that are to blame."""
        found = self._send(lines)
        if found is None or isinstance(found, Unwritten):
            return found
        dropped = _DROPPED.search(found)
        if len(lines) == 1 or (dropped and int(dropped[1]) == len(lines)):
            refused += [Refused(line, found) for line in lines]
            return None
        middle = len(lines) // 2
        return self._write(lines[:middle], refused) or self._write(lines[middle:], refused)

    def _send(self, lines: Sequence[bytes]) -> str | Unwritten | None:
        """None where they are written, the reason where some are refused."""
        try:
            # The client's precisions are texts, but its signature does not say so.
            self._writes.write(self.bucket, record=b"\n".join(lines), write_precision=WritePrecision.MS)  # type: ignore[arg-type]
        except ApiException as answer:
            if answer.status in REFUSED and _is_influx(answer.body):
                return str(answer.message)
            return _unwritten(answer)
        except HTTPError as failure:
            return _unreached(failure)
        return None

    def ensure_bucket(self, retention_s: int = DEFAULT_RETENTION_S) -> Literal["created", "same"] | Unwritten:
        """The bucket as ``init`` wants it; one that is there stays as it is, its retention is the operator's."""
        try:
            org = self._client.organizations_api().find_organizations(org=self.org)[0].id
            if self._has_bucket():
                return "same"
            rule = BucketRetentionRules(type="expire", every_seconds=retention_s)
            self._client.buckets_api().create_bucket(
                PostBucketRequest(org_id=org, name=self.bucket, retention_rules=[rule])
            )
        except ApiException as answer:
            # Two that start together: the second finds it made.
            return "same" if answer.status == 422 and "already exists" in str(answer.message) else _unwritten(answer)
        except HTTPError as failure:
            return _unreached(failure)
        except (
            AttributeError,
            TypeError,
            ValueError,
            IndexError,
        ) as odd:  # the client met another answer than it knows
            return Unwritten("not_influx", str(odd)[:200])
        return "created"

    def _has_bucket(self) -> bool:
        """Of our own organisation: a bucket that it does not have is an error in the client's eyes."""
        try:
            return bool(self._client.buckets_api().find_buckets(name=self.bucket, org=self.org).buckets)
        except ApiException as answer:
            if answer.status == 404:
                return False
            raise


def _is_influx(body: object) -> bool:
    """Errors of InfluxDB are JSON with a ``code``; a proxy's page is none, and must not cost us lines."""
    try:
        content = json.loads(body) if isinstance(body, str | bytes) else None
    except ValueError:
        return False
    return isinstance(content, dict) and "code" in content


def _unwritten(answer: ApiException) -> Unwritten:
    status = answer.status or 0
    kind = _BY_STATUS.get(status, "broken" if status >= 500 else "not_influx")
    wait = str(answer.retry_after or "")
    return Unwritten(kind, f"{status} {answer.message}"[:300], int(wait) if wait.isdecimal() else 0)


def _unreached(failure: HTTPError) -> Unwritten:
    waited = isinstance(failure, TimeoutError) and not isinstance(failure, NewConnectionError)
    return Unwritten("timeout" if waited else "away", str(failure)[:300])
