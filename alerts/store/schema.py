"""The tables: what is kept, in columns that SQLite and PostgreSQL both know. Times are epoch milliseconds.

log         one row per commit: the inputs in columns and the messages as they came, enough to play it all again;
            commits in which nothing but time passed share one row, which has their newest tick
readings    the same readings one by one, to be looked at
rejected    what was refused, and why
events      what the rules said, unique by (id, event, level, at)
snapshots   the newest state of the rules, in pieces, and what the broker may deliver again
vocabulary  devices and metrics by number        totals    what was counted        settings    clock, change
positions   of the cluster: up to where each partition of Kafka is in these tables
requests    of the cluster: what boards ask of the only writer, and its replies; times are the server's
alerts, hazards, tickets, notices, timers, steps           the rows of the ledger, a column for each field
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from alerts.model import Alert, Hazard, Notice, Step, Ticket, Timer
from alerts.store.rows import TEXT, columns_of

REVISIONS = ("0001", "0002", "0003")
"""All that there were, a file of ``migrations/versions`` each; a change of these tables adds one."""

CLOCK = "clock"
CHANGE = "change"
"""The settings that every commit writes: how far the road's clock has come, how many commits there were."""

HOUR_MS = 3_600_000

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite gives out row numbers only for a key of the very type INTEGER (which has 64 bits there)."""

metadata = MetaData()

revision = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Which revision the tables are of; Alembic's, so it stands apart from ours."""

settings = Table("settings", metadata, Column("name", TEXT, primary_key=True), Column("number", BigInteger))
positions = Table("positions", metadata, Column("name", TEXT, primary_key=True), Column("number", BigInteger))
totals = Table("totals", metadata, Column("name", TEXT, primary_key=True), Column("number", BigInteger))
vocabulary = Table(
    "vocabulary",
    metadata,
    Column("kind", TEXT, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", TEXT, nullable=False),
    UniqueConstraint("kind", "name"),
)
log = Table(
    "log",
    metadata,
    Column("seq", NUMBER, primary_key=True, autoincrement=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False, index=True),
    Column("inputs", LargeBinary, nullable=False),
    Column("messages", LargeBinary, nullable=False),
)
snapshots = Table(
    "snapshots",
    metadata,
    Column("name", TEXT, primary_key=True),
    Column("piece", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),  # the log row after which it was so
    Column("state", LargeBinary, nullable=False),
)
readings = Table(
    "readings",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("device", Integer, nullable=False),
    Column("metric", SmallInteger, nullable=False),
    Column("ts", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("value", Double),
    Column("seq", BigInteger, nullable=False),
    Column("fate", SmallInteger, nullable=False),
    Column("marks", SmallInteger, nullable=False),
    Column("hour", Integer, nullable=False),  # of ts, since the epoch
    # The hour stands first, so that what comes in now touches few pages however long the file has grown.
    Index("readings_by_device", "hour", "device", "ts"),
)
rejected = Table(
    "rejected",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("log_seq", BigInteger, nullable=False),
    Column("message", Integer, nullable=False),
    Column("reason", TEXT, nullable=False),
    Column("mqtt_topic", TEXT, nullable=False),
    Column("payload", LargeBinary),  # null: as the row before; a bad batch is not kept once per value
    Column("at", BigInteger, nullable=False),
    Column("detail", TEXT, nullable=False),
)
events = Table(
    "events",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("id", TEXT, nullable=False),
    Column("event", TEXT, nullable=False),
    Column("level", TEXT, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("received", BigInteger, nullable=False),
    Column("body", TEXT, nullable=False),  # the whole event as JSON
    UniqueConstraint("id", "event", "level", "at"),
)
requests = Table(
    "requests",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("asked_at", BigInteger, nullable=False),
    Column("body", TEXT, nullable=False),  # the order as JSON
    Column("reply", TEXT),  # as JSON, written with what the order caused
    Column("replied_at", BigInteger),
)
alerts = Table("alerts", metadata, *columns_of(Alert))
hazards = Table("hazards", metadata, *columns_of(Hazard))
tickets = Table("tickets", metadata, *columns_of(Ticket))
notices = Table("notices", metadata, *columns_of(Notice))
timers = Table("timers", metadata, *columns_of(Timer))
steps = Table("steps", metadata, Column("number", NUMBER, primary_key=True), *columns_of(Step, unique=True))

OPEN = requests.c.reply.is_(None)
Index("requests_open", requests.c.number, postgresql_where=OPEN, sqlite_where=OPEN)
Index("alerts_open", alerts.c.open, alerts.c.raised_at)
Index("alerts_by_hazard", alerts.c.hazard_id)
Index("alerts_by_ticket", alerts.c.ticket_id)
Index("alerts_by_time", alerts.c.raised_at, alerts.c.id)
Index("hazards_by_phase", hazards.c.phase)
Index("hazards_by_time", hazards.c.opened_at, hazards.c.id)
Index("tickets_by_state", tickets.c.state)
Index("tickets_by_time", tickets.c.opened_at, tickets.c.id)
Index("notices_by_hazard", notices.c.hazard_id)
Index("notices_by_state", notices.c.state, notices.c.next_try_at)
Index("notices_by_time", notices.c.created_at, notices.c.id)
Index("steps_by_hazard", steps.c.hazard_id)
