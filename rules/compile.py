"""Kernels are compiled by numba, or run as they are written; this module alone knows which, and alone imports numba.

``@kernel`` marks one: a function of scalars and of named tuples of arrays, written as a plain loop.
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
    DESCRIPTION = f"numba {numba.__version__}"
except ImportError as error:
    COMPILES = False
    DESCRIPTION = f"interpreted ({error})"


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


def kernel(function: F) -> F:
    """A kernel that only other kernels call, compiled with them, or as it is where nothing compiles."""
    return _jit(function, no_cpython_wrapper=True) if COMPILES else function


def inlined(function: F) -> F:
    """A kernel put into those that call it: one that every reading takes, for a call copies all its arrays' shapes."""
    return _jit(function, no_cpython_wrapper=True, forceinline=True) if COMPILES else function


def entry(function: F) -> F:
    """A kernel that Python calls: compiled at its first call, and kept in the cache."""
    return _jit(function, cache=True) if COMPILES else function


def _jit(function: F, **options: bool) -> F:
    # Without references counted (_nrt): kernels get all their arrays from outside, and compile in half the time.
    njit: Any = numba.njit
    return cast(F, njit(nogil=True, no_cfunc_wrapper=True, error_model="numpy", _nrt=False, **options)(function))


def direct(called: F, *arguments: Any) -> F:
    """The code itself for arguments of these very types: numba's search for it takes longer than a reading.

    Other types must never be passed to it, for nothing checks them.
    """
    if not hasattr(called, "py_func"):
        return called
    typeof: Any = numba.typeof
    return cast(F, cast(Any, called).compile(tuple(typeof(argument) for argument in arguments)))


def interpreted(compiled: F) -> F:
    """The kernel's own source, and that of every kernel it calls, as plain Python."""
    source = getattr(compiled, "py_func", compiled)
    if source is compiled:
        return compiled
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
