"""The cluster's database, as the environment names it."""

from collections.abc import Mapping

from alerts.store import Database
from pipeline.secret import secret

DATABASE = "FENGSHAO_DATABASE"
PASSWORD, PASSWORD_FILE = "FENGSHAO_DATABASE_PASSWORD", "FENGSHAO_DATABASE_PASSWORD_FILE"


def database_of(environment: Mapping[str, str]) -> Database:
    """The database; raises RuntimeError or StoreError naming what is missing or wrong."""
    address = environment.get(DATABASE, "")
    if not address:
        raise RuntimeError(f"{DATABASE}: found nothing; expected postgresql://user@host:port/name")
    return Database(address, secret(environment, PASSWORD, PASSWORD_FILE) or None)
