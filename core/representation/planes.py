"""What each feature is over a plane of two columns, for pictures of the features."""

from __future__ import annotations

import numpy as np

from core.data.dataset import Dataset
from core.errors import InputError
from core.representation.representation import Representation


def feature_planes(
    representation: Representation,
    dataset: Dataset,
    columns: tuple[int, int],
    extent: tuple[float, float, float, float],
    side: int,
) -> np.ndarray:
    """Every feature in the middle of each cell of a plane.

    Parameters
    ----------
    representation : Representation
    dataset : Dataset
        The one that it was fitted to.
    columns : tuple of (int, int)
        The columns of numbers across and up; every other one counts as missing there, so that it
        has the value that stands in for missing ones.
    extent : tuple of float
        Left, right, bottom and top, in the columns' own units.
    side : int
        How many cells each way.

    Returns
    -------
    ndarray of shape (f, side, side), float64
        The first row is the bottom one.

    Raises
    ------
    InputError
        If a column is none of numbers.
    """
    for column in columns:
        if dataset.columns[column].kind != "number":
            raise InputError(
                "not a column of numbers", value=dataset.columns[column].name, allowed="numbers"
            )
    left, right, bottom, top = extent
    middles = (np.arange(side) + 0.5) / side
    gaps = [np.nan if column.kind == "number" else -1.0 for column in dataset.columns]
    raw = np.tile(np.array(gaps), (side * side, 1))
    raw[:, columns[1]] = np.repeat(bottom + (top - bottom) * middles, side)
    raw[:, columns[0]] = np.tile(left + (right - left) * middles, side)
    return representation.transform(raw).T.reshape(-1, side, side)
