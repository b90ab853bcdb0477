"""The full window as it opens: paused, everything there, named, and without side effects."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QWidget

from core.experiment import Experiment, fields
from core.stages import Stage
from mlloop_gui.main_window import MainWindow
from tests.gui.helpers import small, user_property

COMMANDS = ["run", "step", "step_back", "reset", "new_seed", "open", "save", "undo", "redo"]
SIZES = [f"step_size.{size}" for size in ("stage", "layer", "update", "epoch")]
ACTIONS = [*COMMANDS, *SIZES, "open_test"]
LABELS = {"state": "paused", "stage": 9, "update": 0, "epoch": 0}
PLOTS = ("loss", "metric", "gradients", "boundary", "network")
OTHERS = ("speed", "turn_once", "show_everything")


def test_everything_is_there_from_the_moment_it_is_built(qtbot, own_folders) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    for name in ACTIONS:
        (action,) = window.findChildren(QAction, name)
        assert action.toolTip()
        assert action.isCheckable() == (name == "run" or name.startswith("step_size."))
    for name, value in LABELS.items():
        (label,) = window.findChildren(QLabel, f"status.{name}")
        found = label.property("value")
        assert (type(found), found) == (type(value), value)
    names = [f"plot.{name}" for name in PLOTS]
    names += [f"{kind}.{stage.key}" for stage in Stage for kind in ("stage", "inspector")]
    names += [f"status.{name}" for name in LABELS]
    for name in (*names, *OTHERS):
        found = window.findChildren(QWidget, name)
        assert len(found) == 1, name
        assert found[0].accessibleName() or getattr(found[0], "text", str)(), name
    assert window.findChild(QWidget, "speed").property("value") == 20
    assert list(own_folders.iterdir()) == []


def test_every_field_has_one_widget_with_its_value(qtbot) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    experiment = Experiment()
    hidden = {"format", "data.seed", "stop.updates"}
    for path in fields():
        found = window.findChildren(QWidget, path)
        if not found and path in hidden:
            continue
        assert len(found) == 1, path
        value = found[0].property(user_property(found[0]))
        expected = experiment.get(path)
        assert value == (list(expected) if isinstance(expected, tuple) else expected), path
        assert found[0].accessibleName(), path
        assert found[0].toolTip(), path


def test_it_opens_paused_at_update_0(open_window) -> None:
    player = open_window()
    assert player.status() == (9, 0, 0)
    assert player.state == "paused"
    assert player.frame.parameters == 17
    assert not player.action("step_back").isEnabled()
    assert not player.action("undo").isEnabled()
    for name in ("run", "step", "reset", "new_seed", "open", "save", "open_test"):
        assert player.action(name).isEnabled(), name
    assert player.action("step_size.stage").isChecked()
    assert "untitled" in player.window.windowTitle()
    assert not player.window.isWindowModified()
    assert not player.last_message
    with player.qtbot.assertNotEmitted(player.session.frame_changed, wait=100):
        pass


def test_the_test_part_stays_sealed_until_it_is_opened_and_is_counted(open_window) -> None:
    player = open_window(small())
    button = player.find("test_button")
    assert "sealed" in button.text()
    assert player.frame.test is None
    player.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    frame = player.settle()
    assert frame.test is not None
    assert frame.test.rows == len(frame.problem.parts.test) == 15
    assert frame.test.text() in button.text()
    player.steps("update")
    assert player.frame.test is None
    assert "1×" in button.text()
    player.press("reset")
    player.edit("optimizer.learning_rate", 0.1)
    player.press("reset")
    assert "1×" in button.text()
    player.action("open_test").trigger()
    player.settle()
    assert player.session.test_openings == 2
    player.edit("data.noise", 0.2)
    assert player.session.test_openings == 0
    assert "sealed" in button.text()


@pytest.mark.parametrize("moment", ["at once", "running", "loading", "travelling"])
def test_closing_at_any_moment_ends_the_threads(open_window, tmp_path, moment) -> None:
    player = open_window(settled=moment != "at once")
    window, session = player.window, player.session
    if moment == "running":
        session.set_speed(0)
        player.click("run")
        player.until(lambda: player.frame.position.update > 20)
    elif moment == "travelling":
        player.qtbot.mouseClick(player.find("turn_once"), Qt.MouseButton.LeftButton)
        assert window.travel.active
    elif moment == "loading":
        path = tmp_path / "table.csv"
        path.write_text("x,y\n" + "1.5,2.5\n" * 20_000)
        session.choose_source("csv", path=str(path))
        assert session.loading is not None
    with player.qtbot.waitSignal(window.closed):
        assert window.close()
    assert session._worker.isFinished()
    assert not session.jobs._thread.isRunning()
    assert not window.travel._timer.isActive()


def test_twenty_windows_in_one_process(qtbot) -> None:
    """What they leave behind, the leak guard finds."""
    for k in range(20):
        window = MainWindow(small())
        window.session.set_speed(0)
        window.session.run()
        window.show()
        if k % 2:
            qtbot.waitUntil(lambda window=window: window.session.state == "running")
        assert window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
