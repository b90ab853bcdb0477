"""A picture as numbers: its dots, or what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import InputError
from core.representation.made import MadePiece, Plain, filled_column, fit_made
from core.representation.numbers import NumbersPiece, fit_numbers
from core.representation.pieces import Training
from core.seeds import stream

FIELD = "representation.picture"


@dataclass(frozen=True)
class Patch:
    """A number made of a picture: the mean of some dots, or the difference of two.

    Parameters
    ----------
    name, made : str
        What it is called, and how it is made.
    dots : tuple of int
        Which of the picture's dots, row by row.
    """

    name: str
    made: str
    dots: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class PictureMaker:
    """Adds up or subtracts dots.

    Parameters
    ----------
    dots : int
        How many a picture has.
    weights : ndarray of shape (dots, f)
    absolute : bool
        Whether the sign is dropped.
    fill : ndarray of shape (dots,)
        What stands in for a missing dot.
    """

    dots: int
    weights: np.ndarray
    absolute: bool
    fill: np.ndarray

    def values(self, columns: Sequence[np.ndarray], rows: slice) -> np.ndarray:
        """The numbers of some pictures, (r, f)."""
        given = [filled_column(columns[at][rows], self.fill[at]) for at in range(self.dots)]
        found = np.column_stack(given) @ self.weights
        return np.abs(found) if self.absolute else found


def fit_picture(training: Training, kind: str) -> MadePiece | NumbersPiece:
    """The piece that stands for all dots.

    Parameters
    ----------
    training : Training
        Its data set's columns are the dots of pictures.
    kind : str
        ``"shuffled"`` (by a permutation of the seed), ``"sums"`` of rows and columns,
        ``"downsampled"`` (means of 2 x 2), ``"edges"`` (absolute differences of neighbours) or
        ``"ink"`` (the mean of all).
    """
    dataset = training.dataset
    height, width = picture_shape(dataset, kind)
    count = height * width
    if kind == "shuffled":
        order = stream(training.seed, "pixels").permutation(count)
        return fit_numbers(training, [order.tolist()])[0]
    patches = _PATCHES[kind](height, width)
    weights = np.zeros((count, len(patches)))
    for at, patch in enumerate(patches):
        weights[list(patch.dots), at] = 1.0 if kind == "sums" else 1 / len(patch.dots)
        if kind == "edges":
            weights[list(patch.dots), at] = 1.0, -1.0
    names = dataset.column_names
    features = [
        Plain(patch.name, patch.made, tuple(names[dot] for dot in sorted(patch.dots)))
        for patch in patches
    ]
    fill = np.array([training.filled(training.column(at)[:, None])[1][0] for at in range(count)])
    maker = PictureMaker(count, weights, kind == "edges", fill)
    return fit_made(training, maker, features, FIELD)


def picture_shape(dataset: Dataset, kind: str) -> tuple[int, int]:
    """Height and width of the data's pictures; raises `InputError` if they are none."""
    if dataset.picture_shape is None:
        raise InputError(
            f"{dataset.name} has no pictures",
            field=FIELD,
            value=kind,
            allowed="pixels, or data of pictures, such as digits",
        )
    return dataset.picture_shape


def _sums(height: int, width: int) -> list[Patch]:
    dots = np.arange(height * width).reshape(height, width)
    rows = [
        Patch(f"row {at}", "sum of the row", tuple(row)) for at, row in enumerate(dots.tolist(), 1)
    ]
    return rows + [
        Patch(f"column {at}", "sum of the column", tuple(column))
        for at, column in enumerate(dots.T.tolist(), 1)
    ]


def _downsampled(height: int, width: int) -> list[Patch]:
    dots = np.arange(height * width).reshape(height, width)
    return [
        Patch(
            f"block {top // 2 + 1}, {left // 2 + 1}",
            "mean of 2 x 2 dots",
            tuple(dots[top : top + 2, left : left + 2].ravel().tolist()),
        )
        for top in range(0, height, 2)
        for left in range(0, width, 2)
    ]


def _edges(height: int, width: int) -> list[Patch]:
    dots = np.arange(height * width).reshape(height, width)
    found = []
    for right, below in ((1, 0), (0, 1)):
        for row in range(height - below):
            for column in range(width - right):
                name = f"edge {row + 1}, {column + 1} {'across' if right else 'down'}"
                pair = int(dots[row, column]), int(dots[row + below, column + right])
                found.append(Patch(name, "|dot - next dot|", pair))
    return found


def _ink(height: int, width: int) -> list[Patch]:
    return [Patch("ink", "mean of all dots", tuple(range(height * width)))]


_PATCHES = {"sums": _sums, "downsampled": _downsampled, "edges": _edges, "ink": _ink}
