"""A signal asks a program to leave: it finishes what it is at, and then does."""

import signal


class AskedToLeave:
    """False until SIGTERM or Ctrl-C came."""

    def __init__(self) -> None:
        self._asked = False
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def __bool__(self) -> bool:
        return self._asked

    def _ask(self, *_: object) -> None:
        self._asked = True
