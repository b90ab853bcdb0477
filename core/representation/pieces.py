"""What a representation is made of: a row of pieces, each fitted on training rows alone.

A piece makes some features of some columns. To add one: a file with a class that has what `Piece`
asks for and a way to fit it to a `Training`, and its place in `core.representation.plan`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

import numpy as np

from core.data.dataset import Dataset
from core.representation.scaling import Affine, Scaling


@dataclass(frozen=True)
class Feature:
    """One number of the model's input, and where it came from.

    Parameters
    ----------
    name : str
        The column's name, ``"column = category"``, or how it is made of columns (``"x1^2"``).
    column : str
        The column it was made of; the first of them, if there are several.
    formula : str
        How, with this fit's numbers.
    category : str or None
        The category that makes it 1, if it is one of a one-hot group.
    columns : tuple of str
        All columns it was made of, in the data set's order; left out: `column` alone.
    """

    name: str
    column: str
    formula: str
    category: str | None = None
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.columns:
            object.__setattr__(self, "columns", (self.column,))


class Piece(Protocol):
    """Some of the features, next to each other; fitted, and never changed after that.

    Attributes
    ----------
    features : tuple of Feature
        The f features that it makes, in order.
    stats : Affine
        Their centres and widths (f,); 0 and 1 for what is not scaled.
    fill : ndarray of shape (f,)
        What stands in for a missing number, before scaling; 0 where nothing does.
    """

    @property
    def features(self) -> tuple[Feature, ...]: ...
    @property
    def stats(self) -> Affine: ...
    @property
    def fill(self) -> np.ndarray: ...

    def into(self, columns: Sequence[np.ndarray], rows: slice, out: np.ndarray) -> None:
        """Write the features of some rows, scaled and without gaps.

        Several threads may call it at once, each for rows of its own.

        Parameters
        ----------
        columns : sequence of ndarray of shape (m,)
            All columns of the data set, raw, each in a type of its own: numbers (NaN = missing),
            codes of categories or texts (-1 or NaN = missing). For objects that are in no data
            set a column of texts may be an array of objects: the texts themselves, None =
            missing.
        rows : slice
            The r rows that are wanted, of the m that there are; at most some thousand.
        out : ndarray of shape (r, f)
            A part of the model's input, float64 or float32, perhaps not contiguous.
        """
        ...


class NumberPiece(Piece, Protocol):
    """A piece whose features are numbers, which others may multiply or measure distances in."""

    def values(self, columns: Sequence[np.ndarray], rows: slice) -> np.ndarray:
        """The features of some rows before scaling, gaps filled, (r, f), float64."""
        ...


@dataclass(frozen=True, eq=False)
class Training:
    """What pieces are fitted to.

    Parameters
    ----------
    dataset : Dataset
        Only `rows` of it may be looked at.
    rows : ndarray of int64
        The rows of the training part.
    scaling : Scaling
        For what the pieces make.
    seed : int
        Of what is drawn: the data's seed.
    look_up : callable
        To be called now and then; may raise to cancel.
    together : int
        So many numbers may be looked at together.
    """

    dataset: Dataset
    rows: np.ndarray
    scaling: Scaling
    seed: int
    look_up: Callable[[], object]
    together: int

    def column(self, index: int) -> np.ndarray:
        """A raw column of the training rows, (n,), float64."""
        return self.dataset.inputs[self.rows, index]

    def filled(self, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """`known` (n, f) with its gaps filled, and by what (f,); 0 where there is no value."""
        gaps = np.isnan(known)
        fill = np.zeros(known.shape[1])
        for place, some, all_of_it in zip(
            count(), gaps.any(axis=0), gaps.all(axis=0), strict=False
        ):
            if not all_of_it:
                values = known[~gaps[:, place], place] if some else known[:, place]
                median = self.dataset.missing == "median"
                fill[place] = np.median(values) if median else values.mean()
        return (np.where(gaps, fill, known) if gaps.any() else known), fill


def scaled_formula(made: str, center: float, width: float) -> str:
    """How a feature is scaled, as text: ``"(x - 1.5) / 0.25"``."""
    if center == 0 and width == 1:
        return made
    moved = f"{made} {'-' if center >= 0 else '+'} {abs(center):.4g}" if center else made
    return moved if width == 1 else f"({moved}) / {width:.4g}"
