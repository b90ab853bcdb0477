"""Weights and biases edited in the network picture, by mouse and by keyboard, with undo."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit

from tests.gui.helpers import Player


def line_of(player: Player) -> QLineEdit:
    return player.window.network.editor.field.line


def click_edge(player: Player, layer: int, source: int, target: int) -> None:
    picture = player.window.network.picture
    at = picture.edge_point(layer, source, target, 0.2).toPoint()
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=at)


def write(player: Player, text: str) -> None:
    line = line_of(player)
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    player.settle()


def test_an_edge_is_clicked_and_its_weight_typed(open_window) -> None:
    player = open_window()
    player.step("update", 3)
    before = player.frame.theta
    click_edge(player, 0, 1, 2)
    line = line_of(player)
    assert line.isVisible()
    assert player.window.network.editor.field.path == "weight_0[1,2]"
    assert player.session.view.parameter == player.frame.layout.index("weight", 0, (1, 2))
    live = player.frame.layout.weight(before, 0)[1, 2]
    assert float(line.text().replace("−", "-")) == pytest.approx(live, rel=1e-5)

    write(player, "-1,25")
    changed = np.flatnonzero(player.frame.theta != before)
    assert changed.tolist() == [player.session.view.parameter]
    assert player.frame.theta[changed[0]] == -1.25
    (event,) = player.frame.experiment.change
    assert (event.update, event.field, event.value) == (3, "weight_0[1,2]", -1.25)
    assert line.text() == "−1.25"

    player.press("undo")
    assert np.array_equal(player.frame.theta, before)
    assert not player.frame.experiment.change
    player.press("redo")
    assert player.frame.layout.weight(player.frame.theta, 0)[1, 2] == -1.25


def test_by_keyboard_alone(open_window) -> None:
    player = open_window()
    picture = player.window.network.picture
    picture.setFocus()
    QTest.keyClick(picture, Qt.Key.Key_Right)
    QTest.keyClick(picture, Qt.Key.Key_Down)
    assert picture.selected() == (1, 1)
    assert picture.hasFocus()
    player.settle()
    assert player.session.view.unit == (0, 1)
    QTest.keyClick(picture, Qt.Key.Key_Return)
    line = line_of(player)
    assert line.hasFocus()
    assert player.window.network.editor.field.path == "bias_0[1]"
    QTest.keyClick(line, Qt.Key.Key_Up)
    player.settle()
    QTest.keyClick(line, Qt.Key.Key_PageDown)
    player.settle()
    assert player.frame.layout.bias(player.frame.theta, 0)[1] == pytest.approx(-0.9, abs=1e-12)
    chooser = player.window.network.editor.findChild(QComboBox)
    chooser.setFocus()
    QTest.keyClick(chooser, Qt.Key.Key_Down)
    player.settle()
    assert player.window.network.editor.field.path == "weight_0[0,1]"
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert not line.isVisible()
    assert picture.hasFocus()


@pytest.mark.parametrize("text", ["much", "1/2", "nan", "", "1e999"])
def test_what_is_no_number_is_refused_in_one_line(open_window, text: str) -> None:
    player = open_window()
    before = player.frame.theta
    click_edge(player, 1, 0, 0)
    write(player, text) if text else (line_of(player).clear(), write(player, ""))
    assert player.said[-1][0] == "error"
    assert line_of(player).property("invalid")
    assert np.array_equal(player.frame.theta, before)
    write(player, "0.5")
    assert not line_of(player).property("invalid")


def test_to_zero_by_its_button_and_the_editor_closes_with_another_network(open_window) -> None:
    player = open_window()
    click_edge(player, 1, 3, 0)
    QTest.mouseClick(player.window.network.editor.field.zero, Qt.MouseButton.LeftButton)
    player.settle()
    assert player.frame.layout.weight(player.frame.theta, 1)[3, 0] == 0.0
    player.set(model__hidden=[2])
    assert not line_of(player).isVisible()
    assert player.session.view.parameter is None
