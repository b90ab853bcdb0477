"""Which column of a table is predicted, and whether as a class or as a number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.data.reader import RawTable
from core.data.table_columns import (
    MOST_CLASSES,
    ColumnPlan,
    codes_of,
    is_numeric,
    plan_input,
    refuse_infinite,
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
    series = table.frame[name]
    if forced == "ignore":
        raise InputError(
            "the target cannot be ignored",
            file=table.shown,
            field=f"data.columns.{name}",
            value=forced,
            allowed="number or category, or another data.target",
        )
    gaps = int(series.isna().sum())
    if gaps == len(series):
        raise _unusable(table, name, "the target column is empty")
    found = forced or ("number" if is_numeric(series) else None)
    if found == "number" and forced is None and _few_integers(series.dropna().to_numpy()):
        found = "category"
    if found == "number" or (found is None and _mostly_numbers(table, name)):
        return _plan_number(table, name)
    categories, codes = codes_of(series)
    known = len(codes) - gaps
    if len(categories) == 1:
        raise _unusable(
            table, name, f"all rows are of one class ({categories[0]!r}): nothing to tell apart"
        )
    if len(categories) > MOST_CLASSES or (len(categories) > 10 and len(categories) > known / 2):
        raise _unusable(
            table, name, f"{len(categories)} different values in {known} rows: no classes"
        )
    sentence = f"the class to predict, one of {len(categories)}" + _dropped(gaps)
    examples = categories[:3]
    return ColumnPlan(name, "target", "category", sentence, gaps, examples, categories, codes)


def _few_integers(values: np.ndarray) -> bool:
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
    values = plan.values(table.frame[name])
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
