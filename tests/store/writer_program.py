"""Commits without end and says the number of each commit; to be killed. Argument: the path of a file, or an address."""

import sys
from pathlib import Path

from alerts.store import Database, Place, Store
from alerts.writes import Writes
from tests.store import made

READINGS = 40


def endless(number: int) -> dict[str, int]:
    return {"received": number * READINGS}


def place_of(address: str) -> Place:
    return Database(address) if "://" in address else Path(address)


def main() -> None:
    place = place_of(sys.argv[1])
    store = Store(place, wait=isinstance(place, Database))  # a server may still be ending the session before
    number = store.load().totals.get("received", 0) // READINGS
    while True:
        number += 1
        at = made.DAY + number
        rows = [made.reading(device, at, message=device) for device in range(READINGS)]
        store.commit(
            made.batch(
                *rows,
                messages=[made.message(f"D{device}", at) for device in range(READINGS)],
                events=[made.event(number, at=at)],
                writes=Writes(hazards=made.by_id(made.hazard(f"h-{number}")), steps=[made.step(f"s-{number}")]),
                totals=endless(number),
                devices=[f"D{number}"],
                clock=at,
                snapshot=str(number).encode() if number % 3 == 0 else None,
                unacknowledged=str(number).encode(),
            )
        )
        print(number, flush=True)


if __name__ == "__main__":
    main()
