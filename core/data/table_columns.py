"""Column by column: what a table's columns hold and what will happen to each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.data.columns import RawColumn, narrowed
from core.data.reader import OFTEN, RawTable, line_of_row
from core.data.sniff import Dialect, is_number
from core.errors import InputError

KINDS = ("number", "category", "text", "ignore")
MOST_CATEGORIES = 50
FEWEST_TEXTS = 10  # different ones, for a column that nobody called one of texts
MOST_TEXTS = 100_000
WORDS = 4  # that half of its texts have at least
MOST_CLASSES = 1000
LARGEST = 1e100  # squares, and sums of many, stay far from overflow
_WORD = re.compile(r"[^\W\d_]{2,}")
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
        ``"number"``, ``"category"`` or ``"text"``, as found or as asked for.
    sentence : str
        What will happen to it.
    missing : int
        Number of rows without a value.
    examples : tuple of str
        The first few values.
    categories : tuple of str
        Or the different texts, in no order.
    codes : ndarray of shape (n,), optional
        Codes of categories or texts (-1 = missing), or numbers parsed from text; None where the
        table's own column is numeric.
    mixed : bool
        Whether it is taken for categories though some of its values are numbers.
    """

    name: str
    role: str
    kind: str
    sentence: str
    missing: int
    examples: tuple[str, ...]
    categories: tuple[str, ...] = ()
    codes: np.ndarray | None = field(default=None, repr=False)
    mixed: bool = False

    def values(self, column: RawColumn) -> np.ndarray:
        """The column's n numbers (NaN = missing) or codes, in a narrow type."""
        return column.values if self.codes is None else self.codes


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
    column = table.columns[name]
    examples = _examples(column)
    if forced == "ignore":
        return ColumnPlan(name, "ignored", "number", "left out, as asked", 0, examples)
    if column.numeric and forced not in ("category", "text"):
        return _plan_numbers(table, name, forced, missing, examples)
    texts, codes = texts_of(column)
    gaps = int(np.count_nonzero(codes < 0))
    if not texts:
        return ColumnPlan(name, "ignored", "category", "empty: left out", gaps, examples)
    if forced == "text":
        return _plan_texts(name, texts, codes, gaps, missing, examples)
    if forced != "category":
        numbers = _numbers_in_text(table, texts, codes, forced == "number")
        if numbers is not None:
            return _plan_odd_numbers(table, name, numbers, gaps, missing, examples)
        if forced == "number":
            raise InputError(
                "this column holds no numbers",
                file=table.shown,
                field=f"data.columns.{name}",
                value=min(texts, key=_order),
                allowed="category, text or ignore",
            )
        reason = _not_useful(len(texts), len(codes) - gaps)
        if reason and _read_as_texts(texts):
            return _plan_texts(name, texts, codes, gaps, missing, examples)
        if reason:
            return ColumnPlan(name, "ignored", "category", reason, gaps, examples)
    categories, codes = in_order(texts, codes)
    count = len(categories)
    sentence = f"{count} categories become {count} columns of 0 and 1"
    if count == 1:
        sentence = "1 category becomes 1 column of 0 and 1"
    sentence += _gap_sentence(gaps, len(codes), missing, "all of them 0 there")
    word = next((text for text in categories if not is_number(text, table.dialect.decimal)), "")
    mixed = bool(word) and any(is_number(text, table.dialect.decimal) for text in categories)
    if mixed:
        sentence += f"; some values are numbers, others such as {word!r} are not"
    return ColumnPlan(name, "input", "category", sentence, gaps, examples, categories, codes, mixed)


def _not_useful(categories: int, values: int) -> str:
    """Why a text column is left out by itself; empty if it is not."""
    if categories == 1:
        return "constant: left out"
    if categories == values:
        return "a different text in each row, like a name or a date: left out"
    if categories > MOST_CATEGORIES:
        return f"{categories} different texts, more than {MOST_CATEGORIES}: left out"
    return ""


def _read_as_texts(texts: Sequence[str]) -> bool:
    """Whether there are many, with several words in most of the first ones."""
    if not FEWEST_TEXTS <= len(texts) <= MOST_TEXTS:
        return False
    some = texts[:1000]
    return 2 * sum(len(_WORD.findall(text)) >= WORDS for text in some) >= len(some)


def _plan_texts(
    name: str,
    texts: tuple[str, ...],
    codes: np.ndarray,
    gaps: int,
    missing: str,
    examples: tuple[str, ...],
) -> ColumnPlan:
    sentence = f"{len(texts)} different texts: their words are counted"
    if len(texts) == 1:
        sentence = "1 text: its words are counted"
    sentence += _gap_sentence(gaps, len(codes), missing, "all counts 0 there")
    return ColumnPlan(name, "input", "text", sentence, gaps, examples, texts, codes)


def _plan_numbers(
    table: RawTable, name: str, forced: str | None, missing: str, examples: tuple[str, ...]
) -> ColumnPlan:
    column = table.columns[name]
    values = column.values
    gaps = int(np.count_nonzero(column.gaps))
    if gaps == len(values):
        return ColumnPlan(name, "ignored", "number", "empty: left out", gaps, examples)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if not (low >= -LARGEST and high <= LARGEST):
        refuse_infinite(table, name, values)
    if low == high and forced is None:
        return ColumnPlan(name, "ignored", "number", "constant: left out", gaps, examples)
    if forced is None and _counts_rows(column, name):
        return ColumnPlan(name, "ignored", "number", "counts the rows: left out", gaps, examples)
    sentence = "a number" + _gap_sentence(gaps, len(values), missing)
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


def _counts_rows(column: RawColumn, name: str) -> bool:
    named = name.lower() in _ROW_NUMBER_NAMES or name.lower().startswith(("unnamed:", "column_1"))
    values, count = column.values, len(column.values)
    if not named or not column.whole or count < 3:
        return False
    first = int(values[0])
    return int(values[-1]) == first + count - 1 and bool(
        (values == np.arange(first, first + count)).all()
    )


def _examples(column: RawColumn) -> tuple[str, ...]:
    # Shown in a preview: cut, so that a long text cannot blow it up.
    values, texts = column.values, column.texts
    found = [values[row] for row in np.flatnonzero(~column.gaps[:50])[:3]]
    if texts is not None:
        return tuple(texts[code][:40] for code in found)
    return tuple(str(int(value) if column.whole else float(value)) for value in found)


def texts_of(column: RawColumn) -> tuple[tuple[str, ...], np.ndarray]:
    """Distinct values as texts, in no order, and each row's index (-1 = missing)."""
    if column.texts is not None:
        return column.texts, column.values
    import pandas as pd

    codes, found = pd.factorize(column.values)
    return tuple(_text(value) for value in found.tolist()), narrowed(codes)


def in_order(texts: Sequence[str], codes: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Texts sorted (numbers by size), and each row's index among them (-1 = missing)."""
    categories = tuple(sorted(texts, key=_order))
    place = {text: index for index, text in enumerate(categories)}
    lookup = narrowed(np.array([*(place[text] for text in texts), -1], np.int64))
    return categories, lookup[codes]


def _text(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _order(text: str) -> tuple[int, float, str]:
    if is_number(text, "."):
        return 0, float(text.replace(",", "")), text
    return 1, 0.0, text


def _numbers_in_text(
    table: RawTable, texts: Sequence[str], codes: np.ndarray, forced: bool
) -> tuple[np.ndarray, int, str] | None:
    """Numbers of a column that reads as text because a few of its values are none.

    Returns the values (NaN where there is none), how many values are no numbers, and one of
    those; None where fewer than four in five are numbers (asked for: where none is).
    """
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    known = int(counts.sum())
    most = known - 1 if forced else min(0.2 * known, known - 1)
    parsed, odd = np.full(len(texts) + 1, np.nan), 0
    for block, values in parsed_blocks(table, texts):
        parsed[block] = values
        odd += int(counts[block][np.isnan(values)].sum())
        if odd > most:
            return None
    example = min(
        (text for text, value in zip(texts, parsed, strict=False) if np.isnan(value)),
        key=_order,
        default="",
    )
    return parsed[codes], odd, example


def parsed_blocks(table: RawTable, texts: Sequence[str]) -> Iterator[tuple[slice, np.ndarray]]:
    """Which of the texts, and the numbers that they hold (NaN if none), some thousand at a time."""
    for start in range(0, len(texts), OFTEN):
        table.look_up()
        some = texts[start : start + OFTEN]
        values = np.array([parse_number(text, table.dialect) for text in some])
        yield slice(start, start + len(some)), values


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
    if values.dtype.kind != "f":
        return
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(np.abs(values) > np.float64(LARGEST))  # beyond what float32 holds
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
