"""Twins and the floor that they force: by hand, and against every other answer."""

from __future__ import annotations

from dataclasses import replace
from math import log
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.evaluation.twins import Twins, find_twins, typical_distance
from core.losses import LOSSES
from core.problem import Problem, prepare
from tests.core.network.building import dataset, experiment

WHOLE = {"evaluation__validation_fraction": 0.0, "evaluation__test_fraction": 0.0}
FOR_CLASSES = [loss.name for loss in LOSSES if loss.for_classes]
FOR_NUMBERS = [loss.name for loss in LOSSES if loss.for_numbers]


def problem(x, target, classes: int = 0, **names) -> Problem:
    data = dataset(np.array(x, float).reshape(len(target), -1), np.array(target), classes)
    return prepare(data, experiment(representation__scaling="none", **(WHOLE | names)))


def floor(made: Problem) -> float:
    return find_twins(made, 0.0).loss_floor


def rows_of(found: Twins) -> list[list[int]]:
    return [group.tolist() for group in found.groups]


def test_without_twins_the_floor_is_0():
    made = problem([0, 1, 2, 3], [0, 1, 0, 1], 2)
    found = find_twins(made)
    assert (found.groups, found.count) == ((), 0)
    assert (found.loss_floor, found.accuracy_ceiling) == (0.0, 1.0)
    assert found.group_floors.shape == (0,)


def test_equal_vectors_with_one_target_are_no_twins():
    found = find_twins(problem([0, 0, 1, 1], [0, 0, 1, 1], 2))
    assert (found.count, found.loss_floor, found.accuracy_ceiling) == (0, 0.0, 1.0)


def test_a_group_by_hand():
    """Three of a, one of b at one place: 4 samples of 6 at the entropy of (3/4, 1/4)."""
    made = problem([5, 1, 5, 5, 9, 5], [0, 0, 1, 0, 1, 0], 2, loss__name="binary_cross_entropy")
    found = find_twins(made)
    entropy = -0.75 * log(0.75) - 0.25 * log(0.25)
    assert rows_of(found) == [[0, 2, 3, 5]]
    assert found.count == 4
    assert found.group_floors == pytest.approx([entropy], abs=1e-15)
    assert found.loss_floor == pytest.approx(4 / 6 * entropy, abs=1e-15)
    assert found.accuracy_ceiling == pytest.approx(5 / 6, abs=1e-15)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [("mse", 14 / 3), ("mae", 5 / 3), ("huber", (0.5 + 0.0 + 3.5) / 3)],
)
def test_numbers_by_hand(loss, expected):
    """0, 1 and 5 at one place: the variance; the median, 1, which is huber's best too."""
    made = problem(
        [2, 2, 2], [0.0, 1.0, 5.0], loss__name=loss, representation__target_scaling="none"
    )
    assert floor(made) == pytest.approx(expected, abs=1e-12)
    assert find_twins(made).accuracy_ceiling is None


def test_class_weights_move_the_floor():
    plain = problem([0, 0, 1, 2], [0, 1, 0, 1], 2, loss__name="hinge")
    assert floor(plain) == 2 * 1 / 4
    weighed = problem([0, 0, 1, 2], [0, 1, 0, 1], 2, loss__name="hinge", loss__class_weights=[1, 3])
    assert floor(weighed) == 2 * 1 / 8


def test_only_the_training_part_counts():
    x, target = [[0.0]] * 40, [0, 1] * 20
    made = prepare(dataset(np.array(x), np.array(target), 2), experiment())
    found = find_twins(made)
    assert set(np.concatenate(found.groups)) == set(made.parts.train)
    assert len(made.parts.train) < 40


def test_near_ones_within_the_tolerance():
    x = [[0, 0], [1e-6, 0], [1, 1], [2, 1], [3, 0], [0, 4], [0, 4 + 1e-2]]
    made = problem(x, [0, 1, 0, 1, 0, 0, 1], 2)
    assert rows_of(find_twins(made)) == [[0, 1]]
    assert rows_of(find_twins(made, 0.0)) == []
    assert rows_of(find_twins(made, 0.011)) == [[0, 1], [5, 6]]
    assert rows_of(find_twins(made, 1e-6)) == [[0, 1]]
    assert rows_of(find_twins(made, 0.99e-6)) == []
    assert find_twins(made).tolerance == pytest.approx(1e-5, rel=1e-9)  # the median is 0.01


def test_chains_are_one_group():
    made = problem([0.0, 0.3, 0.1, 0.2, 5.0], [0, 1, 0, 0, 1], 2)
    assert rows_of(find_twins(made, 0.11)) == [[0, 1, 2, 3]]


@pytest.mark.parametrize("tolerance", [-1.0, float("nan"), float("inf")])
def test_a_tolerance_that_is_none_is_refused(tolerance):
    with pytest.raises(InputError, match="tolerance"):
        find_twins(problem([0, 1], [0, 1], 2), tolerance)


def test_minus_0_is_0():
    assert rows_of(find_twins(problem([0.0, -0.0, 1.0], [0, 1, 0], 2), 0.0)) == [[0, 1]]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=4, max_size=30),
    st.sampled_from(FOR_CLASSES),
    st.lists(st.floats(0.2, 5), min_size=3, max_size=3),
    st.integers(0, 2**32 - 1),
)
def test_nothing_said_of_classes_is_below_the_floor(samples, loss, weights, seed):
    samples = [*samples, (0, 0), (1, 1), (2, 2)]  # each class occurs
    x, target = np.array(samples).T
    made = problem(x, target, 3, loss__name=loss, loss__class_weights=weights)
    check_no_answer_is_better(made, x, seed)
    found = find_twins(made)
    guess = [np.bincount(target[x == place], minlength=3).argmax() for place in x]
    assert found.accuracy_ceiling == pytest.approx((guess == target).mean(), abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(-9, 9)), min_size=2, max_size=30),
    st.sampled_from(FOR_NUMBERS),
    st.floats(0.1, 3),
    st.integers(0, 2**32 - 1),
)
def test_nothing_said_of_numbers_is_below_the_floor(samples, loss, delta, seed):
    x, target = np.array(samples).T
    made = problem(x, target, loss__name=loss, loss__delta=delta)
    check_no_answer_is_better(made, x, seed)


def check_no_answer_is_better(made: Problem, x: np.ndarray, seed: int) -> None:
    """Against drawn answers, each target as an answer, and a descent from the best of these."""
    least, rng = floor(made), np.random.default_rng(seed)
    rows = np.arange(len(x))
    places, of = np.unique(x, return_inverse=True)

    weight = np.ones(len(x)) if made.weight is None else made.weight

    def loss(answers: np.ndarray) -> float:
        prices = made.loss.sample_losses(answers[of], made.y, made.delta)
        return float(weight @ prices / weight.sum())

    best = np.stack([made.y[rng.choice(rows[of == i])] for i in range(len(places))])
    price, step = loss(best), 4.0
    for _ in range(150):
        moved = rng.random(best.shape) < 0.5
        other = best + step * rng.standard_normal(best.shape) * moved
        if loss(other) < price:
            best, price = other, loss(other)
        else:
            step *= 0.93
    assert price >= least - 1e-12
    assert least >= 0


@pytest.mark.parametrize("loss", sorted({*FOR_CLASSES, *FOR_NUMBERS}))
def test_the_floor_can_be_reached(loss):
    """scipy's minimiser gets there, group by group: the floor is the least, not just below it."""
    from scipy.optimize import minimize_scalar

    rng = np.random.default_rng(4)
    x = rng.integers(0, 5, 60).astype(float)
    if loss in FOR_NUMBERS:
        made = problem(x, rng.standard_normal(60), loss__name=loss, loss__delta=0.4)
    else:
        made = problem(x, rng.integers(0, 2, 60), 2, loss__name=loss, loss__class_weights=[1, 2.5])
    total = 0.0
    weight = np.ones(60) if made.weight is None else made.weight
    for place in np.unique(x):
        rows = np.flatnonzero(x == place)

        def price(score: float, rows: np.ndarray = rows) -> float:
            scores = np.zeros((len(rows), made.outputs))
            scores[:, -1] = score
            return float(weight[rows] @ made.loss.sample_losses(scores, made.y[rows], made.delta))

        total += minimize_scalar(
            price, bounds=(-9, 9), method="bounded", options={"xatol": 1e-10}
        ).fun
    assert floor(made) == pytest.approx(total / weight.sum(), abs=1e-8)  # as near as it gets


def test_float32_too():
    made = problem([0, 0, 1, 2], [0, 1, 0, 1], 2, model__dtype="float32")
    assert rows_of(find_twins(made)) == [[0, 1]]


def test_equal_rows_agree_with_numpy():
    rng = np.random.default_rng(1)
    x = rng.integers(0, 4, (500, 3)).astype(float)
    made = problem(x, rng.integers(0, 2, 500), 2)
    _, of = np.unique(x, axis=0, return_inverse=True)
    expected = {
        tuple(np.flatnonzero(of == i))
        for i in range(of.max() + 1)
        if len(set(made.labels[of == i])) > 1
    }
    assert {tuple(group) for group in rows_of(find_twins(made, 0.0))} == expected


def test_typical_distance_is_scikit_learns():
    from sklearn.neighbors import KDTree

    x = np.random.default_rng(2).standard_normal((200, 3))
    nearest = KDTree(x).query(x, k=2)[0][:, 1]
    assert typical_distance(x) == pytest.approx(np.median(nearest), rel=1e-12)


def test_near_groups_agree_with_scikit_learns():
    from sklearn.cluster import DBSCAN

    rng = np.random.default_rng(3)
    x = rng.random((300, 2))
    made = problem(x, np.arange(300) % 2, 2)
    of = DBSCAN(eps=0.03, min_samples=1).fit(x).labels_
    expected = {
        tuple(np.flatnonzero(of == i))
        for i in range(of.max() + 1)
        if len(set(made.labels[of == i])) > 1
    }
    assert {tuple(group) for group in rows_of(find_twins(made, 0.03))} == expected


def test_many_samples_take_no_square_of_them():
    """100,000 samples, a tenth of them twins."""
    rng = np.random.default_rng(5)
    x = rng.random((100_000, 2))
    x[:10_000] = x[10_000:20_000]
    target = np.arange(100_000) % 2
    target[:10_000] = 1 - target[10_000:20_000]
    made = problem(x, target, 2)
    calls: list[float] = []
    start = perf_counter()
    found = find_twins(made, progress=calls.append)
    assert perf_counter() - start < 5
    assert found.count == 20_000
    assert found.accuracy_ceiling == 0.9
    assert calls == sorted(calls)
    assert calls[-1] == 1


def test_it_can_be_cancelled():
    class EnoughError(Exception):
        pass

    def stop(share: float) -> None:
        if share > 0.3:
            raise EnoughError

    with pytest.raises(EnoughError):
        find_twins(problem([0, 1, 2], [0, 1, 0], 2), progress=stop)


def test_the_loss_in_force_decides():
    made = problem([0, 0, 1], [0, 1, 1], 2, loss__name="hinge")
    other = made.with_loss(experiment(loss__name="mse").loss)
    assert floor(made) == pytest.approx(2 / 3)
    assert floor(other) == pytest.approx(2 / 3 * 0.25)  # of each of the two outputs
    assert floor(replace(made)) == floor(made)
