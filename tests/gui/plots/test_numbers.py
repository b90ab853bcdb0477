"""Numbers as text, ticks, and the table behind every plot."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlloop_gui.plots import numbers
from mlloop_gui.plots.table import ColumnsModel


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0831, "0.0831"),
        (12.44, "12.4"),
        (-0.5, "−0.500"),
        (1025.0, "1\u202f025"),
        (0.0, "0"),
        (3.14e-7, "3.1 × 10⁻⁷"),
        (-2.5e9, "−2.5 × 10⁹"),
        (math.nan, "not a number"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_short(value, text):
    assert numbers.short(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.25, "+0.250"), (-0.25, "−0.250"), (0.0, "0"), (math.nan, "not a number")]
)
def test_a_change_has_its_sign(value, text):
    assert numbers.change(value) == text


def test_places_and_percentages():
    assert numbers.place(1025.0) == "1\u202f025"
    assert numbers.place(0.25) == "0.250"
    assert numbers.percent(0.968) == "96.8\u202f%"
    assert numbers.percent(math.nan) == "not a number"


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.2, 7.9), (0.0, 1e-6), (1e5, 3e8)])
@pytest.mark.parametrize("parts", [1, 3, 6])
def test_ticks_are_round_few_and_within(low, high, parts):
    step, values = numbers.ticks(low, high, parts)
    assert 0 <= len(values) <= parts + 1
    assert all(low - 1e-6 * step <= value <= high + 1e-6 * step for value in values)
    mantissa = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(mantissa - m) for m in (1.0, 2.0, 2.5, 5.0)) < 1e-6


@pytest.mark.parametrize(
    ("values", "step", "texts"),
    [
        ([0.0, 0.25, 0.5], 0.25, ["0", "0.25", "0.50"]),
        ([0.0, 0.2], 0.2, ["0", "0.2"]),
        ([-250.0, 0.0], 250.0, ["−250", "0"]),
        ([0.0, 2.5, 5.0], 2.5, ["0", "2.5", "5.0"]),
        ([1000.0], 1000.0, ["1\u202f000"]),
    ],
)
def test_tick_texts_have_just_the_decimals_they_need(values, step, texts):
    assert numbers.tick_texts(values, step) == texts


def test_tick_texts_differ_from_each_other():
    for span in (1e-9, 3e-4, 0.7, 12.0, 9e6, 4e11):
        step, values = numbers.ticks(0.0, span, 5)
        assert len(set(numbers.tick_texts(values, step))) == len(values)


def test_log_ticks():
    assert numbers.log_ticks(-4.0, 0.0, 4) == [-4.0, -2.0, 0.0]
    assert numbers.log_tick_texts([-4.0, -2.0, 0.0, 2.0]) == ["10⁻⁴", "0.01", "1", "100"]
    within = numbers.log_ticks(-0.4, 0.5, 4)
    assert [round(10.0**at, 3) for at in within] == [0.5, 1.0, 2.0]


def test_columns_of_unequal_length(qtmodeltester):
    model = ColumnsModel(["x", "name"], [np.array([0.1, 0.2, np.nan]), ["a", "b"]])
    qtmodeltester.check(model)
    assert (model.rowCount(), model.columnCount()) == (3, 2)
    assert model.data(model.index(2, 0)) == "nan"
    assert model.data(model.index(2, 1)) is None
    assert model.as_text() == "x\tname\n0.1\ta\n0.2\tb\nnan\t\n"
    with pytest.raises(ValueError, match="1 headers for 0 columns"):
        ColumnsModel(["x"], [])
