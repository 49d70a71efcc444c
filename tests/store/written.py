"""Backups for the stories of the store: of one that has something in every table, and of an older program's."""

from pathlib import Path

from alerts.store import Place, Store
from alerts.store.backup import backup
from alerts.store.backup_file import BackupWriter, Head, TableHead
from alerts.writes import Writes
from ingest.rejected import Reason, Rejected
from tests.store import made

BESIDE = {"link-secret": b"of the tests"}


def fill(place: Place) -> None:
    """Something in every table, odd values among it."""
    store = Store(place)
    writes = Writes(
        alerts=made.by_id(made.alert("a", hazard_id="h", value=None), made.alert("b", open=False, cleared_at=2**62)),
        hazards=made.by_id(made.hazard("h", plan='{"steps": [["陈", "é"]]}')),
        tickets=made.by_id(made.ticket("t")),
        notices=made.by_id(made.notice("n", "h"), made.notice("N", "h", state="sent")),
        timers=made.by_id(made.timer("w")),
        steps=[made.step("s1"), made.step("s2")],
    )
    at = made.DAY
    rows = [made.reading(0, at, float("inf")), made.reading(1, at, 5e-324, seq=2**62, sent=-5), made.tick(at)]
    refused = [Rejected(0, Reason.MALFORMED, "up/x", payload, at) for payload in (b"\x00\xff", b"")]
    store.commit(
        made.batch(
            *rows,
            messages=[made.message("D1", at, b"\x00{")],
            rejected=refused,
            events=[made.event(1), made.event(2)],
            writes=writes,
            totals={"received": 2},
            devices=["D1", "设备 2"],
            snapshot=bytes(range(256)) * 9,
            unacknowledged=b"u",
            positions={"next/0": 7},
        )
    )
    store.close()


def written(place: Place, path: Path) -> Path:
    with path.open("wb") as file:
        backup(place, file, "0.1.0", made.DAY, BESIDE, lambda done, of: None)
    return path


def by_hand(path: Path, revision: str) -> Path:
    """A file as an older program would have written it, without the table of positions."""
    tables = {
        "settings": (("name", "number"), [("clock", 5), ("change", 9), ("version", 1)]),
        "totals": (("name", "number"), [("received", 3)]),
        "vocabulary": (("name", "kind", "number"), [("D1", "device", 0)]),
    }
    heads = tuple(TableHead(name, columns, len(rows)) for name, (columns, rows) in tables.items())
    with path.open("wb") as file:
        writer = BackupWriter(file, Head(revision, "0.0.9", made.DAY, heads))
        for _, rows in tables.values():
            for row in rows:
                writer.put(row)
        writer.seal()
    return path
