"""A patient sink: it waits out what passes, says it once, and never waits for what will not pass."""

import time
from collections.abc import Callable

import pytest

from dashboards.influx import InfluxSink, Refused, Unwritten, Written
from pipeline import patient_sink
from pipeline.patient_sink import PatientSink
from pipeline.sparingly import Sparingly


class Answers:
    """Stands in for InfluxDB: gives one answer after another, the last for ever."""

    def __init__(self, *answers: Written | Unwritten) -> None:
        self._answers = list(answers)
        self.asked: list[list[bytes]] = []

    def write(self, lines: list[bytes]) -> Written | Unwritten:
        self.asked.append(lines)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def patient(answers: Answers) -> tuple[PatientSink, list[str]]:
    said: list[str] = []
    sink: InfluxSink = answers  # type: ignore[assignment]
    return PatientSink(sink, said.append), said


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_sink, "FIRST_SECONDS", 0.001)
    monkeypatch.setattr(patient_sink, "LOOK_SECONDS", 0.001)


def always() -> bool:
    return True


def times(count: int) -> Callable[[], bool]:
    """True so often, then False."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


def test_the_same_lines_are_written_again_until_they_are_in_and_each_trouble_is_said_once() -> None:
    away, busy = Unwritten("away", "refused"), Unwritten("busy", "503")
    answers = Answers(away, away, busy, busy, Written(2))
    sink, said = patient(answers)
    assert sink.write([b"a", b"b"], always)
    assert answers.asked == [[b"a", b"b"]] * 5
    assert [text.partition(" · ")[2] for text in said] == [
        "InfluxDB cannot be reached: check address and service: refused; trying on",
        "InfluxDB is busy (429 or 503): write later: 503; trying on",
        "InfluxDB takes lines again",
    ]
    assert sink.write([b"c"], always)
    assert len(said) == 3


def test_it_waits_as_long_as_influxdb_asks_for_and_a_stop_ends_the_waiting() -> None:
    sink, _ = patient(Answers(Unwritten("busy", "503", retry_after=17)))
    started = time.monotonic()
    assert not sink.write([b"a"], lambda: time.monotonic() < started + 0.05)
    asked, _ = patient(answers := Answers(Unwritten("away", "refused")))
    assert not asked.write([b"a"], times(1))
    assert len(answers.asked) == 1


def test_refused_lines_are_counted_and_said_and_not_tried_again() -> None:
    refused = tuple(Refused(b"line %d" % number, "field type conflict") for number in range(3))
    answers = Answers(Written(7, refused))
    sink, said = patient(answers)
    assert sink.write([b"a"] * 10, always)
    assert (sink.refused, len(answers.asked)) == (3, 1)
    assert said == ["sink: InfluxDB 拒收一行 · InfluxDB refuses a line: field type conflict: line 2 (the newest of 3)"]


def test_a_flood_of_news_is_one_line_each_while_and_none_is_forgotten() -> None:
    now = [0.0]
    said: list[str] = []
    news = Sparingly(said.append, 10.0, lambda: now[0])
    for text, second in (("a", 0.0), ("b", 1.0), ("c", 9.0), ("d", 10.0), ("e", 11.0)):
        now[0] = second
        news(text)
    assert said == ["a", "d (the newest of 3)"]
    news.rest()
    news.rest()
    assert said == ["a", "d (the newest of 3)", "e"]
