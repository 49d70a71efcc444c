"""A real PostgreSQL with a password, as a user that is not root."""

import getpass
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.parts.catalogue import find
from tests.parts.child import HOST, Child

USER, PASSWORD = "fengshao", "of-the-tests"
SERVERS_USER = "postgres"
"""The server refuses to run as root; Debian's package brings this user for it."""
SETTINGS = {"fsync": "off"}
"""What is written survives the end of the program, not of the machine: far quicker, and enough for a test."""


class Postgres(Child):
    """:meth:`stop`, :meth:`kill` and :meth:`start` break and mend it on the same port, with what it held."""

    name = "postgres"
    orderly = signal.SIGINT  # does not wait for those that are connected
    orphaned = signal.SIGQUIT  # takes its own children with it

    def __init__(self, folder: Path, settings: dict[str, str] = SETTINGS) -> None:
        super().__init__(folder)
        self.user = SERVERS_USER if os.geteuid() == 0 else ""
        self._contents = folder / "contents"
        self._settings = settings

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{USER}:{PASSWORD}@{HOST}:{self.port}/{database}"

    def command(self) -> list[str]:
        settings = {"listen_addresses": HOST, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        options = [f"--{name}={value}" for name, value in (settings | self._settings).items()]
        return [self._program("postgres"), "-D", str(self._contents), *options]

    def is_ready(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self, seconds: float = 60.0) -> None:
        if not self._contents.exists():
            self._create()
        super().start(seconds)

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _create(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        if self.user:
            shutil.chown(self.folder, self.user)
        options = ("--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8", "--locale=C", "--no-sync")
        self.run(self._program("initdb"), "-D", str(self._contents), "-U", USER, *options)

    def _program(self, name: str) -> str:
        """Both programs from one folder: of one version."""
        initdb = find("initdb")
        assert initdb is not None, "initdb is not installed"
        return str(Path(initdb).resolve().parent / name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One for the whole run; in a folder that the server's user may enter, as pytest's own are not."""
    name = f"fengshao-postgres-{getpass.getuser()}-"
    with tempfile.TemporaryDirectory(prefix=name) as folder, Postgres(Path(folder)).running() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: Postgres) -> Postgres:
    """The same one, whatever the test before did to it."""
    postgres_server.start()
    return postgres_server


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database of the test's own."""
    name = f"test_{uuid4().hex}"
    postgres.execute(f"CREATE DATABASE {name}")
    yield postgres.url(name)
    postgres.start()
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")
