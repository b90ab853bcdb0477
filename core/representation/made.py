"""Pieces that compute numbers of several columns: what does it, and the scaling around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.data.columns import TOGETHER, Columns
from core.errors import InputError
from core.representation.pieces import Feature, Training, scaled_formula
from core.representation.scaling import Affine


class Maker(Protocol):
    """What computes some numbers of raw columns."""

    def values(self, columns: Sequence[np.ndarray], rows: slice) -> np.ndarray:
        """The numbers of some rows, (r, f), float64; not finite where there is none."""
        ...


@dataclass(frozen=True)
class Plain:
    """A feature before it is scaled: its name, how it is made, and of which columns."""

    name: str
    made: str
    columns: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class MadePiece:
    """What a maker makes, scaled; see `core.representation.pieces.NumberPiece`.

    Parameters
    ----------
    features, stats, fill
        As for every piece; `fill` stands in for what is not finite.
    maker : Maker
    """

    features: tuple[Feature, ...]
    stats: Affine
    fill: np.ndarray
    maker: Maker

    def into(self, columns: Sequence[np.ndarray], rows: slice, out: np.ndarray) -> None:
        """Write the scaled numbers of some rows."""
        out[:] = self.stats.transform(self.values(columns, rows))

    def values(self, columns: Sequence[np.ndarray], rows: slice) -> np.ndarray:
        """The numbers of some rows before scaling, (r, f)."""
        found = self.maker.values(columns, rows)
        known = np.isfinite(found)
        return found if known.all() else np.where(known, found, self.fill)


def fit_made(
    training: Training, maker: Maker, features: Sequence[Plain], field: str, gaps: bool = False
) -> MadePiece:
    """Scale what the maker makes of the training rows.

    Parameters
    ----------
    training : Training
    maker : Maker
    features : sequence of Plain
        What it makes.
    field : str
        The setting to name if it cannot be.
    gaps : bool, optional
        Whether NaN stands for a missing number, rather than for a formula without a value.

    Raises
    ------
    InputError
        If a number of a training row is not finite, or too large to be scaled.
    """
    found = made_of_training(training, maker.values, len(features))
    wrong = ~np.isfinite(found)
    if not gaps and wrong.any():
        at = int(wrong.any(axis=0).argmax())
        places = np.flatnonzero(wrong[:, at])
        row = training.dataset.rows[training.rows[places[0]]]
        raise InputError(
            f"{features[at].name} is not finite for {len(places)} of {len(found)} training rows,"
            f" the first at row {row}",
            field=field,
            value=features[at].name,
            allowed="what has a value for every training row",
        )
    with np.errstate(all="ignore"):
        filled, fill = training.filled(found)
        stats = training.scaling.fit(filled)
    for feature, *numbers in zip(features, stats.center, stats.width, fill, strict=True):
        if not np.isfinite(numbers).all():
            raise InputError(
                f"the numbers of {feature.name} are too large to be scaled",
                field=field,
                value=feature.name,
                allowed="smaller numbers",
            )
    fill.setflags(write=False)
    made = tuple(
        Feature(
            feature.name,
            feature.columns[0],
            scaled_formula(feature.made, center, width),
            columns=feature.columns,
        )
        for feature, center, width in zip(features, stats.center, stats.width, strict=True)
    )
    return MadePiece(made, stats, fill, maker)


class Values(Protocol):
    """The method of a piece or a maker that gives numbers for rows."""

    def __call__(self, columns: Sequence[np.ndarray], rows: slice) -> np.ndarray: ...


def made_of_training(training: Training, values: Values, count: int) -> np.ndarray:
    """What `values` makes of all training rows, (n, count)."""
    inputs, rows = training.dataset.inputs, training.rows
    found = np.empty((len(rows), count))
    for start in range(0, len(rows), TOGETHER):
        training.look_up()
        part = slice(start, min(start + TOGETHER, len(rows)))
        if isinstance(inputs, Columns):
            columns = [array[rows[part]] for array in inputs.arrays]
        else:
            columns = list(inputs[rows[part]].T)
        found[part] = values(columns, slice(0, part.stop - part.start))
    return found


def filled_column(raw: np.ndarray, fill: float) -> np.ndarray:
    """A raw column of numbers (r,) as float64, `fill` where one is missing."""
    if raw.dtype.kind != "f":
        return raw.astype(np.float64)
    return np.where(np.isnan(raw), fill, raw).astype(np.float64, copy=False)


def union(parts: Sequence[Feature], order: Sequence[str]) -> tuple[str, ...]:
    """All columns that some features are made of, in the data set's order."""
    names = {name for feature in parts for name in feature.columns}
    return tuple(name for name in order if name in names)
