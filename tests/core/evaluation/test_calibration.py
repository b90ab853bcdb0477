"""Reliability, Brier score and log loss, as scikit-learn has them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve

from core.errors import InputError
from core.evaluation.calibration import (
    Strategy,
    brier_score,
    log_loss,
    reliability_curve,
    top_label,
)

# Eighths lie on the edges of some bins, and many are tied.
ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=2, max_size=60)


@given(ROWS, st.integers(1, 12), st.sampled_from(["uniform", "quantile"]))
def test_the_curve_is_scikit_learns(
    rows: list[tuple[bool, int]], bins: int, strategy: Strategy
) -> None:
    positive, p = np.array([row[0] for row in rows]), np.array([row[1] for row in rows]) / 8
    came_true, said = calibration_curve(positive, p, pos_label=True, n_bins=bins, strategy=strategy)
    found = reliability_curve(positive, p, bins, strategy)
    np.testing.assert_allclose(found.said, said, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.came_true, came_true, rtol=1e-12, atol=1e-12)
    assert found.counts.sum() == len(rows)
    assert len(found.edges) == bins + 1
    assert 0 <= found.error <= found.largest_error + 1e-12 <= 1 + 1e-11


def test_the_error_by_hand() -> None:
    positive = np.array([True, True, False, True])
    found = reliability_curve(positive, np.array([0.9, 0.7, 0.1, 0.3]), bins=2)
    # Lower half: said 0.2, came true 0.5, two rows; upper half: said 0.8, came true 1, two rows.
    assert found.error == pytest.approx(0.25)
    assert found.largest_error == pytest.approx(0.3)


def test_true_probabilities_are_calibrated() -> None:
    rng = np.random.default_rng(6)
    p = rng.random(200_000)
    came_true = rng.random(200_000) < p
    assert reliability_curve(came_true, p).error < 0.01
    assert reliability_curve(came_true, p**3).error > 0.1


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_scores_are_scikit_learns(classes: int) -> None:
    rng = np.random.default_rng(classes)
    truth = rng.integers(0, classes, 200)
    p = rng.dirichlet(np.ones(classes), 200)
    given = p[:, 1] if classes == 2 else p
    assert brier_score(truth, p) == pytest.approx(metrics.brier_score_loss(truth, given), abs=1e-12)
    assert log_loss(truth, p) == pytest.approx(metrics.log_loss(truth, p), abs=1e-12)
    right, sure = top_label(truth, p)
    assert right.mean() == metrics.accuracy_score(truth, p.argmax(axis=1))
    np.testing.assert_array_equal(sure, p.max(axis=1))


def test_no_rows() -> None:
    found = reliability_curve(np.zeros(0, bool), np.zeros(0), 3, "quantile")
    assert np.isnan(
        [found.error, found.largest_error, brier_score(np.zeros(0, int), np.zeros((0, 2)))]
    ).all()


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
def test_what_is_no_probability_is_refused(bad: float) -> None:
    with pytest.raises(InputError, match="no probability; allowed: 0 to 1"):
        reliability_curve(np.array([True]), np.array([bad]))
    with pytest.raises(InputError, match="no probability"):
        brier_score(np.array([0]), np.array([[bad, 0.5]]))
    with pytest.raises(InputError, match="bins = 0"):
        reliability_curve(np.array([True]), np.array([0.5]), 0)
