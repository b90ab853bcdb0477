from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.experiment import fields
from mlloop_gui.panels.fields.steps import stepped
from mlloop_gui.panels.fields.written import (
    format_list,
    format_number,
    parse_integer,
    parse_list,
    parse_number,
)

FREE = fields()["stop.target_loss"]
RATE = fields()["optimizer.learning_rate"]
BATCH = fields()["optimizer.batch_size"]
NOISE = fields()["data.noise"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.3, "0.3"), (1e-5, "1e-05"), (2.0, "2"), (0.0, "0"), (1 / 3, "0.3333333333333333"),
     (1e300, "1e+300"), (500, "500"), (10_000_000, "10000000")],
)  # fmt: skip
def test_numbers_are_short(value, text):
    assert format_number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_shown_reads_back_exactly(value):
    assert parse_number(format_number(value), FREE) == value


@given(st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=5))
def test_lists_read_back_exactly(values):
    assert parse_list(format_list(values), fields()["loss.class_weights"]) == values


@pytest.mark.parametrize(
    ("text", "value"),
    [("0,3", 0.3), (" .5 ", 0.5), ("−0.5", -0.5), ("1 000.5", 1000.5), ("2e-3", 0.002)],
)
def test_numbers_may_be_written_as_people_do(text, value):
    assert parse_number(text, FREE) == value


@pytest.mark.parametrize("text", ["", "a", "1,2,3", "nan", "inf", "1/0", "--1", "0x"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(InputError):
        parse_number(text, FREE)


def test_whole_numbers():
    assert parse_integer("1e3", BATCH) == parse_integer("1 000", BATCH) == 1000
    for text in ("1.5", "0", "x", "1e99"):
        with pytest.raises(InputError):
            parse_integer(text, BATCH)


def test_open_and_closed_bounds():
    assert parse_number("0", NOISE) == 0
    for field, text in ((NOISE, "1.01"), (RATE, "0"), (fields()["model.dropout"], "1")):
        with pytest.raises(InputError, match="out of range"):
            parse_number(text, field)


@pytest.mark.parametrize(
    ("path", "start", "up"),
    [
        ("optimizer.learning_rate", 0.3, [1.0, 3.0, 10.0]),
        ("optimizer.learning_rate", 0.01, [0.03, 0.1]),
        ("optimizer.learning_rate", 0.02, [0.03]),
        ("optimizer.batch_size", 10, [20, 50, 100]),
        ("optimizer.momentum", 0.9, [0.95, 0.98, 0.99]),
        ("data.noise", 0.1, [0.15, 0.2]),
        ("data.noise", 0.98, [1.0]),
        ("data.noise", 1.0, [1.0]),
        ("loss.l2", 0.0, [1e-5, 3e-5, 1e-4]),
        ("seed", 7, [8, 9]),
        ("data.classes", 9, [10, 10]),
        ("stop.patience", None, [10, 20]),
    ],
)
def test_steps_up(path, start, up):
    found, value = [], start
    for _ in up:
        value = stepped(fields()[path], value, 1)
        found.append(value)
    assert found == up


@pytest.mark.parametrize(
    ("path", "start", "down"),
    [
        ("optimizer.learning_rate", 0.3, [0.1, 0.03, 0.01]),
        ("optimizer.batch_size", 10, [5, 2, 1, 1]),
        ("optimizer.momentum", 0.9, [0.8, 0.5, 0.0, 0.0]),
        ("data.noise", 0.05, [0.0, 0.0]),
        ("loss.l2", 3e-5, [1e-5, 0.0, 0.0]),
        ("data.samples", 500, [200, 100, 50]),
        ("data.samples", 5, [5]),
        ("evaluation.test_fraction", 0.25, [0.2, 0.15]),
    ],
)
def test_steps_down(path, start, down):
    found, value = [], start
    for _ in down:
        value = stepped(fields()[path], value, -1)
        found.append(value)
    assert found == down


@given(st.sampled_from([f for f in fields().values() if f.kind in ("integer", "number")]),
       st.integers(-12, 12), st.data())  # fmt: skip
def test_steps_stay_within_bounds(field, steps, data):
    low = field.low if field.low is not None else -1e6
    high = min(field.high if field.high is not None else 1e6, 1e6)
    if field.kind == "integer":
        value = data.draw(st.integers(math.ceil(low), math.floor(high)))
    else:
        value = data.draw(
            st.floats(low, high, exclude_min=field.low_open, exclude_max=field.high_open)
        )
    moved = stepped(field, value, steps)
    parse = parse_integer if field.kind == "integer" else parse_number
    assert parse(format_number(moved), field) == moved
    assert moved == value or (moved > value) == (steps > 0)
