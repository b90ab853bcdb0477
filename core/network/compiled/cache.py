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
from numba.core import sigutils
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile
from numba.core.ccallback import CFunc
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
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


class _Place:
    """Our folder, whether or not it can be written: nothing is ever kept beside the sources.

    What numba calls a cache locator; the folder's name already says which sources it is for.
    """

    def __init__(self, function: Callable) -> None:
        self._line = str(function.__code__.co_firstlineno)

    @classmethod
    def from_function(cls, function: Callable, path: str) -> _Place:
        return cls(function)

    def get_cache_path(self) -> str:
        return str(FOLDER)

    def ensure_cache_path(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)

    def get_source_stamp(self) -> str:
        return FOLDER.name

    def get_disambiguator(self) -> str:
        return self._line


class _Placed(CompileResultCacheImpl):
    _locator_classes: Any = (_Place,)


class Kept(FunctionCache):
    """A function's machine code in our folder; where that cannot be read, it is compiled anew.

    A file may be damaged, the disk full, the folder not ours to write: none of it stops a run.
    Each signature has files of its own: two programs that compile for different numbers at the
    same moment cannot mix up which is which.
    """

    _impl_class = _Placed

    def _turn_to(self, signature: Any) -> None:
        sign = blake2b(str(signature).encode(), digest_size=6).hexdigest()
        base = f"{self._impl.filename_base}.{sign}"
        self._cache_file = IndexDataCacheFile(self.cache_path, base, FOLDER.name)

    def load_overload(self, *given: Any) -> Any:
        """What is kept for a signature; None if that is nothing, or of no use."""
        self._turn_to(given[0])
        try:
            return super().load_overload(*given)
        except Exception:  # noqa: BLE001  a damaged pickle may raise anything
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, *given: Any) -> None:
        """Keep a signature's machine code if that can be done."""
        self._turn_to(given[0])
        with suppress(Exception):
            super().save_overload(*given)


def compiled(function: Callable) -> Callable:
    """Have numba compile a function at its first call; its machine code outlasts the program.

    It lets go of the interpreter lock, divides as numpy does, and neither reorders nor fuses
    arithmetic. The code is kept in the user's cache folder, wherever the program is installed;
    ``NUMBA_CACHE_DIR`` names another folder.
    """
    return _kept(_njit(**OPTIONS)(function))


def inner(function: Callable) -> Callable:
    """The same for a function that compiled ones alone call, which spares it a way in."""
    return _kept(_njit(**OPTIONS, no_cpython_wrapper=True)(function))


def _kept(dispatcher: Any) -> Any:
    # What numba's own `enable_caching` does, with our folder.
    dispatcher._cache = Kept(dispatcher.py_func)
    return dispatcher


def callback(signature: Any, function: Callable) -> int:
    """The address of a function compiled for one signature, kept in the same way."""
    made: Any = CFunc(
        function, sigutils.normalize_signature(signature), {}, {"error_model": "numpy"}
    )
    made._cache = Kept(function)
    made.compile()
    return made.address
