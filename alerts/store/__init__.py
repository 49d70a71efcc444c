"""All that is kept: one writer, read-only readers, exports. The only importer of SQLAlchemy."""

from alerts.store.batch import PUBLISHED, Batch, Loaded
from alerts.store.counts import Counts
from alerts.store.errors import StoreError, StoreFull, StoreMissing, StoreOutdated
from alerts.store.export import KINDS
from alerts.store.formats import csv_lines, json_lines
from alerts.store.read import FOREVER, Reader
from alerts.store.stored import StoredReading, WallRow
from alerts.store.write import Store

__all__ = [
    "FOREVER",
    "KINDS",
    "PUBLISHED",
    "Batch",
    "Counts",
    "Loaded",
    "Reader",
    "Store",
    "StoreError",
    "StoreFull",
    "StoreMissing",
    "StoreOutdated",
    "StoredReading",
    "WallRow",
    "csv_lines",
    "json_lines",
]
