"""Letting it run: pause, finish, speed, and changes of settings on the way."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mlloop_gui.frames import RunState
from tests.gui.helpers import small


def test_run_and_pause_by_button_and_key(open_window) -> None:
    player = open_window(small())
    player.click("run")
    player.until(lambda: player.frame.position.update >= 3)
    assert player.state == "running"
    assert player.action("run").isChecked()
    assert "Pause" in player.button("run").text()
    frame = player.press("run")
    assert player.state == "paused"
    assert player.status()[1] == frame.position.update
    assert not player.action("run").isChecked()
    assert not frame.in_turn
    # Nothing comes after the frame of a pause.
    with player.qtbot.assertNotEmitted(player.session.frame_changed, wait=100):
        pass
    assert player.frame is frame
    player.key(Qt.Key.Key_Space)
    assert player.state == "running"
    player.key(Qt.Key.Key_Space)
    assert player.state == "paused"
    assert frame.check.update == frame.position.update


def test_what_a_paused_window_shows_is_of_one_moment(open_window) -> None:
    """Record, parameters, check, curves, map: all of the same update."""
    player = open_window()
    player.find("speed").setProperty("value", 0)
    player.click("run")
    player.until(lambda: player.frame.position.update > 50)
    frame = player.press("run")
    update = frame.position.update
    assert frame.record.turn == update
    assert np.array_equal(frame.record.theta_after, frame.theta)
    assert frame.check.update == update
    assert frame.curves.head == update
    assert frame.curves.updates.x[-1] == update
    assert np.isfinite(frame.map.values).all()
    network = player.find("plot.network")
    assert np.array_equal(network._weights[0], frame.layout.weight(frame.theta, 0))
    assert player.status() == (int(frame.position.stage), update, frame.position.epoch)


def test_it_ends_as_the_experiment_says(open_window) -> None:
    player = open_window(small(stop={"epochs": 3}))
    box = player.find("stop_mode")
    box.setCurrentIndex(1)
    player.find("speed").setProperty("value", 0)
    player.click("run")
    frame = player.until_state(RunState.FINISHED)
    assert player.state == "finished"
    assert player.status() == (9, 9, 3)
    assert not player.action("run").isChecked()
    assert frame.reason == "3 epochs done"
    player.steps("update")
    assert player.state == "paused"
    assert player.status()[1] == 10
    box.setCurrentIndex(0)
    player.click("run")
    player.until(lambda: player.frame.position.update > 12)
    player.press("run")


def test_speed_is_kept_by_new_runs_and_shown(open_window) -> None:
    player = open_window(small())
    speed = player.find("speed")
    assert speed.property("value") == 20
    speed.setProperty("value", 0)
    assert "max" in speed._text.text()
    player.edit("model.hidden", [2])
    player.click("run")
    player.until(lambda: player.frame.position.update > 100)
    player.press("run")
    assert player.session._worker._driver.speed == 0


def test_a_live_change_while_running_is_an_event_of_the_same_run(open_window) -> None:
    player = open_window()
    player.click("run")
    player.until(lambda: player.frame.position.update >= 2)
    run = player.frame.run
    player.edit("optimizer.learning_rate", 0.05)
    assert player.state == "running"
    player.until(lambda: player.frame.settings.optimizer.learning_rate == 0.05)
    frame = player.press("run")
    (event,) = frame.experiment.change
    assert (event.field, event.value) == ("optimizer.learning_rate", 0.05)
    assert 2 <= event.update <= frame.position.update
    assert frame.run == run
    assert player.shown("optimizer.learning_rate") == 0.05
    events = player.find("plot.loss")._events
    assert [x for x, _ in events.marks] == [event.update] if hasattr(events, "marks") else events


def test_another_network_while_running_is_another_run(open_window) -> None:
    player = open_window()
    player.find("speed").setProperty("value", 0)
    player.click("run")
    player.until(lambda: player.frame.position.update >= 60)
    run = player.frame.run
    frame = player.edit("model.hidden", [3, 2])
    assert frame.run > run
    assert player.status() == (9, 0, 0)
    assert player.state == "paused"
    assert frame.layout.sizes == (2, 3, 2, 1)
    kept, _ = player.session.runs
    assert kept.head >= 60
    names = player.find("plot.loss").series_names()
    assert "earlier 1" in names


@pytest.mark.parametrize("width", [1440, 1180, 1000])
def test_the_menu_is_there_however_narrow_the_window(open_window, width: int) -> None:
    player = open_window()
    window = player.window
    window.resize(width, 720)
    button = window.menu_button
    player.qtbot.waitUntil(button.isVisible)
    assert button.mapTo(window, button.rect().topRight()).x() < width
    assert window.run_bar.run_button.isVisible()
    if width >= 1180:
        assert window.findChild(QWidget, "stop_mode").isVisible()
