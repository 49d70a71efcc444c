"""The embedded broker of a service: started again on the same ports when it ends, for nobody looks at it at night."""

import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.broker import RunningBroker, embedded_broker

SOON_SECONDS = 10.0
"""One that ends sooner after its start would only end again."""


class KeptBroker:
    """``running`` is the broker as it was started last. Use as a block."""

    def __init__(self, folder: Path, choice: str, port: int) -> None:
        self._folder = folder
        self._choice = choice
        self._port = port
        self._port_5 = 0
        self._stack = ExitStack()
        self._started = 0.0
        self.running: RunningBroker

    def __enter__(self) -> "KeptBroker":
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def look(self) -> bool:
        """Start it again where it has ended; False where that is hopeless."""
        if self.running.is_running():
            return True
        print("the embedded broker has ended", flush=True)
        if time.monotonic() - self._started < SOON_SECONDS:
            return False
        self._stack.close()
        self._start()
        print(f"broker  {self.running.shown}, started again", flush=True)
        return True

    def _start(self) -> None:
        self._started = time.monotonic()
        broker = embedded_broker(self._folder, self._choice, self._port, self._port_5)
        self.running = self._stack.enter_context(broker)
        self._port_5 = urlsplit(self.running.url).port or 0
