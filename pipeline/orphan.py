"""A child of ours leaves when its supervisor is gone, so that the next start finds the place free."""

import os
import signal
import threading
import time

SUPERVISED = "FENGSHAO_SUPERVISOR"
LOOK_SECONDS = 0.5


def leave_with_supervisor() -> None:
    """Where a supervisor started this program: end it, by SIGTERM, once that supervisor has ended."""
    supervisor = os.environ.get(SUPERVISED)
    if supervisor is None:
        return

    def watch() -> None:
        while os.getppid() == int(supervisor):
            time.sleep(LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="supervisor", daemon=True).start()
