"""Puts folder, data source and boards into a running Grafana: what is as wanted stays untouched, the rest is written.

grafana-api is asked only for what Grafana 12.4 still serves: boards and folders by uid. It has no calls for data
sources by uid (those by number end with Grafana 13), so these go through its plain ``api``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

from grafana_api.grafana_api import GrafanaException
from grafana_api.grafana_face import GrafanaFace
from requests.exceptions import RequestException, Timeout

Json = dict[str, Any]
FOLDER_UID, FOLDER_TITLE = "fengshao", "枫哨"
TIMEOUT = 10.0
What = Literal["created", "changed", "same"]
Kind = Literal[
    "token", "right", "missing", "moved", "taken", "provisioned", "refused", "broken", "away", "timeout", "not_grafana"
]
FATAL: frozenset[Kind] = frozenset({"token", "away", "timeout", "not_grafana"})
"""After these nothing else is tried."""

WHAT_TO_DO: dict[Kind, tuple[str, str]] = {
    "token": ("令牌无效(401):请新建服务账号令牌", "token not accepted (401): make a new service account token"),
    "right": ("令牌无权(403):服务账号须为 Admin", "not allowed (403): the service account has to be an Admin"),
    "missing": ("没有该接口或文件夹(404):请检查地址", "no such call or folder (404): check the address"),
    "moved": ("他人刚刚保存过(412):请再运行一次", "somebody saved it meanwhile (412): run it again"),
    "taken": ("同名对象已存在(409/412):请改名或删除", "the name is taken (409/412): rename or delete the other"),
    "provisioned": ("由文件配置,请改文件", "provisioned from a file: change the file instead"),
    "refused": ("Grafana 拒绝该内容", "Grafana refuses the content"),
    "broken": ("Grafana 内部错误(5xx):请查看其日志", "Grafana failed inside (5xx): see its log"),
    "away": ("连接不上:请检查 FENGSHAO_GRAFANA_URL", "cannot be reached: check FENGSHAO_GRAFANA_URL"),
    "timeout": ("未在时限内应答", "did not answer in time"),
    "not_grafana": ("该地址应答的不是 Grafana", "what answers at this address is not Grafana"),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something was not put in place."""

    kind: Kind
    detail: str

    def __str__(self) -> str:
        zh, en = WHAT_TO_DO[self.kind]
        return f"{zh} · {en}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one thing."""

    thing: Literal["server", "folder", "data source", "board"]
    name: str
    outcome: What | Failure


class Grafana:
    """One server, by the address of its front page and a service account's token."""

    def __init__(self, url: str, token: str, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"found {url!r}; expected http[s]://HOST[:PORT][/PATH]")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        prefix = parts.path.strip("/")
        self._face = GrafanaFace(
            token,
            host=host,
            port=parts.port,
            url_path_prefix=f"{prefix}/" if prefix else "",
            protocol=parts.scheme,
            timeout=timeout,
        )

    def apply(self, data_source: Json, boards: Mapping[str, Json]) -> list[Change]:
        """Everything in its order; what fails alone does not stop the rest, but boards need their folder."""
        server = _asked(self._health)
        if isinstance(server, Failure):
            return [Change("server", "Grafana", server)]
        changes = [Change("folder", FOLDER_TITLE, _asked(self._folder))]
        if isinstance(changes[0].outcome, Failure):
            return changes
        changes.append(Change("data source", data_source["name"], _asked(partial(self._data_source, data_source))))
        for board in boards.values():
            last = changes[-1].outcome
            if isinstance(last, Failure) and last.kind in FATAL:
                break
            changes.append(Change("board", board["title"], _asked(partial(self._board, board))))
        return changes

    def look(self, boards: Mapping[str, Json]) -> list[Change]:
        """What :meth:`apply` would say of the boards; nothing is written."""
        server = _asked(self._health)
        if isinstance(server, Failure):
            return [Change("server", "Grafana", server)]
        changes: list[Change] = []
        for board in boards.values():
            changes.append(Change("board", board["title"], _asked(partial(self._compared, board))))
            if isinstance(changes[-1].outcome, Failure):
                break
        return changes

    def _health(self) -> What:
        if "database" not in self._face.api.GET("/health"):
            raise ValueError("/api/health speaks of no database")
        return "same"

    def _folder(self) -> What:
        folder = _found(lambda: self._face.folder.get_folder(FOLDER_UID))
        if folder is None:
            self._face.folder.create_folder(FOLDER_TITLE, FOLDER_UID)
            return "created"
        if folder["title"] == FOLDER_TITLE:
            return "same"
        self._face.folder.update_folder(FOLDER_UID, FOLDER_TITLE, overwrite=True)
        return "changed"

    def _data_source(self, wanted: Json) -> What:
        path = f"/datasources/uid/{wanted['uid']}"
        there = _found(lambda: self._face.api.GET(path))
        if there is None:
            self._face.datasource.create_datasource(wanted)
            return "created"
        if there.get("readOnly"):
            return "same"  # its file gives the token, and Grafana takes no other word for it
        public = {key: value for key, value in wanted.items() if key != "secureJsonData"}
        if holds(there, public) and there.get("secureJsonFields", {}).get("token"):
            return "same"
        self._face.api.PUT(path, json=wanted)
        return "changed"

    def _there(self, wanted: Json) -> tuple[Json | None, What]:
        """The board of that uid in Grafana, and what is to be done about it."""
        there = _found(lambda: self._face.dashboard.get_dashboard(wanted["uid"]))
        if there is None:
            return None, "created"
        same = holds(there["dashboard"], wanted) and there["meta"].get("folderUid") == FOLDER_UID
        return there, "same" if same else "changed"

    def _compared(self, wanted: Json) -> What:
        return self._there(wanted)[1]

    def _board(self, wanted: Json) -> What:
        there, todo = self._there(wanted)
        if todo == "same":
            return todo
        # The version that was read: who saved meanwhile is told of, not written over.
        version = {} if there is None else {"version": there["dashboard"]["version"]}
        body = {"dashboard": wanted | {"id": None} | version, "folderUid": FOLDER_UID, "overwrite": False}
        self._face.dashboard.update_dashboard(body | {"message": "fengshao grafana apply"})
        return todo


def holds(theirs: object, ours: object) -> bool:
    """Whether all that we set is there; Grafana adds numbers and defaults of its own."""
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and all(key in theirs and holds(theirs[key], ours[key]) for key in ours)
    if isinstance(ours, list):
        return isinstance(theirs, list) and len(theirs) == len(ours) and all(map(holds, theirs, ours))
    return theirs == ours


def _found(ask: Callable[[], Json]) -> Json | None:
    """What is there, or None where there is no such thing."""
    try:
        return ask()
    except GrafanaException as answer:
        if answer.status_code == 404:
            return None
        raise


def _asked(ask: Callable[[], What]) -> What | Failure:
    try:
        return ask()
    except GrafanaException as answer:
        return _failure(answer)
    except Timeout as failure:
        return Failure("timeout", str(failure)[:200])
    except (ValueError, TypeError, KeyError, AttributeError) as odd:  # the answer is no JSON, or of another form
        return Failure("not_grafana", f"{type(odd).__name__} {odd}"[:200])
    except RequestException as failure:
        return Failure("away", str(failure)[:200])


_BY_STATUS: dict[int, Kind] = {401: "token", 403: "right", 404: "missing", 409: "taken"}


def _failure(answer: Any) -> Failure:
    status = int(answer.status_code)
    body = answer.response if isinstance(answer.response, dict) else {}
    message = str(body.get("message", ""))
    kind = _BY_STATUS.get(status, "broken" if status >= 500 else "refused")
    if status == 412:
        kind = "moved" if body.get("status") == "version-mismatch" else "taken"
    elif "provisioned" in message or "read-only" in message:
        kind = "provisioned"
    return Failure(kind, f"{status} {message}"[:300])
