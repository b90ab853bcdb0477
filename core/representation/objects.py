"""A sample as a person knows it: values with names and units, or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.data.dataset import Column, Dataset
from core.errors import InputError


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


def raw_columns(columns: Sequence[Column], objects: Sequence[Sequence[object]]) -> list[np.ndarray]:
    """Objects that are in no data set as raw columns, (m,) each; a text stays as it is.

    Raises
    ------
    InputError
        For a row that has not a value for each column, or a value of another kind.
    """
    for row in objects:
        if len(row) != len(columns):
            raise InputError(
                "an object has a value for each column",
                value=len(row),
                allowed=f"{len(columns)} values",
            )
    found = []
    for place, column in enumerate(columns):
        values = [row[place] for row in objects]
        if column.kind == "text" and any(isinstance(value, str) for value in values):
            found.append(np.array([_text(column, value) for value in values], object))
        else:
            found.append(np.array([_number(column, value) for value in values], np.float64))
    return found


def _text(column: Column, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    code = _number(column, value)
    return column.text(code) if 0 <= code < len(column.categories) else None


def _number(column: Column, value: object) -> float:
    """A number or a code; NaN for a missing one, -1 for a category that there is not."""
    if value is None:
        return float("nan")
    if isinstance(value, str) and column.kind == "category":
        return float(column.categories.index(value)) if value in column.categories else -1.0
    try:
        return float(value)  # type: ignore[arg-type]  # what is no number is refused
    except (TypeError, ValueError):
        raise InputError(
            f"{column.name} is a {column.kind}", value=value, allowed="a number, or nothing"
        ) from None
