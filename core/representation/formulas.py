"""A feature by a formula of number columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.representation.grammar import FIELD, Formula
from core.representation.made import MadePiece, Plain, filled_column, fit_made
from core.representation.pieces import Training


@dataclass(frozen=True, eq=False)
class FormulaMaker:
    """Evaluates a formula.

    Parameters
    ----------
    formula : Formula
    places : tuple of int
        Where its columns are among all.
    fill : tuple of float
        What stands in for a missing number of each.
    """

    formula: Formula
    places: tuple[int, ...]
    fill: tuple[float, ...]

    def values(self, columns: Sequence[np.ndarray], rows: slice) -> np.ndarray:
        """The formula's values for some rows, (r, 1)."""
        known = {
            name: filled_column(columns[place][rows], fill)
            for name, place, fill in zip(self.formula.columns, self.places, self.fill, strict=True)
        }
        return self.formula.values(known)[:, None]


def fit_formula(training: Training, formula: Formula) -> MadePiece:
    """The piece of one formula.

    Raises
    ------
    InputError
        If it is not finite for a training row.
    """
    names = training.dataset.column_names
    places = tuple(names.index(name) for name in formula.columns)
    fill = tuple(float(training.filled(training.column(place)[:, None])[1][0]) for place in places)
    text = str(formula)
    made = f"({text})" if " " in text else text
    maker = FormulaMaker(formula, places, fill)
    return fit_made(training, maker, [Plain(text, made, formula.columns)], FIELD)
