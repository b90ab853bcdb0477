"""A column of categories: a number for each category, of which the row's own is 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.representation.made import MadePiece, Plain, fit_made
from core.representation.pieces import Feature, Training
from core.representation.scaling import Affine


@dataclass(frozen=True, eq=False)
class OneHotPiece:
    """A feature for each category seen in training; see `core.representation.pieces.Piece`.

    Parameters
    ----------
    features, stats, fill
        As for every piece.
    place : int
        The column.
    ones : ndarray of shape (codes + 1, f)
        The features of each code; all zeros for one that was not seen in training, and in the
        last row, for a missing one.
    """

    features: tuple[Feature, ...]
    stats: Affine
    fill: np.ndarray
    place: int
    ones: np.ndarray

    def into(self, columns: Sequence[np.ndarray], rows: slice, out: np.ndarray) -> None:
        """Write the ones and zeros of some rows."""
        out[:] = self.ones[known_codes(columns[self.place][rows], len(self.ones) - 1)]


def fit_one_hot(training: Training, place: int) -> OneHotPiece:
    """The piece of a category column, or of codes that occur in no training row: no features."""
    column = training.dataset.columns[place]
    seen = seen_codes(training, place)
    ones = np.zeros((len(column.categories) + 1, len(seen)))
    ones[seen, np.arange(len(seen))] = 1.0
    names = [column.categories[code] for code in seen]
    features = tuple(
        Feature(f"{column.name} = {name}", column.name, f"1 if {name}, else 0", name)
        for name in names
    )
    stats = Affine(np.zeros(len(seen)), np.ones(len(seen)))
    return OneHotPiece(features, stats, np.zeros(len(seen)), place, ones)


def seen_codes(training: Training, place: int) -> np.ndarray:
    """The codes of a column that occur in the training rows, in their order."""
    codes = training.column(place)
    return np.flatnonzero(np.bincount(codes[codes >= 0].astype(np.int64)))


def known_codes(codes: np.ndarray, count: int) -> np.ndarray:
    """The same codes as whole numbers, -1 for what is none of `count` codes."""
    if codes.dtype.kind == "f":
        codes = np.nan_to_num(codes, nan=-1.0).astype(np.int64)
    return np.where((codes >= 0) & (codes < count), codes, -1)


@dataclass(frozen=True, eq=False)
class OrdinalMaker:
    """Numbers the categories.

    Parameters
    ----------
    place : int
        The column.
    ranks : ndarray of shape (codes + 1,)
        The number of each code; NaN for one that was not seen in training, and last for a missing
        one.
    """

    place: int
    ranks: np.ndarray

    def values(self, columns: Sequence[np.ndarray], rows: slice) -> np.ndarray:
        """The numbers of some rows, (r, 1)."""
        return self.ranks[known_codes(columns[self.place][rows], len(self.ranks) - 1)][:, None]


def fit_ordinal(training: Training, place: int) -> MadePiece | None:
    """The piece that numbers a column's categories from 0; None if no training row has one."""
    column, seen = training.dataset.columns[place], seen_codes(training, place)
    if not len(seen):
        return None
    ranks = np.full(len(column.categories) + 1, np.nan)
    ranks[seen] = np.arange(len(seen))
    listed = ", ".join(f"{column.categories[code]} = {at}" for at, code in enumerate(seen[:4]))
    plain = Plain(column.name, f"({listed}{', ...' if len(seen) > 4 else ''})", (column.name,))
    maker = OrdinalMaker(place, ranks)
    return fit_made(training, maker, [plain], "representation.encoding", gaps=True)
