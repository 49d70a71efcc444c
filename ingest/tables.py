"""A CSV file of a site, read against rows that say what each of its columns holds; all faults at once."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from ingest.faults import Fault

MOST = 50
"""Faults told of one file; the rest is only counted."""

REQUIRED = object()
"""Stands for an empty cell of a column that must be filled."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Column:
    """``read`` gives None for a cell that is not what ``expected`` says; ``empty`` is what an empty cell stands for.

    A column that is ``optional`` may be absent altogether.
    """

    name: str
    expected: str
    read: Callable[[str], object]
    empty: object = REQUIRED
    optional: bool = False


class Flaw(NamedTuple):
    """A fault at its place in a file, so that a file's faults sort by line."""

    line: int
    column: str
    found: str
    expected: str


@dataclass(slots=True)
class Table(Generic[Row]):
    """The good rows by id; ``lines`` knows where all ids stand, so that a faulty row makes no second fault elsewhere.

    ``whole`` is False where the file could not be read as a table at all.
    """

    file: str
    rows: dict[str, Row] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    whole: bool = True

    def flaw(self, id_: str, column: str, found: str, expected: str) -> None:
        """Something is wrong with what stands in a good row."""
        self.flaws.append(Flaw(self.lines[id_], column, repr(found), expected))

    def faults(self) -> list[Fault]:
        """What is wrong with the file, by line."""
        told = [
            Fault(self.file, f"line {flaw.line}, {flaw.column}" if flaw.column else f"line {flaw.line}", *flaw[2:])
            for flaw in sorted(self.flaws)[:MOST]
        ]
        if (more := len(self.flaws) - MOST) > 0:
            told.append(Fault(self.file, "further down", f"{more} more faults", "none"))
        return told


def read_table(path: Path, columns: Sequence[Column], make: Callable[..., Row]) -> Table[Row]:
    """The file's rows made by ``make``, which takes the columns by name; the first column is the id."""
    table: Table[Row] = Table(path.name)
    records = _records(path, table)
    line, header = next(records, (1, []))
    present = _columns(line, [name.strip() for name in header], columns, table)
    if not table.whole:
        return table
    place_of_id = present.index(columns[0])
    absent = {column.name: column.empty for column in columns if column not in present}
    for line, cells in records:
        if len(cells) != len(present):
            table.flaws.append(Flaw(line, "", f"{len(cells)} fields", f"{len(present)}"))
            continue
        row = _row(line, cells, present, table)
        id_ = cells[place_of_id].strip()
        if _is_new(line, id_, columns[0], table) and row is not None:
            table.rows[id_] = make(**row, **absent)
    return table


def _records(path: Path, table: Table[Row]) -> Iterator[tuple[int, list[str]]]:
    """The filled records with the lines on which they begin."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError:
        table.flaws.append(Flaw(1, "", "no file that can be read", "a CSV file"))
        table.whole = False
        return
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        table.flaws.append(Flaw(line, "", f"byte {content[fault.start]:#04x} of another encoding", "UTF-8"))
        table.whole = False
        return
    if (nul := text.find("\0")) >= 0:
        table.flaws.append(Flaw(text.count("\n", 0, nul) + 1, "", "a NUL byte", "text"))
        table.whole = False
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as fault:
        table.flaws.append(Flaw(begins, "", str(fault), "CSV"))
        table.whole = False


def _columns(line: int, header: list[str], columns: Sequence[Column], table: Table[Row]) -> list[Column]:
    """The columns in the order of the header."""
    known = {column.name: column for column in columns}
    times = Counter(header)
    names = ", ".join(known)
    for name in header:
        if name not in known:
            table.flaws.append(Flaw(line, name, "an unknown column", f"one of {names}"))
        elif times[name] > 1:
            table.flaws.append(Flaw(line, name, "the same column again", "each column once"))
    for column in columns:
        if column.name not in header and not column.optional and table.whole:
            table.flaws.append(Flaw(line, column.name, "no such column", f"the columns {names}"))
    table.whole = table.whole and not table.flaws
    return [known[name] for name in header if name in known]


def _row(line: int, cells: Sequence[str], columns: Sequence[Column], table: Table[Row]) -> dict[str, object] | None:
    row: dict[str, object] = {}
    for column, cell in zip(columns, cells, strict=True):
        text = cell.strip()
        value = column.read(text) if text else column.empty
        if value is REQUIRED or (text and value is None):
            table.flaws.append(Flaw(line, column.name, repr(text[:60]), column.expected))
        else:
            row[column.name] = value
    return row if len(row) == len(columns) else None


def _is_new(line: int, id_: str, column: Column, table: Table[Row]) -> bool:
    first = table.lines.setdefault(id_, line)
    if first != line and id_:
        table.flaws.append(Flaw(line, column.name, repr(id_[:60]), f"another one than on line {first}"))
    return first == line
