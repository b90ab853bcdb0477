"""Forks, edits of weights with undo, and several runs, through a real session with its thread."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.errors import InputError
from core.loop import LearningLoop
from mlloop_gui.frames import RunState
from tests.gui.helpers import SessionPlayer, small

BACK = True


def events(player: SessionPlayer) -> list[tuple[int, str, Any]]:
    return [(c.update, c.field, c.value) for c in player.frame.experiment.change]


def numbers(player: SessionPlayer) -> list[int]:
    return [run.number for run in player.session.runs]


def assert_replays(player: SessionPlayer) -> None:
    """A loop of the experiment as it is saved comes to the same parameters."""
    loop = LearningLoop(player.frame.experiment, player.frame.problem)
    loop.run(player.frame.position.update)
    assert np.array_equal(loop.learner.kernel.theta, player.frame.theta)


# -- forks ---------------------------------------------------------------------------------------


def test_a_change_after_going_back_forks_and_both_runs_are_there(open_session) -> None:
    player = open_session()
    player.do("reach", 60)
    head, run = player.frame.theta, player.frame.run
    player.do("go_to", 40)
    started = []
    player.session.run_started.connect(lambda: started.append(player.frame.run))
    player.set(optimizer__learning_rate=0.1)
    assert started == [player.frame.run]
    assert player.frame.position.update == 40
    assert events(player) == [(40, "optimizer.learning_rate", 0.1)]
    first, second = player.session.runs
    assert (first.number, first.head) == (run, 60)
    assert (second.parent, second.forked_at, second.number) == (run, 40, player.frame.run)
    player.step("update", 3)
    assert_replays(player)

    player.do("switch_run", run)
    assert player.frame.position.update == 40
    assert player.session.experiment.optimizer.learning_rate == 0.3
    assert not events(player)
    player.step("update", 20)
    assert np.array_equal(player.frame.theta, head)
    assert numbers(player) == [first.number, second.number]


def test_a_run_that_forks_while_it_runs_runs_on(open_session) -> None:
    player = open_session()
    player.do("reach", 60)
    player.do("go_to", 5)
    player.session.set_speed(200.0)
    player.session.run()
    player.session.set("optimizer.learning_rate", 0.1)
    player.settle()
    assert player.frame.run == 2
    player.until(lambda: player.frame.position.update > player.session.runs[-1].forked_at + 2)
    player.do("pause")
    assert_replays(player)


def test_runs_are_named_let_go_and_not_returned_to(open_session) -> None:
    player = open_session()
    player.step("update", 3)
    player.set(model__activation="relu")
    player.do("rename_run", 1, "the first")
    assert [run.name for run in player.session.runs] == ["the first", "Run 2"]
    player.do("forget_run", 2)
    assert numbers(player) == [1, 2]
    player.do("forget_run", 1)
    assert numbers(player) == [2]
    player.do("switch_run", 1)
    assert player.said[-1][0] == "error"
    assert player.frame.run == 2


def test_going_to_several_places_ends_at_the_last(open_session) -> None:
    player = open_session()
    player.do("reach", 200)
    for update in (150, 100, 20, 77):
        player.session.go_to(update)
    player.session.step()
    assert player.settle().position.update == 77
    assert player.frame.in_turn


def test_reaching_an_update_makes_those_that_are_missing(open_session) -> None:
    player = open_session()
    player.do("reach", 50)
    assert (player.frame.position.update, player.frame.head) == (50, 50)
    player.do("reach", 20)
    assert (player.frame.position.update, player.frame.head) == (20, 50)
    assert player.session.state is RunState.PAUSED
    player.do("reach", 80)
    assert (player.frame.position.update, player.frame.head) == (80, 80)
    assert_replays(player)


# -- weights -------------------------------------------------------------------------------------


def weight(player: SessionPlayer) -> float:
    return float(player.frame.layout.weight(player.frame.theta, 0)[1, 2])


def test_an_edited_weight_holds_and_undo_goes_back_to_just_before(open_session) -> None:
    player = open_session()
    player.step("update", 7)
    before = player.frame.theta
    player.do("edit_parameter", "weight_0[1,2]", 2.5)
    assert weight(player) == 2.5
    assert np.count_nonzero(player.frame.theta != before) == 1
    assert events(player) == [(7, "weight_0[1,2]", 2.5)]
    assert player.session.edits.undo_text == "weight_0[1,2] = 2.5"
    player.do("undo")
    assert np.array_equal(player.frame.theta, before)
    assert not events(player)
    assert numbers(player) == [1]
    player.do("redo")
    assert weight(player) == 2.5
    assert player.frame.position.update == 7
    player.step("update", 2)
    assert_replays(player)


def test_undo_long_after_an_edit_keeps_what_was_made_since_as_a_run(open_session) -> None:
    player = open_session()
    player.step("update", 7)
    before = player.frame.theta
    player.do("edit_parameter", "weight_0[1,2]", 2.5)
    player.step("update", 10)
    after = player.frame.theta
    player.do("undo")
    assert player.frame.position.update == 7
    assert np.array_equal(player.frame.theta, before)
    assert not events(player)
    assert [(run.head, run.parent) for run in player.session.runs] == [(17, None), (7, 1)]
    player.do("switch_run", 1)
    assert np.array_equal(player.frame.theta, after)
    assert events(player) == [(7, "weight_0[1,2]", 2.5)]


def test_undo_of_an_edit_that_forked_returns_to_the_run_before_it(open_session) -> None:
    player = open_session()
    player.step("update", 12)
    player.do("go_to", 5)
    before = player.frame.theta
    player.do("edit_parameter", "bias_0[0]", -1.0)
    assert player.frame.run == 2
    player.do("undo")
    assert (player.frame.run, player.frame.position.update) == (1, 5)
    assert np.array_equal(player.frame.theta, before)
    assert numbers(player) == [1]
    player.do("redo")
    assert player.frame.layout.bias(player.frame.theta, 0)[0] == -1.0
    player.step("update", 4)
    player.do("undo")
    assert player.frame.run == 1
    assert [run.head for run in player.session.runs] == [12, 9]


@pytest.mark.parametrize("further", [0, 4])
def test_an_edit_that_forked_is_taken_back_without_the_run_before_it(open_session, further) -> None:
    player = open_session()
    player.step("update", 12)
    player.do("go_to", 5)
    before = player.frame.theta
    player.do("edit_parameter", "bias_0[0]", -1.0)
    player.do("forget_run", 1)
    player.step("update", further)
    player.do("undo")
    assert not player.said
    assert player.frame.position.update == 5
    assert np.array_equal(player.frame.theta, before)
    assert not events(player)
    player.do("redo")
    assert player.frame.layout.bias(player.frame.theta, 0)[0] == -1.0
    player.step("update", 3)
    assert_replays(player)


def test_two_edits_of_one_weight_in_one_place_are_taken_back_one_by_one(open_session) -> None:
    player = open_session()
    player.step("update", 4)
    start = weight(player)
    player.do("edit_parameter", "weight_0[1,2]", 1.0)
    player.do("edit_parameter", "weight_0[1,2]", 2.0)
    player.do("undo")
    assert weight(player) == 1.0
    player.do("undo")
    assert weight(player) == start


def test_an_edit_in_mid_turn_goes_to_the_turns_start_and_holds_at_once(open_session) -> None:
    player = open_session()
    player.step("update", 4)
    player.step("stage", 4)
    player.do("edit_parameter", "weight_0[1,2]", 1.0)
    assert (player.frame.position.update, player.frame.in_turn) == (4, False)
    assert events(player) == [(4, "weight_0[1,2]", 1.0)]
    assert weight(player) == 1.0


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("weight_0[9,0]", 1.0, "no such parameter"),
        ("weight_7[0,0]", 1.0, "no such layer"),
        ("bias_0[0]", float("nan"), "finite"),
        ("bias_0[0]", float("inf"), "finite"),
        ("optimizer.learning_rate", 1.0, "no such parameter"),
    ],
)
def test_a_bad_edit_is_refused_and_nothing_is_to_be_undone(open_session, path, value, said) -> None:
    player = open_session()
    player.step("update", 2)
    before = player.frame.theta
    with pytest.raises(InputError, match=said):
        player.session.edit_parameter(path, value)
    assert not player.session.edits.undo_text
    assert np.array_equal(player.settle().theta, before)


def test_an_edit_that_only_the_number_format_refuses_leaves_no_trace(open_session) -> None:
    player = open_session(small(model={"dtype": "float32"}))
    player.step("update", 2)
    player.do("edit_parameter", "bias_0[0]", 1e300)
    assert player.said[-1][0] == "error"
    assert "too large for float32" in player.said[-1][1]
    assert not player.session.edits.undo_text
    assert not events(player)


# -- any walk ------------------------------------------------------------------------------------


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("go_to"), st.integers(0, 100)),
            st.tuples(st.just("reach"), st.integers(1, 100)),
            st.tuples(st.just("rate"), st.floats(0.01, 1.0)),
            st.tuples(st.just("weight"), st.floats(-2.0, 2.0)),
            st.tuples(st.sampled_from(["undo", "redo", "step", "step_back"]), st.just(0)),
            st.tuples(st.just("switch"), st.integers(0, 5)),
        ),
        min_size=3,
        max_size=10,
    )
)
def test_wherever_a_walk_leads_the_saved_experiment_leads_there_too(open_session, walk) -> None:
    player = open_session()
    for what, value in walk:
        if what == "go_to":
            player.do("go_to", min(int(value), player.frame.head))
        elif what == "rate":
            player.set(optimizer__learning_rate=value)
        elif what == "weight":
            player.do("edit_parameter", "weight_0[0,1]", value)
        elif what == "switch":
            runs = player.session.runs
            player.do("switch_run", runs[int(value) % len(runs)].number)
        elif what == "reach":
            player.do("reach", int(value))
        else:
            player.do(what)
    player.do("go_to", player.frame.position.update)
    assert_replays(player)
    assert len(set(numbers(player))) == len(player.session.runs)


# -- the whole way, through the window -------------------------------------------------------------


def theta_of(player: SessionPlayer, update: int) -> np.ndarray:
    """Parameters after so many updates of the experiment as it would be saved, made afresh."""
    loop = LearningLoop(player.frame.experiment, player.frame.problem)
    loop.run(update)
    return loop.learner.kernel.theta


def test_scrub_fork_edit_undo_and_back_across_epochs_bit_for_bit(open_window) -> None:
    player = open_window()
    player.find("speed").setProperty("value", 0)
    player.click("run")
    player.until(lambda: player.frame.position.update > 120)
    player.click("run")
    player.until_state(RunState.PAUSED)
    head, scrub = player.frame.head, player.find("scrub")
    first = player.frame.theta

    scrub.setProperty("value", 77)
    player.until(lambda: player.frame.position.update == 77)
    assert np.array_equal(player.frame.theta, theta_of(player, 77))
    assert scrub.property("value") == 77

    player.edit("optimizer.learning_rate", 0.125)
    assert player.frame.run == 2
    assert events(player) == [(77, "optimizer.learning_rate", 0.125)]
    player.steps("epoch", 2)
    forked = player.frame.theta
    update = player.frame.position.update
    assert update == 125
    assert np.array_equal(forked, theta_of(player, update))

    picture, line = player.window.network.picture, player.window.network.editor.field.line
    at = picture.edge_point(0, 0, 0, 0.2).toPoint()
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=at)
    QTest.keyClicks(line, "0.75")
    QTest.keyClick(line, Qt.Key.Key_Return)
    player.settle()
    assert player.frame.theta[0] == 0.75
    player.steps("update", 3)
    assert np.array_equal(player.frame.theta, theta_of(player, update + 3))
    player.press("undo")
    assert player.frame.position.update == update
    assert np.array_equal(player.frame.theta, forked)

    player.steps("epoch", 3, BACK)
    assert player.frame.position.update == 50
    assert player.shown("optimizer.learning_rate") == 0.3
    assert np.array_equal(player.frame.theta, theta_of(player, 50))
    player.steps("epoch", 3)
    assert player.shown("optimizer.learning_rate") == 0.125
    assert np.array_equal(player.frame.theta, forked)

    player.do("switch_run", 1)
    scrub.setProperty("value", head)
    player.until(lambda: player.frame.position.update == head)
    assert np.array_equal(player.frame.theta, first)


# -- what is refused, and what is broken off -----------------------------------------------------


def test_a_redo_that_is_refused_stays_and_takes_no_other_edit_away(open_session) -> None:
    player = open_session()
    player.step("update", 2)
    player.do("edit_parameter", "bias_0[0]", 1.0)
    player.step("update", 2)
    player.do("edit_parameter", "bias_0[1]", 2.0)
    player.do("undo")
    live = player.frame.run
    player.do("new_run", player.session.experiment)
    for run in player.session.runs:
        player.do("forget_run", run.number)
    assert live not in numbers(player)
    player.do("redo")
    assert player.said[-1] == ("error", "the run of this edit is no longer kept")
    assert player.session.edits.redo_text == "bias_0[1] = 2"
    assert player.session.edits.undo_text == "bias_0[0] = 1"


def test_a_pause_breaks_a_long_way_off(open_session) -> None:
    player = open_session()
    player.session.reach(50_000_000)
    player.do("pause")
    assert 0 <= player.frame.position.update < 50_000_000
    assert not player.frame.in_turn
    player.do("reach", player.frame.position.update + 30)
    assert_replays(player)
