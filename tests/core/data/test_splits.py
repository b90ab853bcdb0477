"""The three parts: exact sizes, nothing twice, every class in proportion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.data import split
from core.errors import InputError

FRACTIONS = st.floats(0, 0.6).map(lambda value: round(value, 3))


@given(
    counts=st.lists(st.integers(1, 60), min_size=1, max_size=8),
    validation=FRACTIONS,
    test=FRACTIONS,
    seed=st.integers(0, 1000),
)
def test_parts_are_exact_disjoint_complete_and_in_proportion(counts, validation, test, seed):
    target = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    n = len(target)
    sizes = {"validation": round(n * validation), "test": round(n * test)}
    assume(sum(sizes.values()) < n)
    assume(
        all(
            size > 0 or not wanted
            for size, wanted in zip(sizes.values(), (validation, test), strict=True)
        )
    )
    parts = split(target, validation, test, seed, classification=True)
    rows = np.concatenate([parts.train, parts.validation, parts.test])
    assert np.array_equal(np.sort(rows), np.arange(n))
    assert len(parts.validation) == sizes["validation"]
    assert len(parts.test) == sizes["test"]
    shares = np.array(counts) / n
    for part in (parts.train, parts.validation, parts.test):
        assert part.dtype == np.int64
        assert (np.diff(part) > 0).all()
        held = np.bincount(target[part], minlength=len(counts))
        slack = 2 if part is parts.train else 1
        assert (np.abs(held - shares * len(part)) < slack + 1e-9).all()


def test_strata_by_largest_remainder():
    # 10 rows: 7, 2, 1; validation round(2.5) = 2: quotas 1.4, 0.4, 0.2, so 1 and then class 0.
    # Remainders .4 and .4 tie, and the first class takes the second row.
    target = np.repeat([0, 1, 2], [7, 2, 1])
    parts = split(target, 0.25, 0.25, 7, classification=True)
    assert np.bincount(target[parts.test], minlength=3).tolist() == [2, 0, 0]
    assert np.bincount(target[parts.validation], minlength=3).tolist() == [2, 0, 0]
    parts = split(np.repeat([0, 1, 2], [5, 3, 2]), 0.3, 0.3, 7, classification=True)
    # Quotas 1.5, 0.9, 0.6: floors 1, 0, 0 and the two largest remainders.
    assert [int((parts.test >= low).sum()) for low in (0, 5, 8)] == [3, 2, 1]


def test_the_same_for_the_same_seed_and_another_for_another():
    target = np.repeat([0, 1], 50)
    first, again = (split(target, 0.25, 0.25, 7, True) for _ in range(2))
    other = split(target, 0.25, 0.25, 8, True)
    assert (first.train == again.train).all()
    assert (first.test == again.test).all()
    assert (first.train != other.train).any()
    assert not first.train.flags.writeable


def test_numbers_are_split_at_random():
    target = np.linspace(0, 1, 101)
    parts = split(target, 0.25, 0.25, 7, classification=False)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (51, 25, 25)
    assert 0.3 < target[parts.test].mean() < 0.7


def test_a_given_test_part_is_taken_whole():
    given_test = np.arange(120) >= 100
    parts = split(np.arange(120) % 2, 0.25, 0.25, 7, True, given_test)
    assert parts.test.tolist() == list(range(100, 120))
    assert len(parts.validation) == 25
    assert len(parts.train) == 75


@pytest.mark.parametrize(
    ("rows", "validation", "test", "field"),
    [
        (4, 0.1, 0.25, "validation_fraction"),
        (4, 0.25, 0.1, "test_fraction"),
        (4, 0.5, 0.5, "validation_fraction"),
    ],
)
def test_no_part_ends_empty_unasked(rows, validation, test, field):
    with pytest.raises(InputError) as caught:
        split(np.arange(rows) % 2, validation, test, 7, True)
    assert caught.value.field == f"evaluation.{field}"
    assert str(rows) in caught.value.problem


def test_parts_that_are_not_wanted_are_empty():
    parts = split(np.arange(10) % 2, 0, 0, 7, True)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (10, 0, 0)
