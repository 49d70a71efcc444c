"""Grafana's API as far as the boards need it: its paths, codes and bodies, and its memory."""

import copy
from dataclasses import dataclass, field
from typing import Any

from tests.dashboards.scripted import Answer, Asked

TOKEN = "glsa_of_the_tests"
PLACE = "/sub/path"
UNAUTHORIZED = Answer(
    401, {"message": "Invalid API key", "messageId": "api-key.invalid", "statusCode": 401, "traceID": ""}
)
FORBIDDEN = Answer(
    403,
    {
        "accessErrorId": "ACE0123456789",
        "message": "You'll need additional permissions to perform this action. Permissions needed: folders:create",
        "title": "Access denied",
    },
)
MOVED = Answer(412, {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"})
NAME_EXISTS = Answer(
    412, {"message": "A dashboard with the same name in the folder already exists", "status": "name-exists"}
)
PROVISIONED = Answer(400, {"message": "Cannot save provisioned dashboard"})
SOURCE_EXISTS = Answer(409, {"message": "data source with the same name already exists"})
BROKEN = Answer(500, {"message": "database is locked", "traceID": ""})


@dataclass
class GrafanaMemory:
    """``instead`` answers a path otherwise; ``folders``, ``sources`` and ``boards`` are what is there by uid."""

    folders: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)
    boards: dict[str, Any] = field(default_factory=dict)
    instead: dict[tuple[str, str], Answer] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix(f"{PLACE}/api")
        if path == asked.path:
            return Answer(404, b"404 page not found")
        if found := self.instead.get((asked.method, path)):
            return found
        if path == "/health":
            return Answer(200, {"commit": "0a1b2c", "database": "ok", "version": "12.4.11"})
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return UNAUTHORIZED
        kind, _, uid = path.removeprefix("/").rpartition("/")
        call = {
            ("GET", "folders"): self._folder,
            ("GET", "datasources/uid"): self._source,
            ("PUT", "datasources/uid"): self._update_source,
            ("GET", "dashboards/uid"): self._board,
            ("PUT", "folders"): self._update_folder,
        }.get((asked.method, kind))
        if call:
            return call(uid, asked.body)
        return {
            "/folders": self._new_folder,
            "/datasources": self._new_source,
            "/dashboards/db": self._save_board,
        }[path](asked.body)

    def _folder(self, uid: str, _: Any) -> Answer:
        known = self.folders.get(uid)
        return Answer(200, known) if known else Answer(404, {"message": "folder not found", "status": "not-found"})

    def _new_folder(self, body: Any) -> Answer:
        self.folders[body["uid"]] = {"id": 7, "uid": body["uid"], "title": body["title"], "version": 1}
        return Answer(200, self.folders[body["uid"]])

    def _update_folder(self, uid: str, body: Any) -> Answer:
        self.folders[uid]["title"] = body["title"]
        return Answer(200, self.folders[uid])

    def _source(self, uid: str, _: Any) -> Answer:
        known = self.sources.get(uid)
        return Answer(200, known) if known else Answer(404, {"message": "Data source not found", "traceID": ""})

    def _new_source(self, body: Any) -> Answer:
        return self._keep_source(body, "Datasource added")

    def _update_source(self, _: str, body: Any) -> Answer:
        return self._keep_source(body, "Datasource updated")

    def _keep_source(self, body: Any, message: str) -> Answer:
        kept = copy.deepcopy(body)
        secrets = kept.pop("secureJsonData", {})
        more = {"id": 3, "orgId": 1, "typeLogoUrl": "", "user": "", "database": "", "readOnly": False, "version": 1}
        self.sources[body["uid"]] = kept | more | {"secureJsonFields": dict.fromkeys(secrets, True)}
        return Answer(200, {"datasource": self.sources[body["uid"]], "id": 3, "message": message})

    def _board(self, uid: str, _: Any) -> Answer:
        known = self.boards.get(uid)
        return Answer(200, known) if known else Answer(404, {"message": "Dashboard not found", "traceID": ""})

    def _save_board(self, body: Any) -> Answer:
        uid = body["dashboard"]["uid"]
        there = self.boards.get(uid)
        version = there["dashboard"]["version"] if there else 0
        if there and not body["overwrite"] and body["dashboard"].get("version") != version:
            return MOVED
        saved = copy.deepcopy(body["dashboard"]) | {"id": 11, "version": version + 1, "weekStart": ""}
        meta = {"folderUid": body["folderUid"], "provisioned": False, "version": version + 1}
        self.boards[uid] = {"meta": meta, "dashboard": saved}
        return Answer(200, {"id": 11, "uid": uid, "status": "success", "version": version + 1, "slug": uid})
