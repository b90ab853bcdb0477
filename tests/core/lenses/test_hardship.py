"""Lenses where something is wrong, missing or large."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.evaluation.lenses import LENSES
from core.experiment import Experiment
from core.explain.case import Case
from core.explain.context import Context
from core.loop import LearningLoop
from core.stages import Stage
from tests.core.hand import CASES, stopped_loop
from tests.core.lenses.look import case_of, look
from tests.core.network.building import drawn, loop_on

SMALL = {"source": "circle", "samples": 40}
HARD: dict[str, dict[str, Any]] = CASES | {
    "float32": {"data": SMALL, "model": {"dtype": "float32", "hidden": [3]}},
    "one against rest": {
        "data": {"source": "iris"},
        "loss": {"name": "hinge"},
        "model": {"hidden": [3, 3], "dropout": 0.5, "dtype": "float32"},
    },
    "one feature, wide": {"data": {"source": "step", "samples": 30}, "model": {"hidden": [40]}},
    "no training at all": {"data": SMALL, "optimizer": {"batch_size": 5, "learning_rate": 1e-12}},
    "a batch of one": {"data": SMALL, "optimizer": {"batch_size": 1}},
}


@pytest.fixture(params=HARD, scope="module")
def loop(request: pytest.FixtureRequest) -> LearningLoop:
    return stopped_loop(HARD[request.param])


@pytest.mark.parametrize("name", LENSES)
def test_arrays_are_named_finite_and_read_only(loop: LearningLoop, name: str) -> None:
    record, parts = loop.record, loop.problem.parts
    assert record is not None
    for row in (int(record.rows[0]), int(parts.validation[0]), int(parts.test[0])):
        found = look(loop, name, row)
        for key, array in found.items():
            assert isinstance(array, np.ndarray), key
            assert not array.flags.writeable, key
            absent = not loop.problem.classes and "accuracy" in key
            absent |= key == "probability"
            assert absent or np.isfinite(array.astype(np.float64)).all(), key


def test_a_lens_leaves_the_loop_alone(loop: LearningLoop) -> None:
    theta, slots = loop.learner.kernel.theta.copy(), loop.learner.kernel.slots.copy()
    for name in LENSES:
        first, second = look(loop, name), look(loop, name)
        assert list(first) == list(second)
        for key in first:
            np.testing.assert_array_equal(first[key], second[key])
    np.testing.assert_array_equal(theta, loop.learner.kernel.theta)
    np.testing.assert_array_equal(slots, loop.learner.kernel.slots)


@pytest.mark.parametrize("name", LENSES)
def test_a_lens_needs_its_stage(name: str) -> None:
    loop = LearningLoop(Experiment())
    loop.step()
    context, lens = Context.of(loop), LENSES[name]
    case = Case(context, int(context.record.rows[0]))
    if lens.stage is Stage.EVALUATE:
        assert lens(case)
        return
    with pytest.raises(ValueError, match=f"turn 1 has not done stage {int(lens.stage)} yet"):
        lens(case)
    while context.record.done < lens.stage:
        loop.step()
        context = Context.of(loop)
    assert lens(Case(context, int(context.record.rows[0])))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("loss", ["mse", "cross_entropy", "hinge"])
def test_lenses_of_a_run_that_diverged(dtype: str, activation: str, loss: str) -> None:
    loop = LearningLoop(
        Experiment.from_dict(
            {
                "data": {"source": "blobs", "classes": 3, "samples": 60},
                "model": {"hidden": [4, 3], "activation": activation, "dtype": dtype},
                "loss": {"name": loss, "l2": 0.1},
                "optimizer": {"learning_rate": 1e30, "batch_size": 5},
            }
        )
    )
    loop.run(200)
    assert loop.failure is not None
    broken = loop.failure.record
    for name, lens in LENSES.items():
        context = Context.at(loop, lens.stage)
        rows = (*broken.rows[:2], loop.problem.parts.validation[0])
        for row in map(int, rows):
            for unit, parameter in (((0, 0), 0), ((2, 1), len(broken.theta) - 1)):
                assert lens(Case(context, row, unit, parameter)), name


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("name", ["deep", "regression", "no hidden layer", "dropout"])
def test_lenses_of_parameters_that_are_no_numbers(value: float, name: str) -> None:
    """A record may hold anything: here every second parameter is broken."""
    tables = {"data": SMALL, "model": {"hidden": [4, 4]}} if name == "deep" else CASES[name]
    loop = stopped_loop(tables)
    theta = loop.learner.kernel.theta
    theta[::2] = value
    with np.errstate(all="ignore"):
        loop.step()
        loop.run(1)
    for lens in LENSES:
        assert look(loop, lens, parameter=1)
        assert look(loop, lens, parameter=0)


def test_the_stage_of_each_lens_and_its_record() -> None:
    loop = stopped_loop(CASES["one output"])
    loop.step()
    # Stage 1 of the next turn is done: what stage 2 to 8 did is the turn's before.
    for name, lens in LENSES.items():
        turn = case_of(loop, name).record.turn
        assert turn == (8 if lens.stage is Stage.EVALUATE else 7)


def test_a_large_network() -> None:
    data = drawn(400, 784, 10)
    loop = loop_on(data, model__hidden=[512, 256], model__dtype="float32")
    loop.step()
    loop.run(1)
    shown = len(loop.problem.parts.train)
    for parameter in (5000, 500_000, 535_000):
        for name in LENSES:
            found = look(loop, name, parameter=parameter)
            if name in ("warp", "moved"):
                assert len(found["rows"]) == shown
            if name == "slice":
                assert found["train_rows"] == shown
