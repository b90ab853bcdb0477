"""The points of a drawing and what a stroke does to them; every stroke can be taken back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.seeds import stream
from core.settings.problem import FEWEST_POINTS, MOST_POINTS
from mlloop_gui.draw.start import Point

STROKES = 500  # that can be taken back


class Drawing:
    """Points with classes; arrays are replaced, never written, so that any may be kept.

    Attributes
    ----------
    xy : ndarray of shape (n, 2)
    kinds : ndarray of shape (n,), int64
        Class of each point, from 0.
    """

    def __init__(self, points: Sequence[Point] = ()) -> None:
        self._undone: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
        self._done: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
        self._before: tuple[NDArray[np.float64], NDArray[np.int64]] | None = None
        self._sprays = 0
        self.xy, self.kinds = _arrays(points)

    def __len__(self) -> int:
        return len(self.kinds)

    # -- reading -------------------------------------------------------------------------------

    def points(self) -> tuple[Point, ...]:
        """The points as the experiment keeps them."""
        pairs = zip(self.xy.tolist(), self.kinds.tolist(), strict=True)
        return tuple((x, y, kind) for (x, y), kind in pairs)

    def lacks(self) -> str:
        """What is missing to learn from it, as a sentence; empty if nothing is."""
        if len(self) < FEWEST_POINTS:
            return f"{len(self)} of the {FEWEST_POINTS} points that learning needs at least."
        if len(np.unique(self.kinds)) < 2:
            return "All points are of one class: draw some of another."
        return ""

    @property
    def room(self) -> int:
        """How many more points may be drawn."""
        return MOST_POINTS - len(self)

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    # -- strokes -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start a stroke; what follows until `end` is taken back together."""
        self._before = self.xy, self.kinds

    def end(self) -> bool:
        """End the stroke; whether it changed anything."""
        before, self._before = self._before, None
        if before is None or (before[0] is self.xy and before[1] is self.kinds):
            return False
        self._done = [*self._done[1 - STROKES :], before]
        self._undone = []
        return True

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._done:
            self._undone.append((self.xy, self.kinds))
            self.xy, self.kinds = self._done.pop()

    def redo(self) -> None:
        """Make the stroke again that was taken back last."""
        if self._undone:
            self._done.append((self.xy, self.kinds))
            self.xy, self.kinds = self._undone.pop()

    # -- what a stroke does --------------------------------------------------------------------

    def add(self, places: ArrayLike, kind: int) -> None:
        """Add points of a class at places (m, 2), as many as there is room for."""
        added = np.asarray(places, np.float64).reshape(-1, 2)[: max(self.room, 0)]
        if len(added):
            self.xy = np.concatenate([self.xy, added])
            self.kinds = np.concatenate([self.kinds, np.full(len(added), kind, np.int64)])

    def spray(self, at: tuple[float, float], reach: ArrayLike, count: int, kind: int) -> None:
        """Add points of a class scattered evenly over an ellipse about a place."""
        self._sprays += 1
        rng = stream(0, "spray", self._sprays)
        angle, radius = 2 * np.pi * rng.random(count), np.sqrt(rng.random(count))
        circle = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        self.add(np.asarray(at) + circle * np.asarray(reach), kind)

    def move(self, row: int, to: tuple[float, float]) -> None:
        """Move a point."""
        self.xy = self.xy.copy()
        self.xy[row] = to

    def erase(self, rows: NDArray[np.intp]) -> None:
        """Remove points."""
        if len(rows):
            self.xy, self.kinds = np.delete(self.xy, rows, axis=0), np.delete(self.kinds, rows)

    def relabel(self, rows: NDArray[np.intp], kind: int) -> None:
        """Give points another class."""
        rows = rows[self.kinds[rows] != kind]
        if len(rows):
            self.kinds = self.kinds.copy()
            self.kinds[rows] = kind

    def replace(self, points: Sequence[Point]) -> None:
        """Take other points in place of these."""
        self.xy, self.kinds = _arrays(points)


def _arrays(points: Sequence[Point]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    table = np.array(points, np.float64).reshape(-1, 3)
    return np.ascontiguousarray(table[:, :2]), table[:, 2].astype(np.int64)
