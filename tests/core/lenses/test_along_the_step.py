"""The loss along the step's direction: at both ends, and against the objective elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from core.explain.context import Context
from core.explain.objective import Objective, step_effect
from core.loop import LearningLoop
from tests.core.hand import CASES, Hand, near, stopped_loop
from tests.core.lenses.look import look


@pytest.fixture(params=CASES, scope="module")
def loop(request: pytest.FixtureRequest) -> LearningLoop:
    return stopped_loop(CASES[request.param])


def test_the_scale_runs_from_no_step_over_one_to_a_thousand(loop: LearningLoop) -> None:
    scale = look(loop, "leap")["scale"]
    assert (len(scale), scale[0], scale[1], scale[-1]) == (60, 0.0, 1.0, 1000.0)
    ratios = scale[2:] / scale[1:-1]
    np.testing.assert_allclose(ratios, 1000.0 ** (1 / 58), rtol=1e-9)


def test_one_step_is_what_the_update_delivered(loop: LearningLoop) -> None:
    found, effect = look(loop, "leap"), step_effect(Context.of(loop))
    near(found["objective"][:2], [effect.before, effect.after], 1e-12)
    near(found["slope"], effect.promised, 1e-12)
    near(found["promise"], effect.before + effect.promised * found["scale"], 1e-12)


def test_every_point_is_the_objective_there(loop: LearningLoop) -> None:
    found, record = look(loop, "leap"), loop.record
    assert record is not None
    assert record.step is not None
    objective, problem = Objective(Context.of(loop)), loop.problem
    rows = problem.parts.train
    assert found["train_rows"] == len(rows)
    for k in (0, 1, 20, 59):
        theta = record.theta + found["scale"][k] * record.step
        near(found["objective"][k], sum(objective.at(theta)), 1e-12)
        if k < 2:  # farther out plain Python's logarithms leave their domain
            near(found["objective"][k], Hand(loop, theta).objective(), 1e-11)
        there = problem.evaluate(rows, loop.learner.scores(problem.inputs(rows), theta))
        near(found["train_loss"][k], there.loss, 1e-10)
