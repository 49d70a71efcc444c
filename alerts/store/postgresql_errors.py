"""What PostgreSQL's failures are called, and what to do."""

from sqlalchemy.exc import DBAPIError

from alerts.store.errors import NO_ROOM, StoreAway, StoreError, StoreFull

Named = tuple[type[StoreError], str]

NO_DRIVER = "PostgreSQL needs a driver that is not installed; run: pip install 'fengshao[cluster]'"
REOPEN = "open the store again once the server answers: it then tells whether the last batch was kept"
UNREACHED = "see that PostgreSQL runs there and that host and port are right"
NOT_LET_IN = "correct the user or the password, or the server's pg_hba.conf"
OPTIONS: Named = (StoreError, "correct the options of the database's address")

BY_CODE: dict[str, Named] = {
    "08": (StoreAway, REOPEN),
    "25006": (StoreError, "that server only reads (a standby); name the one that writes"),
    "28": (StoreError, NOT_LET_IN),
    "3D": (StoreError, "create that database (createdb), or name another"),
    "40": (StoreAway, REOPEN),
    "42501": (StoreError, "let the user own the database, or grant it the right that is missing"),
    "42P07": (StoreError, "another program's tables are there; name a database of Fengshao's own"),
    "53100": (StoreFull, NO_ROOM),
    "53": (
        StoreAway,
        "the server has nothing left to give; raise max_connections or its memory",
    ),
    "55P03": (StoreAway, "another session holds a table; end it (a database shell, a copy under way) and start again"),
    "57014": (StoreAway, "the server took too long; look at its load and its disk before starting again"),
    "57P": (StoreAway, REOPEN),
    "58": (StoreError, "the server's disk failed; look at its log before starting again"),
    "XX": (StoreError, "the server found something damaged; look at its log before starting again"),
}
"""SQLSTATE, or how it begins; the longest counts."""

BY_WORDS: dict[str, Named] = {
    "authentication failed": (StoreError, NOT_LET_IN),
    "no password": (StoreError, NOT_LET_IN),
    "pg_hba.conf": (StoreError, NOT_LET_IN),
    'role "': (StoreError, NOT_LET_IN),
    'database "': BY_CODE["3D"],
    "certificate": (StoreError, "correct sslrootcert, or the server's certificate"),
    "SSL was required": (StoreError, "correct sslmode in the database's address, or let the server speak TLS"),
    "invalid sslmode": OPTIONS,
    "connection option": OPTIONS,
}
"""Who is not let in gets no code from the driver, only words; in a server of another language they differ."""


def name(failure: DBAPIError) -> Named:
    code = getattr(failure.orig, "sqlstate", None) or ""
    for length in range(len(code), 1, -1):
        if found := BY_CODE.get(code[:length]):
            return found
    if code:
        return StoreError, ""
    if failure.connection_invalidated:
        return StoreAway, REOPEN
    said = str(failure.orig)
    return next((named for words, named in BY_WORDS.items() if words in said), (StoreAway, UNREACHED))
