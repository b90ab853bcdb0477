"""Settings changed through their widgets: what is live, what starts anew, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel

from core.experiment import Experiment
from core.stages import Stage
from mlloop_gui.main_window import MainWindow
from tests.gui.helpers import Player, settle, small


def error_under(player: Player, path: str) -> str:
    """The text under a field, empty while there is none."""
    row = player.editor(path).parentWidget()
    labels = [label for label in row.findChildren(QLabel) if label.isVisible()]
    return " ".join(label.text() for label in labels if label.property("message") == "error")


def test_a_live_change_a_new_run_and_a_bad_value(open_window) -> None:
    player = open_window(small())
    player.steps("update", 3)
    run, theta = player.frame.run, player.frame.theta
    player.edit("optimizer.learning_rate", 0.125)
    assert player.frame.run == run
    (event,) = player.frame.experiment.change
    assert (event.update, event.field, event.value) == (3, "optimizer.learning_rate", 0.125)
    assert player.window.isWindowModified()

    for bad in (-1.0, "fast", 0.0):
        player.edit("optimizer.learning_rate", bad)
        assert error_under(player, "optimizer.learning_rate"), bad
        assert player.session.experiment.optimizer.learning_rate == 0.125
        assert np.array_equal(player.frame.theta, theta)
    player.edit("optimizer.learning_rate", 0.25)
    assert not error_under(player, "optimizer.learning_rate")

    player.edit("optimizer.name", "adam")
    assert player.frame.settings.optimizer.name == "adam"
    assert player.frame.run == run

    player.edit("model.activation", "relu")
    assert player.frame.run > run
    assert player.status() == (9, 0, 0)
    assert not player.frame.experiment.change
    assert player.frame.settings.optimizer.name == "adam"
    assert len(player.session.runs) == 2

    player.press("undo")
    assert player.shown("model.activation") == "tanh"
    player.press("undo")
    assert player.shown("optimizer.name") == "sgd"
    assert player.frame.settings.optimizer.name == "sgd"
    player.press("redo")
    assert player.shown("optimizer.name") == "adam"


def test_an_optimizer_brings_its_rate_and_says_so(open_window) -> None:
    player = open_window(small())
    player.edit("optimizer.name", "adam")
    assert player.shown("optimizer.learning_rate") == 0.01
    assert "learning_rate is now 0.01" in player.last_message
    assert player.frame.settings.optimizer.learning_rate == 0.01


def test_every_live_field_changes_the_running_model(open_window) -> None:
    player = open_window(small(stop={"epochs": 4}))
    player.steps("update", 1)
    run = player.frame.run
    values = {
        "loss.l2": 0.01,
        "loss.name": "hinge",
        "optimizer.batch_size": 7,
        "optimizer.shuffle": False,
        "optimizer.clip_norm": 1.0,
        "optimizer.schedule": "cosine",
        "stop.epochs": 9,
        "stop.patience": 3,
        "model.dropout": 0.2,
    }
    for path, value in values.items():
        player.edit(path, value)
        assert player.frame.settings.get(path) == value, path
        assert player.frame.run == run, path
    assert len(player.frame.experiment.change) == len(values)
    player.steps("update", 3)


def test_a_source_from_circle_to_iris_to_sine_to_digits(open_window) -> None:
    player = open_window(small())
    chooser = player.window.boundary._axes
    assert not chooser.isVisible()
    player.edit("data.source", "iris")
    frame = player.settle()
    assert frame.problem.dataset.class_names == ("setosa", "versicolor", "virginica")
    assert frame.settings.loss.name == "cross_entropy"
    assert "cross_entropy" in player.last_message
    assert player.shown("loss.name") == "cross_entropy"
    assert chooser.isVisible()
    across, up = player.find("view.across"), player.find("view.up")
    assert across.count() == up.count() == 4
    shown = frame.map
    across.setCurrentIndex((frame.columns[0] + 1) % 4)
    frame = player.settle()
    assert frame.columns[0] == across.currentIndex()
    assert frame.map.extent != shown.extent
    player.steps("update", 2)

    player.edit("data.source", "sine")
    assert player.frame.map.mode == "curve"
    assert player.frame.settings.loss.name == "mse"
    assert not chooser.isVisible()
    assert player.window.boundary.plot.as_table()[1] is not None
    player.steps("update", 2)

    player.edit("data.source", "digits")
    assert player.frame.layout.sizes[0] == 64
    assert np.isfinite(player.frame.map.values).all()
    assert chooser.isVisible()
    player.steps("update", 1)
    assert player.status() == (8, 1, 0)
    assert all(severity == "note" for severity, _ in player.said)


def test_a_table_of_ones_own_and_a_bad_one(open_window, tmp_path) -> None:
    rng = np.random.default_rng(1)
    good, bad = tmp_path / "flowers.csv", tmp_path / "bad.csv"
    rows = [f"{a:.2f};{b:.2f};{'red' if a > b else 'blue'}" for a, b in rng.normal(size=(80, 2))]
    good.write_text("\n".join(["length;width;colour", *rows]))
    bad.write_text("length;width;colour\n1;2;red\n")
    player = open_window(small())
    player.session.choose_source("csv", path=str(good))
    frame = player.settle()
    assert frame.problem.dataset.class_names == ("blue", "red")
    player.steps("update", 3)
    theta = player.frame.theta
    player.session.choose_source("csv", path=str(bad))
    player.until(lambda: player.said)
    player.settle()
    assert "bad.csv" in player.last_message
    assert "\n" not in player.last_message
    assert np.array_equal(player.frame.theta, theta)
    assert player.status() == (8, 3, 0)
    assert player.session.experiment.data.path == str(good)
    player.steps("update", 1)
    assert player.status()[1] == 4


def test_a_window_on_a_table_that_is_not_there_can_still_be_used(open_window, tmp_path) -> None:
    path = str(tmp_path / "none.csv")
    experiment = Experiment.from_dict({"data": {"source": "csv", "path": path}})
    player = open_window(experiment, settled=False)
    player.until(lambda: player.last_message)
    assert "none.csv" in player.last_message
    assert not player.action("run").isEnabled()
    player.edit("data.source", "moons")
    assert player.status() == (9, 0, 0)
    assert player.action("run").isEnabled()
    assert not player.last_message or "none.csv" not in player.last_message


@pytest.mark.parametrize("running", [False, True])
def test_reset_and_new_seed_by_button(open_window, running) -> None:
    player = open_window(small())
    theta, inputs = player.frame.theta, player.frame.problem.dataset.inputs
    if running:
        player.click("run")
        player.until(lambda: player.frame.position.update > 2)
    else:
        player.steps("update", 2)
    player.press("reset")
    assert player.status() == (9, 0, 0)
    assert player.state == "paused"
    assert np.array_equal(player.frame.theta, theta)
    player.press("new_seed")
    assert not np.array_equal(player.frame.theta, theta)
    assert np.array_equal(player.frame.problem.dataset.inputs, inputs)
    assert player.shown("seed") == 8


def test_clicks_in_the_menu_choose(open_window) -> None:
    """A real mouse on a real menu."""
    player = open_window(small())
    box = player.editor("loss.name")
    player.qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    view = box.view()
    player.until(view.isVisible)
    row = box.findData("mse")
    model = box.model()
    spot = view.visualRect(model.index(row, 0)).center()
    player.qtbot.mouseMove(view.viewport(), spot)
    player.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    player.until(lambda: player.session.experiment.loss.name == "mse")
    player.settle()
    assert player.frame.settings.loss.name == "mse"


def test_two_losses_in_a_row_each_take_hold(open_window) -> None:
    """The second is chosen before the first's run is on screen."""
    player = open_window(small())
    player.session.set("loss.name", "cross_entropy")
    player.session.set("loss.name", "hinge")
    settle(player.qtbot, player.session)
    assert player.session.experiment.loss.name == "hinge"
    assert player.frame.problem.outputs == 1


def test_a_step_asked_for_at_once_is_made(qtbot) -> None:
    """A script need not wait for the first frame of a window just built."""
    window = MainWindow(small())
    qtbot.addWidget(window)
    window.findChild(QAction, "step").trigger()
    assert settle(qtbot, window.session).position.stage == Stage.REPRESENT
    window.close()
