"""The window by keyboard alone; what is typed into a field goes to the field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QSlider

from core.experiment import fields
from core.stages import Stage, StepSize
from mlloop_gui.frames import RunState
from tests.gui.helpers import Player, small

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def type_into(player: Player, *keys: Key) -> None:
    """Presses keys where the focus is, waiting for nothing."""
    for key in keys:
        QTest.keyClick(player.window.windowHandle(), key)


def test_the_loop_by_keys(open_window) -> None:
    player = open_window(small())
    theta = player.frame.theta
    player.key(Key.Key_F3)
    assert player.session.step_size is StepSize.UPDATE
    player.key(Key.Key_Right)
    player.key(Key.Key_Right)
    assert player.status() == (8, 2, 0)
    player.key(Key.Key_Left)
    assert player.status() == (8, 1, 0)
    player.key(Key.Key_F1)
    player.key(Key.Key_Right)
    assert player.status() == (1, 1, 0)
    player.key(Key.Key_F2)
    player.key(Key.Key_Right)
    assert player.frame.position.layer == 1
    player.key(Key.Key_F4)
    player.key(Key.Key_Right)
    assert player.status() == (9, 3, 1)
    player.key(Key.Key_Space)
    assert player.state == "running"
    player.key(Key.Key_Space)
    assert player.state == "paused"
    player.key(Key.Key_R, Modifier.ControlModifier)
    assert player.status() == (9, 0, 0)
    assert (player.frame.theta == theta).all()
    seed = player.frame.experiment.seed
    player.key(Key.Key_N, Modifier.ControlModifier)
    assert player.frame.experiment.seed != seed
    player.key(Key.Key_Z, Modifier.ControlModifier)
    assert player.frame.experiment.seed == seed
    player.key(Key.Key_Z, Modifier.ControlModifier | Modifier.ShiftModifier)
    assert player.frame.experiment.seed != seed


def test_digits_open_the_inspectors(open_window) -> None:
    player = open_window(small())
    for stage in reversed(Stage):
        player.key(Key(Key.Key_0 + int(stage)))
        assert player.session.inspected is stage
        assert player.find(f"inspector.{stage.key}").isVisible()


@pytest.mark.parametrize("path", ["optimizer.learning_rate", "optimizer.batch_size", "seed"])
def test_what_is_typed_into_a_number_stays_there(open_window, path) -> None:
    player = open_window(small())
    player.steps("update", 2)
    editor = player.editor(path)
    player.focus(editor)
    editor.selectAll()
    stage, place = player.session.inspected, player.frame.position
    type_into(player, Key.Key_1, Key.Key_2, Key.Key_9, Key.Key_Left, Key.Key_Left, Key.Key_5)
    assert editor.text() == "1529"
    type_into(player, Key.Key_Right, Key.Key_Backspace, Key.Key_Space, Key.Key_Backspace)
    assert editor.text() == "159"
    assert player.settle().position == place
    assert player.session.inspected is stage
    assert player.frame.state is RunState.PAUSED
    type_into(player, Key.Key_Return)
    player.settle()
    assert player.session.experiment.get(path) == 159


def test_a_menu_can_be_walked_while_the_loop_stands_still(open_window) -> None:
    player = open_window(small())
    box = player.editor("optimizer.name")
    player.focus(box)
    type_into(player, Key.Key_Down)
    player.settle()
    assert player.session.experiment.optimizer.name != "sgd"
    assert player.status() == (9, 0, 0)


@pytest.mark.parametrize("name", ["show_everything", "turn_once"])
def test_a_focused_button_is_pressed_by_space(open_window, name) -> None:
    player = open_window(simple=True)
    button = player.find(name)
    player.focus(button)
    with player.qtbot.waitSignal(button.clicked):
        type_into(player, Key.Key_Space)
    player.window.travel.stop()
    assert player.settle().state is RunState.PAUSED


def test_a_click_on_a_button_leaves_space_to_the_run(open_window) -> None:
    """Who has clicked Step goes on with the keys as before."""
    player = open_window(small())
    player.press("step")
    player.key(Key.Key_Space)
    assert player.state == "running"
    player.press("run")
    assert player.state == "paused"


def test_tab_reaches_every_control(open_window) -> None:
    player = open_window()
    window = player.window
    for panel in window.panels.panels.values():
        panel.unfold()
    reached = set()
    player.focus(window.boundary.plot)
    for _ in range(400):
        type_into(player, Key.Key_Tab)
        widget = QApplication.focusWidget()
        assert widget is not None
        if widget in reached:
            break
        reached.add(widget)
    names = {widget.objectName() for widget in reached}
    missed = []
    for path in fields():
        found = window.findChildren(object, path)
        if not found or not found[0].isVisible() or not found[0].isEnabled():
            continue
        if path not in names and not any(found[0].isAncestorOf(widget) for widget in reached):
            missed.append(path)
    assert not missed
    assert {"turn_once", "test_button", "stop_mode"} <= names
    buttons = {
        b.defaultAction().objectName()
        for b in reached
        if hasattr(b, "defaultAction") and b.defaultAction()
    }
    assert {"run", "step", "reset", "new_seed", "step_size.update"} <= buttons
    assert window.run_bar.speed._slider in reached
    for widget in reached:
        if isinstance(widget, (QAbstractButton, QComboBox, QSlider)):
            named = widget.accessibleName() or getattr(widget, "text", str)()
            assert named, widget


def test_undo_in_a_field_is_the_fields_own(open_window) -> None:
    player = open_window(small())
    player.edit("optimizer.learning_rate", 0.1)
    editor = player.editor("optimizer.learning_rate")
    player.focus(editor)
    editor.selectAll()
    type_into(player, Key.Key_7)
    player.key(Key.Key_Z, Modifier.ControlModifier)
    assert player.session.experiment.optimizer.learning_rate == 0.1
    assert editor.text() != "7"


def test_a_click_on_a_sample_picks_it_for_every_view(open_window) -> None:
    player = open_window()
    player.stages(2)
    plot = player.find("plot.boundary")
    row = int(player.frame.record.rows[3])
    x, y = player.frame.problem.dataset.inputs[row]
    spot = plot.mapFromScene(plot.box.mapViewToScene(QPointF(float(x), float(y))))
    player.qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    frame = player.settle()
    assert frame.sample == row
    assert "Sample 4 of 10" in player.window.inspectors.header.text()


@pytest.mark.parametrize(
    ("stage", "face", "name"),
    [
        (Stage.TRANSFORM, "warp", "face.warp.panels"),
        (Stage.GRADIENTS, "drag", "face.drag.plot"),
        (Stage.UPDATE, "step", "plot.step_scatter"),
        (Stage.UPDATE, "step", "plot.parameter_map"),
        (Stage.ITERATE, "epoch", "plot.epoch"),
        (Stage.ITERATE, "moved", "plot.movement"),
    ],
)
def test_a_picture_that_the_arrows_walk_keeps_them(open_window, stage, face, name) -> None:
    player = open_window(small())
    player.steps("update", 2)
    player.click("step_size.stage")
    player.window.inspectors.show_face(stage, face)
    player.settle()
    picture = player.find(name)
    player.focus(picture)
    before, said = player.frame.position, picture.accessibleDescription()
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Left):
        player.key(key)
        assert player.frame.position == before
    assert picture.accessibleDescription() != said


def test_shift_and_an_arrow_walk_the_samples_of_the_boundary(open_window) -> None:
    player = open_window()
    player.focus(player.find("plot.boundary"))
    place = player.frame.position
    player.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    first = player.session.sample
    player.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert first is not None
    assert player.session.sample != first
    player.key(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert player.session.sample == first
    assert player.frame.position == place
