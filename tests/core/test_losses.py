"""Losses: values by hand, far ends, probabilities."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.losses import LOSSES, LossWork


def price(name: str, scores: list[float], targets: list[float], delta: float = 1.0) -> float:
    """One sample's loss."""
    found = LOSSES[name].sample_losses(np.array([scores]), np.array([targets]), delta)
    return float(found[0])


def slope(name: str, scores: np.ndarray, targets: np.ndarray, delta: float = 1.0) -> np.ndarray:
    """Derivative of each sample's own loss by its scores, (rows, outputs)."""
    rows, outputs = scores.shape
    work = LossWork(outputs, rows, scores.dtype, delta)
    d, prices = np.empty((outputs, rows), scores.dtype), np.empty(rows, scores.dtype)
    s, y = np.ascontiguousarray(scores.T), np.ascontiguousarray(targets.T)
    LOSSES[name].forward(s, y, prices, d, work)
    LOSSES[name].slope(s, y, d, work)
    return d.T


@pytest.mark.parametrize(
    ("name", "scores", "targets", "expected"),
    [
        ("mse", [3.0], [1.0], 4.0),
        ("mse", [3.0, 0.0], [1.0, 1.0], 2.5),
        ("mae", [3.0], [1.0], 2.0),
        ("mae", [3.0, 0.0], [1.0, 1.0], 1.5),
        ("huber", [1.25], [1.0], 0.03125),
        ("huber", [4.0], [1.0], 2.5),
        ("huber", [-2.0], [1.0], 2.5),
        ("huber", [4.0, 1.0], [1.0, 1.0], 1.25),
        ("hinge", [0.25], [1.0], 0.75),
        ("hinge", [0.25], [0.0], 1.25),
        ("hinge", [2.0], [1.0], 0.0),
        ("hinge", [2.0, 2.0], [1.0, 0.0], 1.5),
        ("binary_cross_entropy", [0.0], [1.0], log(2)),
        ("binary_cross_entropy", [2.0], [1.0], log(1 + exp(-2))),
        ("binary_cross_entropy", [2.0], [0.0], log(1 + exp(2))),
        ("binary_cross_entropy", [2.0, 0.0], [0.0, 1.0], (log(1 + exp(2)) + log(2)) / 2),
        ("cross_entropy", [0.0, 0.0, 0.0], [0.0, 1.0, 0.0], log(3)),
        ("cross_entropy", [1.0, 2.0], [1.0, 0.0], log(1 + exp(1))),
    ],
)
def test_values_by_hand(
    name: str, scores: list[float], targets: list[float], expected: float
) -> None:
    assert price(name, scores, targets) == pytest.approx(expected, rel=1e-14)


def test_hubers_delta() -> None:
    assert price("huber", [4.0], [1.0], delta=0.5) == 0.5 * (3 - 0.25)
    assert price("huber", [1.3], [1.0], delta=0.5) == pytest.approx(0.5 * 0.09)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", LOSSES.names)
def test_far_scores_stay_finite(name: str, dtype: type) -> None:
    far = 1e4
    for outputs in (1, 2):
        if name == "cross_entropy" and outputs == 1:
            continue
        scores = np.array([[far, -far][:outputs], [-far, far][:outputs]], dtype)
        targets = np.eye(2, dtype=dtype)[[0, 0]][:, :outputs]
        prices = LOSSES[name].sample_losses(scores, targets)
        assert prices.dtype == dtype
        assert np.isfinite(prices).all()
        assert np.isfinite(slope(name, scores, targets)).all()
    if name in ("cross_entropy", "binary_cross_entropy"):
        scores = np.array([[far, -far]], dtype)
        share = 1 if name == "cross_entropy" else 0.5
        wrong = LOSSES[name].sample_losses(scores, np.array([[0, 1]], dtype))[0]
        assert wrong == pytest.approx(2 * far * share)
        assert LOSSES[name].sample_losses(scores, np.array([[1, 0]], dtype))[0] == 0


def test_a_sure_and_right_guess_costs_almost_nothing_yet_something() -> None:
    assert price("binary_cross_entropy", [40.0], [1.0]) == pytest.approx(exp(-40), rel=1e-12, abs=0)
    assert price("binary_cross_entropy", [-40.0], [0.0]) == pytest.approx(
        exp(-40), rel=1e-12, abs=0
    )


@pytest.mark.parametrize("name", LOSSES.names)
def test_what_is_not_finite_is_not_hidden(name: str) -> None:
    outputs = 2 if name == "cross_entropy" else 1
    with np.errstate(all="ignore"):
        bad = LOSSES[name].sample_losses(np.full((1, outputs), np.nan), np.zeros((1, outputs)))
    assert np.isnan(bad).all()


@given(st.lists(st.floats(-700, 700), min_size=1, max_size=5))
def test_probabilities_of_softmax(scores: list[float]) -> None:
    p = LOSSES["cross_entropy"].probabilities(np.array([scores]))
    assert p is not None
    assert p.sum() == pytest.approx(1, abs=1e-12)
    assert (p >= 0).all()
    assert p.argmax() == np.argmax(scores) or p.max() == p[0, np.argmax(scores)]


@pytest.mark.parametrize("score", [-800.0, -3.0, 0.0, 0.1, 800.0])
def test_probabilities_of_one_score(score: float) -> None:
    p = LOSSES["binary_cross_entropy"].probabilities(np.array([[score]]))
    assert p is not None
    expected = 1 / (1 + exp(-score)) if score > -700 else 0.0
    assert p[0].tolist() == pytest.approx([1 - expected, expected], rel=1e-12)


def test_one_against_rest_probabilities_are_each_their_own() -> None:
    p = LOSSES["binary_cross_entropy"].probabilities(np.array([[0.0, 2.0, 2.0]]))
    assert p is not None
    assert p.shape == (1, 3)
    assert p[0, 0] == 0.5
    assert p.sum() > 2


@pytest.mark.parametrize("name", ["mse", "mae", "huber", "hinge"])
def test_other_scores_are_no_probabilities(name: str) -> None:
    assert LOSSES[name].probabilities(np.zeros((2, 2))) is None


@pytest.mark.parametrize(
    ("name", "score", "target", "expected"),
    [("mae", 1.0, 1.0, 0.0), ("hinge", 1.0, 1.0, 0.0), ("hinge", -1.0, 0.0, 0.0),
     ("huber", 2.0, 1.0, 1.0), ("huber", 0.0, 1.0, -1.0)],
)  # fmt: skip
def test_slopes_at_the_kinks(name: str, score: float, target: float, expected: float) -> None:
    assert slope(name, np.array([[score]]), np.array([[target]]))[0, 0] == expected
