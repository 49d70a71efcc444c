"""What every answer says to the browser: nothing from elsewhere, nothing kept, nothing told; and who may ask at all."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
FRAMED = "/a/"
"""Only phone pages may be framed, by our own demo page."""


class Safe:
    """Pure ASGI, for a stream must pass through it unbuffered. ``style_hash`` is that of the phone page's style."""

    def __init__(self, app: ASGIApp, style_hash: str) -> None:
        self.app = app
        self.style_hash = style_hash

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        framed = scope["path"].startswith(FRAMED)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._mark(MutableHeaders(scope=message), framed)
            await send(message)

        refusal = refused(scope["method"], headers, framed)
        target = PlainTextResponse(refusal, 403) if refusal else self.app
        await target(scope, receive, marked)

    def _mark(self, headers: MutableHeaders, framed: bool) -> None:
        frame = "'self'" if framed else "'none'"
        headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'; "
            f"style-src 'self' '{self.style_hash}'; form-action 'self'; base-uri 'none'; frame-ancestors {frame}"
        )
        headers["X-Frame-Options"] = "SAMEORIGIN" if framed else "DENY"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cache-Control"] = "no-store"


def refused(method: str, headers: Headers, by_token: bool) -> str:
    """Why a request is refused, or empty.

    The host must be loopback, so that a foreign name that resolves to it gets nothing. A change must come from our own
    page, unless its token is the right to it. ``Origin`` says nothing here: under no-referrer browsers send ``null``.
    """
    host = headers.get("host", "")
    if host.rsplit(":", 1)[0] not in LOOPBACK and host not in LOOPBACK:
        return "host not served"
    if method not in ("GET", "HEAD") and not by_token:
        site = headers.get("sec-fetch-site")
        origin = headers.get("origin", "null")
        ours = site in ("same-origin", "none") if site else origin in ("null", f"http://{host}")
        if not ours:
            return "not from this board"
    return ""
