"""The session without a window: settings, undo, events, files, and walks of all of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.experiment import Experiment, load, save
from core.loop import LearningLoop
from core.position import Position
from core.stages import StepSize
from mlloop_gui.frames import RunState
from tests.gui.helpers import small

BACK = True


@pytest.fixture
def table(tmp_path) -> Path:
    """A table of 60 rows and two classes."""
    rng = np.random.default_rng(0)
    rows = [f"{x:.3f},{y:.3f},{'no' if x > y else 'yes'}" for x, y in rng.normal(size=(60, 2))]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["u,v,answer", *rows]) + "\n")
    return path


@pytest.mark.parametrize("size", ["stage", "layer", "update", "epoch"])
def test_forward_back_forward_gives_the_same_bits(open_session, size) -> None:
    player = open_session(small(model={"dropout": 0.3}, optimizer={"name": "adam"}))
    player.step("update", 4)
    player.step(size, 3)
    there, place = player.frame.theta, player.frame.position
    player.step(size, 2, BACK)
    assert player.frame.position != place
    player.step(size, 2)
    assert player.frame.position == place
    assert np.array_equal(player.frame.theta, there)


# -- events ------------------------------------------------------------------------------------


def test_events_go_and_come_with_time(open_session) -> None:
    """The design's example: 0.3, 0.1 from 12, on to 20, back to 10, and there again."""
    player = open_session()
    player.step("update", 12)
    player.set(optimizer__learning_rate=0.1)
    player.step("update", 8)
    there = player.frame.theta
    player.step("update", 10, BACK)
    assert player.frame.position.update == 10
    assert player.session.experiment.optimizer.learning_rate == 0.3
    player.step("update", 2)
    assert player.session.experiment.optimizer.learning_rate == 0.1
    player.step("update", 8)
    assert np.array_equal(player.frame.theta, there)
    events = [(c.update, c.field, c.value) for c in player.frame.experiment.change]
    assert events == [(12, "optimizer.learning_rate", 0.1)]


def test_a_change_in_mid_turn_waits_for_its_end(open_session) -> None:
    player, plain = open_session(), open_session()
    player.step("stage", 4)
    player.set(optimizer__learning_rate=0.01)
    assert player.session.experiment.optimizer.learning_rate == 0.01
    assert player.frame.settings.optimizer.learning_rate == 0.3
    player.step("update")
    plain.step("update")
    assert np.array_equal(player.frame.theta, plain.frame.theta)
    assert player.frame.settings.optimizer.learning_rate == 0.01
    assert player.frame.experiment.change[0].update == 1
    player.step("update")
    plain.step("update")
    assert not np.array_equal(player.frame.theta, plain.frame.theta)


def test_reset_is_a_jump_until_something_was_changed(open_session) -> None:
    player = open_session()
    start = player.frame.theta
    player.step("update", 3)
    run = player.frame.run
    player.do("reset")
    assert player.frame.run == run
    assert player.frame.position == Position()
    assert np.array_equal(player.frame.theta, start)
    player.step("update", 3)
    player.set(optimizer__learning_rate=0.1)
    player.step("update", 2)
    player.do("reset")
    assert player.frame.run > run
    assert player.frame.position == Position()
    assert not player.frame.experiment.change
    assert player.frame.settings.optimizer.learning_rate == 0.1
    assert np.array_equal(player.frame.theta, start)
    assert len(player.session.runs) == 2


def test_reset_right_behind_a_change_keeps_the_change(open_session) -> None:
    player = open_session()
    player.step("update", 3)
    player.session.set("optimizer.learning_rate", 0.125)
    player.do("reset")
    assert player.session.experiment.optimizer.learning_rate == 0.125
    assert player.frame.position.update == 0
    assert not player.frame.experiment.change


def test_a_new_seed_keeps_data_and_split(open_session) -> None:
    player = open_session()
    before = player.frame
    player.do("open_test")
    player.do("new_seed")
    after = player.frame
    assert after.experiment.seed != before.experiment.seed
    assert after.experiment.data.seed == before.experiment.seed
    for part in ("train", "validation", "test"):
        assert np.array_equal(after.problem.rows(part), before.problem.rows(part))
    assert np.array_equal(after.problem.dataset.inputs, before.problem.dataset.inputs)
    assert not np.array_equal(after.theta, before.theta)
    assert player.session.test_openings == 1


# -- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("optimizer.learning_rate", -1.0),
        ("optimizer.learning_rate", "fast"),
        ("optimizer.name", "adamm"),
        ("model.hidden", [0]),
        ("loss.class_weights", [1.0, 2.0, 3.0]),
        ("no.such", 1),
    ],
)
def test_a_bad_value_changes_nothing(open_session, path, value) -> None:
    player = open_session()
    player.step("update", 2)
    before = player.frame
    with pytest.raises(InputError, match=path.replace(".", r"\.")):
        player.session.set(path, value)
    assert player.settle() is before
    assert player.session.experiment == before.experiment
    assert not player.session.edits.undo_text


@pytest.mark.parametrize("content", ["", "a,b\n", "a,b\n1\n1,2,3\n", "\0\1\2", "x,y\n1,1\n"])
def test_a_bad_table_leaves_the_run_alone_and_alive(open_session, tmp_path, content) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content)
    player = open_session()
    player.step("update", 3)
    before = player.frame
    player.session.choose_source("csv", path=str(path))
    player.until(lambda: player.said)
    player.settle()
    assert player.said[0][0] == "error"
    assert "bad.csv" in player.said[0][1]
    assert "\n" not in player.said[0][1]
    assert player.session.experiment == before.experiment
    assert np.array_equal(player.frame.theta, before.theta)
    assert not player.session.edits.undo_text
    assert player.step("update").position.update == 4


def test_an_experiment_whose_table_is_missing_is_not_taken(open_session, tmp_path) -> None:
    (tmp_path / "e.toml").write_text('format = 1\n[data]\nsource = "csv"\npath = "none.csv"\n')
    player = open_session()
    player.step("update", 3)
    before = player.frame
    player.session.open(tmp_path / "e.toml")
    player.until(lambda: player.said)
    player.settle()
    assert "none.csv" in player.said[0][1]
    assert player.session.path is None
    assert player.session.experiment == before.experiment
    assert player.step("update").position.update == 4


# -- consequences ------------------------------------------------------------------------------


def test_what_follows_from_a_source_is_said_once_its_run_is_there(open_session) -> None:
    player = open_session()
    heard: list[str] = []
    player.session.run_started.connect(lambda: heard.append("run"))
    player.session.message.connect(lambda _, text: heard.append(text))
    player.do("choose_source", "sine")
    assert heard[0] == "run"
    assert "loss" in heard[1]
    assert player.frame.problem.loss.name == "mse"


def test_an_optimizer_brings_its_rate_and_undo_takes_both_back(open_session) -> None:
    player = open_session()
    player.step("update", 2)
    player.set(optimizer__name="adam")
    assert player.frame.settings.optimizer.learning_rate == 0.01
    assert "learning_rate is now 0.01" in player.said[0][1]
    player.do("undo")
    assert player.frame.settings.optimizer.name == "sgd"
    assert player.frame.settings.optimizer.learning_rate == 0.3
    player.do("redo")
    assert player.frame.settings.optimizer.name == "adam"
    assert player.frame.settings.optimizer.learning_rate == 0.01
    assert player.frame.position.update == 2


def test_undo_and_redo_of_what_needs_a_new_run(open_session) -> None:
    player = open_session()
    start = player.frame.theta
    player.set(model__hidden=[5, 2])
    assert player.frame.layout.sizes == (2, 5, 2, 1)
    player.do("choose_source", "moons")
    player.do("undo")
    assert player.frame.experiment.data.source == "circle"
    player.do("undo")
    assert np.array_equal(player.frame.theta, start)
    player.do("redo")
    assert player.frame.layout.sizes == (2, 5, 2, 1)
    player.do("redo")
    assert player.frame.experiment.data.source == "moons"
    assert not player.session.edits.redo_text


def test_columns_chosen_for_wide_data_do_not_outlive_it(open_session) -> None:
    player = open_session()
    player.do("choose_source", "iris")
    player.session.show(columns=(2, 3), sample=120)
    assert player.settle().columns == (2, 3)
    player.do("choose_source", "circle")
    assert player.frame.columns == (0, 1)
    assert player.session.sample is None
    assert not player.said or "IndexError" not in player.said[-1][1]


def test_the_picked_sample_outlives_a_change_of_the_network(open_session) -> None:
    player = open_session()
    player.session.select_sample(17)
    player.set(model__hidden=[2])
    assert player.frame.sample == 17


# -- files -------------------------------------------------------------------------------------


def test_a_file_starts_its_own_run_even_if_only_live_settings_differ(
    open_session, tmp_path
) -> None:
    event = {"update": 2, "field": "loss.l2", "value": 0.1}
    experiment = small(optimizer={"learning_rate": 0.05}, change=[event])
    save(experiment, tmp_path / "e.toml")
    player = open_session()
    player.step("update", 3)
    player.do("open", tmp_path / "e.toml")
    assert player.frame.position == Position()
    assert player.frame.experiment == experiment
    assert player.session.experiment.loss.l2 == 0.0
    assert not player.session.modified
    player.step("update", 2)
    assert player.session.experiment.loss.l2 == 0.1
    player.do("undo")
    assert player.frame.settings.optimizer.learning_rate == 0.3


def test_saving_keeps_events_and_reopening_replays_them(open_session, tmp_path) -> None:
    player, other = open_session(), open_session()
    player.step("update", 2)
    player.set(optimizer__learning_rate=0.1)
    player.step("update", 2)
    there = player.frame.theta
    assert player.session.modified
    player.do("save", tmp_path / "mine.toml")
    assert not player.session.modified
    other.do("open", tmp_path / "mine.toml")
    other.step("update", 4)
    assert np.array_equal(other.frame.theta, there)


def test_a_table_is_found_from_another_folder_too(open_session, table, tmp_path) -> None:
    player = open_session()
    (tmp_path / "first.toml").write_text(
        f'format = 1\n[data]\nsource = "csv"\npath = "{table.name}"\n'
    )
    player.do("open", tmp_path / "first.toml")
    (tmp_path / "deeper").mkdir()
    player.do("save", tmp_path / "deeper" / "second.toml")
    assert not player.session.modified
    player.do("new_run", player.session.experiment)
    assert load(tmp_path / "deeper" / "second.toml").data.path == f"../{table.name}"
    player.do("open", tmp_path / "deeper" / "second.toml")
    assert not player.said
    assert player.frame.problem.dataset.class_names == ("no", "yes")


def test_a_change_while_a_table_loads_is_not_lost(open_session, table) -> None:
    player = open_session()
    player.session.choose_source("csv", path=str(table))
    assert player.session.loading is not None
    player.session.set("optimizer.learning_rate", 0.125)
    frame = player.settle()
    assert frame.settings.data.source == "csv"
    assert frame.settings.optimizer.learning_rate == 0.125
    assert player.session.loading is None


def test_the_run_goes_on_while_a_table_loads_and_when_it_is_cancelled(open_session, table) -> None:
    player = open_session()
    player.session.choose_source("csv", path=str(table))
    player.session.cancel_loading()
    player.settle()
    assert player.said == [("error", "Loading was cancelled.")]
    assert player.session.experiment.data.source == "circle"
    assert player.step("update").position.update == 1


def test_other_work_gives_the_loading_up_and_says_so(open_session, table) -> None:
    player = open_session()
    player.session.choose_source("csv", path=str(table))
    player.session.jobs.start(lambda progress: None, lambda result: None, lambda text: None)
    player.settle()
    assert player.session.loading is None
    assert player.said == [("error", "Given up, for something else was asked for.")]
    assert player.session.experiment.data.source == "circle"


# -- walks -------------------------------------------------------------------------------------

COMMANDS = st.one_of(
    st.tuples(st.just("step"), st.sampled_from([size.value for size in StepSize])),
    st.tuples(st.just("back"), st.sampled_from([size.value for size in StepSize])),
    st.tuples(st.just("rate"), st.sampled_from([0.3, 0.1, 0.02])),
    st.tuples(st.just("l2"), st.sampled_from([0.0, 0.05])),
    st.tuples(st.just("reset"), st.none()),
    st.tuples(st.just("undo"), st.none()),
    st.tuples(st.just("redo"), st.none()),
    st.tuples(st.just("hidden"), st.sampled_from([[3], [2]])),
)


def straight(experiment: Experiment, position: Position) -> LearningLoop:
    """A fresh loop that goes straight to a place."""
    loop = LearningLoop(experiment)
    for _ in range(10 * position.update + 10):
        if (loop.position.update, loop.position.stage) == (position.update, position.stage):
            return loop
        loop.step(StepSize.STAGE)
    raise AssertionError(f"no way leads to {position}")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(COMMANDS, min_size=3, max_size=14))
def test_after_any_walk_a_straight_way_leads_to_the_same_place(open_session, walk) -> None:
    player = open_session()
    for name, value in walk:
        if name in ("step", "back"):
            player.step(value, back=name == "back")
        elif name in ("rate", "l2", "hidden"):
            paths = {"rate": "optimizer.learning_rate", "l2": "loss.l2", "hidden": "model.hidden"}
            player.do("set", paths[name], value)
        else:
            player.do(name)
    frame = player.frame
    assert frame.state is RunState.PAUSED
    loop = straight(frame.experiment, frame.position)
    assert np.array_equal(loop.learner.kernel.theta, frame.theta)
    assert loop.settings == frame.settings
    open_session.close()
