"""Checkpoints: a budget that holds, dense near the head, sparse behind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.batches import Cursor
from core.checkpoints import Checkpoint, Checkpoints

STEP = Checkpoints.INTERVAL


def saved(budget: int, size: int, count: int) -> Checkpoints:
    """States of `size` bytes offered as a run of `count` intervals offers them."""
    checkpoints = Checkpoints(budget)
    for k in range(count + 1):
        offer(checkpoints, k * STEP, size)
    return checkpoints


def offer(checkpoints: Checkpoints, update: int, size: int) -> None:
    if checkpoints.wants(update):
        checkpoints.save(Checkpoint(update, Cursor(update), b"", size))
        assert checkpoints.nbytes <= checkpoints.budget or len(checkpoints) == 1


@given(st.integers(600, 100_000), st.integers(0, 5000), st.integers(1, 1500))
def test_the_budget_is_never_exceeded_and_update_0_stays(
    budget: int, size: int, count: int
) -> None:
    checkpoints = saved(budget, size, count)
    assert checkpoints.nearest(0).update == 0
    assert checkpoints.nbytes == len(checkpoints) * (size + Checkpoints.OVERHEAD)
    assert checkpoints.nbytes <= budget or len(checkpoints) == 1


def test_the_nearest_is_the_newest_at_or_before() -> None:
    checkpoints = saved(2**20, 100, 10)
    ways = ((0, 0), (STEP - 1, 0), (STEP, STEP), (2 * STEP - 1, STEP), (10**6, 10 * STEP))
    for update, expected in ways:
        assert checkpoints.nearest(update).update == expected


def test_spacing_grows_with_the_distance_from_the_head() -> None:
    count = 100_000
    checkpoints = saved(2**22, 1000, count)
    head = count * STEP
    at = np.array(checkpoints._updates)
    assert at[-1] == head
    distance = head - at[:-1]
    spacing = np.diff(at)
    # Dense near the head, nowhere further apart than a fifth of the way back.
    assert (spacing[distance < 10 * STEP] == STEP).all()
    assert (spacing <= np.maximum(STEP, distance / 5)).all()
    assert spacing.max() > 300 * STEP
    assert checkpoints.nbytes <= 2**22


def test_going_back_makes_the_past_dense_again() -> None:
    checkpoints = saved(2**20, 2000, 20_000)
    head = 20_000 * STEP
    for k in range(5000, 5031):
        offer(checkpoints, k * STEP, 2000)
    assert checkpoints.nearest(5030 * STEP).update == 5030 * STEP
    assert checkpoints.nearest(head).update == head
    assert checkpoints.nbytes <= 2**20


def test_a_state_larger_than_the_budget_leaves_update_0_alone() -> None:
    checkpoints = saved(1000, 5000, 5)
    assert len(checkpoints) == 1
    assert checkpoints.nearest(10**9).update == 0


def test_what_is_there_is_not_wanted_again() -> None:
    checkpoints = saved(2**20, 100, 3)
    assert not checkpoints.wants(STEP)
    assert not checkpoints.wants(STEP + 1)
    assert checkpoints.wants(4 * STEP)


@pytest.mark.parametrize("update", [0, 100, 10**6])
def test_dropping_a_future(update: int) -> None:
    checkpoints = saved(2**20, 100, 8)
    checkpoints.drop_after(update)
    expected = [k * STEP for k in range(9) if k * STEP <= update] or [0]
    assert checkpoints._updates == expected
    assert checkpoints.nbytes == len(expected) * (100 + Checkpoints.OVERHEAD)
    assert checkpoints.nearest(10**7).update == expected[-1]
