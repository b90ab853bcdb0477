"""Editing with real keys, the wheel and the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

RATE = "optimizer.learning_rate"


def type_into(qtbot, widget: QWidget, text: str) -> None:
    widget.setFocus()
    widget.selectAll()
    qtbot.keyClicks(widget, text)


def wheel(widget: QWidget, notches: int) -> None:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(widget.rect().center())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_enter_commits(qtbot, session, editor):
    rate = editor(RATE)
    type_into(qtbot, rate, "0.07")
    assert session.experiment.optimizer.learning_rate == 0.3
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert session.experiment.optimizer.learning_rate == 0.07
    assert session.calls == [("set", RATE, 0.07)]


def test_leaving_commits_once(qtbot, session, editor):
    rate = editor(RATE)
    type_into(qtbot, rate, "0.07")
    editor("optimizer.batch_size").setFocus()
    assert session.calls == [("set", RATE, 0.07)]
    rate.setFocus()
    editor("optimizer.batch_size").setFocus()
    assert len(session.calls) == 1


def test_escape_takes_back(qtbot, session, editor):
    rate = editor(RATE)
    type_into(qtbot, rate, "9")
    qtbot.keyClick(rate, Qt.Key.Key_Escape)
    editor("optimizer.batch_size").setFocus()
    assert rate.text() == "0.3"
    assert session.calls == []


@pytest.mark.parametrize("bad", ["", "much", "0", "-1", "nan", "1e999"])
def test_bad_text_stays_with_its_error_until_mended(qtbot, session, editor, bad):
    rate = editor("optimizer.batch_size")
    type_into(qtbot, rate, bad) if bad else rate.clear()
    rate.setModified(True)
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert rate.text() == bad
    assert "Allowed: a whole number" in rate.binding.error
    assert session.experiment.optimizer.batch_size == 10
    # Another change leaves what was typed alone.
    session.set("optimizer.learning_rate", 0.01)
    assert rate.text() == bad
    assert rate.binding.error
    type_into(qtbot, rate, "25")
    assert rate.binding.error == ""
    assert session.experiment.optimizer.batch_size == 10
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert session.experiment.optimizer.batch_size == 25


def test_empty_means_none_where_there_is_such_a_thing(qtbot, session, editor):
    clip = editor("optimizer.clip_norm")
    type_into(qtbot, clip, "2")
    qtbot.keyClick(clip, Qt.Key.Key_Return)
    assert session.experiment.optimizer.clip_norm == 2.0
    clip.selectAll()
    qtbot.keyClick(clip, Qt.Key.Key_Delete)
    qtbot.keyClick(clip, Qt.Key.Key_Return)
    assert session.experiment.optimizer.clip_norm is None
    assert clip.placeholderText() == "off"


def test_an_emptied_field_that_follows_from_others_gets_its_default(qtbot, session, editor):
    samples = editor("data.samples")
    type_into(qtbot, samples, "60")
    qtbot.keyClick(samples, Qt.Key.Key_Return)
    samples.selectAll()
    qtbot.keyClick(samples, Qt.Key.Key_Backspace)
    qtbot.keyClick(samples, Qt.Key.Key_Return)
    assert session.experiment.data.samples == 500
    assert samples.text() == "500"


def test_arrow_keys_step_at_once_and_commit_when_the_hand_rests(qtbot, session, editor):
    rate = editor(RATE)
    rate.setFocus()
    with qtbot.waitSignal(session.experiment_changed):
        qtbot.keyClick(rate, Qt.Key.Key_Up)
        qtbot.keyClick(rate, Qt.Key.Key_Up)
        assert rate.text() == "3"
        assert session.calls == []
    assert session.calls == [("set", RATE, 3.0)]


def test_leaving_commits_a_step_at_once(qtbot, session, editor):
    rate = editor(RATE)
    rate.setFocus()
    qtbot.keyClick(rate, Qt.Key.Key_Down)
    editor("optimizer.batch_size").setFocus()
    assert session.calls == [("set", RATE, 0.1)]


def test_a_page_is_several_steps(qtbot, session, editor):
    rate = editor(RATE)
    rate.setFocus()
    qtbot.keyClick(rate, Qt.Key.Key_PageDown)
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert session.experiment.optimizer.learning_rate == 0.001


def test_the_wheel_steps_only_what_has_the_focus(qtbot, session, editor):
    rate = editor(RATE)
    editor("optimizer.batch_size").setFocus()
    wheel(rate, 1)
    assert rate.text() == "0.3"
    rate.setFocus()
    wheel(rate, 1)
    assert rate.text() == "1"
    rate.binding.flush()
    assert session.experiment.optimizer.learning_rate == 1.0


def test_the_wheel_over_a_menu_without_focus_changes_nothing(session, editor):
    editor(RATE).setFocus()
    wheel(editor("optimizer.name"), -1)
    assert session.calls == []
    editor("optimizer.name").setFocus()
    wheel(editor("optimizer.name"), -1)
    assert session.experiment.optimizer.name == "momentum"


def test_a_change_from_elsewhere_overtakes_what_was_typed(qtbot, session, editor):
    rate = editor(RATE)
    type_into(qtbot, rate, "0.5")
    session.set(RATE, 0.02)
    assert rate.text() == "0.02"


def test_menus_work_by_keyboard(qtbot, session, editor):
    activation = editor("model.activation").all
    activation.setFocus()
    qtbot.keyClick(activation, Qt.Key.Key_Down)
    assert session.experiment.model.activation == "sigmoid"
    # Past the basic ones and the title "More", which cannot be chosen.
    for _ in range(2):
        qtbot.keyClick(activation, Qt.Key.Key_Down)
    assert session.experiment.model.activation == "leaky_relu"


def test_ticks_work_by_keyboard(qtbot, session, editor):
    shuffle = editor("optimizer.shuffle")
    shuffle.setFocus()
    qtbot.keyClick(shuffle, Qt.Key.Key_Space)
    assert session.experiment.optimizer.shuffle is False


def test_layers_are_added_widened_and_removed(qtbot, session, editor):
    hidden = editor("model.hidden")
    qtbot.mouseClick(hidden.more, Qt.MouseButton.LeftButton)
    assert session.experiment.model.hidden == (4, 4)
    box = hidden.units[1]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Up)
    qtbot.keyClick(box, Qt.Key.Key_Up)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert session.experiment.model.hidden == (4, 6)
    box.selectAll()
    qtbot.keyClicks(box, "12")
    qtbot.keyClick(box, Qt.Key.Key_Tab)
    assert session.experiment.model.hidden == (4, 12)
    for left in ((4,), ()):
        qtbot.mouseClick(hidden.fewer, Qt.MouseButton.LeftButton)
        assert session.experiment.model.hidden == left
    assert not hidden.fewer.isEnabled()
    qtbot.mouseClick(hidden.more, Qt.MouseButton.LeftButton)
    assert session.experiment.model.hidden == (4,)


def test_layers_that_others_change_are_not_sent_back(session, editor):
    hidden = editor("model.hidden")
    session.set("model.hidden", [4, 4])
    session.set("model.hidden", [8])
    session.calls.clear()
    hidden.binding.flush()
    assert session.calls == []
    assert [box.value() for box in hidden.units if box.isVisible()] == [8]


def test_a_network_deeper_than_the_boxes_keeps_its_other_layers(qtbot, session, editor):
    hidden = editor("model.hidden")
    session.set("model.hidden", [3] * 40)
    hidden.units[0].setFocus()
    qtbot.keyClick(hidden.units[0], Qt.Key.Key_Up)
    qtbot.keyClick(hidden.units[0], Qt.Key.Key_Return)
    assert session.experiment.model.hidden == (4, *[3] * 39)


def test_each_layer_may_have_its_own_activation(qtbot, session, editor):
    session.set("model.hidden", [4, 3])
    activation = editor("model.activation")
    activation.all.setFocus()
    qtbot.keyClick(activation.all, Qt.Key.Key_End)
    assert session.experiment.model.activation == ("tanh", "tanh")
    second = activation.menus[1]
    assert second.isVisible()
    second.setFocus()
    qtbot.keyClick(second, Qt.Key.Key_Home)
    assert session.experiment.model.activation == ("tanh", "relu")
    session.set("model.hidden", [4, 3, 2])
    assert [menu.name() for menu in activation.menus] == ["tanh", "relu", "relu"]
    activation.all.setFocus()
    qtbot.keyClick(activation.all, Qt.Key.Key_Home)
    assert session.experiment.model.activation == "relu"
    assert not second.isVisible()


def test_inputs_are_ticked_in_a_list(qtbot, session, editor):
    features = editor("representation.features")
    features.setFocus()
    qtbot.keyClick(features, Qt.Key.Key_Space)
    names = features.inputs.list
    assert features.inputs.isVisible()
    assert features.inputs.ticked() == ["x1", "x2"]
    qtbot.keyClick(names, Qt.Key.Key_Space)
    qtbot.keyClick(names, Qt.Key.Key_Escape)
    assert session.experiment.representation.features == ("x2",)
    assert features.currentText() == "x2"


def test_no_input_at_all_is_refused(qtbot, session, editor):
    features = editor("representation.features")
    features.showPopup()
    for item in range(2):
        features.inputs.list.item(item).setCheckState(Qt.CheckState.Unchecked)
    features.inputs.hide()
    assert "Empty" in features.binding.error
    assert session.experiment.representation.features == ("x1", "x2")
