"""Figures as Prometheus reads them, and a role that serves them on this machine alone."""

import re
import socket
import urllib.error
import urllib.request

import pytest
import typer

from dashboards.metrics_text import CONTENT_TYPE, Metric, Row, metrics_text
from pipeline.broker import free_port
from pipeline.cluster.figures import AlertsFigures, IngestFigures, SinkFigures, WorkerFigures
from pipeline.cluster.heartbeat import Heartbeat
from pipeline.cluster.run_cluster import ALERTS, FIRST_WORKER, INGEST, SINK, metrics_of
from pipeline.cluster.watchdog import Place
from pipeline.metrics import METRICS, serve_metrics

SEEN = Metric("fengshao_seen_total", "counter", 'What was "seen" \\ counted,\nall of it.')
AGE = Metric("fengshao_age_seconds", "gauge", "Since then.")
LINE = re.compile(r'[a-z_]+(\{[a-z_]+="[^"\\]*"(,[a-z_]+="[^"\\]*")*\})? (-?\d[-+.e\d]*|NaN|[+-]Inf)')


def test_the_rows_of_a_metric_stand_together_below_what_is_told_of_it() -> None:
    rows = [SEEN(3, shard=0), AGE(1.5), SEEN(4, shard=1, topic="a"), AGE(None, of="nothing yet"), SEEN(True)]
    assert metrics_text(rows) == (
        '# HELP fengshao_seen_total What was "seen" \\\\ counted,\\nall of it.\n'
        "# TYPE fengshao_seen_total counter\n"
        'fengshao_seen_total{shard="0"} 3\n'
        'fengshao_seen_total{shard="1",topic="a"} 4\n'
        "fengshao_seen_total 1\n"
        "# HELP fengshao_age_seconds Since then.\n"
        "# TYPE fengshao_age_seconds gauge\n"
        "fengshao_age_seconds 1.5\n"
    )
    assert metrics_text([]) == ""
    assert metrics_text([AGE(None)]) == ""


def test_labels_are_escaped_and_odd_numbers_spelt_as_go_does() -> None:
    text = metrics_text([AGE(1, why='a "b"\\c\nd')])
    assert 'fengshao_age_seconds{why="a \\"b\\"\\\\c\\nd"} 1\n' in text
    odd = {float("nan"): "NaN", float("inf"): "+Inf", float("-inf"): "-Inf", 1e300: "1e+300", 0.1: "0.1", -2.0: "-2"}
    for value, spelt in odd.items():
        shown = metrics_text([AGE(value)]).splitlines()[-1].partition(" ")[2]
        assert shown == spelt or float(shown) == value


def figures() -> list[Row]:
    ingest = IngestFigures(leading=True, messages=7)
    ingest.wrote(3, ["not_json", "not_json"])
    worker = WorkerFigures(judged=9)
    worker.saw({2: Place(40, 39, 38, 37)}, {2: 0.5}, again=1, now=0.0)
    worker.saw(None, {2: 9.0}, again=0, now=5.0)
    alerts = AlertsFigures(beat=Heartbeat(0.0, [0, 0]))
    alerts.turned((9_000, 4_000), {"events.raised": 3, "events.cleared": 2, "received": 8})
    alerts.passing("before commit")
    sink = SinkFigures(lag={("t.readings", 1): 12})
    sink.wrote(100, 4)
    return [*ingest.rows(), *worker.rows(), *alerts.rows(), *sink.rows()]


def test_every_figure_of_a_role_has_its_unit_and_is_a_line_that_can_be_read() -> None:
    values = {
        line.partition(" ")[0]: float(line.rpartition(" ")[2])
        for line in metrics_text(figures()).splitlines()
        if not line.startswith("#") and LINE.fullmatch(line)
    }
    assert len(values) == len([row for row in figures() if row.value is not None])
    said = {
        'fengshao_leading{role="ingest"}': 1,
        "fengshao_ingest_messages_total": 7,
        "fengshao_ingest_packets_total": 3,
        'fengshao_ingest_rejected_total{reason="not_json"}': 2,
        "fengshao_worker_rows_total": 9,
        "fengshao_worker_packets_again_total": 1,
        'fengshao_worker_shard_taken_offset{shard="2"}': 37,
        'fengshao_worker_shard_end_offset{shard="2"}': 40,
        "fengshao_alerts_events_total": 5,
        'fengshao_shard_behind_seconds{shard="1"}': 5,
        'fengshao_shard_stuck{shard="0"}': 0,
        "fengshao_sink_lines_total": 96,
        'fengshao_sink_lag_records{topic="t.readings",shard="1"}': 12,
    }
    assert {name: values[name] for name in said} == said
    assert values["fengshao_ingest_transaction_age_seconds"] < 60
    assert "fengshao_alerts_commit_age_seconds" not in values
    units = ("_total", "_seconds", "_records", "_offset", "_leading", "_stuck")
    assert all(name.partition("{")[0].endswith(units) for name in values)


def test_a_worker_that_nobody_looks_after_any_more_shows_its_shards_as_still() -> None:
    worker = WorkerFigures()
    worker.saw({2: Place(40, 39, 38, 37)}, {2: 0.5}, again=0, now=-1e9)
    (still,) = [row.value for row in worker.rows() if row.metric.name == "fengshao_worker_shard_still_seconds"]
    assert still is not None
    assert still > 1e9


def get(address: str) -> tuple[str, str]:
    with urllib.request.urlopen(address, timeout=5) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_role_serves_what_it_counts_at_that_moment(host: str) -> None:
    counted = SinkFigures()
    address = serve_metrics(counted.rows, {METRICS: f"{host}:{free_port()}"})
    assert get(address) == (CONTENT_TYPE, metrics_text(counted.rows()))
    counted.wrote(5, 1)
    assert "fengshao_sink_lines_total 4\n" in get(f"{address}?x=1")[1]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(address.removesuffix("metrics"))


def test_on_one_machine_each_role_has_a_port_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(METRICS, raising=False)
    assert metrics_of(INGEST) == {}
    monkeypatch.setenv(METRICS, "[::1]:9200")
    named = [metrics_of(place)[METRICS] for place in (INGEST, ALERTS, SINK, FIRST_WORKER, FIRST_WORKER + 1)]
    assert named == ["[::1]:9200", "[::1]:9201", "[::1]:9202", "[::1]:9203", "[::1]:9204"]


def test_without_the_variable_nothing_listens_and_a_wrong_one_is_named() -> None:
    assert serve_metrics(list, {}) == ""
    with pytest.raises(typer.BadParameter, match=r"FENGSHAO_METRICS: found '0\.0\.0\.0:9200'; expected 127"):
        serve_metrics(list, {METRICS: "0.0.0.0:9200"})
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(RuntimeError, match=f"FENGSHAO_METRICS: found {taken}: Address already in use"):
            serve_metrics(list, {METRICS: taken})
