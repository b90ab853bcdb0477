"""The first minute: one question, one lit button, nine sentences; then the whole window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from core.stages import Stage
from mlloop_gui.frames import RunState
from mlloop_gui.settings import Settings
from mlloop_gui.views import predictions, turn_once
from mlloop_gui.views.predictions import (
    ANSWERS,
    TURNS,
    closes,
    outcome,
    told_disc,
    told_loss,
    told_right,
    told_step,
)
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


def go_round_once(player: Player) -> None:
    """The first turn, to its end."""
    press_turn_once(player)
    for _ in Stage:
        player.settle()
        tick(player)


def predict(player: Player, loss: str, more: str = "") -> None:
    """Answers what is asked."""
    asked = player.window.welcome.predictions
    asked.loss.buttons[loss].click()
    if more:
        asked.more.buttons[more].click()


def turn(player: Player, turns: int) -> None:
    """Presses a button for more turns and waits for what came of it."""
    button = player.find(f"turns.{turns}")
    assert button.isEnabled()
    step = player.window.welcome.predictions.step
    player.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    player.until(lambda: player.window.welcome.predictions.step > step)
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


def test_no_other_button_is_lit_beside_the_first_one(open_window) -> None:
    player = open_window(simple=True)
    run = player.window.run_bar.run_button
    assert player.find("turn_once").property("primary")
    assert not run.property("primary")
    player.window.show_everything()
    assert run.property("primary")


def test_everything_is_complete_at_once_and_the_space_bar_runs(open_window) -> None:
    player = open_window(simple=True)
    player.qtbot.mouseClick(player.find("show_everything"), Qt.MouseButton.LeftButton)
    window = player.window
    assert "17 parameters" in window.network.picture.describe()
    player.qtbot.waitUntil(lambda: bool(window.session.frame.map.units))
    assert window.boundary.plot.hasFocus() or not window.isActiveWindow()


def test_the_question_tells_of_drawn_numbers_only_while_they_are(open_window) -> None:
    player = open_window(simple=True)
    question = player.window.welcome._question
    assert "drawn at random" in question.text()
    go_round_once(player)
    assert "drawn at random" not in question.text()
    assert "make this guess" in question.text()


def test_more_turns_are_offered_after_the_first(open_window) -> None:
    player = open_window(simple=True)
    asked = player.window.welcome.predictions
    assert not asked.isVisible()
    assert player.find("turn_once").property("primary")
    go_round_once(player)
    assert asked.isVisible()
    assert not player.find("turn_once").property("primary")
    loss = f"{player.frame.check.train.loss:.3g}"
    assert asked.loss.text.text() == f"After 1 more turn the training loss, now {loss}, will be:"
    assert asked.more.text.text() == "Will each single step make it better?"
    for turns in TURNS:
        assert not player.find(f"turns.{turns}").isEnabled()
    assert player.find("show_everything").isVisible()


def test_a_button_is_lit_once_all_is_answered(open_window) -> None:
    player = open_window(simple=True)
    go_round_once(player)
    button = player.find("turns.1")
    assert "predict first" in button.accessibleDescription()
    predict(player, "higher")
    assert not button.isEnabled()
    predict(player, "higher", "no")
    assert button.isEnabled()
    assert button.property("primary")
    assert not player.find("turns.10").isEnabled()


def test_1_10_100_1000_with_the_real_numbers(open_window, monkeypatch) -> None:
    monkeypatch.setattr(predictions, "SECONDS", 0.2)
    player = open_window(simple=True)
    asked = player.window.welcome.predictions
    go_round_once(player)
    made, said = 1, []
    for turns in TURNS:
        before = player.frame.check.train.loss
        assert f"now {before:.3g}" in asked.loss.text.text()
        second = asked.more.text.text()
        predict(player, "lower", "" if asked.more.isHidden() else "yes")
        turn(player, turns)
        made += turns
        assert player.status()[1] == made
        assert player.session.state is RunState.PAUSED
        after = player.frame.check.train.loss
        assert asked.said.text().startswith(told_loss(before, after, "lower"))
        said.append((second, asked.said.text()))
        assert player.find(f"turns.{turns}").text() == f"✓ ×{turns}"
        assert player.session.speed == 20.0
    assert [text for text, _ in said] == [
        "Will each single step make it better?",
        "",
        "Will the boundary close round the inner disc?",
        "Will every training sample be guessed right?",
    ]
    assert "a trend, not a law" in said[0][1]
    assert "The boundary closed round the inner disc, as you said." in said[2][1]
    right = player.frame.check.train.correct
    assert f"{right} of 250 training samples are right, you said yes." in said[3][1]
    assert asked.step == 4
    assert asked.loss.isHidden()
    assert player.find("show_everything").property("primary")


def test_the_first_minute_by_keyboard_alone(open_window) -> None:
    player = open_window(simple=True)
    asked = player.window.welcome.predictions
    player.focus(player.find("turn_once"))
    player.key(Qt.Key.Key_Space)
    for _ in Stage:
        tick(player)
    assert asked.isVisible()
    player.focus(asked.loss.buttons["lower"])
    player.key(Qt.Key.Key_Space)
    assert asked.loss.answer == "lower"
    player.key(Qt.Key.Key_Right)
    player.key(Qt.Key.Key_Right)
    assert asked.loss.answer == "higher"
    player.key(Qt.Key.Key_Left)
    assert asked.loss.answer == "about the same"
    assert player.frame.position.update == 1
    player.key(Qt.Key.Key_Tab)
    assert asked.more.buttons["yes"].hasFocus()
    player.key(Qt.Key.Key_Space)
    player.key(Qt.Key.Key_Right)
    assert asked.more.answer == "no"
    player.key(Qt.Key.Key_Tab)
    assert player.find("turns.1").hasFocus()
    QTest.keyClick(player.window.windowHandle(), Qt.Key.Key_Return)
    player.until(lambda: asked.step == 1)
    assert player.frame.position.update == 2
    assert asked.loss.buttons["lower"].hasFocus()
    player.settle()


def test_a_pause_before_the_end_asks_again(open_window) -> None:
    player = open_window(simple=True)
    asked = player.window.welcome.predictions
    go_round_once(player)
    player.session.set_speed(1.0)
    asked.step = 3
    asked.offer()
    predict(player, "lower", "no")
    player.qtbot.mouseClick(player.find("turns.1000"), Qt.MouseButton.LeftButton)
    player.until(lambda: player.frame.position.update > 1)
    assert not asked.loss.isEnabled()
    player.session.pause()
    player.until(lambda: asked.said.text().startswith("Stopped"))
    assert asked.step == 3
    assert asked.loss.isEnabled()
    assert asked.loss.answer == ""
    assert player.session.speed == 1.0
    player.settle()


def test_a_new_run_begins_the_first_minute_anew(open_window) -> None:
    player = open_window(simple=True)
    asked = player.window.welcome.predictions
    go_round_once(player)
    predict(player, "lower", "no")
    turn(player, 1)
    player.do("new_seed", 3)
    assert not asked.isVisible()
    assert asked.step == 0
    assert player.find("turn_once").property("primary")
    go_round_once(player)
    assert asked.more.text.text() == "Will each single step make it better?"


def test_everything_shown_lights_the_first_button_again(open_window) -> None:
    player = open_window(simple=True)
    go_round_once(player)
    player.qtbot.mouseClick(player.find("show_everything"), Qt.MouseButton.LeftButton)
    assert player.find("turn_once").property("primary")
    assert not player.window.welcome.predictions.isVisible()
    player.settle()


def test_what_is_said_of_a_prediction() -> None:
    assert [outcome(1.0, after) for after in (0.98, 0.991, 1.0, 1.009, 1.02)] == [
        "lower",
        "about the same",
        "about the same",
        "about the same",
        "higher",
    ]
    assert told_loss(0.698, 0.682, "lower") == "0.698 → 0.682: lower, as you said."
    assert told_loss(0.5, 0.6, "lower") == "0.500 → 0.600: higher, you said lower."
    same = "0.500 → 0.499: about the same (\N{MINUS SIGN}0.20 %), as you said."
    assert told_loss(0.5, 0.499, "about the same") == same
    assert told_loss(0.5, 0.501, ANSWERS[1]).startswith("0.500 → 0.501: about the same (+0.20 %)")
    assert told_step(0.5, 0.51, 10, 250) == (
        "This one step made the whole training loss worse: “each step improves” is a trend,"
        " not a law."
    )
    assert "its own 10 samples, not all 250" in told_step(0.5, 0.49, 10, 250)
    assert told_disc(False, "no") == (
        "The boundary did not close round the inner disc, as you said."
    )
    assert told_disc(True, "no").startswith(
        "The boundary closed round the inner disc, you said no."
    )
    assert told_right(250, 250, "yes") == "250 of 250 training samples are right, as you said."


def test_a_closed_region_touches_no_edge() -> None:
    values = np.zeros((9, 9))
    assert not closes(values)
    values[3:6, 3:6] = 1.0
    assert closes(values)
    assert closes(1.0 - values)
    values[4, :] = 1.0
    assert not closes(values)
    assert not closes(None)
