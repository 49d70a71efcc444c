"""The composition root: settings, the step, the embedded runner, the command line.

It says where the compiler's cache lies, which must be known before the rules are imported: one cache for this user,
whichever data folder is in use.
"""

import os
from pathlib import Path

os.environ.setdefault("NUMBA_CACHE_DIR", str(Path.home() / ".cache" / "fengshao" / "numba"))
