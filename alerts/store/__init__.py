"""All that is kept: one writer, read-only readers, exports. The only importer of SQLAlchemy."""

from alerts.store.batch import PUBLISHED, Batch, Loaded
from alerts.store.errors import StoreAway, StoreError, StoreFull, StoreGone, StoreInUse, StoreMissing, StoreOutdated
from alerts.store.formats import csv_lines, json_lines
from alerts.store.open_list import Listed, OpenCount, Wanted
from alerts.store.place import Database, Place
from alerts.store.read import FOREVER, Reader
from alerts.store.requests import Asked, Requests
from alerts.store.stored import StoredReading
from alerts.store.write import Store

__all__ = [
    "FOREVER",
    "PUBLISHED",
    "Asked",
    "Batch",
    "Database",
    "Listed",
    "Loaded",
    "OpenCount",
    "Place",
    "Reader",
    "Requests",
    "Store",
    "StoreAway",
    "StoreError",
    "StoreFull",
    "StoreGone",
    "StoreInUse",
    "StoreMissing",
    "StoreOutdated",
    "StoredReading",
    "Wanted",
    "csv_lines",
    "json_lines",
]
