"""The first minute: one question, one lit button, nine sentences; then the whole window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.stages import Stage
from mlloop_gui.frames import RunState
from mlloop_gui.settings import Settings
from mlloop_gui.views import turn_once
from tests.gui.helpers import Player, small

SECONDS = turn_once.STAGE_SECONDS


@pytest.fixture(autouse=True)
def by_hand(monkeypatch) -> None:
    """The timer between two stages never fires by itself; `tick` does it."""
    monkeypatch.setattr(turn_once, "STAGE_SECONDS", 1000.0)


def press_turn_once(player: Player) -> None:
    player.qtbot.mouseClick(player.find("turn_once"), Qt.MouseButton.LeftButton)


def tick(player: Player) -> None:
    """The time of a stage is over."""
    player.window.travel._timer.timeout.emit()
    player.settle()


def test_little_is_on_screen_and_everything_comes_by_one_click(open_window) -> None:
    settings = Settings()
    player = open_window(settings=settings, simple=True)
    window = player.window
    assert "17 numbers, 12 weights" in window.welcome._question.text()
    assert "5 biases at 0" in window.welcome._question.text()
    for name in ("turn_once", "show_everything", "plot.boundary", "stage.represent"):
        assert player.find(name).isVisible(), name
    for name in ("plot.network", "plot.loss", "optimizer.learning_rate", "inspector.represent"):
        assert not player.find(name).isVisible(), name
    player.qtbot.mouseClick(player.find("show_everything"), Qt.MouseButton.LeftButton)
    player.settle()
    for name in ("turn_once", "plot.network", "plot.loss", "optimizer.learning_rate"):
        assert player.find(name).isVisible(), name
    assert not player.find("show_everything").isVisible()
    assert settings.seen_introduction


@pytest.mark.parametrize("simple", [True, False])
def test_one_turn_with_nine_sentences(open_window, simple) -> None:
    player = open_window(simple=simple)
    bar = player.window.ring_bar
    told = []
    press_turn_once(player)
    assert bar.turn_once.text() == "Stop here"
    for stage in Stage:
        player.settle()
        assert player.session.inspected is stage
        told.append(bar.ring._sentence)
        assert player.status()[0] == min(stage, 8)
        tick(player)
    assert not player.window.travel.active
    assert player.status() == (8, 1, 0)
    assert player.state == "paused"
    assert bar.turn_once.text() == "Turn the loop once"
    assert len(set(told)) == 9
    questions = {stage.question for stage in Stage}
    assert not questions & set(told)
    press_turn_once(player)
    for _ in Stage:
        player.settle()
        tick(player)
    assert player.status() == (8, 2, 0)


@pytest.mark.parametrize("command", ["run", "step", "step_back", "reset", "new_seed", "edit"])
def test_another_command_ends_it(open_window, command) -> None:
    player = open_window(small())
    player.steps("update")
    player.click("step_size.stage")
    press_turn_once(player)
    for _ in range(2):
        tick(player)
    assert player.status() == (3, 1, 0)
    assert player.window.travel.active
    if command == "edit":
        player.edit("model.hidden", [2])
    else:
        player.click(command)
    assert not player.window.travel.active
    assert not player.window.travel._timer.isActive()
    frame = player.settle()
    if command == "run":
        assert frame.state is RunState.RUNNING
    elif command in ("reset", "new_seed", "edit"):
        assert player.status() == (9, 0, 0)
    else:
        assert player.status()[0] == (4 if command == "step" else 2)
    assert player.window.ring_bar.turn_once.text() == "Turn the loop once"


def test_a_second_click_stops_where_it_is(open_window) -> None:
    player = open_window(small())
    press_turn_once(player)
    tick(player)
    press_turn_once(player)
    assert player.settle().position.stage is Stage.TRANSFORM
    assert not player.window.travel.active
    press_turn_once(player)
    assert player.settle().position.stage is Stage.PREDICT
    for _ in range(7):
        tick(player)
    assert not player.window.travel.active
    assert player.status() == (8, 1, 0)


def test_a_reader_has_about_twenty_seconds() -> None:
    """The time between stages that the other tests replace."""
    assert 18 <= 9 * SECONDS <= 22


def test_the_two_first_buttons_have_accessible_names(open_window) -> None:
    window = open_window(small()).window
    for name in ("turn_once", "show_everything"):
        assert window.findChild(QWidget, name).accessibleName()
