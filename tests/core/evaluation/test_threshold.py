"""Curves over all thresholds as scikit-learn draws them, and the threshold that costs least."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from core.errors import InputError
from core.evaluation.threshold import (
    Counts,
    cost_curve,
    counts_at,
    macro_mean,
    one_against_rest,
    precision_recall_curve,
    ranking,
    roc_curve,
    theoretical_threshold,
)

# Few different scores, so that many are tied.
ROWS = st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=1, max_size=40)
COSTS = st.floats(0.01, 100)


def assert_close(own: object, theirs: object) -> None:
    np.testing.assert_allclose(np.asarray(own), np.asarray(theirs), rtol=1e-12, atol=1e-12)


def arrays(rows: list[tuple[bool, int]]) -> tuple[np.ndarray, np.ndarray]:
    positive, scores = zip(*rows, strict=True)
    return np.array(positive), np.array(scores) / 3


@given(ROWS, st.booleans())
def test_the_roc_curve_is_scikit_learns(rows: list[tuple[bool, int]], drop: bool) -> None:
    positive, scores = arrays(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = metrics.roc_curve(positive, scores, pos_label=True, drop_intermediate=drop)
        area = metrics.roc_auc_score(positive, scores)
    found = roc_curve(positive, scores, drop)
    for own, theirs in zip(
        (found.false_positive_rate, found.true_positive_rate, found.thresholds),
        expected,
        strict=True,
    ):
        assert_close(own, theirs)
    assert_close(found.area, area)
    assert np.isnan(found.area) == bool(found.reason) == (positive.all() or not positive.any())


@given(ROWS)
def test_precision_and_recall_are_scikit_learns(rows: list[tuple[bool, int]]) -> None:
    positive, scores = arrays(rows)
    found = precision_recall_curve(positive, scores)
    if not positive.any():
        # scikit-learn calls a share of nothing 1; here it is none, and the reason is told.
        assert np.isnan(found.recall[:-1]).all()
        assert np.isnan(found.average_precision)
        assert found.reason == "no sample is of this class"
        return
    expected = metrics.precision_recall_curve(positive, scores)
    for own, theirs in zip(
        (found.precision, found.recall, found.thresholds), expected, strict=True
    ):
        assert_close(own, theirs)
    average = metrics.average_precision_score(positive, scores)
    assert_close(found.average_precision, average)
    assert found.reason == ""


def test_scores_that_are_not_rounded_agree_too() -> None:
    rng = np.random.default_rng(3)
    positive = rng.random(5000) < 0.1
    scores = rng.standard_normal(5000) + positive
    curve = roc_curve(positive, scores)
    expected = metrics.roc_curve(positive, scores)
    assert len(curve.thresholds) == len(expected[2])
    assert curve.area == pytest.approx(metrics.roc_auc_score(positive, scores), abs=1e-12)
    average = precision_recall_curve(positive, scores).average_precision
    assert average == pytest.approx(metrics.average_precision_score(positive, scores), abs=1e-12)


def test_many_classes_one_against_the_rest() -> None:
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 4, 300)
    scores = rng.dirichlet(np.ones(4), 300) + 0.3 * np.eye(4)[truth]
    scores /= scores.sum(axis=1, keepdims=True)
    curves = one_against_rest(truth, scores, roc_curve)
    expected = metrics.roc_auc_score(truth, scores, multi_class="ovr", average=None)
    assert_close([curve.area for curve in curves], expected)
    macro = metrics.roc_auc_score(truth, scores, multi_class="ovr")
    assert macro_mean([curve.area for curve in curves]) == pytest.approx(macro, abs=1e-12)
    averages = [
        c.average_precision for c in one_against_rest(truth, scores, precision_recall_curve)
    ]
    theirs = metrics.average_precision_score(truth, scores, average=None)
    assert_close(averages, theirs)


@pytest.mark.parametrize(
    ("positive", "reason"),
    [
        ([], "there are no samples"),
        ([False, False], "no sample is of this class"),
        ([True, True], "every sample is of this class"),
    ],
)
def test_one_class_makes_no_curve_and_the_reason_is_told(positive: list[bool], reason: str) -> None:
    found = roc_curve(np.array(positive, bool), np.arange(float(len(positive))))
    assert np.isnan(found.area)
    assert found.reason == reason
    assert macro_mean([1.0, found.area]) != 1.0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_are_refused(bad: float) -> None:
    for made in (roc_curve, precision_recall_curve, ranking):
        with pytest.raises(InputError, match="1 of 2 scores are not finite"):
            made(np.array([True, False]), np.array([0.0, bad]))


@given(ROWS, st.integers(-4, 4))
def test_counts_at_a_threshold(rows: list[tuple[bool, int]], place: int) -> None:
    positive, scores = arrays(rows)
    found = counts_at(positive, scores, place / 3)
    expected = metrics.confusion_matrix(positive, scores >= place / 3, labels=[False, True])
    assert [
        [found.true_negatives, found.false_positives],
        [found.false_negatives, found.true_positives],
    ] == expected.tolist()
    assert found.rows == len(rows)


@given(ROWS, COSTS, COSTS)
def test_no_threshold_costs_less_than_the_best(
    rows: list[tuple[bool, int]], alarm: float, miss: float
) -> None:
    positive, scores = arrays(rows)
    found = cost_curve(positive, scores, alarm, miss)
    everywhere = [np.inf, *(np.arange(-8, 9) / 6)]
    costs = [counts_at(positive, scores, t).cost(alarm, miss) for t in everywhere]
    assert found.least == pytest.approx(min(costs), rel=1e-12)
    assert counts_at(positive, scores, found.best) == found.counts
    for threshold, cost in zip(found.thresholds, found.costs, strict=True):
        assert counts_at(positive, scores, threshold).cost(alarm, miss) == pytest.approx(cost)
    assert not (found.costs[found.thresholds > found.best] <= found.least).any()


def test_true_probabilities_cost_least_at_the_theoretical_threshold() -> None:
    rng = np.random.default_rng(5)
    p = rng.random(200_000)
    found = cost_curve(rng.random(200_000) < p, p, 1.0, 4.0)
    assert found.theoretical == theoretical_threshold(1.0, 4.0) == 0.2
    assert found.best == pytest.approx(0.2, abs=0.02)


def test_a_cost_by_hand() -> None:
    assert Counts(3, 2, 1, 4).cost(1.0, 5.0) == 0.7
    assert np.isnan(Counts(0, 0, 0, 0).cost(1.0, 1.0))
    assert theoretical_threshold(0.0, 2.0) == 0.0
    assert theoretical_threshold(2.0, 0.0) == 1.0


@pytest.mark.parametrize("costs", [(-1.0, 1.0), (1.0, np.nan), (np.inf, 1.0), (0.0, 0.0)])
def test_costs_that_are_none(costs: tuple[float, float]) -> None:
    with pytest.raises(InputError):
        theoretical_threshold(*costs)
    with pytest.raises(InputError):
        cost_curve(np.array([True]), np.array([0.5]), *costs)


def test_what_else_is_refused() -> None:
    with pytest.raises(InputError, match="no samples"):
        cost_curve(np.zeros(0, bool), np.zeros(0), 1.0, 1.0)
    with pytest.raises(InputError, match="threshold"):
        counts_at(np.array([True]), np.array([0.5]), np.nan)
    with pytest.raises(ValueError, match="shape"):
        roc_curve(np.array([True]), np.array([0.5, 0.1]))
