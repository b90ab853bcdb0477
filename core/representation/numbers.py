"""Columns of numbers: gaps filled, scaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.representation.pieces import Feature, Training, scaled_formula
from core.representation.scaling import Affine


@dataclass(frozen=True, eq=False)
class NumbersPiece:
    """A feature for each of some columns of numbers; see `core.representation.pieces.Piece`.

    Parameters
    ----------
    features, stats, fill
        As for every piece.
    places : tuple of int
        The columns.
    """

    features: tuple[Feature, ...]
    stats: Affine
    fill: np.ndarray
    places: tuple[int, ...]

    def into(self, columns: Sequence[np.ndarray], rows: slice, out: np.ndarray) -> None:
        """Write the scaled numbers of some rows, missing ones filled."""
        scratch = np.empty(len(out))
        for at, place in enumerate(self.places):
            self._scale(columns[place][rows], at, out[:, at], scratch)

    def values(self, columns: Sequence[np.ndarray], rows: slice) -> np.ndarray:
        """The numbers of some rows, missing ones filled, (r, f)."""
        parts = [columns[place][rows] for place in self.places]
        known = np.empty((len(parts[0]), len(parts)))
        for at, part in enumerate(parts):
            known[:, at] = part
        return np.where(np.isnan(known), self.fill, known)

    def _scale(self, raw: np.ndarray, at: int, out: np.ndarray, scratch: np.ndarray) -> None:
        center, width = self.stats.center[at], self.stats.width[at]
        moved = np.subtract(raw, center, out=scratch, dtype=np.float64)
        np.divide(moved, width, out=out, casting="same_kind")
        if raw.dtype.kind == "f":
            gaps = np.isnan(raw)
            if gaps.any():
                out[gaps] = (self.fill[at] - center) / width


def fit_numbers(training: Training, runs: Sequence[Sequence[int]]) -> list[NumbersPiece]:
    """A piece for each run of number columns.

    All are measured together while they are small, and so that nothing as large as the table is
    made.
    """
    columns = training.dataset.columns
    numbers = [place for run in runs for place in run]
    stats, fill = _measured(training, numbers)
    fill.setflags(write=False)
    pieces, start = [], 0
    for run in runs:
        part = slice(start, start + len(run))
        start += len(run)
        own = Affine(stats.center[part], stats.width[part])
        features = tuple(
            Feature(columns[place].name, columns[place].name, scaled_formula("x", center, width))
            for place, center, width in zip(run, own.center, own.width, strict=True)
        )
        pieces.append(NumbersPiece(features, own, fill[part], tuple(run)))
    return pieces


def _measured(training: Training, numbers: list[int]) -> tuple[Affine, np.ndarray]:
    """The scaling fitted to these columns, and what fills their gaps: (f,) each."""
    center, width, fill = np.zeros(len(numbers)), np.ones(len(numbers)), np.zeros(len(numbers))
    together = max(1, training.together // max(len(training.rows), 1))
    for start in range(0, len(numbers), together):
        training.look_up()
        part = slice(start, start + together)
        known = np.empty((len(training.rows), len(numbers[part])))
        for at, place in enumerate(numbers[part]):
            known[:, at] = training.column(place)
        filled, fill[part] = training.filled(known)
        fitted = training.scaling.fit(filled)
        center[part], width[part] = fitted.center, fitted.width
    return Affine(center, width), fill
