"""Orders of epochs: drawn from seed and epoch alone, the same by numpy and by compiled code."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import flights
from core.batches import BatchOrder, Cursor
from core.experiment import Experiment
from core.loop import LearningLoop
from core.seeds import stream, words

ROWS = np.arange(100, 120)


def test_an_order_is_drawn_from_seed_and_epoch_alone() -> None:
    order = BatchOrder(ROWS, 3)
    fifth, sixth = (order.of(Cursor(epoch=epoch)) for epoch in (5, 6))
    assert np.array_equal(np.sort(fifth), ROWS)
    assert not np.array_equal(fifth, sixth)
    assert np.array_equal(order.of(Cursor(epoch=5)), fifth)
    assert np.array_equal(BatchOrder(ROWS, 3).of(Cursor(epoch=5)), fifth)
    assert not np.array_equal(BatchOrder(ROWS, 4).of(Cursor(epoch=5)), fifth)
    assert np.array_equal(order.of(Cursor(epoch=5, shuffled=False)), ROWS)


def test_an_order_is_never_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        BatchOrder(ROWS, 3).of(Cursor())[0] = 0


@given(
    seed=st.one_of(st.integers(0, 9), st.integers(0, 2**63 - 1)),
    epoch=st.one_of(st.integers(0, 9), st.integers(0, 2**32 - 1)),
    rows=st.integers(1, 700),
)
def test_compiled_code_draws_the_same_orders(seed: int, epoch: int, rows: int) -> None:
    from core.network.compiled.calls import shuffled

    given_rows = 3 * np.arange(rows) + 1
    order = shuffled(words(seed, "shuffle"), epoch, given_rows)
    assert np.array_equal(order, stream(seed, "shuffle", epoch).permutation(given_rows))


def test_where_numpy_draws_otherwise_each_epoch_is_a_flight(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends = []
    for alike in (True, False):
        monkeypatch.setattr(flights, "_shuffles_as_numpy", lambda alike=alike: alike)
        loop = LearningLoop(Experiment().replace("model.kernel", "compiled"))
        loop.run(400)
        ends.append(loop.learner.kernel.theta.copy())
    assert np.array_equal(*ends)


def test_where_numpy_draws_otherwise_it_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    flights._shuffles_as_numpy.cache_clear()
    assert flights._shuffles_as_numpy()
    flights._shuffles_as_numpy.cache_clear()
    monkeypatch.setattr(flights, "words", lambda seed, name: words(seed + 1, name))
    try:
        assert not flights._shuffles_as_numpy()
    finally:
        flights._shuffles_as_numpy.cache_clear()
