"""Column by column: what a table's columns hold and what will happen to each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.data.reader import RawTable, line_of_row
from core.data.sniff import Dialect, is_number
from core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("number", "category", "ignore")
MOST_CATEGORIES = 50
MOST_CLASSES = 1000
LARGEST = 1e100  # squares, and sums of many, stay far from overflow
_ROW_NUMBER_NAMES = frozenset(
    ("id", "index", "idx", "row", "row_id", "rowid", "row number", "nr", "no", "no.", "#", "number")
)
FILLED = {"mean": "filled with the training mean", "median": "filled with the training median"}


@dataclass(frozen=True, eq=False)
class ColumnPlan:
    """What one column holds and what becomes of it.

    Parameters
    ----------
    name : str
    role : str
        ``"input"``, ``"target"`` or ``"ignored"``.
    kind : str
        ``"number"`` or ``"category"``, as found or as asked for.
    sentence : str
        What will happen to it.
    missing : int
        Number of rows without a value.
    examples : tuple of str
        The first few values.
    categories : tuple of str
    codes : ndarray of shape (n,), optional
        Codes of categories (-1 = missing), or numbers parsed from text; None where the
        table's own column is numeric.
    """

    name: str
    role: str
    kind: str
    sentence: str
    missing: int
    examples: tuple[str, ...]
    categories: tuple[str, ...] = ()
    codes: np.ndarray | None = field(default=None, repr=False)

    def values(self, series: pd.Series) -> np.ndarray:
        """The column's n numbers, or its codes, as float64."""
        if self.codes is not None:
            return self.codes.astype(np.float64, copy=False)
        return series.to_numpy(dtype=np.float64, na_value=np.nan)


def is_numeric(series: pd.Series) -> bool:
    """Whether pandas read the whole column as numbers."""
    return series.dtype.kind in "iuf"


def plan_input(table: RawTable, name: str, forced: str | None, missing: str) -> ColumnPlan:
    """Decide what becomes of an input column.

    Parameters
    ----------
    table : RawTable
    name : str
    forced : str or None
        The kind that the person asked for.
    missing : str
        How missing numbers are treated: ``"mean"``, ``"median"`` or ``"drop"``.
    """
    series = table.frame[name]
    examples = _examples(series)
    if forced == "ignore":
        return ColumnPlan(name, "ignored", "number", "left out, as asked", 0, examples)
    if is_numeric(series) and forced != "category":
        return _plan_numbers(table, name, forced, missing, examples)
    categories, codes = codes_of(series)
    gaps = int(np.count_nonzero(codes < 0))
    if not categories:
        return ColumnPlan(name, "ignored", "category", "empty: left out", gaps, examples)
    if forced != "category":
        numbers = _numbers_in_text(categories, codes, table.dialect, forced == "number")
        if numbers is not None:
            return _plan_odd_numbers(table, name, numbers, gaps, missing, examples)
        if forced == "number":
            raise InputError(
                "this column holds no numbers",
                file=table.shown,
                field=f"data.columns.{name}",
                value=categories[0],
                allowed="category or ignore",
            )
        reason = _not_useful(len(categories), len(codes) - gaps)
        if reason:
            return ColumnPlan(name, "ignored", "category", reason, gaps, examples)
    count = len(categories)
    sentence = f"{count} categories become {count} columns of 0 and 1"
    if count == 1:
        sentence = "1 category becomes 1 column of 0 and 1"
    sentence += _gap_sentence(gaps, len(codes), missing, "all of them 0 there")
    return ColumnPlan(name, "input", "category", sentence, gaps, examples, categories, codes)


def _not_useful(categories: int, values: int) -> str:
    """Why a text column is left out by itself; empty if it is not."""
    if categories == 1:
        return "constant: left out"
    if categories == values:
        return "a different text in each row, like a name or a date: left out"
    if categories > MOST_CATEGORIES:
        return f"{categories} different texts, more than {MOST_CATEGORIES}: left out"
    return ""


def _plan_numbers(
    table: RawTable, name: str, forced: str | None, missing: str, examples: tuple[str, ...]
) -> ColumnPlan:
    series = table.frame[name]
    gaps = int(series.isna().sum())
    if gaps == len(series):
        return ColumnPlan(name, "ignored", "number", "empty: left out", gaps, examples)
    low, high = series.min(), series.max()
    if not (low >= -LARGEST and high <= LARGEST):
        refuse_infinite(table, name, series.to_numpy(dtype=np.float64, na_value=np.nan))
    if low == high and forced is None:
        return ColumnPlan(name, "ignored", "number", "constant: left out", gaps, examples)
    if forced is None and _counts_rows(series, name):
        return ColumnPlan(name, "ignored", "number", "counts the rows: left out", gaps, examples)
    sentence = "a number" + _gap_sentence(gaps, len(series), missing)
    return ColumnPlan(name, "input", "number", sentence, gaps, examples)


def _plan_odd_numbers(
    table: RawTable,
    name: str,
    numbers: tuple[np.ndarray, int, str],
    gaps: int,
    missing: str,
    examples: tuple[str, ...],
) -> ColumnPlan:
    values, odd, example = numbers
    refuse_infinite(table, name, values)
    known = values[~np.isnan(values)]
    if known.min() == known.max():
        return ColumnPlan(name, "ignored", "number", "constant: left out", gaps, examples)
    sentence = "a number"
    if odd:
        sentence += f"; {odd} of {len(values)} values such as {example!r} count as missing"
    sentence += _gap_sentence(gaps + odd, len(values), missing)
    return ColumnPlan(name, "input", "number", sentence, gaps + odd, examples, codes=values)


def _gap_sentence(gaps: int, rows: int, missing: str, otherwise: str = "") -> str:
    if not gaps:
        return ""
    what = "rows left out" if missing == "drop" else otherwise or FILLED[missing]
    return f"; {gaps} of {rows} values missing, {what}"


def _counts_rows(series: pd.Series, name: str) -> bool:
    named = name.lower() in _ROW_NUMBER_NAMES or name.lower().startswith(("unnamed:", "column_1"))
    if not named or series.dtype.kind not in "iu" or len(series) < 3:
        return False
    return bool((np.diff(series.to_numpy()) == 1).all())


def _examples(series: pd.Series) -> tuple[str, ...]:
    # Shown in a preview: cut, so that a long text cannot blow it up.
    return tuple(str(value)[:40] for value in series.head(50).dropna().head(3))


def codes_of(series: pd.Series) -> tuple[tuple[str, ...], np.ndarray]:
    """Distinct values as texts, sorted (numbers by size), and each row's index (-1 = missing)."""
    import pandas as pd

    codes, found = pd.factorize(series)
    texts = [_text(value) for value in found]
    categories = tuple(sorted(set(texts), key=_order))
    place = {text: index for index, text in enumerate(categories)}
    lookup = np.array([place[text] for text in texts] + [-1], dtype=np.int64)
    return categories, lookup[codes]


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _order(text: str) -> tuple[int, float, str]:
    if is_number(text, "."):
        return 0, float(text.replace(",", "")), text
    return 1, 0.0, text


def _numbers_in_text(
    categories: tuple[str, ...], codes: np.ndarray, dialect: Dialect, forced: bool
) -> tuple[np.ndarray, int, str] | None:
    """Numbers of a column that reads as text because a few of its values are none.

    Returns the values (NaN where there is none), how many values are no numbers, and one of
    those; None where fewer than four in five are numbers (asked for: where none is).
    """
    sample = categories[:: max(len(categories) // 200, 1)]
    if not any(is_number(text, dialect.decimal) for text in sample):
        return None
    parsed = np.array([parse_number(text, dialect) for text in categories] + [np.nan])
    values = parsed[codes]
    known = codes >= 0
    odd = int(np.count_nonzero(known & np.isnan(values)))
    if odd > (len(codes) if forced else 0.2 * np.count_nonzero(known)):
        return None
    if odd == np.count_nonzero(known):
        return None
    example = next((t for t, v in zip(categories, parsed, strict=False) if np.isnan(v)), "")
    return values, odd, example


def parse_number(text: str, dialect: Dialect) -> float:
    """The number that a cell holds, NaN if none."""
    if not is_number(text, dialect.decimal):
        return np.nan
    other = {".": ",", ",": "."}[dialect.decimal]
    try:
        return float(text.replace(other, "").replace(dialect.decimal, "."))
    except ValueError:
        return np.nan


def refuse_infinite(table: RawTable, name: str, values: np.ndarray) -> None:
    """Raise an `InputError` naming the line of the first value that is no use in sums."""
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(np.abs(values) > LARGEST)
    if rows.size:
        value = float(values[rows[0]])
        raise InputError(
            f"column {name!r} holds an {'infinite' if np.isinf(value) else 'immense'} value"
            + (f", and {rows.size - 1} more" if rows.size > 1 else ""),
            file=table.shown,
            field=f"line {line_of_row(table, int(rows[0]))}",
            value=value,
            allowed=f"numbers up to {LARGEST:g} in size, or leave the cell empty",
        )
