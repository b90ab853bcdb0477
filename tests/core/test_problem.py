"""Data made ready for a learner: outputs, targets, weights, parts."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.experiment import Experiment
from core.losses import LOSSES
from core.problem import Problem, build_problem, prepare
from tests.core.network.building import dataset, drawn, experiment, loop_on


def ready(classes: int, loss: str | None, **settings: object) -> Problem:
    return prepare(drawn(60, 2, classes), experiment(loss__name=loss, **settings))


@pytest.mark.parametrize("loss", [part.name for part in LOSSES if part.for_classes])
@pytest.mark.parametrize("classes", [2, 3])
def test_outputs_and_targets_of_classes(loss: str, classes: int) -> None:
    problem = ready(classes, loss)
    one_score = classes == 2 and loss in ("binary_cross_entropy", "hinge")
    assert problem.outputs == (1 if one_score else classes)
    target = problem.dataset.target
    if one_score:
        assert np.array_equal(problem.y[:, 0], target)
        assert problem.output_names == ("b",)
    else:
        assert np.array_equal(problem.y, np.eye(classes)[target])
        assert problem.output_names == ("a", "b", "c")[:classes]
    assert problem.classes == classes


def test_numbers_have_one_output() -> None:
    problem = ready(0, "mae")
    assert problem.outputs == 1
    assert problem.classes == 0
    assert problem.output_names == ("y",)


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy", "hinge"])
def test_a_class_loss_does_not_fit_numbers(loss: str) -> None:
    with pytest.raises(InputError, match="does not fit a target of numbers") as caught:
        ready(0, loss)
    assert caught.value.field == "loss.name"
    assert caught.value.allowed == "mse, mae, huber"


@pytest.mark.parametrize(
    ("classes", "loss"), [(0, "mse"), (2, "binary_cross_entropy"), (3, "cross_entropy")]
)
def test_where_no_loss_is_named_the_data_suggest_one(classes: int, loss: str) -> None:
    assert ready(classes, None).loss.name == loss


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays_are_of_the_runs_dtype_with_a_column_of_ones(dtype: str) -> None:
    problem = ready(2, "hinge", model__dtype=dtype, loss__class_weights=[1, 2])
    for array in (problem.x, problem.y, problem.weight):
        assert array is not None
        assert array.dtype == dtype
    assert (problem.x[:, -1] == 1).all()
    assert problem.features == 2
    assert problem.inputs(np.array([3, 1])).shape == (2, 2)


def test_scaling_is_measured_on_the_training_part_alone() -> None:
    problem = ready(2, "hinge", representation__scaling="standard")
    train = problem.inputs(problem.parts.train)
    assert train.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert train.std(axis=0) == pytest.approx(1, abs=1e-12)
    assert abs(problem.inputs(problem.parts.test).mean()) > 1e-3


def test_parts_share_all_rows_out() -> None:
    problem = ready(3, "hinge")
    together = np.concatenate([problem.rows(p) for p in ("train", "validation", "test")])
    assert np.array_equal(np.sort(together), np.arange(60))
    for part in ("train", "validation", "test"):
        assert {problem.part_of(int(row)) for row in problem.rows(part)} == {part}
    for row in (-1, 60):
        with pytest.raises(InputError, match="allowed: 0 to 59"):
            problem.part_of(row)


@pytest.mark.parametrize("weights", [[1.0], [1.0, 2.0, 3.0]])
def test_class_weights_are_one_for_each_class(weights: list[float]) -> None:
    with pytest.raises(InputError, match="one weight for each class"):
        ready(2, "hinge", loss__class_weights=weights)


def test_class_weights_weigh_the_mean() -> None:
    """Sum(w l) / sum(w), as PyTorch has it."""
    problem = ready(2, "hinge", loss__class_weights=[1.0, 4.0])
    rows = problem.parts.train
    scores = np.random.default_rng(1).standard_normal((len(rows), 1))
    w = np.where(problem.dataset.target[rows] == 1, 4.0, 1.0)
    t = 2 * problem.dataset.target[rows] - 1
    expected = (w * np.maximum(0, 1 - t * scores[:, 0])).sum() / w.sum()
    assert problem.evaluate(rows, scores).loss == pytest.approx(expected, rel=1e-12)


def test_an_evaluation_counts() -> None:
    problem = ready(3, "cross_entropy")
    rows = problem.parts.validation
    scores = np.eye(3)[problem.dataset.target[rows]]
    scores[:4] = scores[:4, ::-1] + [0, 0.1, 0]
    found = problem.evaluate(rows, scores)
    assert found.wrong is not None
    assert found.confusion is not None
    assert found.rows == len(rows)
    assert found.correct == len(rows) - found.wrong.sum() == np.trace(found.confusion)
    assert not found.wrong[4:].any()
    assert found.confusion.sum() == len(rows)


def test_another_loss_brings_its_own_targets_and_keeps_the_data() -> None:
    problem = ready(2, "binary_cross_entropy")
    other = problem.with_loss(
        experiment(loss__name="cross_entropy", loss__class_weights=[1, 2], loss__delta=0.5).loss
    )
    assert (problem.outputs, other.outputs) == (1, 2)
    assert other.x is problem.x
    assert other.delta == 0.5
    assert problem.weight is None
    assert other.weight is not None
    with pytest.raises(InputError):
        ready(0, "mse").with_loss(experiment(loss__name="hinge").loss)


def test_noise_moves_the_same_points() -> None:
    def points(noise: float) -> np.ndarray:
        return build_problem(Experiment().replace("data.noise", noise)).dataset.inputs

    clean, one, two = points(0.0), points(0.1), points(0.2)
    assert np.abs(one - clean).max() > 0.1
    np.testing.assert_allclose(two - clean, 2 * (one - clean), rtol=1e-9, atol=1e-12)


def test_data_and_split_come_from_the_data_seed() -> None:
    made = Experiment()
    one, other = build_problem(made), build_problem(made.replace_many({"data.seed": 7, "seed": 99}))
    assert np.array_equal(one.x, other.x)
    assert np.array_equal(one.parts.test, other.parts.test)
    changed = build_problem(made.replace("data.seed", 8))
    assert not np.array_equal(one.dataset.inputs, changed.dataset.inputs)
    assert not np.array_equal(one.parts.train, changed.parts.train)


def test_targets_of_numbers_are_scaled_for_the_learner_alone() -> None:
    data = dataset(np.random.default_rng(0).standard_normal((40, 2)), np.arange(40.0) * 100)
    problem = prepare(data, experiment(loss__name="mse", representation__target_scaling="standard"))
    train = problem.y[problem.parts.train, 0]
    assert train.mean() == pytest.approx(0, abs=1e-12)
    assert train.std() == pytest.approx(1, abs=1e-12)
    perfect = problem.evaluate(problem.parts.test, problem.y[problem.parts.test])
    assert perfect.loss == 0
    assert perfect.metrics["rmse"] == pytest.approx(0, abs=1e-9)
    off = problem.evaluate(problem.parts.test, problem.y[problem.parts.test] + 0.1)
    assert off.metrics["mae"] == pytest.approx(0.1 * data.target[problem.parts.train].std())


def test_a_loop_names_the_loss_that_its_table_suggested() -> None:
    loop = loop_on(drawn(30, 2, 3))
    assert loop.experiment.loss.name == loop.settings.loss.name == "cross_entropy"
