"""The orders that boards leave for the only writer, and its replies."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Text, text

revision = "0003"
down_revision = "0002"

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
OPEN = text("reply IS NULL")


def upgrade() -> None:
    op.create_table(
        "requests",
        Column("number", NUMBER, primary_key=True),
        Column("asked_at", BigInteger(), nullable=False),
        Column("body", TEXT, nullable=False),
        Column("reply", TEXT),
        Column("replied_at", BigInteger()),
    )
    op.create_index("requests_open", "requests", ["number"], postgresql_where=OPEN, sqlite_where=OPEN)
