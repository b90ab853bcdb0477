"""Narrow columns that read as one array of float64."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.columns import Columns, Growing, GrowingTexts, narrowed

ARRAYS = (
    np.array([1, -1, 100, 3, 0, 7] * 1000, np.int8),
    np.array([0.1, np.nan, 2.5, 1e300, -0.0, 5.0] * 1000),
    np.array([0.5, 1.5, np.nan, 3.0, 2.0, 1.0] * 1000, np.float32),
    np.arange(6000, dtype=np.int16),
)


@pytest.fixture
def columns() -> Columns:
    return Columns([array.copy() for array in ARRAYS])


@pytest.fixture
def dense() -> np.ndarray:
    return np.column_stack([array.astype(np.float64) for array in ARRAYS])


@pytest.mark.parametrize(
    "key",
    [
        4,
        np.int64(5),
        slice(2, 5),
        slice(None),
        slice(7, 3),
        np.array([5, 0, 5]),
        [3, 1],
        np.array([True, False, True, False, False, True] * 1000),
        (slice(None), 1),
        (2, 1),
        (np.array([4, 2]), np.int64(3)),
        (slice(0, 4), slice(1, 3)),
        (5, slice(1, None)),
        (slice(0, 3), [2, 0]),
        (slice(0, 3), slice(2, 2)),
        np.ix_([1, 2], [0, 3]),
        (Ellipsis, 0),
    ],
    ids=str,
)
def test_any_part_is_that_of_the_array(columns: Columns, dense: np.ndarray, key) -> None:
    found, expected = columns[key], dense[key]
    assert np.array_equal(found, expected, equal_nan=True)
    assert np.shape(found) == np.shape(expected)
    assert found.dtype == np.float64


def test_it_reads_as_an_array(columns: Columns, dense: np.ndarray) -> None:
    assert (columns.shape, columns.ndim, columns.dtype) == (dense.shape, 2, dense.dtype)
    assert len(columns) == len(dense)
    assert np.array_equal(np.asarray(columns), dense, equal_nan=True)
    assert np.array_equal(np.isnan(columns), np.isnan(dense))
    assert np.array_equal(columns * 2 - dense, dense, equal_nan=True)
    assert np.array_equal(columns == dense, dense == dense)
    assert np.array_equal(columns.tolist()[:1], dense[:1].tolist())
    assert np.asarray(Columns([np.ones(3)]), np.float32).dtype == np.float32
    with pytest.raises(ValueError, match="without a copy"):
        np.array(columns, copy=False)


def test_nobody_writes_to_it(columns: Columns, dense: np.ndarray) -> None:
    with pytest.raises(TypeError):
        columns[0, 0] = 1.0  # type: ignore[index]
    with pytest.raises(ValueError, match="read-only"):
        columns.arrays[0][0] = 1
    mine = columns.copy()
    mine[:] = 7.0
    assert np.array_equal(columns, dense, equal_nan=True)


def test_rows_are_put_behind_each_other(dense: np.ndarray) -> None:
    first, second = Columns([np.array([1, 2], np.int8)]), Columns([np.array([1000.5])])
    assert first.followed_by(second).tolist() == [[1.0], [2.0], [1000.5]]
    assert Columns(ARRAYS).nbytes == 6000 * (1 + 8 + 4 + 2)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], "int8"),
        ([0, 127, -128], "int8"),
        ([128], "int16"),
        ([-32769], "int32"),
        ([2**31], "int64"),
        ([0.5, np.nan, np.inf], "float32"),
        ([16777217.0], "float64"),
        ([0.1], "float64"),
        ([1e300], "float64"),
        (np.array([2**63], np.uint64), "float64"),
    ],
)
def test_the_narrowest_type_that_holds_each_value(values, kind: str) -> None:
    given = np.asarray(values, None if len(values) else np.int64)
    found = narrowed(given)
    assert found.dtype == kind
    assert np.array_equal(found.astype(np.float64), given.astype(np.float64), equal_nan=True)


@pytest.mark.parametrize("room", [0, 5, 100])
@pytest.mark.parametrize(
    ("pieces", "kind", "whole"),
    [
        ([[1, 2], [3]], "int8", True),
        ([[1, 2], [300], [70000]], "int32", True),
        ([[1, 2], [np.nan, 4.0]], "float32", False),
        ([[70000], [np.nan]], "float64", False),
        ([[0.5], [1], [0.1], [2]], "float64", False),
        ([[2**60], [1]], "int64", True),
        ([[1], list(range(100))], "int8", True),
    ],
)
def test_a_column_widens_as_it_grows(pieces, kind: str, whole: bool, room: int) -> None:
    growing = Growing(room)
    for piece in pieces:
        growing.add(np.array(piece))
    column = growing.finished()
    assert column.values.dtype == kind
    given = [value for piece in pieces for value in piece]
    assert np.array_equal(column.values, np.array(given), equal_nan=True)
    assert (column.whole, column.numeric) == (whole, True)


def test_texts_are_kept_once_with_their_blanks_evened_out() -> None:
    growing = GrowingTexts(4)
    growing.add(np.array([0, 1, -1]), ["b", "a  x"])
    growing.add(np.array([1, 0]), [" a\nx", "c"])
    column = growing.finished()
    assert column.texts == ("b", "a x", "c")
    assert column.values.tolist() == [0, 1, -1, 2, 1]
    assert column.gaps.tolist() == [False, False, True, False, False]


@pytest.mark.parametrize(
    ("given", "texts", "codes"),
    [
        (["TRUE", "false", "True"], ("True", "False"), [0, 1, 0, -1]),
        (["TRUE", "no", "True"], ("TRUE", "no", "True"), [0, 1, 2, -1]),
    ],
)
def test_spellings_of_true_and_false_are_one_if_there_is_nothing_else(given, texts, codes) -> None:
    growing = GrowingTexts(4)
    growing.add(np.array([0, 1, 2, -1]), given)
    column = growing.finished()
    assert (column.texts, column.values.tolist()) == (texts, codes)
