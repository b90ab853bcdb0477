"""How the compiled functions are made, and where their machine code is kept between runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from platformdirs import user_cache_dir

FOLDER = Path(user_cache_dir("mlloop", appauthor=False)) / "compiled"


def _placed(make: Callable[[], Any]) -> Any:
    """Have numba keep what it makes in our folder."""
    config: Any = numba.config
    before = config.CACHE_DIR
    if not os.environ.get("NUMBA_CACHE_DIR"):
        config.CACHE_DIR = str(FOLDER)
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
    return _placed(lambda: numba.njit(nogil=True, cache=True, error_model="numpy")(function))


def callback(signature: Any, function: Callable) -> int:
    """The address of a function compiled for one signature, kept in the same way."""
    make = numba.cfunc(signature, cache=True, error_model="numpy")
    return _placed(lambda: make(function)).address
