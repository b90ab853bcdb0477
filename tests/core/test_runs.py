"""Forks and the runs of a session: the same past bit for bit, and a parent that is left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.checkpoints import is_milestone, milestones, next_milestone
from core.errors import InputError
from core.experiment import Change, Experiment
from core.loop import LearningLoop
from core.runs import Runs
from core.stages import Stage, StepSize
from tests.core.network.building import assert_same, assert_same_record, bits, curves, fresh


@pytest.fixture
def loop() -> LearningLoop:
    return LearningLoop(Experiment())


def events(loop: LearningLoop) -> list[tuple[int, str, Any]]:
    return [(c.update, c.field, c.value) for c in loop.experiment.change]


def runs_at(update: int, **more: Any) -> Runs:
    runs = Runs(**more)
    runs.begin(Experiment()).run(update)
    return runs


# -- a fork --------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", range(10))
def test_a_fork_stands_where_its_parent_stands(loop: LearningLoop, steps: int) -> None:
    """At the end of an epoch's last turn, and at every stage of the turn after it."""
    loop.run(75)
    loop.go_to(50)
    for _ in range(steps):
        loop.step()
    loop.look()
    before, history = bits(loop), curves(loop)
    other = loop.fork()
    assert other.position == loop.position
    assert_same(bits(other), before)
    assert_same_record(other.record, loop.record)
    assert other.last_check.train.loss == loop.last_check.train.loss
    assert (other.head, loop.head) == (max(50, other.update), 75)
    assert other.checks.column("train_loss")[0].max() <= other.update
    other.run(100)
    assert_same(bits(loop), before)
    assert_same(curves(loop), history)


def test_a_fork_has_the_events_up_to_its_place_only(loop: LearningLoop) -> None:
    loop.run(12)
    loop.change([("optimizer.learning_rate", 0.1)])
    loop.run(8)
    loop.change([("loss.l2", 0.01)])
    loop.run(8)
    loop.go_to(15)
    other = loop.fork()
    assert events(other) == [(12, "optimizer.learning_rate", 0.1)]
    assert other.settings.optimizer.learning_rate == 0.1
    other.run(30)
    again = fresh(other)
    again.run(45)
    assert_same(bits(again), bits(other))
    assert_same(curves(again), curves(other))


def test_a_fork_of_a_run_whose_loss_was_changed(loop: LearningLoop) -> None:
    loop.run(10)
    loop.change([("loss.name", "hinge"), ("optimizer.name", "adam"), ("model.dropout", 0.2)])
    loop.run(20)
    loop.go_to(25)
    other = loop.fork()
    assert other.settings == loop.settings
    loop.run(50)
    other.run(50)
    assert_same(bits(other), bits(loop))
    other.go_to(5)
    assert other.settings.loss.name == "binary_cross_entropy"


def test_checkpoints_of_the_past_are_shared_and_those_of_the_future_are_not(
    loop: LearningLoop,
) -> None:
    loop.run(400)
    loop.go_to(300)
    other = loop.fork()
    mine = {c.update: c for c in other.checkpoints.saved}
    theirs = {c.update: c for c in loop.checkpoints.saved}
    assert max(mine) <= 300 < max(theirs)
    assert all(mine[update] is theirs[update] for update in mine)
    assert {0, 1, 3, 10, 30, 100, 128, 256, 300} <= set(mine)


def test_a_fork_of_a_failed_run_goes_on_from_the_last_good_update() -> None:
    loop = LearningLoop(
        Experiment.from_dict({"data": {"source": "sine"}, "optimizer": {"learning_rate": 1e6}})
    )
    loop.run(1000)
    assert loop.failure
    other = loop.fork()
    assert not other.failure
    assert other.update == loop.update
    assert_same(bits(other), bits(loop))


def test_rewriting_events_goes_back_to_just_before(loop: LearningLoop) -> None:
    loop.run(20)
    before = bits(loop)
    loop.change([("weight_0[0,1]", 2.0)])
    first = loop.experiment.change
    loop.change([("weight_0[0,1]", 3.0)])
    loop.run(10)
    loop.rewrite(20, first)
    assert events(loop) == [(20, "weight_0[0,1]", 2.0)]
    assert (loop.update, loop.head) == (20, 20)
    assert loop.learner.layout.weight(loop.learner.kernel.theta, 0)[0, 1] == 2.0
    loop.rewrite(20, ())
    assert_same(bits(loop), before)
    assert not events(loop)


def test_a_look_after_an_edit_was_taken_back_is_of_the_parameters_there(loop: LearningLoop) -> None:
    loop.run(20)
    before = loop.last_check.train.loss
    loop.change([("weight_0[0,1]", 2.0)])
    assert loop.last_check.train.loss != before
    loop.rewrite(20, ())
    assert loop.last_check.train.loss == before


def test_a_rewrite_that_is_not_possible_changes_nothing(loop: LearningLoop) -> None:
    loop.run(20)
    before = bits(loop)
    with pytest.raises(ValueError, match="not in"):
        loop.rewrite(21, ())
    with pytest.raises(InputError, match="no output 9"):
        loop.rewrite(10, (Change(update=10, field="weight_0[9,9]", value=1.0),))
    assert_same(bits(loop), before)
    assert (loop.update, loop.head) == (20, 20)


def test_the_trajectory_passes_through_what_the_run_was(loop: LearningLoop) -> None:
    loop.run(700)
    loop.go_to(650)
    found = loop.trajectory(most=8)
    assert [found[0][0], found[-1][0]] == [0, 650]
    assert len(found) == 9
    for update, theta in found:
        loop.go_to(update)
        assert np.array_equal(loop.learner.kernel.theta, theta)


# -- milestones ----------------------------------------------------------------------------------


def test_milestones() -> None:
    expected = [0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000]
    assert milestones(10_000) == expected
    assert milestones(9999) == expected[:-1]
    assert [u for u in range(10_001) if is_milestone(u)] == expected


@given(st.integers(0, 10**7))
def test_the_next_milestone_is_the_first_one_after(update: int) -> None:
    following = next_milestone(update)
    assert following > update
    assert is_milestone(following)
    assert milestones(following)[-2] <= update


def test_states_of_milestones_are_kept_in_a_long_run(loop: LearningLoop) -> None:
    loop.checkpoints.limit(60_000)
    loop.run(20_000)
    kept = {c.update for c in loop.checkpoints.saved}
    assert set(milestones(20_000)) <= kept
    assert loop.checkpoints.nbytes <= 60_000


# -- several runs --------------------------------------------------------------------------------


def test_a_change_at_the_head_does_not_fork() -> None:
    runs = runs_at(20)
    runs.change([("optimizer.learning_rate", 0.1)])
    assert (runs.number, len(runs)) == (1, 1)


def test_a_change_after_going_back_forks_and_the_parent_keeps_its_future() -> None:
    runs = runs_at(40)
    parent = runs.loop
    assert parent is not None
    after, history = bits(parent), curves(parent)
    parent.go_to(25)
    runs.change([("optimizer.learning_rate", 0.1)])
    child = runs.loop
    assert child is not parent
    assert child is not None
    assert events(child) == [(25, "optimizer.learning_rate", 0.1)]
    first, second = runs.summaries()
    assert (first.number, first.parent, first.head, first.update) == (1, None, 40, 25)
    assert (second.number, second.parent, second.forked_at, second.head) == (2, 1, 25, 25)
    child.run(50)
    runs.switch(1)
    assert runs.loop is parent
    assert runs.number == 1
    parent.run(15)
    assert_same(bits(parent), after)
    assert_same(curves(parent), history)


def test_a_weight_edited_in_mid_turn_after_going_back_forks_at_the_turns_start() -> None:
    runs = runs_at(40)
    assert runs.loop is not None
    runs.loop.go_to(25)
    for _ in range(4):
        runs.loop.step()
    runs.change([("bias_0[2]", 1.5)])
    assert runs.loop is not None
    assert runs.loop.position.update == 25
    assert not runs.loop.in_turn
    assert runs.summaries()[-1].forked_at == 25
    assert events(runs.loop) == [(25, "bias_0[2]", 1.5)]


def test_a_change_that_is_refused_leaves_the_live_run_live() -> None:
    runs = runs_at(40)
    parent = runs.loop
    assert parent is not None
    parent.go_to(25)
    with pytest.raises(InputError):
        runs.change([("weight_0[7,7]", 1.5)])
    assert runs.loop is parent
    assert (runs.number, len(runs), parent.head) == (1, 1, 40)


def test_a_run_without_an_update_is_not_kept() -> None:
    runs = Runs()
    runs.begin(Experiment())
    runs.begin(Experiment(seed=8)).run(3)
    runs.begin(Experiment(seed=9))
    assert [run.number for run in runs.summaries()] == [2, 3]


def test_a_run_that_cannot_begin_changes_nothing() -> None:
    runs = runs_at(5)
    huge = {"update": 2, "field": "bias_0[0]", "value": 1e300}
    bad = Experiment.from_dict({"model": {"dtype": "float32"}, "change": [huge]})
    with pytest.raises(InputError):
        runs.begin(bad)
    assert (runs.number, len(runs)) == (1, 1)


def test_only_so_many_are_kept_and_the_live_one_always() -> None:
    runs = runs_at(2, most=3)
    for seed in range(5):
        runs.begin(Experiment(seed=seed)).run(2)
    assert [run.number for run in runs.summaries()] == [4, 5, 6]
    runs.forget(6)
    runs.forget(4)
    runs.forget(99)
    assert [run.number for run in runs.summaries()] == [5, 6]
    with pytest.raises(KeyError):
        runs.switch(4)


def test_giving_a_fork_up_goes_back_to_its_parent() -> None:
    runs = runs_at(40)
    parent = runs.loop
    assert parent is not None
    parent.go_to(25)
    runs.change([("bias_0[2]", 1.5)])
    assert runs.give_up() is parent
    assert [run.number for run in runs.summaries()] == [1]
    with pytest.raises(KeyError):
        runs.give_up()


def test_names_and_summaries() -> None:
    runs = runs_at(10)
    runs.begin(Experiment(seed=3)).run(4)
    runs.rename(1, "the first")
    runs.rename(2, "the second")
    first, second = runs.summaries()
    assert (first.name, second.name) == ("the first", "the second")
    assert (first.parameters, first.alive, second.update) == (17, True, 4)
    assert runs.summaries()[0] is first
    assert first.curves.updates.x[-1] == 10


def test_of_large_data_only_the_summary_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.runs.KEPT_PROBLEM_BYTES", 100)
    runs = runs_at(10)
    runs.begin(Experiment(seed=3))
    assert not runs.summaries()[0].alive
    assert runs.summaries()[0].head == 10
    with pytest.raises(KeyError):
        runs.switch(1)


@settings(max_examples=20, deadline=None)
@given(st.integers(20_000, 200_000), st.lists(st.integers(1, 900), min_size=1, max_size=4))
def test_all_runs_together_keep_to_the_budget(budget: int, lengths: list[int]) -> None:
    runs = Runs(budget)
    loop = runs.begin(Experiment())
    for k, length in enumerate(lengths):
        loop.run(length)
        loop.go_to(loop.update // 2)
        runs.change([("optimizer.learning_rate", 0.1 + 0.01 * k)])
        assert runs.loop is not None
        loop = runs.loop
        loop.run(length)
        loops = [run.loop for run in runs._runs.values() if run.loop]
        each = [one.checkpoints for one in loops]
        assert sum(c.nbytes for c in each) <= budget or all(len(c) == 1 for c in each)
    runs.limit(budget // 2)
    assert sum(c.nbytes for c in each) <= budget // 2 or min(map(len, each)) == 1
    again = fresh(loop)
    again.run(loop.update)
    assert_same(bits(again), bits(loop))
    loop.step(StepSize.STAGE)
    assert loop.position.stage is Stage.REPRESENT


def test_runs_that_are_only_shown_push_none_out() -> None:
    runs = runs_at(2, most=3)
    for seed in range(2):
        runs.begin(Experiment(seed=seed)).run(2)
    runs.spare = 1
    shown = runs.begin(Experiment(seed=9))
    shown.run(2)
    assert [run.number for run in runs.summaries()] == [1, 2, 3, 4]
    runs.switch(2)
    runs.forget(4)
    runs.spare = 0
    assert [run.number for run in runs.summaries()] == [1, 2, 3]


def test_a_run_at_update_0_with_an_edit_is_kept() -> None:
    runs = Runs()
    runs.begin(Experiment())
    runs.change([("bias_0[1]", 2.0)])
    runs.begin(Experiment(seed=3)).run(2)
    assert [run.number for run in runs.summaries()] == [1, 2]
