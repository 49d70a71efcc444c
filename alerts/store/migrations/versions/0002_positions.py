"""The cluster's positions in Kafka; the shape by which files of the first revision are known goes."""

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision = "0002"
down_revision = "0001"

TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table("positions", Column("name", TEXT, primary_key=True), Column("number", BigInteger))
    op.execute("DELETE FROM settings WHERE name IN ('version', 'shape')")
