"""The desk of a cluster: orders and replies are rows of its database, so a board may run on any machine.

A reply is written in the same transaction as what the order caused: a program that is killed has done both or
neither, and a row without a reply is taken up by whoever holds the store next.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from alerts.store import Requests, Store, StoreError
from pipeline import desk, desk_client
from pipeline.asking import Reply

LOOK_SECONDS = 0.1
"""How often the road looks whether there is something to do."""
FIRST_LOOK_SECONDS, LONGEST_LOOK_SECONDS = 0.04, 0.5
"""How soon, and after a while how seldom, a board looks for its reply."""
THREADS = 4
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RowRequest:
    """An order in its row."""

    row: int
    order: Mapping[str, Any]
    late: bool

    def reply(self, reply: Reply) -> None:
        """It stands in the row already."""


class DeskTable:
    """The road's end, through its store: whoever may not write it has nothing to answer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looked = 0.0

    def requests(self) -> list[RowRequest]:
        """What waits; to be replied to before the next call."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return []
        self._looked = now
        longest = desk.PATIENCE_SECONDS * 1000
        return [RowRequest(one.number, one.order, one.waited > longest) for one in self._store.asked()]


class DeskTableClient:
    """The board's end. Threads of its own: while the database is away, only those who ask wait for it."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._threads = ThreadPoolExecutor(THREADS, "asking")

    async def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """Hand in and wait; raises OSError where the database is away, TimeoutError where nobody replies."""
        in_thread = partial(asyncio.get_running_loop().run_in_executor, self._threads)
        try:
            number = await in_thread(self._requests.put, order)
        except StoreError as failed:
            log.warning("%s", failed)
            raise ConnectionError(str(failed)) from failed
        until = time.monotonic() + desk_client.PATIENCE_SECONDS
        pause = FIRST_LOOK_SECONDS
        while time.monotonic() < until:
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_LOOK_SECONDS)
            with contextlib.suppress(StoreError):  # a database that comes back in time may still hold the reply
                if (reply := await in_thread(self._requests.reply, number)) is not None:
                    return reply
        raise TimeoutError(f"no reply within {desk_client.PATIENCE_SECONDS} s")
