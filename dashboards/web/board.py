"""What every page needs, passed once: the store, the site, the way to the road, and templates in two languages."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from alerts.store import Reader
from alerts.text import subject_name
from dashboards.web import times
from dashboards.web.board_site import BoardSite, rule_name
from dashboards.web.live import Watcher
from dashboards.web.map import CityMap
from dashboards.web.words import LANGUAGES, TABLES

HERE = Path(__file__).parent
THEMES = ("day", "night")
YEAR = 365 * 86_400

Ask = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Board:
    """``ask`` hands an answer or an order to the road and returns after its commit."""

    reader: Reader
    site: BoardSite
    ask: Ask
    secret: bytes
    demo: bool
    watcher: Watcher
    city: CityMap
    pages: Environment

    def page(self, request: Request, name: str, status: int = 200, **shown: Any) -> HTMLResponse:
        """The template in the language and theme that the visitor chose, by ``?lang=`` or by cookie."""
        language = chosen(request, "lang", LANGUAGES)
        text = self.pages.get_template(name).render(
            lang=language,
            theme=chosen(request, "theme", THEMES),
            path=request.url.path,
            words=TABLES[language],
            site=self.site,
            demo=self.demo,
            offset=self.site.offset_minutes,
            now=self.reader.clock(),
            **shown,
        )
        response = HTMLResponse(text, status)
        remember(request, response)
        return response

    def fault(self, request: Request, status: int, why: str) -> HTMLResponse:
        """A page that says what went wrong; ``why`` is a key of the words, or text from the road."""
        return self.page(request, "fault.html", status, why=why)

    async def order(self, request: Request, order: dict[str, Any]) -> str:
        """Ask the road; empty where it did it, else why not, in the page's language. A road that is away is said."""
        try:
            reply = await self.ask(order)
        except (OSError, TimeoutError):
            return "road_away"
        self.watcher.nudged.set()
        why = reply.get("why_en" if chosen(request, "lang", LANGUAGES) == "en" else "why") or reply.get("why")
        return "" if reply.get("ok") else str(why or "not_now")


def chosen(request: Request, name: str, allowed: tuple[str, ...]) -> str:
    """What the address asks for, else what the cookie remembers, else the first."""
    wishes = (request.query_params.get(name), request.cookies.get(name))
    return next((wish for wish in wishes if wish in allowed), allowed[0])


def remember(request: Request, response: Response) -> None:
    for name, allowed in (("lang", LANGUAGES), ("theme", THEMES)):
        wanted = request.query_params.get(name)
        if wanted in allowed:
            response.set_cookie(name, wanted, max_age=YEAR, samesite="lax")


@cache
def environment() -> Environment:
    """Templates with the site's time filters; a name that is not there is an error, not an empty place."""
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals |= {"rule_name": rule_name, "subject_name": subject_name}
    pages.filters |= {
        "day": times.day,
        "clock": times.clock,
        "hour": times.hour,
        "length_of": times.length,
        "figure": times.figure,
        "lasting": times.lasting,
    }
    return pages
