"""Columns of large tables, each in the narrowest type that holds its values exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

TOGETHER = 4096  # rows turned into a block together: a cache's worth
FEW = 64
_TRUTHS = {f(word): word for word in ("True", "False") for f in (str, str.upper, str.lower)}
_WHOLE = (np.int8, np.int16, np.int32, np.int64)


class Columns(np.lib.mixins.NDArrayOperatorsMixin):
    """Columns side by side; reads as a read-only array of shape (n, d), float64.

    A million whole numbers below 128 take 1 MB here and 8 MB in an array of float64. Any part
    that is asked for is a new array of float64.

    Parameters
    ----------
    arrays : sequence of ndarray of shape (n,)
        The columns, whole numbers or floats; never written again.
    """

    dtype = np.dtype(np.float64)
    ndim = 2

    def __init__(self, arrays: Sequence[np.ndarray]) -> None:
        self.arrays = tuple(arrays)
        for array in self.arrays:
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.arrays[0])

    @property
    def shape(self) -> tuple[int, int]:
        return len(self), len(self.arrays)

    @property
    def nbytes(self) -> int:
        """What the columns take as they are kept."""
        return sum(array.nbytes for array in self.arrays)

    def __getitem__(self, key: Any) -> np.ndarray:
        rows, chosen = key if isinstance(key, tuple) else (key, slice(None))
        if isinstance(chosen, int | np.integer):
            found = self.arrays[chosen][rows]
            return found if found.dtype == self.dtype else found.astype(self.dtype)
        if isinstance(rows, int | np.integer) and isinstance(chosen, slice):
            return np.array([array[rows] for array in self.arrays[chosen]], np.float64)
        if not (isinstance(chosen, slice) and chosen == slice(None)) or np.ndim(rows) > 1:
            return np.asarray(self)[key]
        parts = [array[rows] for array in self.arrays]
        return _side_by_side(parts, len(parts[0]))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("columns of several types are never one array without a copy")
        return _side_by_side(self.arrays, len(self)).astype(dtype or np.float64, copy=False)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        given = [np.asarray(part) if isinstance(part, Columns) else part for part in inputs]
        return getattr(ufunc, method)(*given, **named)

    def tolist(self) -> list[list[float]]:
        return np.asarray(self).tolist()

    def copy(self) -> np.ndarray:
        """All of it as an array that may be written."""
        return np.array(self)

    def followed_by(self, other: Columns) -> Columns:
        """These rows, and those of `other` behind them."""
        pairs = zip(self.arrays, other.arrays, strict=True)
        return Columns([np.concatenate(pair) for pair in pairs])


def _side_by_side(arrays: Sequence[np.ndarray], count: int) -> np.ndarray:
    rows = np.empty((count, len(arrays)))
    for start in range(0, count, TOGETHER):
        block = slice(start, start + TOGETHER)
        for place, array in enumerate(arrays):
            rows[block, place] = array[block]
    return rows


def narrowed(values: np.ndarray) -> np.ndarray:
    """The same numbers in the narrowest type that holds each of them exactly."""
    return values.astype(_narrowest(values), copy=False)


def _narrowest(values: np.ndarray) -> np.dtype:
    if values.dtype.kind == "f":
        # The first few tell of most columns that they need the width.
        exact = _is_short(values[:FEW]) and _is_short(values)
        return np.dtype(np.float32 if exact else np.float64)
    if not len(values):
        return np.dtype(np.int8)
    low, high = int(values.min()), int(values.max())
    for kind in _WHOLE:
        limits = np.iinfo(kind)
        if limits.min <= low and high <= limits.max:
            return np.dtype(kind)
    return np.dtype(np.float64)  # as whole numbers beyond 64 bits are read


def _is_short(values: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        short = values.astype(np.float32)
        return bool(((short == values) | np.isnan(values)).all())


@dataclass(frozen=True, eq=False)
class RawColumn:
    """A column as read: numbers where the whole column reads as such, else texts.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The numbers (NaN = missing), or places in `texts` (-1 = missing), in a narrow type.
    texts : tuple of str or None
        The different texts; None for numbers.
    whole : bool
        Whether all numbers are written as whole ones.
    """

    values: np.ndarray
    texts: tuple[str, ...] | None = None
    whole: bool = False

    @property
    def numeric(self) -> bool:
        return self.texts is None

    @property
    def gaps(self) -> np.ndarray:
        """Which rows have no value, (n,)."""
        return np.isnan(self.values) if self.texts is None else self.values < 0


class Growing:
    """A column that is read piece by piece, widened when a piece asks for it.

    Parameters
    ----------
    room : int
        How many values there will be, as far as that is known; more of them are moved.

    Attributes
    ----------
    whole : bool
        Whether all values were read as whole numbers.
    """

    def __init__(self, room: int) -> None:
        self.whole = True
        self._held = np.empty(room, np.int8)
        self._count = 0

    def add(self, piece: np.ndarray) -> None:
        """Add numbers behind those that are there."""
        whole = piece.dtype.kind != "f"
        self.put(piece if self._held.dtype == np.float64 else narrowed(piece), whole)

    def put(self, piece: np.ndarray, whole: bool) -> None:
        """As `add`, of numbers in their narrowest type; `whole` if they were read as such."""
        self.whole = self.whole and whole
        held, count = self._held, self._count + len(piece)
        kind = held.dtype
        if kind != np.float64:
            kind = np.promote_types(kind, piece.dtype)
        if kind != held.dtype or count > len(held):
            # Not `resize`, which would write to all of the new room and so make it resident.
            self._held = np.empty(max(len(held), count + count // 4 * (count > len(held))), kind)
            self._held[: self._count] = held[: self._count]
        self._held[self._count : count] = piece
        self._count = count

    def finished(self) -> RawColumn:
        """All of it; nothing can be added any more."""
        return RawColumn(self.values(), whole=self.whole)

    def values(self) -> np.ndarray:
        """All values; nothing can be added any more."""
        held = self._held
        del self._held
        held.resize(self._count, refcheck=False)
        return held


class GrowingTexts:
    """A column of texts that is read piece by piece: each different one kept once, and codes.

    Blanks in a text are evened out, so that ``a  b`` is ``a b``.
    """

    def __init__(self, room: int) -> None:
        self._places: dict[str, int] = {}
        self._codes = Growing(room)

    def add(self, codes: np.ndarray, texts: Sequence[str]) -> None:
        """Add rows: `codes` are places in `texts`, -1 where there is none."""
        places = self._places
        found = [places.setdefault(" ".join(text.split()), len(places)) for text in texts]
        self._codes.add(np.array([*found, -1], np.int64)[codes])

    def finished(self) -> RawColumn:
        """All of it, the spellings of true and false as one text each if there is nothing else."""
        codes, texts = self._codes.values(), tuple(self._places)
        if not texts or not all(text in _TRUTHS for text in texts):
            return RawColumn(codes, texts)
        words = tuple(dict.fromkeys(_TRUTHS[text] for text in texts))
        lookup = np.array([*(words.index(_TRUTHS[text]) for text in texts), -1], np.int8)
        return RawColumn(lookup[codes], words)
