"""The file of a backup: packed rows of any table, from either database, and a seal that shows that all came, and whole.

    gzip of   MARK · head · row · row · … · an empty frame · BLAKE2b of all before

Head and rows are frames: their length in four bytes, then msgpack. The head says how many rows each table has, so a
row is nothing but its values.
"""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

import msgspec

from alerts.store.errors import StoreError

MARK = b"fengshao backup 1\n"
"""The number changes with the layout; what the tables are like, the head's revision says."""
SPEED = 4
"""Of gzip: at its usual 6 a file is a twentieth smaller and takes twice as long."""

LENGTH_BYTES, SEAL_BYTES = 4, 32
LARGEST_ROW = 1 << 30
"""No database has larger ones."""
SOME, SOME_BYTES = 1_000, 1 << 24
"""So many rows are handed on at a time, fewer where they are large."""
UNREADABLE = (gzip.BadGzipFile, zlib.error, msgspec.MsgspecError, ValueError, RecursionError)

_encode = msgspec.msgpack.Encoder().encode


class BackupDamaged(StoreError):
    """It is no backup, or not the whole of it, or was changed since."""


class TableHead(msgspec.Struct, frozen=True):
    """A table as it was: the rows that follow have its columns."""

    name: str
    columns: tuple[str, ...]
    rows: int


class Head(msgspec.Struct, frozen=True):
    """``at`` in epoch milliseconds; ``beside`` are small files of the caller's that go along, by name."""

    revision: str
    program: str
    at: int
    tables: tuple[TableHead, ...]
    beside: dict[str, bytes] = {}

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables)


_decode_head = msgspec.msgpack.Decoder(Head).decode
_decode_row = msgspec.msgpack.Decoder(list[Any]).decode


class BackupWriter:
    """Rows are put in the order of the head's tables; without :meth:`seal` the file counts as damaged."""

    def __init__(self, file: IO[bytes], head: Head) -> None:
        # Neither name nor time: equal tables make equal files.
        self._packed = gzip.GzipFile("", "wb", SPEED, file, mtime=0)
        self._digest = blake2b(digest_size=SEAL_BYTES)
        self._write(MARK)
        self._frame(_encode(head))

    def put(self, row: Sequence[Any]) -> None:
        """The values of one row."""
        self._frame(_encode(tuple(row)))

    def seal(self) -> None:
        """That was all of it."""
        self._frame(b"")
        self._packed.write(self._digest.digest())
        self._packed.close()

    def _frame(self, content: bytes) -> None:
        self._write(len(content).to_bytes(LENGTH_BYTES, "big") + content)

    def _write(self, content: bytes) -> None:
        self._digest.update(content)
        self._packed.write(content)


class BackupReader:
    """Reads once through; only when :meth:`parts` came to its end without raising was the file whole."""

    def __init__(self, packed: gzip.GzipFile, path: Path) -> None:
        self._packed = packed
        self._path = path
        self._digest = blake2b(digest_size=SEAL_BYTES)
        with self._named():
            if self._take(len(MARK)) != MARK:
                raise self._damaged("it is no backup, or one of another layout")
            self.head = _decode_head(self._frame())

    def parts(self) -> Iterator[tuple[TableHead, list[list[Any]]]]:
        """All rows with the table to which they belong, some at a time."""
        with self._named():
            for table in self.head.tables:
                left = table.rows
                while left:
                    rows = self._some(table, left)
                    left -= len(rows)
                    yield table, rows
            if self._frame():
                raise self._damaged("it has more rows than it says")
            seal = self._digest.digest()
            if self._take(SEAL_BYTES) != seal or self._packed.read(1):
                raise self._damaged("its seal does not fit what is in it")

    def _some(self, table: TableHead, left: int) -> list[list[Any]]:
        rows: list[list[Any]] = []
        size = 0
        while len(rows) < min(left, SOME) and size < SOME_BYTES:
            frame = self._frame()
            rows.append(_decode_row(frame))
            size += len(frame)
            if len(rows[-1]) != len(table.columns):
                raise self._damaged(
                    f"a row of {table.name} has {len(rows[-1])} values for {len(table.columns)} columns"
                )
        return rows

    def _frame(self) -> bytes:
        length = int.from_bytes(self._take(LENGTH_BYTES), "big")
        if length > LARGEST_ROW:
            raise self._damaged(f"a row of {length} bytes")
        return self._take(length)

    def _take(self, count: int) -> bytes:
        content = self._packed.read(count)
        if len(content) < count:
            raise EOFError
        self._digest.update(content)
        return content

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except EOFError:
            raise self._damaged("the file ends too early") from None
        except UNREADABLE as broken:
            raise self._damaged(f"it cannot be unpacked ({broken})") from broken

    def _damaged(self, found: str) -> BackupDamaged:
        return BackupDamaged(f"{self._path}: {found}; expected a whole file of `fengshao backup`: take another copy")


@contextmanager
def open_backup(path: Path) -> Iterator[BackupReader]:
    """The file, read from its beginning; raises :class:`BackupDamaged` there, and later in ``parts``."""
    with gzip.open(path, "rb") as packed:
        yield BackupReader(packed, path)


def whole(path: Path) -> Head:
    """Read all of it; raises :class:`BackupDamaged` where it is not as it was written."""
    with open_backup(path) as backup:
        for _ in backup.parts():
            pass
        return backup.head
