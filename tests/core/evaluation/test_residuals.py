"""Residuals as scikit-learn and SciPy measure them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from core.errors import InputError
from core.evaluation.residuals import SHARES, normal_quantiles, residuals

NUMBERS = st.floats(-100, 100).map(lambda x: round(x, 3))
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=40)


@given(ROWS)
def test_shares_of_spread_are_scikit_learns(rows: list[tuple[float, float]]) -> None:
    truth, guess = np.array(rows).T
    found = residuals(truth, guess)
    if found.r2 is None:
        assert found.explained_variance is None
        assert len(set(truth)) == 1
        return
    assert found.r2 == pytest.approx(metrics.r2_score(truth, guess), rel=1e-9, abs=1e-12)
    explained = metrics.explained_variance_score(truth, guess)
    assert found.explained_variance == pytest.approx(explained, rel=1e-9, abs=1e-12)


def test_quantiles_mean_and_deviation() -> None:
    rng = np.random.default_rng(1)
    truth, guess = rng.standard_normal((2, 500))
    found = residuals(truth, guess)
    np.testing.assert_array_equal(found.residual, truth - guess)
    np.testing.assert_array_equal(found.predicted, guess)
    np.testing.assert_allclose(found.quantiles, np.quantile(truth - guess, SHARES), rtol=1e-12)
    assert found.mean == pytest.approx((truth - guess).mean(), abs=1e-12)
    assert found.deviation == pytest.approx((truth - guess).std(ddof=1), abs=1e-12)


def test_a_constant_shift_is_forgiven_by_one_of_two() -> None:
    truth = np.arange(10.0)
    found = residuals(truth, truth + 3)
    assert found.explained_variance == 1
    assert found.r2 is not None
    assert found.r2 < 0
    assert found.mean == -3


@pytest.mark.parametrize("rows", [2, 3, 50])
def test_normal_quantiles_are_scipys(rows: int) -> None:
    left = np.random.default_rng(rows).gamma(2.0, size=rows)
    (normal, ordered), (slope, intercept, correlation) = stats.probplot(left)
    found = normal_quantiles(left)
    np.testing.assert_allclose(found.normal, normal, rtol=1e-12)
    np.testing.assert_array_equal(found.residual, ordered)
    assert found.slope == pytest.approx(slope, rel=1e-12)
    assert found.intercept == pytest.approx(intercept, rel=1e-12)
    assert found.correlation == pytest.approx(correlation, rel=1e-12)


def test_residuals_that_do_not_vary_lie_on_no_slope() -> None:
    found = normal_quantiles(np.ones(5))
    assert (found.slope, found.intercept) == (0, 1)
    assert np.isnan(found.correlation)


def test_what_is_refused() -> None:
    with pytest.raises(InputError, match="residuals = 0: too few"):
        residuals(np.zeros(0), np.zeros(0))
    with pytest.raises(InputError, match="1 of 2 are not finite"):
        residuals(np.array([1.0, 2.0]), np.array([1.0, np.nan]))
    with pytest.raises(InputError, match="residuals = 1: too few samples; allowed: 2 or more"):
        normal_quantiles(np.ones(1))
