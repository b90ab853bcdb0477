"""Curves in bounded memory that never lose an extreme."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.history import Curves
from tests.core.network.building import drawn, loop_on

VALUES = st.floats(allow_nan=True, allow_infinity=True, width=32)


def filled(values: np.ndarray, capacity: int = 64, pieces: int = 7) -> Curves:
    """One series `y` over the updates 1, 2, ..., appended in uneven pieces."""
    curves = Curves(("y",), capacity)
    start = 0
    for k in range(10**9):
        if start >= len(values):
            return curves
        stop = start + 1 + k % pieces
        chunk = values[start:stop]
        curves.append(np.arange(start + 1, start + 1 + len(chunk)), chunk[:, None])
        start = stop
    raise AssertionError


def test_while_rows_fit_every_one_is_kept() -> None:
    values = np.random.default_rng(0).standard_normal(64)
    curves = filled(values)
    x, y = curves.column("y")
    assert np.array_equal(x, np.arange(1, 65))
    assert np.array_equal(y, values)
    assert curves.width == 1
    view = curves.view()
    for part in (view.low, view.high, view.last):
        assert np.array_equal(part["y"], values)
    at, shown = view.envelope("y")
    assert np.array_equal(at, x)
    assert np.array_equal(shown, values)


def test_ten_million_updates_stay_small_and_keep_the_extremes() -> None:
    """As the loop makes them: a loss, the gradient of seven layers, the step."""
    names = ("batch_loss", *(f"gradient_{i}" for i in range(7)), "step")
    curves = Curves.within(32 * 2**20, names)
    rng = np.random.default_rng(1)
    block = rng.standard_normal((50_000, len(names)))
    lowest, highest = -77.0, 99.0
    for k in range(200):
        rows = block.copy() if k in (3, 171) else block
        if k == 3:
            rows[123, 0] = highest
        if k == 171:
            rows[45_678, 0] = lowest
        curves.append(np.arange(k * 50_000 + 1, (k + 1) * 50_000 + 1), rows)
    assert curves.last_update == 10_000_000
    assert curves.nbytes < 32 * 2**20
    view = curves.view(800)
    assert len(view.x) <= 800
    assert np.nanmax(view.high["batch_loss"]) == highest
    assert np.nanmin(view.low["batch_loss"]) == lowest
    for name, column in zip(names[1:], block.T[1:], strict=True):
        assert view.high[name].max() == column.max()
        assert view.low[name].min() == column.min()
    assert np.all(np.diff(view.x) > 0)


def test_the_loops_curves_fit_their_budget_in_deep_networks() -> None:
    loop = loop_on(drawn(20, 2, 2), loss__name="hinge", model__hidden=[2] * 60)
    updates, checks = loop.updates, loop.checks
    rows = 2 * updates.capacity + 1
    updates.append(np.arange(1, rows + 1), np.zeros((rows, len(updates.names))))
    checks.append(np.arange(1, 40_001), np.zeros((40_000, len(checks.names))))
    assert updates.nbytes <= 32 * 2**20
    assert updates.nbytes + checks.nbytes < 64 * 2**20


def test_a_short_run_stays_small() -> None:
    loop = loop_on(drawn(20, 2, 2), loss__name="hinge")
    loop.run(50)
    assert loop.updates.nbytes + loop.checks.nbytes < 20_000


@given(
    st.lists(VALUES, min_size=1, max_size=600),
    st.sampled_from([4, 16, 64]),
    st.integers(1, 50),
    st.integers(1, 40),
)
def test_a_views_extremes_are_the_true_ones(
    values: list[float], capacity: int, pieces: int, points: int
) -> None:
    array = np.array(values)
    curves = filled(array, capacity, pieces)
    assert len(curves._x) <= capacity
    assert curves.rows == len(array)
    view = curves.view(points)
    assert len(view.x) <= points
    assert view.x[-1] == len(array) == curves.last_update
    known = array[~np.isnan(array)]
    if len(known):
        assert np.nanmin(view.low["y"]) == known.min()
        assert np.nanmax(view.high["y"]) == known.max()
    else:
        assert np.isnan(view.low["y"]).all()
    # Each bucket's numbers are those of its own rows.
    ends = view.x.astype(int)
    for start, end, low, high, last in zip(
        [0, *ends[:-1]], ends, view.low["y"], view.high["y"], view.last["y"], strict=True
    ):
        rows = array[start:end]
        assert np.array_equal(last, rows[-1], equal_nan=True)
        assert np.array_equal(low, np.fmin.reduce(rows), equal_nan=True)
        assert np.array_equal(high, np.fmax.reduce(rows), equal_nan=True)


def test_what_is_not_finite_stays_so() -> None:
    curves = filled(np.array([1.0, np.nan, np.inf, 2.0]), capacity=64)
    view = curves.view()
    assert np.array_equal(view.last["y"], [1.0, np.nan, np.inf, 2.0], equal_nan=True)
    merged = filled(np.array([1.0, np.nan, np.nan, np.nan, 3.0, -np.inf]), capacity=2)
    low, high = merged.view().low["y"], merged.view().high["y"]
    assert low.tolist() == [1.0, -np.inf]
    assert high.tolist() == [1.0, 3.0]


@given(st.integers(1, 400), st.integers(0, 420), st.sampled_from([8, 64, 512]))
def test_truncating_forgets_what_came_after(rows: int, update: int, capacity: int) -> None:
    values = np.random.default_rng(rows).standard_normal(rows)
    curves = filled(values, capacity)
    curves.truncate(update)
    x, y = curves.column("y")
    assert (x <= update).all()
    # Nothing but a merged bucket that reaches beyond is lost.
    assert curves.rows >= min(rows, update) - (curves.width - 1)
    assert np.array_equal(y, values[x - 1])
    end = curves.rows
    curves.append(np.arange(update + 1, update + 31), np.full((30, 1), 9.0))
    assert curves.rows == end + 30
    assert curves.last_update == update + 30
    assert curves.column("y")[1][-1] == 9.0


def test_a_view_until_an_update() -> None:
    curves = filled(np.arange(50.0))
    view = curves.view(until=20)
    assert view.x.tolist() == list(range(1, 21))
    assert len(curves.view(until=0).x) == 0


def test_an_empty_view() -> None:
    view = Curves(("y", "z")).view()
    assert view.x.shape == (0,)
    assert view.low["z"].shape == (0,)
    assert Curves(("y",)).last_update == -1


def test_views_are_read_only_and_never_change() -> None:
    curves = filled(np.arange(64.0))
    view = curves.view()
    copies = {name: values.copy() for name, values in view.high.items()}
    curves.append(np.arange(65, 165), np.full((100, 1), 1e9))
    for name, values in view.high.items():
        assert np.array_equal(values, copies[name])
    for array in (view.x, view.low["y"], view.high["y"], view.last["y"]):
        assert not array.flags.writeable


def test_the_envelope_of_merged_curves_goes_through_both_extremes() -> None:
    curves = filled(np.tile([5.0, -5.0], 40), capacity=8)
    x, y = curves.view().envelope("y")
    assert len(x) == len(y) == 2 * curves.buckets
    assert (y.min(), y.max()) == (-5.0, 5.0)


def test_a_copy_is_independent() -> None:
    curves = filled(np.arange(10.0))
    copy = curves.copy()
    curves.append(np.array([11]), np.array([[7.0]]))
    assert copy.last_update == 10
    assert copy.column("y")[1].tolist() == list(range(10))


@pytest.mark.parametrize("name", ["low", "high"])
def test_merging_needs_an_even_capacity(name: str) -> None:
    curves = Curves.within(1000, ("a", "b", "c"))
    assert curves.capacity % 2 == 0
    assert getattr(curves.view(), name)["c"].shape == (0,)


def test_a_view_that_is_asked_for_again_is_the_same_until_rows_come_or_go() -> None:
    curves = Curves(("a",), capacity=4)
    curves.append(np.array([1, 2, 3]), np.array([[1.0], [2.0], [3.0]]))
    first = curves.view(4)
    assert curves.view(4) is first
    assert curves.view(4, until=2).x.tolist() == [1.0, 2.0]
    curves.append(np.array([4]), np.array([[4.0]]))
    assert curves.view(4).x.tolist() == [1.0, 2.0, 3.0, 4.0]
    curves.truncate(2)
    assert curves.view(4).x.tolist() == [1.0, 2.0]
    assert curves.copy().view(4).x.tolist() == [1.0, 2.0]
