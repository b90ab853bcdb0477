"""What is told of a table besides its columns' own sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.data.table_columns import ColumnPlan

MOST_NAMES = 6
PARTS = 3
AS_ASKED = "left out, as asked"


def notes_on_columns(inputs: Sequence[ColumnPlan]) -> list[str]:
    """A sentence for each column with gaps or mixed values, and for each reason to leave some out.

    What a person has asked for is not told.
    """
    notes = []
    for column in inputs:
        if column.role == "input" and (column.missing or column.mixed):
            notes.append(f"{column.name}: {column.sentence}")
    reasons: dict[str, list[str]] = {}
    for column in inputs:
        if column.role == "ignored" and column.sentence != AS_ASKED:
            reasons.setdefault(column.sentence.removesuffix(": left out"), []).append(column.name)
    notes += [f"left out ({reason}): {_few(names)}" for reason, names in reasons.items()]
    return notes


def notes_on_classes(target: ColumnPlan, values: np.ndarray) -> list[str]:
    """A sentence where classes have too few rows for the three parts to share.

    Parameters
    ----------
    target : ColumnPlan
    values : ndarray of shape (n,)
        Codes of classes (-1 = missing), or numbers, of which nothing is said.
    """
    if target.kind != "category":
        return []
    counts = np.bincount(values[values >= 0].astype(np.int64), minlength=len(target.categories))
    rare = [
        (name, int(count))
        for name, count in zip(target.categories, counts, strict=True)
        if 0 < count < PARTS
    ]
    if not rare:
        return []
    shown = _few([f"{name} ({count} {'row' if count == 1 else 'rows'})" for name, count in rare])
    what = "a class" if len(rare) == 1 else f"{len(rare)} classes"
    return [f"{what} with too few rows to be in training, validation and test: {shown}"]


def _few(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
