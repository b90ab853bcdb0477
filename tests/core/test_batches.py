"""Orders of epochs: drawn from seed and epoch alone, several at a time, kept within bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core import batches
from core.batches import BatchOrder, Cursor

ROWS = np.arange(100, 120)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The epochs whose orders have been drawn, in order."""
    found: list[int] = []
    stream = batches.stream

    def counted(seed: int, name: str, epoch: int) -> Any:
        found.append(epoch)
        return stream(seed, name, epoch)

    monkeypatch.setattr(batches, "stream", counted)
    return found


def alone(epoch: int, seed: int = 3) -> np.ndarray:
    return BatchOrder(ROWS, seed).of(Cursor(epoch=epoch))


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize("following", [True, False])
@pytest.mark.parametrize("epochs", [1, 2, 7])
def test_several_are_those_of_each_epoch(begun: bool, following: bool, epochs: int) -> None:
    found = BatchOrder(ROWS, 3).several(Cursor(epoch=5, shuffled=begun), epochs, following)
    assert found.shape == (epochs, len(ROWS))
    for k, order in enumerate(found):
        shuffled = following if k else begun
        assert np.array_equal(order, alone(5 + k) if shuffled else ROWS), k
    assert not np.array_equal(alone(5), alone(6))
    assert not np.array_equal(alone(5), alone(5, seed=4))
    assert np.array_equal(np.sort(alone(5)), ROWS)


def test_fewer_where_they_would_take_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "KEPT", 3 * len(ROWS) + 1)
    assert len(BatchOrder(ROWS, 3).several(Cursor(), 50, True)) == 3
    monkeypatch.setattr(batches, "KEPT", 1)
    found = BatchOrder(ROWS, 3).several(Cursor(epoch=2), 50, True)
    assert np.array_equal(found, alone(2)[None])


def test_an_order_is_drawn_once(drawn: list[int]) -> None:
    order = BatchOrder(ROWS, 3)
    order.several(Cursor(epoch=1), 4, True)
    order.several(Cursor(epoch=3), 3, True)
    for epoch in (2, 5, 1):
        order.of(Cursor(epoch=epoch))
    assert drawn == [1, 2, 3, 4, 5]
    order.several(Cursor(epoch=8, shuffled=False), 3, False)
    assert drawn == [1, 2, 3, 4, 5]


def test_what_is_kept_stays_within_bounds(
    drawn: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "KEPT", 10 * len(ROWS))
    order = BatchOrder(ROWS, 3)
    for epoch in range(0, 60, 4):
        order.several(Cursor(epoch=epoch), 6, True)
        assert len(order._drawn) <= 11
    assert sorted(drawn) == list(range(62))
    # What has gone is drawn anew, and the same.
    assert np.array_equal(order.of(Cursor(epoch=0)), alone(0))
    assert drawn.count(0) == 3


def test_an_order_is_never_written() -> None:
    order = BatchOrder(ROWS, 3)
    with pytest.raises(ValueError, match="read-only"):
        order.of(Cursor())[0] = 0
    order.several(Cursor(), 3, True)[:] = 0
    assert np.array_equal(order.of(Cursor(epoch=1)), alone(1))
