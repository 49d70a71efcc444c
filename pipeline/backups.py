"""``fengshao backup`` and ``fengshao restore``: all that a restart needs as one file, and back into an empty place.

The place is the database that FENGSHAO_DATABASE names, else the store in ``--data``. The key that signs answer links
goes along where it lies in the data folder; one that the environment names stays with whoever gave it.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from alerts.store import Place
from alerts.store.backup import POSITIONS, Seen, backup, restoring
from alerts.store.backup_file import Head, whole
from pipeline import named_paths
from pipeline.database import DATABASE, database_of
from pipeline.options import DEFAULT_DATA, DataOption
from pipeline.paths import LINK_SECRET, STORE, DataFolder
from pipeline.progress import Progress
from pipeline.secret import KEY, KEY_FILE
from pipeline.whole_file import whole_file

OutArgument = Annotated[Path, typer.Argument(metavar="OUT", callback=named_paths.new_file)]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", callback=named_paths.any_path)]
NewKafka = Annotated[
    bool, typer.Option("--new-kafka", help="Cluster: Kafka was made anew, read it from its beginning.")
]


def register(app: typer.Typer) -> None:
    """Put both commands into ``app``."""

    @app.command("backup")
    def backup_command(out: OutArgument, data: DataOption = DEFAULT_DATA) -> None:
        """Write the store, in use or not, into one file: of FENGSHAO_DATABASE, without that of --data."""
        if out.exists():
            raise typer.BadParameter(f"OUT: found {out}; expected a name that is free: a backup replaces nothing")
        run_backup(os.environ, data, out)

    @app.command("restore")
    def restore_command(file: FileArgument, data: DataOption = DEFAULT_DATA, new_kafka: NewKafka = False) -> None:
        """Put a backup into an empty store, of either database: FENGSHAO_DATABASE, without that --data."""
        run_restore(os.environ, data, file, new_kafka)


def run_backup(environment: Mapping[str, str], data: Path, out: Path) -> None:
    """Written aside, read back, then put in place. Raises StoreError, RuntimeError or OSError."""
    place: Place = database_of(environment) if environment.get(DATABASE) else data / STORE
    key = data / LINK_SECRET
    beside = {LINK_SECRET: key.read_bytes()} if key.is_file() and not _names_key(environment) else {}
    with whole_file(out) as (file, aside):
        with _shown("rows") as seen:
            head = backup(place, file, version("fengshao"), time.time_ns() // 1_000_000, beside, seen)
        file.flush()
        whole(aside)
    size = out.stat().st_size / 1e6
    print(f"backup  {out}  {size:.1f} MB, {head.rows} rows of {place}{_with_key(head)}")


def run_restore(environment: Mapping[str, str], data: Path, file: Path, new_kafka: bool) -> None:
    """All of it or nothing. Raises StoreError, RuntimeError or OSError."""
    place: Place = database_of(environment) if environment.get(DATABASE) else DataFolder(data).store
    without = [POSITIONS] if new_kafka else []
    with _shown("rows") as seen, restoring(place, file, without, seen) as head:
        if key := head.beside.get(LINK_SECRET):
            if _names_key(environment):
                print("note    the backup has a key for answer links; that of the environment goes before it")
            else:
                DataFolder(data).take_secret(key)
    written = datetime.fromtimestamp(head.at // 1000, UTC).astimezone().isoformat(sep=" ")
    print(f"restore {place}  {head.rows} rows of {written}{_with_key(head)}")


def _names_key(environment: Mapping[str, str]) -> bool:
    return bool(environment.get(KEY) or environment.get(KEY_FILE))


def _with_key(head: Head) -> str:
    return ", and the key of answer links" if LINK_SECRET in head.beside else ""


@contextmanager
def _shown(what: str) -> Iterator[Seen]:
    """A bar that begins once it is known how much there is to do."""
    with ExitStack() as stack:
        bars: list[Progress] = []

        def seen(done: int, of: int) -> None:
            if not bars:
                bars.append(stack.enter_context(Progress(what, of)))
            bars[0].show(done)

        yield seen
