"""Radial basis functions: how near a sample is to each of some centres.

``exp(-|x - c|^2 / (2 width^2))`` of the scaled number features x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InputError
from core.representation.made import MadePiece, Plain, fit_made, made_of_training, union
from core.representation.pieces import NumberPiece, Training

FIELD = "representation.rbf"
MOST_CANDIDATES = 2_000  # training rows that may become centres
SHOWN = 3  # coordinates of a centre in its formula


@dataclass(frozen=True, eq=False)
class RbfMaker:
    """Measures nearness to centres.

    Parameters
    ----------
    sources : tuple of NumberPiece
        What makes the b number features.
    centers : ndarray of shape (f, b)
        In scaled numbers.
    width : float
    """

    sources: tuple[NumberPiece, ...]
    centers: np.ndarray
    width: float

    def values(self, columns: Sequence[np.ndarray], rows: slice) -> np.ndarray:
        """The nearness of some rows to each centre, (r, f)."""
        x = scaled_numbers(self.sources, columns, rows)
        found = np.empty((len(x), len(self.centers)))
        for at, center in enumerate(self.centers):
            moved = x - center
            found[:, at] = np.einsum("rb,rb->r", moved, moved)
        return np.exp(found / (-2 * self.width**2))


def scaled_numbers(
    sources: Sequence[NumberPiece], columns: Sequence[np.ndarray], rows: slice
) -> np.ndarray:
    """The scaled features of some pieces, (r, b), float64."""
    found = [source.stats.transform(source.values(columns, rows)) for source in sources]
    return np.concatenate(found, axis=1)


def fit_rbf(
    training: Training, sources: Sequence[NumberPiece], count: int, width: float | None
) -> list[MadePiece]:
    """The piece of `count` centres; none for 0.

    The first centre is the mean of the training rows, each other the training row that is
    farthest from all before it (of at most 2,000 rows, evenly spread over the part).

    Parameters
    ----------
    training : Training
    sources : sequence of NumberPiece
        What makes the number features.
    count : int
    width : float or None
        None: the mean distance from a centre to the nearest other one; 1 for a single centre.

    Raises
    ------
    InputError
        Without number features, or for more centres than there are different rows.
    """
    if not count:
        return []
    parts = [feature for source in sources for feature in source.features]
    if not parts:
        raise InputError(
            "there are no numbers to measure distances in",
            field=FIELD,
            value=count,
            allowed="0, or data with columns of numbers among the features",
        )
    base = made_of_training(
        training, lambda columns, rows: scaled_numbers(sources, columns, rows), len(parts)
    )
    centers = farthest_first(base, count)
    if len(centers) < count:
        raise InputError(
            "more centres than different training rows",
            field=FIELD,
            value=count,
            allowed=f"0 to {len(centers)}",
        )
    if width is None:
        width = _nearest_other(centers)
    names = union(parts, training.dataset.column_names)
    features = [
        Plain(f"rbf {at}", f"exp(-|x - ({_shown(center)})|^2 / (2 {width:.4g}^2))", names)
        for at, center in enumerate(centers, 1)
    ]
    return [fit_made(training, RbfMaker(tuple(sources), centers, width), features, FIELD)]


def farthest_first(x: np.ndarray, count: int) -> np.ndarray:
    """The mean of `x` (n, b), then rows, each the farthest from those before it.

    Returns
    -------
    ndarray of shape (k, b)
        k is less than `count` only where there are no more different rows.
    """
    spread = np.linspace(0, len(x) - 1, min(len(x), MOST_CANDIDATES)).astype(np.int64)
    rows, centers = x[spread], [x.mean(axis=0)]
    nearest = ((rows - centers[0]) ** 2).sum(axis=1)
    while len(centers) < count and nearest.max() > 0:
        centers.append(rows[nearest.argmax()])
        nearest = np.minimum(nearest, ((rows - centers[-1]) ** 2).sum(axis=1))
    return np.array(centers)


def _nearest_other(centers: np.ndarray) -> float:
    if len(centers) == 1:
        return 1.0
    nearest = [
        np.sqrt(np.delete(((centers - center) ** 2).sum(axis=1), at).min())
        for at, center in enumerate(centers)
    ]
    return float(np.mean(nearest))


def _shown(center: np.ndarray) -> str:
    more = ", ..." if len(center) > SHOWN else ""
    return ", ".join(f"{value:.3g}" for value in center[:SHOWN]) + more
