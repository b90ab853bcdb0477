"""Losses over a plane, as a picture is given them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class LossMap:
    """Losses over a plane.

    Attributes
    ----------
    x, y : ndarray of shape (columns,) and (rows,)
        Evenly spaced, rising.
    losses : ndarray of shape (rows, columns)
        The first row at the lowest y.
    names : tuple of str
        Of the two axes.
    here : tuple of (float, float, float)
        x, y and loss of the present place.
    updates : ndarray of int, shape (n,)
    places : ndarray of shape (n, 2)
        The way of the run on the plane.
    """

    x: NDArray[np.floating]
    y: NDArray[np.floating]
    losses: NDArray[np.floating]
    names: tuple[str, str]
    here: tuple[float, float, float]
    updates: NDArray[np.integer]
    places: NDArray[np.floating]

    def at(self, x: float, y: float) -> float:
        """Return the loss at a place, linearly between the places that were looked at."""
        rows, columns = self.losses.shape
        across = (x - self.x[0]) / (self.x[-1] - self.x[0]) * (columns - 1)
        up = (y - self.y[0]) / (self.y[-1] - self.y[0]) * (rows - 1)
        column = int(np.clip(across, 0, max(columns - 2, 0)))
        row = int(np.clip(up, 0, max(rows - 2, 0)))
        s, t = across - column, up - row
        four = self.losses[row : row + 2, column : column + 2]
        with np.errstate(all="ignore"):
            return float(np.array([1.0 - t, t]) @ four @ np.array([1.0 - s, s]))


def as_map(
    x: ArrayLike, y: ArrayLike, losses: ArrayLike, names: tuple[str, str],
    here: tuple[float, float, float], updates: ArrayLike = (), places: ArrayLike = (),
) -> LossMap:  # fmt: skip
    """Return a `LossMap` of anything that numpy takes for arrays."""
    return LossMap(
        np.asarray(x, np.float64), np.asarray(y, np.float64), np.asarray(losses, np.float64),
        names, here, np.asarray(updates, np.int64),
        np.asarray(places, np.float64).reshape(-1, 2),
    )  # fmt: skip
