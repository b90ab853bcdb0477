"""The lenses of stage 9: thresholds, classes, calibration, residuals and shifts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.evaluation.lenses import LENSES
from core.evaluation.lenses.shift import KINDS, only
from core.explain.case import Asked, Case
from core.loop import LearningLoop
from core.metrics import wilson
from core.settings.shift import ShiftSettings
from tests.core.hand import stopped_loop
from tests.core.lenses.look import case_of, look

CIRCLE: dict[str, Any] = {"data": {"source": "circle", "samples": 200}}
IRIS: dict[str, Any] = {"data": {"source": "iris"}}
SINE: dict[str, Any] = {"data": {"source": "sine", "samples": 200}}
HINGE: dict[str, Any] = CIRCLE | {"loss": {"name": "hinge"}}


def trained(tables: dict[str, Any], updates: int = 60) -> LearningLoop:
    loop = stopped_loop(tables)
    loop.run(updates)
    return loop


def part_of(loop: LearningLoop, name: str = "validation") -> tuple[np.ndarray, np.ndarray]:
    """Truth and scores of a part, at the loop's own parameters."""
    rows = loop.problem.rows(name)
    scores = loop.learner.kernel.activations(loop.problem.inputs(rows))[-1]
    return loop.problem.dataset.target[rows], scores


@pytest.mark.parametrize(
    ("tables", "kind"), [(CIRCLE, None), (CIRCLE, 0), (IRIS, 2), (HINGE, None), (HINGE, 0)]
)
def test_the_curves_are_those_of_scikit_learn(tables: dict[str, Any], kind: int | None) -> None:
    from sklearn import metrics

    loop = trained(tables)
    found = look(loop, "threshold", asked=Asked(kind))
    truth, scores = part_of(loop)
    chosen = 1 if kind is None else kind
    shares = loop.problem.loss.probabilities(scores)
    given = (scores[:, 0] if chosen else -scores[:, 0]) if shares is None else shares[:, chosen]
    assert (found["kind"], bool(found["chance"])) == (chosen, shares is not None)
    assert found["present"] == (0.0 if shares is None else 0.5)
    assert sorted(given) == found["scores"][::-1].tolist()
    x, y, thresholds = metrics.roc_curve(truth == chosen, given)
    np.testing.assert_allclose(found["false_alarm_rate"], x, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found["found_rate"], y, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(found["roc_thresholds"][1:], thresholds[1:])
    assert found["roc_thresholds"][0] > given.max()
    assert abs(found["roc_area"] - metrics.roc_auc_score(truth == chosen, given)) < 1e-12
    precision, recall, at = metrics.precision_recall_curve(truth == chosen, given)
    np.testing.assert_allclose(found["precision"], precision[::-1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(found["recall"], recall[::-1], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(found["recall_thresholds"][1:], at[::-1])


def test_a_class_that_nobody_has_leaves_no_curve() -> None:
    loop = trained(IRIS)
    problem, case = loop.problem, case_of(loop, "threshold", asked=Asked(0))
    rows = problem.parts.validation
    others = replace(problem.parts, validation=rows[problem.dataset.target[rows] != 0])
    context = replace(case.context, problem=replace(problem, parts=others))
    found = LENSES["threshold"](Case(context, int(others.validation[0]), asked=Asked(0)))
    assert "roc_area" not in found
    assert not found["positive"].any()
    assert found["looked"] == len(others.validation) < len(rows)
    assert look(loop, "threshold", asked=Asked(17))["kind"] == 2


def test_classes_by_hand() -> None:
    loop = trained(IRIS, 8)
    found, (truth, scores) = look(loop, "classes"), part_of(loop)
    guess = scores.argmax(axis=1)
    rows = loop.problem.parts.validation
    prices = loop.problem.loss.sample_losses(scores, loop.problem.y[rows], 1.0)
    for kind in range(3):
        hits = int(((truth == kind) & (guess == kind)).sum())
        called, there = int((guess == kind).sum()), int((truth == kind).sum())
        assert found["precision"][kind] == (hits / called if called else 0.0)
        assert found["recall"][kind] == hits / there
        assert (found["support"][kind], found["called"][kind]) == (there, called)
        wrong = np.flatnonzero((truth != guess) & ((truth == kind) | (guess == kind)))
        dearest = rows[wrong[np.argsort(-prices[wrong], kind="stable")]][:20].tolist()
        listed = found["examples"][kind].tolist()
        assert listed == dearest + [-1] * (20 - len(dearest))
        assert found["missed"][kind][: len(dearest)].tolist() == [
            bool(loop.problem.dataset.target[row] == kind) for row in dearest
        ]
    assert (np.diff(found["f1"][found["order"]]) >= 0.0).all()
    assert (found["examples"] >= 0).any()


@pytest.mark.parametrize("tables", [CIRCLE, IRIS])
def test_reliability_by_hand(tables: dict[str, Any]) -> None:
    loop = trained(tables)
    found, (truth, scores) = look(loop, "calibration"), part_of(loop)
    p = loop.problem.loss.probabilities(scores)
    assert p is not None
    right, sure = p.argmax(axis=1) == truth, p.max(axis=1)
    positive, given = (truth == 1, p[:, 1]) if p.shape[1] == 2 else (right, sure)
    seen = 0
    for at, (low, high) in enumerate(zip(found["left"], found["right"], strict=True)):
        own = (given > low) & (given <= high) | (low == 0.0) & (given == 0.0)
        assert found["counts"][at] == own.sum() > 0
        assert abs(found["said"][at] - given[own].mean()) < 1e-12
        assert abs(found["came_true"][at] - positive[own].mean()) < 1e-12
        ends = wilson(int(positive[own].sum()), int(own.sum()))
        assert (found["low"][at], found["high"][at]) == ends
        seen += int(own.sum())
    assert seen == len(truth)
    assert abs(found["sure"] - sure.mean()) < 1e-12
    assert found["right_share"] == right.mean()
    gaps = found["counts"] * np.abs(found["said"] - found["came_true"])
    assert abs(found["calibration_error"] - gaps.sum() / seen) < 1e-12


def test_scores_that_are_no_probabilities_have_no_calibration() -> None:
    assert set(look(trained(HINGE), "calibration")) == {"classes", "chance"}


def test_residuals_by_hand() -> None:
    loop = trained(SINE)
    found, (truth, scores) = look(loop, "residuals"), part_of(loop)
    guess = loop.problem.representation.inverse_target(scores[:, 0])
    np.testing.assert_array_equal(found["residual"], truth - guess)
    np.testing.assert_array_equal(found["rows"], loop.problem.parts.validation)
    assert abs(found["rmse"] - np.sqrt(((truth - guess) ** 2).mean())) < 1e-12
    assert abs(found["r2"] - loop.evaluate("validation").metrics["r2"]) < 1e-9
    np.testing.assert_array_equal(found["ordered"], np.sort(truth - guess))


@pytest.mark.parametrize("name", ["threshold", "classes", "calibration"])
def test_numbers_have_no_classes_and_classes_no_residuals(name: str) -> None:
    assert look(trained(SINE), name) == {"classes": 0}
    assert look(trained(IRIS), "residuals") == {"classes": 3}


# -- shifts --------------------------------------------------------------------------------------


def test_the_test_part_is_sealed_until_a_shift_is_asked_for() -> None:
    assert look(trained(CIRCLE), "shift") == {"opened": False}


@pytest.mark.parametrize("tables", [CIRCLE, IRIS, SINE])
def test_no_shift_is_the_test_part_as_it_is(tables: dict[str, Any]) -> None:
    loop = trained(tables)
    found, part = look(loop, "shift", asked=Asked(shift=ShiftSettings())), loop.evaluate("test")
    assert found["kinds"].tolist() == [0]
    if loop.problem.classes:
        assert found["share"][0] == part.metrics["accuracy"]
        assert (found["low"][0], found["high"][0]) == part.interval
    else:
        assert abs(found["share"][0] - part.metrics["rmse"]) < 1e-9
        assert "low" not in found


def test_each_kind_of_shift_alone_and_all_together() -> None:
    loop = trained(CIRCLE, 400)
    asked = ShiftSettings(move=(1.5,), class_shares=(1.0, 5.0), concept=1.0)
    found = look(loop, "shift", asked=Asked(shift=asked))
    assert found["kinds"].tolist() == [0, 1, 2, 3, 4]
    before, moved, _, turned, _ = found["share"].tolist()
    assert before > 0.9 > moved
    # Every label turned: what was right is wrong.
    assert abs(turned + before - 1.0) < 1e-12
    for at, kind in enumerate(KINDS, 1):
        alone = look(loop, "shift", asked=Asked(shift=only(asked, kind)))
        assert alone["kinds"].tolist() == [0, at]
        assert alone["share"][1] == found["share"][at]


def test_a_shift_that_does_not_fit_the_data_is_refused_and_the_rest_is_shown() -> None:
    asked = ShiftSettings(move=(0.5,), label_flips=0.5)
    found = look(trained(SINE), "shift", asked=Asked(shift=asked))
    assert found["refused"].tolist() == [False, False, True, True]
    assert found["share"][2] == -1.0
    assert found["share"][1] > 0.0
