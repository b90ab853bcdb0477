"""How the compiled functions are made, and where their machine code is kept between runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numba
from platformdirs import user_cache_dir

PLAIN = {"__init__", "kernel", "warm"}  # modules of which nothing is compiled
KEPT = 4  # versions of the program whose machine code stays


def _fingerprint() -> str:
    """A name for the sources that are compiled, all of them together.

    A function's code holds that of the functions it calls, and numba looks at its own file only.
    """
    paths = sorted(path for path in Path(__file__).parent.glob("*.py") if path.stem not in PLAIN)
    return blake2b(b"\0".join(path.read_bytes() for path in paths), digest_size=8).hexdigest()


def folder() -> Path:
    """Where the machine code of these very sources is kept; older versions' go in time."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    versions = Path(given or user_cache_dir("mlloop", appauthor=False)) / "mlloop-compiled"
    found = versions / _fingerprint()
    if not found.exists():
        with suppress(OSError):  # another program may be at it
            others = sorted(versions.iterdir(), key=lambda other: other.stat().st_mtime)
            for other in others[: 1 - KEPT]:
                shutil.rmtree(other)
    return found


FOLDER = folder()
_njit: Any = numba.njit
OPTIONS: dict[str, Any] = {
    "nogil": True,
    "cache": True,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,
}


def _placed(make: Callable[[], Any]) -> Any:
    """Have numba keep what it makes in our folder."""
    config: Any = numba.config
    before, config.CACHE_DIR = config.CACHE_DIR, str(FOLDER)
    try:
        return make()
    finally:
        config.CACHE_DIR = before


def compiled(function: Callable) -> Callable:
    """Have numba compile a function at its first call; its machine code outlasts the program.

    It lets go of the interpreter lock, divides as numpy does, and neither reorders nor fuses
    arithmetic. The code is kept in the user's cache folder, wherever the program is installed;
    ``NUMBA_CACHE_DIR`` names another folder.
    """
    return _placed(lambda: _njit(**OPTIONS)(function))


def inner(function: Callable) -> Callable:
    """The same for a function that compiled ones alone call, which spares it a way in."""
    return _placed(lambda: _njit(**OPTIONS, no_cpython_wrapper=True)(function))


def callback(signature: Any, function: Callable) -> int:
    """The address of a function compiled for one signature, kept in the same way."""
    make = numba.cfunc(signature, cache=True, error_model="numpy")
    return _placed(lambda: make(function)).address
