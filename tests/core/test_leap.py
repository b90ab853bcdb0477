"""One step a thousand times as long, in a fork; the run that it left stays where it stood."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from core.errors import InputError
from core.experiment import Experiment
from core.leap import NAME, RATE, leap, longest_rate
from core.loop import LearningLoop
from core.runs import Runs
from core.stages import StepSize
from tests.core.network.building import assert_same, bits


def begun(steps: int = 0, size: StepSize = StepSize.STAGE, **tables: Any) -> Runs:
    """A run after three updates, and so many steps of a size."""
    tree: dict[str, Any] = {"data": {"source": "circle", "samples": 60}, "model": {"hidden": [3]}}
    runs = Runs()
    loop = runs.begin(Experiment.from_dict({**tree, **tables}))
    loop.run(3)
    for _ in range(steps):
        loop.step(size)
    return runs


def test_it_is_the_same_step_a_thousand_times_as_long() -> None:
    runs = begun()
    record = runs.loop.record
    before = runs.loop.problem.parts.train
    made = leap(runs, 3)
    fork = runs.switch(made.fork)
    want = record.theta + 1000.0 * record.step
    np.testing.assert_allclose(fork.learner.kernel.theta, want, rtol=1e-12, atol=1e-12)
    assert (made.rate, made.long_rate, made.factor) == (0.3, 300.0, 1000.0)
    loop, problem = fork, fork.problem
    x, vote = problem.inputs(before), np.ones(len(before))
    for value, theta in ((made.before, record.theta), (made.after_leap, loop.learner.kernel.theta)):
        scores = loop.learner.scores(x, theta)
        prices = problem.loss.sample_losses(scores, problem.y[before], problem.delta)
        assert value == pytest.approx(float(prices.dot(vote)) / len(before), rel=1e-12)


def test_the_small_steps_are_those_of_the_run() -> None:
    runs = begun()
    made = leap(runs, 3)
    alone = LearningLoop(runs.loop.experiment)
    alone.run(1002)
    assert made.after_steps == alone.evaluate("train").loss
    assert (made.steps, runs.loop.head) == (1000, 1002)


def test_a_turn_that_lies_ahead_leaps_like_any_other() -> None:
    runs, ahead = begun(), begun()
    for one in (runs, ahead):
        one.loop.run(20)
    ahead.loop.go_to(5)
    standing = bits(ahead.loop)
    made, expected = leap(ahead, 20), leap(runs, 20)
    assert (made.before, made.after_leap, made.after_steps) == (
        expected.before,
        expected.after_leap,
        expected.after_steps,
    )
    assert_same(bits(ahead.loop), standing)


def test_a_leap_that_is_stopped_leaves_the_run_where_it_stood() -> None:
    runs = begun()
    standing = bits(runs.loop)
    made = leap(runs, 3, stop=lambda: True)
    assert made.steps < 10
    assert_same(bits(runs.loop), standing)
    assert runs.loop.head == 2 + made.steps


def test_steps_already_made_are_not_made_again() -> None:
    runs = begun()
    runs.loop.run(1500)
    runs.loop.go_to(700)
    alone = LearningLoop(runs.loop.experiment)
    alone.run(1399)
    assert leap(runs, 400).after_steps == alone.evaluate("train").loss
    assert (runs.loop.head, runs.loop.update) == (1503, 700)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw"])
def test_the_fork_is_what_its_events_replay(optimizer: str) -> None:
    runs = begun(optimizer={"name": optimizer, "clip_norm": 0.01})
    made = leap(runs, 2)
    fork = runs.switch(made.fork)
    events = [(c.update, c.field, c.value) for c in fork.experiment.change]
    assert events == [(1, RATE, made.long_rate), (2, RATE, made.rate)]
    assert fork.settings.optimizer.learning_rate == made.rate
    alone = LearningLoop(fork.experiment)
    alone.run(2)
    assert_same(bits(alone), bits(fork))
    fork.run(50)
    alone.run(50)
    assert_same(bits(alone), bits(fork))


@pytest.mark.parametrize("steps", range(10))
@pytest.mark.parametrize("size", [StepSize.STAGE, StepSize.LAYER])
def test_the_run_stays_where_it_stood(steps: int, size: StepSize) -> None:
    runs = begun(steps, size)
    loop, before, place = runs.loop, bits(runs.loop), runs.loop.position
    made = leap(runs, 3)
    assert runs.loop is loop
    assert loop.position == place
    assert_same(bits(loop), before)
    names = {run.number: (run.name, run.parent, run.forked_at) for run in runs.summaries()}
    assert names[made.fork] == (NAME, runs.number, 2)


def test_the_oldest_run_is_forgotten_and_never_the_live_one() -> None:
    runs = begun()
    forks = [leap(runs, 3).fork for _ in range(15)]
    assert len(runs) == runs.most == 12
    assert {run.number for run in runs.summaries()} == {runs.number, *forks[-11:]}


def test_a_run_that_breaks_off_says_how_far_it_came() -> None:
    runs = begun(
        data={"source": "plane", "samples": 60}, optimizer={"learning_rate": 4.0}, model={
            "hidden": [], "activation": "linear"}
    )  # fmt: skip
    made = leap(runs, 1)
    assert made.steps < 1000
    assert math.isnan(made.after_steps)
    assert runs.loop.failure is None
    assert runs.loop.update == 3


def test_what_cannot_be_done_is_refused() -> None:
    runs = begun()
    for turn in (0, 4):
        with pytest.raises(InputError, match="1 to 3"):
            leap(runs, turn)
    with pytest.raises(InputError, match="failed"):
        leap(Runs(), 1)
    assert len(runs) == 1


def test_a_rate_too_large_for_the_field_is_the_largest_there_is() -> None:
    assert longest_rate(0.25) == 250.0
    assert math.isfinite(longest_rate(1e306))
