"""Kernels are compiled by numba, or run as they are written; this module alone knows which, and alone imports numba.

``@compiled`` marks a kernel: a function of scalars and of named tuples of arrays, written as a plain loop.
:func:`interpreted` gives the very same source without the compiler, whether numba is there or not.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

Integers = Any
Reals = Any
"""Columns as kernels see them: numpy arrays where compiled, memoryviews (:func:`views`) where interpreted."""

try:
    if os.environ.get("FENGSHAO_INTERPRET"):
        raise ImportError("FENGSHAO_INTERPRET is set")
    import numba

    COMPILES = True
except ImportError:
    COMPILES = False


def _cache_folder() -> str:
    """One folder per state of the sources: numba itself looks only at the file of the outermost kernel."""
    here = Path(__file__).parent
    sources = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(here.rglob("*.py"))))
    base = os.environ.get("NUMBA_CACHE_DIR") or str(here / "__pycache__")
    return os.path.join(base, f"kernels-{sources.hexdigest()[:16]}")


if COMPILES:
    _folder = _cache_folder()
    if os.access(os.path.dirname(os.path.dirname(_folder)) or ".", os.W_OK):
        numba.config.CACHE_DIR = _folder  # type: ignore[attr-defined]


def compiled(function: F) -> F:
    """The kernel compiled at its first call, or as it is where nothing compiles."""
    if not COMPILES:
        return function
    return cast(F, numba.njit(cache=False, nogil=True, _nrt=False)(function))


def interpreted(kernel: F) -> F:
    """The kernel's own source, and that of every kernel it calls, as plain Python."""
    source = getattr(kernel, "py_func", kernel)
    if source is kernel:
        return kernel
    names = source.__globals__
    called = {name: names[name] for name in source.__code__.co_names if hasattr(names.get(name), "py_func")}
    plain = {name: interpreted(inner) for name, inner in called.items()}
    return cast(F, FunctionType(source.__code__, {**names, **plain}, source.__name__, source.__defaults__))


def views(arrays: Any) -> Any:
    """A (nested) named tuple of arrays as memoryviews of the same memory.

    Indexing a memoryview gives Python's own numbers and is several times faster than indexing an array.
    """
    if isinstance(arrays, np.ndarray):
        return memoryview(arrays)  # type: ignore[arg-type]
    return type(arrays)(*(views(part) for part in arrays))
