"""The timers that run: rows with a due time, taken out in order of due, each once."""

import heapq

from alerts.model import Timer


class Timers:
    """A heap over the rows; a dropped timer stays in the heap until its turn and is passed over."""

    def __init__(self) -> None:
        self.rows: dict[str, Timer] = {}
        self._heap: list[tuple[int, str]] = []

    def put(self, timer: Timer) -> None:
        """Adds a timer."""
        self.rows[timer.id] = timer
        heapq.heappush(self._heap, (timer.due, timer.id))

    def drop(self, timer_id: str) -> bool:
        """Takes a timer out before its time; says whether it was there."""
        return self.rows.pop(timer_id, None) is not None

    def take(self, before: int) -> Timer | None:
        """The first timer due strictly before ``before``, taken out; None where there is none."""
        while self._heap and self._heap[0][0] < before:
            _, timer_id = heapq.heappop(self._heap)
            timer = self.rows.pop(timer_id, None)
            if timer:
                return timer
        return None
