"""Every open screen's queue of ready bytes: serialised once, sent to all, and nobody waits for a slow one."""

import asyncio

DEPTH = 16

Queue = asyncio.Queue[bytes | None]


class Hub:
    """A screen that does not keep up is let go (``None`` ends its stream): it comes back and catches up."""

    def __init__(self) -> None:
        self.queues: set[Queue] = set()
        self.closed = False

    def join(self) -> Queue:
        queue: Queue = asyncio.Queue(DEPTH)
        self.queues.add(queue)
        if self.closed:
            self._let_go(queue)
        return queue

    def leave(self, queue: Queue) -> None:
        self.queues.discard(queue)

    def send(self, frame: bytes) -> None:
        for queue in list(self.queues):
            try:
                queue.put_nowait(frame)
            except asyncio.QueueFull:
                self._let_go(queue)

    def close(self) -> None:
        """End every stream, so that a stop need not wait for them."""
        self.closed = True
        for queue in list(self.queues):
            self._let_go(queue)

    def _let_go(self, queue: Queue) -> None:
        self.leave(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
