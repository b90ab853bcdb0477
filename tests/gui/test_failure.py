"""A loss that is no number: said where and when, with ways out, and never a grey picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from core.experiment import Experiment, load
from mlloop_gui.frames import RunState
from tests.gui.helpers import Player

ROOT = Path(__file__).parents[2]
DIVERGING = load(ROOT / "assets" / "experiments" / "diverging.toml")


@pytest.fixture
def failed(open_window) -> Player:
    """The diverging example, run into its end."""
    player = open_window(DIVERGING)
    player.session.set_speed(0)
    player.click("run")
    player.until_state(RunState.FAILED)
    player.settle()
    return player


def cure(player: Player, name: str) -> None:
    player.qtbot.mouseClick(
        player.window.messages.findChild(QPushButton, name), Qt.MouseButton.LeftButton
    )
    player.settle()


def test_a_failure_is_said_shown_and_leaves_a_way_back(failed) -> None:
    frame, failure = failed.frame, failed.frame.failure
    assert failed.state == "failed"
    said = failed.last_message
    for part in (
        f"Turn {failure.turn} ",
        f"stage {int(failure.stage)}",
        failure.tensor,
        f"update {frame.position.update}",
    ):
        assert part in said, part
    assert frame.position.update == failure.turn - 1
    assert np.isfinite(frame.theta).all()
    assert all(np.isfinite(part).all() for part in frame.map.curve)
    for name, on in {"run": False, "step": False, "step_back": True, "reset": True}.items():
        assert failed.action(name).isEnabled() is on, name
    assert not failed.action("run").isChecked()
    page = failed.inspect(failure.stage)
    assert page.words.describe()
    good = frame.theta
    failed.press("step_back")
    assert failed.state == "paused"
    assert np.array_equal(failed.frame.theta, good)
    assert not failed.last_message
    assert failed.action("step").isEnabled()
    failed.steps("update", 1)
    assert failed.state == "failed"
    assert failed.frame.failure.turn == failure.turn


def test_back_by_the_messages_own_button(failed) -> None:
    cure(failed, "cure.back")
    assert failed.state == "paused"
    assert not failed.last_message


def test_a_lower_rate_starts_again(failed) -> None:
    cure(failed, "cure.rate")
    assert failed.status() == (9, 0, 0)
    assert failed.shown("optimizer.learning_rate") == pytest.approx(0.1)
    assert not failed.frame.experiment.change
    failed.click("run")
    failed.until(lambda: failed.frame.position.update > 500)
    assert failed.press("run").state is RunState.PAUSED


def test_clipping_starts_again_and_can_be_undone(failed) -> None:
    cure(failed, "cure.clip")
    assert failed.frame.settings.optimizer.clip_norm == 1.0
    assert failed.status() == (9, 0, 0)
    failed.press("undo")
    assert failed.frame.settings.optimizer.clip_norm is None


def test_a_change_at_the_failure_lets_it_go_on(failed) -> None:
    failed.edit("optimizer.learning_rate", 0.01)
    assert failed.state == "paused"
    assert not failed.last_message
    assert failed.action("step").isEnabled()


def test_a_turn_half_done_by_stage_can_fail_too(open_window) -> None:
    tree = DIVERGING.to_dict()
    tree["optimizer"]["learning_rate"] = 1e200
    player = open_window(Experiment.from_dict(tree))
    player.click("step_size.stage")
    for _ in range(30):
        if player.press("step").failure:
            break
    assert player.state == "failed"
    assert not player.action("step").isEnabled()
    assert player.last_message
    player.press("step_back")
    assert player.state == "paused"
