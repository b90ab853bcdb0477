"""Curves in bounded memory: neighbours are merged, their extremes kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class CurveView:
    """A stretch of curves ready to draw; every array is read-only.

    Attributes
    ----------
    x : ndarray of shape (points,)
        Update at the end of each bucket.
    low, high, last : dict of str to ndarray of shape (points,)
        By series: smallest, largest and last value in each bucket.
    """

    x: np.ndarray
    low: dict[str, np.ndarray]
    high: dict[str, np.ndarray]
    last: dict[str, np.ndarray]

    def envelope(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """x and y that go through every bucket's smallest and largest value."""
        if np.array_equal(self.low[name], self.high[name], equal_nan=True):
            return self.x, self.last[name]
        y = np.column_stack([self.low[name], self.high[name]]).ravel()
        return np.repeat(self.x, 2), y


class Curves:
    """Several series over the same updates, in `capacity` buckets at most.

    While rows fit, each has its own bucket. When they no longer do, neighbouring buckets are
    merged, so that a bucket spans a fixed number of rows, and keeps each series' smallest, largest
    and last value: the memory never grows and the extremes are never lost.

    Parameters
    ----------
    names : sequence of str
    capacity : int
        Even number of buckets.
    """

    def __init__(self, names: tuple[str, ...], capacity: int = 16_384) -> None:
        self.names = names
        self.capacity = capacity
        self.width = 1
        self.rows = 0
        # Grown by doubling up to the capacity, so that a short run stays small.
        self._x = np.zeros(min(capacity, 64), np.int64)
        self._values = np.zeros((3, len(self._x), len(names)))
        self._viewed: tuple[tuple[int, int | None], CurveView] | None = None

    @classmethod
    def within(cls, budget: int, names: tuple[str, ...]) -> Curves:
        """Curves of at most 16,384 buckets whose arrays take at most `budget` bytes."""
        return cls(names, max(64, min(16_384, budget // (8 * (1 + 3 * len(names))) // 2 * 2)))

    @property
    def nbytes(self) -> int:
        return self._x.nbytes + self._values.nbytes

    @property
    def buckets(self) -> int:
        return -(-self.rows // self.width)

    @property
    def last_update(self) -> int:
        """The newest update recorded, -1 when empty."""
        return int(self._x[self.buckets - 1]) if self.rows else -1

    def append(self, x: np.ndarray, values: np.ndarray) -> None:
        """Add rows: `x` (rows,) of increasing updates, `values` (rows, series)."""
        start, self._viewed = 0, None
        while start < len(x):
            if self.rows == self.width * self.capacity:
                self._merge()
            stop = min(len(x), start + self.width * self.capacity - self.rows)
            self._add(x[start:stop], values[start:stop])
            start = stop

    def _add(self, x: np.ndarray, values: np.ndarray) -> None:
        if self.width == 1:
            there, self.rows = self.rows, self.rows + len(x)
            self._reserve(self.rows)
            self._values[:, there : self.rows], self._x[there : self.rows] = values, x
            return
        index = (self.rows + np.arange(len(x))) // self.width
        self._reserve(int(index[-1]) + 1)
        fresh = self.buckets
        # `np.r_` would take longer than all the rest.
        changes = (index[1:] != index[:-1]).nonzero()[0]
        firsts, lasts = np.zeros((2, len(changes) + 1), np.intp)
        firsts[1:], lasts[:-1], lasts[-1] = changes + 1, changes, len(x) - 1
        at = index[firsts]
        low, high, last = self._values
        low_new = np.fmin.reduceat(values, firsts, axis=0)
        high_new = np.fmax.reduceat(values, firsts, axis=0)
        if at[0] < fresh:
            low_new[0] = np.fmin(low_new[0], low[at[0]])
            high_new[0] = np.fmax(high_new[0], high[at[0]])
        low[at], high[at], last[at] = low_new, high_new, values[lasts]
        self._x[at] = x[lasts]
        self.rows += len(x)

    def _reserve(self, buckets: int) -> None:
        size = len(self._x)
        while size < buckets:
            size = min(self.capacity, 2 * size)
        if size > len(self._x):
            x, values = self._x, self._values
            self._x = np.zeros(size, np.int64)
            self._values = np.zeros((3, size, len(self.names)))
            self._x[: len(x)] = x
            self._values[:, : len(x)] = values

    def _merge(self) -> None:
        half = self.capacity // 2
        low, high, last = self._values
        low[:half] = np.fmin(low[0::2], low[1::2])
        high[:half] = np.fmax(high[0::2], high[1::2])
        last[:half] = last[1::2]
        self._x[:half] = self._x[1::2]
        self.width *= 2

    def truncate(self, update: int) -> None:
        """Forget what came after `update`; a merged bucket that reaches beyond it goes whole."""
        self._viewed = None
        keep = int(np.searchsorted(self._x[: self.buckets], update, side="right"))
        self.rows = min(self.rows, keep * self.width)

    def column(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Updates and last values of one series, all buckets (a copy)."""
        n = self.buckets
        return self._x[:n].copy(), self._values[2, :n, self.names.index(name)].copy()

    def view(self, points: int = 1024, until: int | None = None) -> CurveView:
        """At most `points` buckets up to update `until`, extremes kept.

        Asked for again before anything is added, it is the same object.
        """
        key = (points, until)
        if self._viewed is None or self._viewed[0] != key:
            self._viewed = key, self._view(points, until)
        return self._viewed[1]

    def _view(self, points: int, until: int | None) -> CurveView:
        n = self.buckets
        if until is not None:
            n = int(np.searchsorted(self._x[:n], until, side="right"))
        starts = np.arange(0, n, max(1, -(-n // points)))
        if n == 0:
            empty = np.zeros((0, len(self.names)))
            x, low, high, last = np.zeros(0), empty, empty, empty
        else:
            ends = np.r_[starts[1:], n] - 1
            x = self._x[ends].astype(np.float64)
            low = np.fmin.reduceat(self._values[0, :n], starts, axis=0)
            high = np.fmax.reduceat(self._values[1, :n], starts, axis=0)
            last = self._values[2, ends]
        for array in (x, low, high, last):
            array.setflags(write=False)
        columns = [
            {name: part[:, k] for k, name in enumerate(self.names)} for part in (low, high, last)
        ]
        return CurveView(x, *columns)

    def copy(self) -> Curves:
        """An independent copy, for the pale curve of a future that was dropped."""
        other = Curves(self.names, self.capacity)
        other.width, other.rows = self.width, self.rows
        other._x, other._values = self._x.copy(), self._values.copy()
        return other
