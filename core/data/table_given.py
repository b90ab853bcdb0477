"""A person's own test file, read the way the first file was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.data.columns import narrowed
from core.data.reader import RawTable, line_of_row
from core.data.table_columns import (
    ColumnPlan,
    parsed_blocks,
    refuse_infinite,
    texts_of,
)
from core.data.table_target import shown_names
from core.errors import InputError


def with_texts_of(test: RawTable, used: list[ColumnPlan]) -> list[ColumnPlan]:
    """The input columns `used`, those of texts with the test file's texts behind their own.

    Raises
    ------
    InputError
        For a column of texts that is not there.
    """
    extended = []
    for column in used:
        if column.kind == "text":
            _require(test, column.name)
            texts = dict.fromkeys((*column.categories, *texts_of(test.columns[column.name])[0]))
            column = replace(column, categories=tuple(texts))
        extended.append(column)
    return extended


def given_inputs(test: RawTable, used: list[ColumnPlan]) -> list[np.ndarray]:
    """The test file's inputs, column by column (n,): found by name, more of them not used.

    A category that the first file does not know counts as missing.

    Raises
    ------
    InputError
        For a column that is not there, text where a number belongs, or an infinite value.
    """
    inputs = []
    for column in used:
        _require(test, column.name)
        if column.kind == "number":
            inputs.append(_numbers(test, column.name))
        else:
            inputs.append(_codes(test, column)[0])
    return inputs


def given_target(test: RawTable, target: ColumnPlan) -> np.ndarray:
    """The test file's targets; NaN or -1 where there is none.

    Raises
    ------
    InputError
        Also for a class that the first file does not know.
    """
    _require(test, target.name)
    if target.kind == "number":
        return _numbers(test, target.name)
    codes, row, unknown = _codes(test, target)
    if row is not None:
        raise InputError(
            f"column {target.name!r} holds a class that the first file has not",
            file=test.shown,
            field=f"line {line_of_row(test, row)}",
            value=unknown,
            allowed=shown_names(target.categories),
        )
    return codes


def _require(test: RawTable, name: str) -> None:
    if name not in test.dialect.names:
        hint = "" if test.dialect.header else " and its first line names no columns"
        raise InputError(
            f"the test file lacks the column {name!r}{hint}",
            file=test.shown,
            field="data.test_path",
            allowed="the same columns as in the first file; found "
            + shown_names(test.dialect.names),
        )


def _numbers(test: RawTable, name: str) -> np.ndarray:
    column = test.columns[name]
    if column.numeric:
        values = column.values
    else:
        texts, codes = texts_of(column)
        parsed = np.full(len(texts) + 1, np.nan)
        for block, numbers in parsed_blocks(test, texts):
            parsed[block] = numbers
        values = parsed[codes]
        wrong = np.flatnonzero((codes >= 0) & np.isnan(values))
        if wrong.size:
            raise InputError(
                f"column {name!r} holds numbers in the first file",
                file=test.shown,
                field=f"line {line_of_row(test, int(wrong[0]))}",
                value=texts[codes[wrong[0]]],
                allowed="a number, or an empty cell",
            )
    refuse_infinite(test, name, values)
    return values


def _codes(test: RawTable, column: ColumnPlan) -> tuple[np.ndarray, int | None, str]:
    """Codes after the first file's categories (-1 = missing or unknown); first unknown's row."""
    texts, codes = texts_of(test.columns[column.name])
    place = {text: index for index, text in enumerate(column.categories)}
    known = narrowed(np.array([place.get(text, -1) for text in texts] + [-1], np.int64))[codes]
    unknown = np.flatnonzero((known < 0) & (codes >= 0))
    if unknown.size:
        return known, int(unknown[0]), texts[codes[unknown[0]]]
    return known, None, ""
