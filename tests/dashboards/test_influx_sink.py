"""Writing to InfluxDB: once or twice is the same, a refused point costs only itself, every failure has its name."""

import threading
from collections.abc import Iterator

import pytest
from influxdb_client.client.influxdb_client import InfluxDBClient

from dashboards.influx import InfluxSink, Unwritten, Written
from tests.dashboards.scripted import Answer, Asked, scripted
from tests.parts.influx import Influx

NOW = 1_795_000_000_000
GOOD = [b"reading,device=D%d smoke=%d.5 %d" % (number % 7, number, NOW + number) for number in range(2_000)]


@pytest.fixture
def sink(influx: Influx, bucket: str) -> Iterator[InfluxSink]:
    opened = InfluxSink(influx.url, influx.token, influx.org, bucket)
    yield opened
    opened.close()


def count(influx: Influx, bucket: str) -> int:
    query = f'from(bucket: "{bucket}") |> range(start: 0, stop: 2100-01-01T00:00:00Z) |> group() |> count()'
    with InfluxDBClient(influx.url, influx.token, org=influx.org) as client:
        return sum(int(record["_value"]) for table in client.query_api().query(query) for record in table.records)


@pytest.mark.part("influx")
def test_what_is_written_twice_is_there_once(influx: Influx, bucket: str, sink: InfluxSink) -> None:
    assert sink.write(GOOD) == Written(2_000)
    assert sink.write(GOOD[500:]) == Written(1_500)
    assert count(influx, bucket) == 2_000


@pytest.mark.part("influx")
@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"reading,device=D1 smoke=3i %d" % (NOW + 5_000), "field type conflict"),
        (b"reading,device=D1 time=3 %d" % NOW, "invalid field name"),
        (b"reading,device= smoke=3 %d" % NOW, "missing tag value"),
        (b"not a point", "unable to parse"),
    ],
)
def test_a_point_that_is_refused_is_set_aside_with_its_reason_and_the_rest_is_written(
    influx: Influx, bucket: str, sink: InfluxSink, bad: bytes, reason: str
) -> None:
    sink.write(GOOD[:1])
    found = sink.write([*GOOD[1:700], bad, *GOOD[700:]])
    assert isinstance(found, Written)
    assert found.lines == 1_999
    assert [one.line for one in found.refused] == [bad]
    assert reason in found.refused[0].reason
    assert count(influx, bucket) == 2_000


@pytest.mark.part("influx")
def test_a_bucket_is_made_once_with_its_retention_and_takes_nothing_older(influx: Influx, bucket: str) -> None:
    sink = InfluxSink(influx.url, influx.token, influx.org, f"{bucket}-made")
    assert sink.write(GOOD[:1]).kind == "missing"  # type: ignore[union-attr]
    assert [sink.ensure_bucket(7 * 86_400), sink.ensure_bucket()] == ["created", "same"]
    old = [b"reading,device=D1 smoke=1.0 %d" % number for number in range(300)]
    found = sink.write(old)
    assert isinstance(found, Written)
    assert (found.lines, len(found.refused)) == (0, 300)
    assert "outside retention policy" in found.refused[0].reason
    sink.close()


@pytest.mark.part("influx")
@pytest.mark.parametrize(
    ("token", "org", "kind"), [("wrong", "fengshao", "token"), ("token-of-the-tests", "nobody", "missing")]
)
def test_wrong_credentials_and_names_are_told_apart(
    influx: Influx, bucket: str, token: str, org: str, kind: str
) -> None:
    sink = InfluxSink(influx.url, token, org, bucket)
    for found in (sink.write(GOOD), sink.ensure_bucket()):
        assert isinstance(found, Unwritten)
        assert found.kind == kind
        assert token not in str(found) or kind == "missing"
    sink.close()


@pytest.mark.part("influx")
def test_an_outage_is_named_and_the_same_sink_writes_on_after_it(influx: Influx, bucket: str, sink: InfluxSink) -> None:
    influx.kill()
    found = sink.write(GOOD)
    assert isinstance(found, Unwritten)
    assert found.kind == "away"
    influx.start()
    assert sink.write(GOOD) == Written(2_000)
    assert count(influx, bucket) == 2_000


@pytest.mark.parametrize(
    ("answer", "kind", "wait"),
    [
        (Answer(503, {"code": "unavailable", "message": "later"}, (("Retry-After", "17"),)), "busy", 17),
        (Answer(429, {"code": "too many requests", "message": "later"}), "busy", 0),
        (Answer(500, {"code": "internal error", "message": "unexpected"}), "broken", 0),
        (Answer(403, {"code": "forbidden", "message": "insufficient permissions"}), "right", 0),
        (Answer(400, b"<html>400 Bad Request</html>"), "not_influx", 0),
        (Answer(413, b"<html>nginx</html>"), "not_influx", 0),
        (Answer(302, b"", (("Location", "/login"),)), "not_influx", 0),
    ],
    ids=lambda given: str(given.status) if isinstance(given, Answer) else None,
)
def test_every_answer_has_its_name_and_no_line_is_given_up_for_it(answer: Answer, kind: str, wait: int) -> None:
    with scripted(lambda _: answer) as server:
        sink = InfluxSink(server.url, "token", "fengshao", "fengshao")
        found = sink.write(GOOD)
        sink.close()
    assert isinstance(found, Unwritten)
    assert (found.kind, found.retry_after) == (kind, wait)
    assert len(server.asked) == 1


def test_a_server_that_does_not_answer_is_not_waited_for_longer_than_was_said() -> None:
    gone = threading.Event()

    def silent(_: Asked) -> Answer:
        gone.wait(5)
        return Answer(204)

    with scripted(silent) as server:
        sink = InfluxSink(server.url, "token", "fengshao", "fengshao", timeout_ms=100)
        found = sink.write(GOOD)
        sink.close()
        gone.set()
    assert isinstance(found, Unwritten)
    assert found.kind == "timeout"


def test_a_server_of_another_kind_has_no_bucket_for_us() -> None:
    with scripted(lambda _: Answer(200, {"hello": "world"})) as server:
        sink = InfluxSink(server.url, "token", "fengshao", "fengshao")
        found = sink.ensure_bucket()
        sink.close()
    assert isinstance(found, Unwritten)
    assert found.kind == "not_influx"


def test_many_lines_go_in_requests_of_at_most_five_thousand() -> None:
    with scripted(lambda _: Answer(204)) as server:
        sink = InfluxSink(server.url, "token", "fengshao", "fengshao")
        assert sink.write(GOOD * 6) == Written(12_000)
        sink.close()
    assert len(server.asked) == 3
    assert {one.headers["Content-Encoding"] for one in server.asked} == {"gzip"}
    assert all("precision=ms" in one.path for one in server.asked)
