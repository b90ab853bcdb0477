"""Which column of a table is predicted, and whether as a class or as a number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.data.columns import RawColumn
from core.data.reader import RawTable
from core.data.table_columns import (
    MOST_CLASSES,
    ColumnPlan,
    in_order,
    plan_input,
    refuse_infinite,
    texts_of,
)
from core.errors import InputError, nearest

TARGET_NAMES = ("target", "label", "class", "y", "species", "outcome")


def choose_target(table: RawTable, name: str | None) -> str:
    """The column to predict: as asked for, else by its name, else the last."""
    names = table.dialect.names
    if name is None:
        usual = [column for wanted in TARGET_NAMES for column in names if column.lower() == wanted]
        return usual[0] if usual else names[-1]
    if name not in names:
        raise InputError(
            f"{nearest(name, names)}no such column",
            file=table.shown,
            field="data.target",
            value=name,
            allowed=shown_names(names),
        )
    return name


def shown_names(names: tuple[str, ...]) -> str:
    """Column names for a message, the first dozen."""
    return ", ".join(names[:12]) + (f" ... ({len(names)} columns)" if len(names) > 12 else "")


def plan_target(table: RawTable, name: str, forced: str | None) -> ColumnPlan:
    """Decide how the target is read: kind ``"category"`` is a class, ``"number"`` a number.

    Raises
    ------
    InputError
        For a target that is empty, has one value only, or is free text.
    """
    column = table.columns[name]
    if forced in ("ignore", "text"):
        raise InputError(
            "the target cannot be ignored" if forced == "ignore" else "a text is not predicted",
            file=table.shown,
            field=f"data.columns.{name}",
            value=forced,
            allowed="number or category, or another data.target",
        )
    gaps = int(np.count_nonzero(column.gaps))
    if gaps == len(table):
        raise _unusable(table, name, "the target column is empty")
    found = forced or ("number" if column.numeric else None)
    if found == "number" and forced is None and _few_integers(column):
        found = "category"
    if found == "number" or (found is None and _mostly_numbers(table, name)):
        return _plan_number(table, name)
    texts, codes = texts_of(column)
    known = len(codes) - gaps
    if len(texts) == 1:
        raise _unusable(
            table, name, f"all rows are of one class ({texts[0]!r}): nothing to tell apart"
        )
    if len(texts) > MOST_CLASSES or (len(texts) > 10 and len(texts) > known / 2):
        raise _unusable(table, name, f"{len(texts)} different values in {known} rows: no classes")
    categories, codes = in_order(texts, codes)
    sentence = f"the class to predict, one of {len(categories)}" + _dropped(gaps)
    examples = categories[:3]
    return ColumnPlan(name, "target", "category", sentence, gaps, examples, categories, codes)


def _few_integers(column: RawColumn) -> bool:
    values = column.values if column.whole else column.values[~column.gaps]
    if values.dtype.kind == "f" and not (values == np.floor(values)).all():
        return False
    # A column with many values is settled by its first rows; np.unique of all of them is not free.
    if len(np.unique(values[:1000])) > 20:
        return False
    count = len(np.unique(values))
    return count <= 20 and (count <= 10 or count <= 0.05 * len(values)) and 2 * count <= len(values)


def _mostly_numbers(table: RawTable, name: str) -> bool:
    plan = plan_input(table, name, None, "drop")
    return plan.kind == "number" and plan.role == "input"


def _plan_number(table: RawTable, name: str) -> ColumnPlan:
    plan = plan_input(table, name, "number", "drop")
    values = plan.values(table.columns[name])
    refuse_infinite(table, name, values)
    if np.nanmin(values) == np.nanmax(values):
        raise _unusable(table, name, "all rows have the same value: nothing to predict")
    sentence = "the number to predict" + _dropped(plan.missing)
    return replace(plan, role="target", sentence=sentence)


def _dropped(gaps: int) -> str:
    if not gaps:
        return ""
    return f"; {gaps} {'row' if gaps == 1 else 'rows'} without one left out"


def _unusable(table: RawTable, name: str, problem: str) -> InputError:
    return InputError(
        problem,
        file=table.shown,
        field="data.target",
        value=name,
        allowed="a column with at least two classes, or of different numbers",
    )
