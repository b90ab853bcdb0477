"""Slow motion: turn after turn, a sentence a stage, until something ends it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from core.stages import Stage
from mlloop_gui.frames import RunState
from mlloop_gui.views import turn_once
from tests.gui.helpers import Player, small

SECONDS = turn_once.SLOW_MOTION_SECONDS


@pytest.fixture(autouse=True)
def by_hand(monkeypatch) -> None:
    """The timer between two stages never fires by itself; `tick` does it."""
    monkeypatch.setattr(turn_once, "SLOW_MOTION_SECONDS", 1000.0)


def tick(player: Player) -> None:
    """The time of a stage is over."""
    player.settle()
    player.window.travel._timer.timeout.emit()
    player.settle()


def test_turn_after_turn_with_their_sentences(open_window) -> None:
    player = open_window(small())
    batches = player.frame.batches_per_epoch
    travel, ring = player.window.travel, player.window.ring_bar.ring
    travel.toggle_slow_motion()
    player.settle()
    walked, told = [], set()
    for _ in range(8 * batches + 3):
        assert player.session.inspected is player.frame.position.stage
        walked.append(int(player.session.inspected))
        told.add(ring._sentence)
        tick(player)
    # Stage 9 comes when it is due: once, after the last turn of the epoch.
    assert walked == [1, 2, 3, 4, 5, 6, 7, 8] * batches + [9, 1, 2]
    assert travel.repeats
    assert len(told) > 8
    assert not {stage.question for stage in Stage} & told
    travel.toggle_slow_motion()
    assert not travel.active
    assert player.settle().position.stage is Stage.PREDICT
    assert player.frame.position.update == batches


@pytest.mark.parametrize("command", ["run", "step", "step_back", "reset", "turn_once"])
def test_another_command_ends_it(open_window, command) -> None:
    player = open_window(small())
    travel = player.window.travel
    travel.toggle_slow_motion()
    tick(player)
    assert player.status()[0] == 2
    assert player.window.ring_bar.turn_once.text() == "Stop here"
    if command == "turn_once":
        player.qtbot.mouseClick(player.find("turn_once"), Qt.MouseButton.LeftButton)
    else:
        player.click(command)
    assert not travel.active
    assert not travel._timer.isActive()
    assert player.window.ring_bar.turn_once.text() == "Turn the loop once"
    frame = player.settle()
    if command == "run":
        assert frame.state is RunState.RUNNING
    else:
        assert (
            frame.position.stage == {"step": 3, "step_back": 1, "reset": 9, "turn_once": 2}[command]
        )


def test_a_key_begins_and_ends_it(open_window) -> None:
    player = open_window(small())
    player.key(Qt.Key.Key_F6)
    tick(player)
    assert player.window.travel.repeats
    player.key(Qt.Key.Key_F6)
    assert not player.window.travel.active
    assert player.frame.position.stage is Stage.TRANSFORM
    player.key(Qt.Key.Key_F6)
    assert player.frame.position.stage is Stage.PREDICT


def test_it_takes_the_place_of_turn_once_and_finishes_the_turn(open_window) -> None:
    player = open_window(small())
    travel = player.window.travel
    player.stages(3)
    player.qtbot.mouseClick(player.find("turn_once"), Qt.MouseButton.LeftButton)
    player.settle()
    assert travel.active
    assert not travel.repeats
    travel.toggle_slow_motion()
    assert travel.repeats
    assert player.settle().position.stage is Stage.GRADIENTS
    assert travel._timer.interval() == 1_000_000


def test_a_stage_that_takes_long_is_waited_for(open_window) -> None:
    player = open_window(small())
    travel = player.window.travel
    travel.toggle_slow_motion()
    for _ in range(5):
        travel._timer.timeout.emit()  # no frame can come in between
    assert player.settle().position.stage is Stage.REPRESENT
    tick(player)
    assert player.frame.position.stage is Stage.TRANSFORM


def test_about_a_second_a_stage() -> None:
    """The time between stages that the other tests replace."""
    assert 0.8 <= SECONDS <= 1.2
