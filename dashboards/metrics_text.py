"""Figures as the text that Prometheus reads, format 0.0.4: what is told of each, then its values."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metric(NamedTuple):
    """``name`` ends in its unit; a ``counter`` never goes down while its program runs, and ends in ``_total``."""

    name: str
    kind: Literal["gauge", "counter"]
    told: str

    def __call__(self, value: float | None, **labels: object) -> "Row":
        """One value of it; None where it is not known just now."""
        return Row(self, value, labels)


class Row(NamedTuple):
    """A value with its labels in their order."""

    metric: Metric
    value: float | None
    labels: Mapping[str, object]


def metrics_text(rows: Iterable[Row]) -> str:
    """The rows of a metric stand together, in the order in which the metrics came first; the unknown are left out."""
    found: dict[Metric, list[str]] = {}
    for row in rows:
        if row.value is not None:
            found.setdefault(row.metric, []).append(_line(row.metric.name, row.labels, row.value))
    return "".join(
        f"# HELP {metric.name} {_escaped(metric.told)}\n# TYPE {metric.name} {metric.kind}\n{''.join(lines)}"
        for metric, lines in found.items()
    )


def _line(name: str, labels: Mapping[str, object], value: float) -> str:
    shown = ",".join(f'{label}="{_escaped(str(text), quote=True)}"' for label, text in labels.items())
    return f"{name}{{{shown}}} {_number(value)}\n" if shown else f"{name} {_number(value)}\n"


def _number(value: float) -> str:
    """As Go reads it: ``inf`` and ``nan`` too, in its own spelling."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(float(value))


def _escaped(text: str, quote: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quote else text
