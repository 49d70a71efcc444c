"""``/hazard/{id}``: one hazard with its history, alerts, notices, and what can be said about it next."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.incident import ANSWERS
from alerts.measured import window
from alerts.model import Alert, Hazard
from alerts.plan import STEP_NUMBER, running
from dashboards.web.answers import answers_on_board, calls_119, who_may_answer
from dashboards.web.board import Board
from dashboards.web.form import fields
from dashboards.web.history import history
from dashboards.web.rows import hazard_row, what
from dashboards.web.sparkline import Sparkline, span, sparkline, summed
from ingest.metrics import FLAGS_METRIC, METRIC_NUMBER, METRICS

POINTS = 240
LINES = 4
"""Sparklines on one page, those of the worst alerts."""


def hazard_routes(board: Board) -> list[Route]:
    def page(request: Request, hazard: Hazard, status: int = 200, why: str = "") -> Response:
        return board.page(request, "hazard.html", status, **hazard_shown(board, hazard), why=why)

    def show(request: Request) -> Response:
        hazard = board.reader.hazard(request.path_params["hazard_id"])
        if hazard is None:
            return board.fault(request, 404, "not_found")
        return page(request, hazard)

    async def answer(request: Request) -> Response:
        form = await fields(request)
        hazard = await run_in_threadpool(board.reader.hazard, request.path_params["hazard_id"])
        if hazard is None:
            return await run_in_threadpool(board.fault, request, 404, "not_found")
        why = await _hand_in(board, request, hazard, form)
        if why:
            return await run_in_threadpool(page, request, hazard, 409, why)
        return RedirectResponse(f"/hazard/{hazard.id}", 303)

    def alert(request: Request) -> Response:
        """Grafana knows alerts only; one that opened a device ticket has no page of its own, so the wall is shown."""
        found = board.reader.alert(request.path_params["alert_id"])
        if found is None:
            return board.fault(request, 404, "not_found")
        return RedirectResponse(f"/hazard/{found.hazard_id}" if found.hazard_id else "/", 303)

    path = "/hazard/{hazard_id}"
    return [
        Route("/alert/{alert_id}", alert, methods=["GET"]),
        Route(path, show, methods=["GET"]),
        Route(path + "/answer", answer, methods=["POST"]),
    ]


async def _hand_in(board: Board, request: Request, hazard: Hazard, form: dict[str, str]) -> str:
    person, said = form.get("person", ""), form.get("answer", "")
    if person not in {one.id for one in who_may_answer(hazard, board.site.plan)}:
        return "no_person"
    if said not in ANSWERS:
        return "not_now"
    return await board.order(
        request,
        {
            "do": "answer",
            "hazard_id": hazard.id,
            "person": person,
            "answer": said,
            "via": "board",
            "note": form.get("note", ""),
            "notice_id": "",
        },
    )


def hazard_shown(board: Board, hazard: Hazard) -> dict[str, Any]:
    """Everything that the page shows."""
    alerts = board.reader.alerts_of(hazard.id)
    row = hazard_row(board.site, hazard, alerts, board.reader.clock())
    device = alerts[0].subject if alerts and alerts[0].subject_kind == "device" else ""
    return {
        "hazard": hazard,
        "row": row,
        "place": board.site.place(hazard.township, hazard.site, "" if hazard.site else device),
        "kind": board.site.kind(hazard.kind),
        "alerts": [(alert, what(board.site, alert)) for alert in alerts],
        "lines": sparklines(board, alerts),
        "notices": board.reader.notices_of(hazard.id),
        "steps": history(board.site, hazard, board.reader.steps_of(hazard.id)),
        "answerers": who_may_answer(hazard, board.site.plan),
        "answers": answers_on_board(hazard),
        "phases": running(hazard).phases,
        "steps_of": STEP_NUMBER,
        "call_119": calls_119(hazard),
    }


def sparklines(board: Board, alerts: list[Alert]) -> list[Sparkline]:
    """A line for each device that measures something, the newest alerts first."""
    lines = []
    for alert in sorted(alerts, key=lambda one: (not one.open, -one.raised_at)):
        rule = board.site.rules.get(alert.rule)
        name = rule.metric if rule and rule.metric else next((one.metric for one in alert.evidence), "")
        number = METRIC_NUMBER.get(name, FLAGS_METRIC)
        if alert.subject_kind != "device" or number == FLAGS_METRIC:
            continue
        shown = span(alert, board.reader.clock())
        series = _series(board, alert, name, shown)
        line = sparkline(alert, (name, METRICS[number].unit), series, rule, shown)
        if line:
            lines.append(line)
        if len(lines) == LINES:
            break
    return lines


def _series(board: Board, alert: Alert, metric: str, shown: tuple[int, int]) -> list[tuple[int, float]]:
    """The readings, or for rain what they sum to over the window that the alert speaks of."""
    rule = board.site.rules.get(alert.rule)
    within = window(alert, rule) if rule and rule.kind == "window_sum" else None
    if within is None:
        return board.reader.series(alert.subject, metric, *shown, POINTS)
    found = board.reader.readings(alert.subject, shown[0] - within, shown[1], metric)
    return summed([(one.ts, one.value) for one in found], within, shown[0], POINTS)
