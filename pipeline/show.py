"""The demonstration's director: opens before the mill fire, slows the clock while its red waits, ends on the score."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alerts.links import make_link
from alerts.model import Hazard
from alerts.plan import STEP_NUMBER
from alerts.store import FOREVER, Reader
from ingest.instants import instant
from pipeline.broker import HOST, free_port
from pipeline.desk_client import ask_desk
from pipeline.paths import DataFolder
from pipeline.road import ENDED
from pipeline.scorecard import scorecard
from pipeline.secret import link_key
from pipeline.site import Site

CALM_MS = 4 * 60_000
"""How long before the visitor's fire the wall opens."""
CATCH_UP_SPEED = 3000
WAITING_SPEED = 1.0
SECRET_NAME = "FENGSHAO_WEBHOOK_SECRET"


class Show:
    """Looks at the store and at what the visitor wants; leaves the demonstration's state in a file for the board."""

    def __init__(self, site: Site, place: DataFolder, truth: Mapping[str, Any], truth_file: Path, speed: str) -> None:
        self._site = site
        self._place = place
        self._truth = truth
        self._truth_file = truth_file
        self._speed = speed
        self._wanted = CATCH_UP_SPEED if speed == "max" else float(speed)
        self._pace = -1.0
        self._reader: Reader | None = None
        self._change = -1
        self._visitor = next(row for row in truth["episodes"] if row["demo"] == "visitor")
        self._opens = (instant(self._visitor["begins"]) or 0) - CALM_MS
        self._answered = False
        self._hazard: str | None = None
        self._phone: str | None = None
        self._score: dict[str, Any] | None = None
        self._port = free_port()
        self._secret = secrets.token_hex(16)
        self.state_file = place.folder / "demo-state.json"
        self.wish_file = place.folder / "demo-wish.json"
        self._write()

    def environment(self) -> dict[str, str]:
        """Where the road posts its notices: to the simulated officers' phones."""
        return {"FENGSHAO_WEBHOOK_URL": f"http://{HOST}:{self._port}/", SECRET_NAME: self._secret}

    def officers(self, broker: str) -> list[str]:
        """Arguments of the simulated officers."""
        port = ["--webhook-port", str(self._port), "--secret-env", SECRET_NAME]
        return ["--broker", broker, "--truth", str(self._truth_file), *port]

    def replay(self, broker: str, feed: Path) -> list[str]:
        """Arguments of the replay: the first hours quickly, then at the visitor's speed."""
        catch_up = ["--catch-up-until", str(self._opens), "--catch-up-speed", str(CATCH_UP_SPEED)]
        return [str(feed), "--broker", broker, "--speed", self._speed, *catch_up]

    def look(self) -> None:
        """See what is new, set the pace, tell the board."""
        self._take_wish()
        if self._reader is None:
            if not self._place.store.exists():
                return
            self._reader = Reader(self._place.store)
        change = self._reader.change()
        if change != self._change:
            self._change = change
            waits = self._look_at_visitor(self._reader)
            clock = self._reader.clock()
            if self._score is None and self._reader.totals().get(ENDED):
                events = self._reader.export("events", 0, FOREVER, self._site.offset)
                self._score = scorecard(events, self._truth)
            self._set_pace(min(self._wanted, WAITING_SPEED) if waits else self._wanted, clock >= self._opens)
        self._write()

    def _look_at_visitor(self, reader: Reader) -> bool:
        """Whether the visitor's red waits for its first answer; finds its phone page on the way."""
        hazard = self._visitors_hazard(reader)
        if hazard is None or hazard.phase == "closed":
            return False
        if self._phone is None and hazard.level == "red":
            for notice in reader.notices_of(hazard.id):
                if notice.step == STEP_NUMBER["township"]:
                    key = link_key(os.environ, self._place.folder)
                    token = make_link(key, notice.id, hazard.id, notice.person, notice.created_at)
                    self._phone = f"/a/{token}"
        self._answered = self._answered or hazard.answered_at is not None
        return self._phone is not None and not self._answered

    def _visitors_hazard(self, reader: Reader) -> Hazard | None:
        if self._hazard is None:
            for hazard in reader.open_hazards():
                if hazard.site == self._visitor["site"] and hazard.kind == self._visitor["hazard"]:
                    self._hazard = hazard.id
        return reader.hazard(self._hazard) if self._hazard else None

    def _set_pace(self, pace: float, opened: bool) -> None:
        """Order the replay's pace through the road, once it is past the first hours."""
        if opened and pace != self._pace and ask_desk(self._place.desk, {"do": "pace", "speed": pace}).get("ok"):
            self._pace = pace

    def _take_wish(self) -> None:
        """What the visitor pressed: pause, real time or faster."""
        try:
            self._wanted = float(json.loads(self.wish_file.read_text())["speed"])
            self.wish_file.unlink()
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return
        self._change = -1

    def _write(self) -> None:
        pace = CATCH_UP_SPEED if self._pace < 0 else self._pace
        state = {"pace": pace, "phone": self._phone, "ends": self._score is not None, "score": self._score}
        part = self.state_file.with_suffix(".part")
        part.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        part.replace(self.state_file)
