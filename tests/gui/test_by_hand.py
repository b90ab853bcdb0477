"""Be the optimizer: moves through the real sliders and fields, then the gradient's way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QSlider, QStyle, QStyleOptionSlider, QWidget
from pytestqt.qtbot import QtBot

from core.by_hand import by_hand
from mlloop_gui import theme
from mlloop_gui.plots import numbers
from mlloop_gui.plots.dial import LossDial
from mlloop_gui.plots.straight_line import StraightLine, half_plane
from mlloop_gui.views.by_hand_view import ByHandView
from mlloop_gui.views.number_slider import NumberSlider
from tests.gui.helpers import PATIENCE, SessionOpener

GAME = by_hand()


@pytest.fixture
def view(qtbot: QtBot, open_session: SessionOpener) -> Iterator[ByHandView]:
    made = ByHandView(open_session().session)
    qtbot.addWidget(made)
    made.resize(1180, 220)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.hide()


def field(view: ByHandView, name: str) -> QWidget:
    return view.findChild(QWidget, f"by_hand.{name}")


def sentence(view: ByHandView) -> str:
    return view.findChild(QLabel, "by_hand.sentence").text()


def handle(slider: QSlider) -> QPoint:
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    control = QStyle.ComplexControl.CC_Slider
    part = QStyle.SubControl.SC_SliderHandle
    return slider.style().subControlRect(control, option, part, slider).center()


def press(view: ByHandView, name: str, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.findChild(QPushButton, f"by_hand.{name}"), Qt.MouseButton.LeftButton)


def type_in(box: QWidget, text: str, qtbot: QtBot) -> None:
    box.setFocus()
    box.selectAll()  # type: ignore[attr-defined]
    if text.isascii():
        qtbot.keyClicks(box, text)
    else:
        QGuiApplication.clipboard().setText(text)
        qtbot.keyClick(box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def test_it_begins_at_the_seeded_start(view: ByHandView) -> None:
    np.testing.assert_array_equal(view.w, GAME.start(0))
    assert (view.moves, view.tries) == (0, [GAME.loss(GAME.start(0))])
    assert numbers.fixed(GAME.loss(view.w), 2) in view.dial.describe()
    assert f"below {GAME.mark:.2f}" in sentence(view)
    assert "0 moves" in view.counted.text()


def test_a_drag_is_one_move_and_shows_its_loss_on_the_way(view: ByHandView, qtbot: QtBot) -> None:
    slider = field(view, "w1.slider")
    assert isinstance(slider, QSlider)
    before, at = view.w[0], handle(slider)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=at)
    seen = []
    for reach in (10, 20, 30):
        qtbot.mouseMove(slider, at + QPoint(reach, 0))
        seen.append(view.w[0])
        assert numbers.fixed(GAME.loss(view.w), 2) in view.dial.describe()
    assert before < seen[0] < seen[1] < seen[2]
    assert view.moves == 0
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=at + QPoint(30, 0))
    assert view.moves == 1
    assert view.tries[1] == GAME.loss(view.w)
    # A handle that is pressed and let go where it was is no move.
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=handle(slider))
    assert view.moves == 1


def test_each_key_and_each_number_typed_is_a_move(view: ByHandView, qtbot: QtBot) -> None:
    start = GAME.start(0)
    slider, box = field(view, "w2.slider"), field(view, "b")
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert view.w[1] == pytest.approx(start[1] + 0.1)
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert view.w[1] == pytest.approx(start[1] + 1.1)
    assert view.moves == 2
    type_in(box, "-1.23", qtbot)
    assert (view.w[2], view.moves) == (-1.23, 3)
    assert box.text() == "−1.23"  # type: ignore[attr-defined]
    type_in(box, "−0.5", qtbot)
    assert (view.w[2], view.moves) == (-0.5, 4)
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert (view.w[2], view.moves) == (-0.4, 5)
    assert view.tries[-1] == pytest.approx(GAME.loss(view.w))
    assert f"<b>5 moves</b> · best {numbers.fixed(min(view.tries), 2)}" == view.counted.text()


def set_to(view: ByHandView, w: np.ndarray, qtbot: QtBot) -> None:
    for name, value in zip(("w1", "w2", "b"), w.tolist(), strict=True):
        type_in(field(view, name), f"{value:.2f}", qtbot)


def test_getting_below_the_mark_is_said(view: ByHandView, qtbot: QtBot) -> None:
    set_to(view, GAME.lowest_at, qtbot)
    assert view.moves == 3
    assert sentence(view).startswith(f"Below {GAME.mark:.2f} after 3 moves.")
    assert ", reached" in view.dial.describe()
    assert f"{GAME.right(view.w)} of 60 right" in view.points.describe()
    # What was reached stays reached.
    type_in(field(view, "b"), "5", qtbot)
    assert "after 3 moves" in sentence(view)


def test_the_gradient_walks_step_by_step_from_the_same_start(
    view: ByHandView, qtbot: QtBot
) -> None:
    set_to(view, np.array([1.0, 1.0, 0.0]), qtbot)
    press(view, "gradient", qtbot)
    assert view.walking
    path = GAME.descend_below(GAME.start(0), GAME.mark)
    np.testing.assert_array_equal(view.path, path)
    seen: set[int] = set()

    def arrived() -> bool:
        seen.add(view.shown)
        return view.done

    qtbot.waitUntil(arrived, timeout=PATIENCE)
    assert not view.walking
    steps = len(path) - 1
    assert seen == set(range(steps + 1))
    losses = GAME.losses(path)
    assert sentence(view).startswith(
        f"You took 3 moves and got {min(view.tries):.2f}; {steps} gradient steps got"
        f" {losses[-1]:.2f}. With 3 numbers"
    )
    assert "With 17, or a billion" in sentence(view)
    headers, columns = view.curve.as_table()
    assert headers[1::2] == ["you: loss", "gradient: loss"]
    np.testing.assert_array_equal(columns[1], view.tries)
    np.testing.assert_array_equal(columns[3], losses)
    assert "gradient: " in view.points.describe()
    assert view.accessibleDescription() == view.describe()


def test_the_way_can_be_skipped_and_ends_when_hidden(view: ByHandView, qtbot: QtBot) -> None:
    press(view, "gradient", qtbot)
    press(view, "skip", qtbot)
    assert view.done
    assert not view.walking
    assert "You have not moved yet" in sentence(view)
    assert not field(view, "skip").isEnabled()
    press(view, "again", qtbot)
    assert view.path is None
    press(view, "gradient", qtbot)
    assert view.walking
    view.hide()
    assert not view.walking
    assert view.done


def test_again_and_new_start(view: ByHandView, qtbot: QtBot) -> None:
    set_to(view, np.array([1.0, 1.0, 0.0]), qtbot)
    press(view, "again", qtbot)
    np.testing.assert_array_equal(view.w, GAME.start(0))
    assert view.moves == 0
    assert view.curve.series_names() == ["you"]
    press(view, "gradient", qtbot)
    press(view, "new_start", qtbot)
    np.testing.assert_array_equal(view.w, GAME.start(1))
    assert not view.walking
    assert view.path is None
    assert "gradient" not in view.points.describe()


def test_all_of_it_by_keyboard_alone(view: ByHandView, qtbot: QtBot) -> None:
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    field(view, "w1.slider").setFocus()
    reached = []
    for _ in range(9):
        focus = view.focusWidget()
        reached.append(focus.objectName())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    names = ["w1.slider", "w1", "w2.slider", "w2", "b.slider", "b", "gradient", "again"]
    assert reached[:8] == [f"by_hand.{name}" for name in names]
    button = field(view, "gradient")
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert view.walking
    skip = field(view, "skip")
    skip.setFocus()
    qtbot.keyClick(skip, Qt.Key.Key_Space)
    assert view.done


def test_every_control_has_a_name_and_a_tip(view: ByHandView) -> None:
    for slider in view.sliders:
        for widget in (slider.slider, slider.field):
            assert widget.accessibleName()
            assert widget.toolTip()
    for button in view.findChildren(QPushButton):
        assert button.objectName().startswith("by_hand.")
        assert button.toolTip()


def test_themes_repaint(view: ByHandView) -> None:
    before = view.dial.grab().toImage(), view.points.grab().toImage()
    view.set_theme(theme.DARK)
    assert view.dial.grab().toImage() != before[0]
    assert view.points.grab().toImage() != before[1]


# -- the parts ----------------------------------------------------------------------------------


def test_the_dial_goes_from_the_lowest_to_the_highest(qtbot: QtBot) -> None:
    dial = LossDial()
    qtbot.addWidget(dial)
    dial.set_range(1.0, 9.0, 2.0)
    shares = [dial.share(value) for value in (0.5, 1.0, 2.0, 9.0, 99.0, float("nan"))]
    assert shares == [0.0, 0.0, 0.5, 1.0, 1.0, 1.0]
    with pytest.raises(ValueError, match="order"):
        dial.set_range(1.0, 9.0, 10.0)
    dial.set_value(3.0)
    dial.set_other(1.5, "gradient")
    assert dial.as_table()[1] == [
        ["needle", "lowest", "mark", "highest", "gradient"], [3.0, 1.0, 2.0, 9.0, 1.5],
    ]  # fmt: skip
    dial.resize(230, 150)
    turned = dial.grab().toImage()
    dial.set_value(4.0)
    assert dial.grab().toImage() != turned


SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


@pytest.mark.parametrize(
    ("w", "expected"),
    [
        ((1.0, 0.0, 0.0), [[0, -1], [1, -1], [1, 1], [0, 1]]),
        ((0.0, 0.0, 1.0), SQUARE.tolist()),
        ((0.0, 0.0, -1.0), []),
        ((0.0, 0.0, 0.0), []),
        ((1.0, 1.0, -1.0), [[1, 0], [1, 1], [0, 1]]),
    ],
)
def test_the_half_of_a_square_by_hand(w: tuple[float, ...], expected: list[list[float]]) -> None:
    assert half_plane(SQUARE, np.array(w)).tolist() == expected


def test_points_are_told_apart_and_counted(qtbot: QtBot) -> None:
    plot = StraightLine()
    qtbot.addWidget(plot)
    plot.set_points([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]], [0, 1, 1])
    plot.set_line([0.0, 1.0, -0.5])
    assert plot.wrong().tolist() == [False, False, True]
    assert "2 of 3 right" in plot.describe()
    assert plot.as_table()[1][3].tolist() == [-0.5, 0.5, -0.5]
    plot.resize(260, 170)
    first = plot._pixels()[0]
    plot.show()
    assert "class 0: x1 = 0, x2 = 0" in plot.tip(plot.rect().topLeft().toPointF() + QPoint(
        round(first[0]), round(first[1])).toPointF())  # fmt: skip


def test_a_number_set_by_the_program_is_no_move(qtbot: QtBot) -> None:
    slider = NumberSlider("w", "a weight", 6.0, "test")
    for widget in (slider.label, slider.slider, slider.field):
        qtbot.addWidget(widget)
    said: list[str] = []
    slider.changed.connect(lambda: said.append("changed"))
    slider.moved.connect(lambda: said.append("moved"))
    slider.set_value(1.5)
    assert (slider.slider.value(), slider.field.value(), said) == (30, 1.5, [])
    slider.field.setValue(1.51)
    assert (slider.value, said) == (1.51, ["changed", "moved"])
