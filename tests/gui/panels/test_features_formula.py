"""Formulas typed into the list of inputs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.experiment import Experiment
from mlloop_gui.panels.fields.features import FeaturesEditor
from tests.gui.helpers import Opener

WAIT = 10_000


@pytest.fixture
def player(open_window: Opener):
    return open_window(Experiment())


def features(player) -> FeaturesEditor:
    return player.window.findChild(QWidget, "representation.features")


def add(qtbot, editor: FeaturesEditor, text: str) -> None:
    editor.inputs.formula.clear()
    qtbot.keyClicks(editor.inputs.formula, text)
    qtbot.keyClick(editor.inputs.formula, Qt.Key.Key_Return)


def test_a_formula_becomes_an_input(player, qtbot) -> None:
    editor = features(player)
    editor.showPopup()
    add(qtbot, editor, "x1*x1 + x2^2")
    assert editor.inputs.error.isHidden()
    added = editor.inputs.list.item(2)
    assert added.checkState() == Qt.CheckState.Checked
    name = added.text()
    editor.hidePopup()
    session = player.session
    assert session.experiment.representation.features == ("x1", "x2", name)
    qtbot.waitUntil(lambda: session.frame.layout.sizes[0] == 3, timeout=WAIT)
    player.settle()
    assert session.problem.representation.feature_names[2] == name
    # Opened again it is there, and unticked it is gone.
    editor.showPopup()
    assert [editor.inputs.list.item(k).text() for k in range(3)] == ["x1", "x2", name]
    editor.inputs.list.item(2).setCheckState(Qt.CheckState.Unchecked)
    editor.hidePopup()
    assert session.experiment.representation.features == ("x1", "x2")
    player.settle()


def test_what_cannot_be_read_stays_with_the_position(player, qtbot) -> None:
    editor = features(player)
    editor.showPopup()
    add(qtbot, editor, "sin(x1")
    assert "position 7" in editor.inputs.error.text()
    assert editor.inputs.formula.text() == "sin(x1"
    assert editor.inputs.list.count() == 2
    add(qtbot, editor, "x3")
    assert "position 1" in editor.inputs.error.text()
    add(qtbot, editor, "x1")
    assert editor.inputs.error.isHidden()
    assert editor.inputs.list.count() == 2
    editor.hidePopup()
    assert player.session.experiment.representation.features == ("x1", "x2")
