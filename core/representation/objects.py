"""A sample as a person knows it: values with names and units, or a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.data.dataset import Dataset


class Value(NamedTuple):
    """A named value as text, with its unit (or an empty string)."""

    name: str
    text: str
    unit: str


@dataclass(frozen=True, eq=False)
class ObjectView:
    """The object that stands behind a row of numbers.

    Parameters
    ----------
    values : tuple of Value
        One for each column of the data set.
    picture : ndarray of shape (h, w) or None
        The row as a picture, read-only, where it is one.
    target : Value
        The truth; the class's name for classes.
    """

    values: tuple[Value, ...]
    picture: np.ndarray | None
    target: Value


def object_view(dataset: Dataset, row: int) -> ObjectView:
    """The object in row `row` (an index into the data set's arrays)."""
    raw = dataset.inputs[row]
    values = tuple(
        Value(column.name, column.text(value), column.unit)
        for column, value in zip(dataset.columns, raw, strict=True)
    )
    picture = raw.reshape(dataset.picture_shape) if dataset.picture_shape else None
    truth = dataset.target_text(dataset.target[row])
    return ObjectView(values, picture, Value(dataset.target_name, truth, dataset.target_unit))
