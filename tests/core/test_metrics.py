"""Metrics against scikit-learn's, counts and intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as theirs

from core.losses import LOSSES
from core.metrics import (
    Evaluation,
    class_metrics,
    number_metrics,
    predicted_classes,
    wilson,
)
from core.stages import StepSize
from tests.core.network.building import drawn, loop_on

CLASS_LOSSES = [part.name for part in LOSSES if part.for_classes]


def drawn_scores(rows: int, outputs: int, seed: int) -> np.ndarray:
    return 2 * np.random.default_rng(seed).standard_normal((rows, outputs))


@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.parametrize("name", CLASS_LOSSES)
@pytest.mark.parametrize("seed", range(5))
def test_classes_agree_with_scikit_learn(name: str, classes: int, seed: int) -> None:
    loss, rows = LOSSES[name], 211
    outputs = 1 if classes == 2 and loss.one_score else classes
    scores = drawn_scores(rows, outputs, seed)
    truth = np.random.default_rng(seed + 50).permutation(np.arange(rows) % classes)
    guess = predicted_classes(scores)
    found, confusion = class_metrics(truth, scores, loss, classes)
    close = pytest.approx
    assert found["accuracy"] == close(theirs.accuracy_score(truth, guess), rel=1e-12)
    assert found["balanced_accuracy"] == close(
        theirs.balanced_accuracy_score(truth, guess), rel=1e-12
    )
    assert np.array_equal(confusion, theirs.confusion_matrix(truth, guess, labels=range(classes)))
    p = loss.probabilities(scores)
    if loss.link is None:
        assert p is None
        assert found["log_loss"] is None
    else:
        assert p is not None
        p = p / p.sum(axis=1, keepdims=True)
        assert found["log_loss"] == close(
            theirs.log_loss(truth, p, labels=range(classes)), rel=1e-12
        )


def test_the_mean_loss_is_the_log_loss_where_scores_are_probabilities() -> None:
    for name, classes in (("cross_entropy", 3), ("binary_cross_entropy", 2)):
        loop = loop_on(drawn(80, 2, classes), loss__name=name)
        loop.step(StepSize.EPOCH)
        found = loop.evaluate("train")
        assert found.metrics["log_loss"] == pytest.approx(found.loss, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_numbers_agree_with_scikit_learn(seed: int) -> None:
    truth, guess = drawn_scores(97, 2, seed).T
    found = number_metrics(truth, guess)
    assert found["r2"] == pytest.approx(theirs.r2_score(truth, guess), rel=1e-12)
    assert found["rmse"] == pytest.approx(theirs.root_mean_squared_error(truth, guess), rel=1e-12)
    assert found["mae"] == pytest.approx(theirs.mean_absolute_error(truth, guess), rel=1e-12)


def test_numbers_are_in_the_targets_own_units() -> None:
    data = drawn(80, 2)
    data = type(data)(**{**vars(data), "target": 1000 + 50 * data.target})
    loop = loop_on(data, loss__name="mse", representation__target_scaling="standard")
    loop.run(200)
    found = loop.evaluate("validation")
    rows = loop.problem.parts.validation
    assert loop.problem.y.std() < 3
    guess = loop.problem.representation.inverse_target(
        loop.learner.scores(loop.problem.inputs(rows))[:, 0]
    )
    assert found.metrics["rmse"] == pytest.approx(
        theirs.root_mean_squared_error(data.target[rows], guess), rel=1e-12
    )
    assert found.metrics["rmse"] > found.loss


def test_r2_of_a_truth_that_does_not_vary_is_unknown() -> None:
    found = number_metrics(np.full(5, 3.0), np.arange(5.0))
    assert found["r2"] is None
    assert found["mae"] == pytest.approx(1.4)
    assert Evaluation(5, 0.0, found).text() == "R² –"


def test_an_empty_part_has_no_metrics() -> None:
    assert number_metrics(np.zeros(0), np.zeros(0)) == {"r2": None, "rmse": None, "mae": None}
    found, confusion = class_metrics(
        np.zeros(0, np.int64), np.zeros((0, 3)), LOSSES["cross_entropy"], 3
    )
    assert set(found.values()) == {None}
    assert confusion.sum() == 0
    loop = loop_on(drawn(20, 2, 2), loss__name="hinge", evaluation__validation_fraction=0)
    empty = loop.evaluate("validation")
    assert empty.rows == 0
    assert np.isnan(empty.loss)
    assert np.isnan(empty.headline)
    assert empty.interval == (0.0, 1.0)
    assert "0 of 0" in empty.text()


def test_a_class_that_does_not_occur_does_not_count_in_balanced_accuracy() -> None:
    scores = np.eye(3)[[0, 0, 1, 1]]
    found, _ = class_metrics(np.array([0, 1, 1, 1]), scores, LOSSES["mse"], 3)
    assert found["balanced_accuracy"] == pytest.approx((1 + 2 / 3) / 2)


def test_sure_and_wrong_is_dear_but_finite() -> None:
    scores = np.array([[1000.0], [-1000.0]])
    found, _ = class_metrics(np.array([0, 0]), scores, LOSSES["binary_cross_entropy"], 2)
    assert found["log_loss"] is not None
    assert 10 < found["log_loss"] < 40


def test_one_score_says_yes_above_0() -> None:
    assert predicted_classes(np.array([[-0.1], [0.0], [1e-300]])).tolist() == [0, 0, 1]
    assert predicted_classes(np.array([[1.0, 2.0], [3.0, 3.0]])).tolist() == [1, 0]


def test_wilsons_interval() -> None:
    """The design's example, and the ends as scipy has them."""
    assert [round(100 * end) for end in wilson(121, 125)] == [92, 99]
    from scipy.stats import binomtest

    for hits, total in ((0, 9), (1, 9), (9, 9), (121, 125), (5000, 10_000)):
        expected = binomtest(hits, total).proportion_ci(method="wilson")
        assert wilson(hits, total) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_the_interval_holds_the_share(hits: int, total: int) -> None:
    hits = min(hits, total)
    low, high = wilson(hits, total)
    assert 0 <= low <= hits / total + 1e-15
    assert hits / total - 1e-15 <= high <= 1


def test_an_evaluation_in_words() -> None:
    found = Evaluation(125, 0.1, {"accuracy": 121 / 125}, correct=121)
    assert found.text() == "96.8 % (121 of 125: 92–99 %)"
    assert found.headline == 121 / 125
    assert found.interval == wilson(121, 125)
    assert Evaluation(9, 0.1, {"r2": 0.9123}).text() == "R² 0.912"
    assert Evaluation(9, 0.1, {"r2": 0.9123}).interval is None
