"""Points drawn by hand, with a real mouse and real keys; each stroke is a new run."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSlider

from core.experiment import Experiment
from mlloop_gui.draw.dialog import DrawDialog
from mlloop_gui.draw.drawing import Drawing
from mlloop_gui.edits import data_key
from mlloop_gui.plots.drawing_sheet import DrawingSheet
from tests.gui.helpers import small

CORNERS = ((-1.0, -1.0, 0), (1.0, 1.0, 0), (-1.0, 1.0, 1), (1.0, -1.0, 1))
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


def drawn(points=CORNERS, **values) -> Experiment:
    experiment = Experiment().with_source("drawn", points=points)[0]
    return experiment.replace_many({"model.hidden": [3], **values})


class Hand:
    """A hand at the drawing."""

    def __init__(self, player, dialog: DrawDialog) -> None:
        self.player, self.dialog, self.sheet = player, dialog, dialog.sheet

    def click(self, name: str) -> None:
        button = self.dialog.findChild(QAbstractButton, f"draw.{name}")
        assert button.isEnabled(), name
        QTest.mouseClick(button, LEFT)
        self.player.settle()

    def at(self, x: float, y: float) -> QPoint:
        return self.sheet.pixel(x, y).toPoint()

    def dab(self, x: float, y: float) -> None:
        QTest.mouseClick(self.sheet, LEFT, pos=self.at(x, y))
        self.player.settle()

    def drag(self, *places: tuple[float, float]) -> None:
        QTest.mousePress(self.sheet, LEFT, pos=self.at(*places[0]))
        for (x1, y1), (x2, y2) in pairwise(places):
            for share in np.linspace(0, 1, 21)[1:]:
                QTest.mouseMove(self.sheet, self.at(x1 + share * (x2 - x1), y1 + share * (y2 - y1)))
        QTest.mouseRelease(self.sheet, LEFT, pos=self.at(*places[-1]))
        self.player.settle()

    def key(self, *keys: Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            QTest.keyClick(self.sheet, key, modifier)
        self.player.settle()

    @property
    def points(self) -> tuple:
        return self.player.session.experiment.data.points

    @property
    def frame(self):
        return self.player.frame


@pytest.fixture
def draw(open_window, qtbot):
    """Opens the window and, by its action, the drawing."""

    def make(experiment: Experiment) -> Hand:
        player = open_window(experiment)
        player.settle()
        player.action("draw").trigger()
        dialog = player.window.findChild(DrawDialog, "draw")
        qtbot.waitUntil(lambda: dialog.isVisible() and dialog.sheet.width() > 100)
        return Hand(player, dialog)

    return make


def assert_near(found, wanted, sheet: DrawingSheet) -> None:
    """Within the pixel that the mouse was at."""
    reach = sheet.reach(1.0)
    assert abs(found[0] - wanted[0]) <= reach[0]
    assert abs(found[1] - wanted[1]) <= reach[1]


def test_a_click_adds_a_point_and_starts_a_new_run(draw):
    hand = draw(drawn())
    before = hand.frame.run
    hand.player.step("update", 3)
    hand.click("class.1")
    hand.dab(0.25, -0.5)
    assert hand.points[:4] == CORNERS
    assert hand.points[4][2] == 1
    assert_near(hand.points[4], (0.25, -0.5), hand.sheet)
    frame = hand.frame
    assert frame.run != before
    assert frame.position.update == 0
    assert len(frame.problem.dataset) == 5
    assert tuple(frame.problem.dataset.inputs[4]) == hand.points[4][:2]
    assert [run.number for run in frame.runs] == [before, frame.run]  # the old curve stays
    assert "5 points" in hand.dialog.status.text()


def test_a_drag_is_one_stroke_and_one_run(draw):
    hand = draw(drawn())
    hand.player.step("update")
    hand.drag((-0.8, 0.0), (0.8, 0.0))
    row = np.array(hand.points[4:])
    assert len(row) > 10
    assert np.abs(row[:, 1]).max() <= hand.sheet.reach(1.0)[1]
    assert (np.diff(row[:, 0]) > 0).all()
    assert (row[:, 2] == 0).all()
    assert len(hand.frame.runs) == 2
    hand.click("undo")
    assert hand.points == CORNERS
    hand.click("redo")
    assert len(hand.points) == 4 + len(row)


def test_spray_scatters_over_the_brush_alone(draw):
    hand = draw(drawn())
    hand.click("class.2")
    hand.click("spray")
    hand.dab(0.0, 0.0)
    added = np.array(hand.points[4:])
    assert len(added) == 6
    assert (added[:, 2] == 2).all()
    reach = hand.sheet.reach(hand.dialog.brush.value() + 1.0)
    assert (((added[:, :2] / reach) ** 2).sum(axis=1) <= 1.02).all()
    assert len(np.unique(added[:, 0])) == 6
    # A third class: the loss of two gives way to one of many, with as many outputs.
    assert hand.player.session.experiment.loss.name == "cross_entropy"
    assert hand.frame.problem.outputs == 3


def test_move_takes_the_nearest_point_along(draw):
    hand = draw(drawn())
    hand.click("move")
    hand.drag((1.0, 1.0), (0.2, 0.4))
    assert_near(hand.points[1], (0.2, 0.4), hand.sheet)
    assert (hand.points[0], *hand.points[2:]) == (CORNERS[0], *CORNERS[2:])
    before = hand.frame.run
    hand.drag((0.7, -0.1), (0.9, 0.0))  # nothing is there
    assert hand.frame.run == before


def test_erase_removes_what_is_under_the_brush(draw):
    points = [*CORNERS, (0.0, 0.0, 0), (0.02, 0.0, 1), (0.0, 0.7, 1)]
    hand = draw(drawn(points))
    hand.click("erase")
    hand.dab(0.0, 0.0)
    assert hand.points == (*CORNERS, (0.0, 0.7, 1))


def test_relabel_gives_another_class(draw):
    hand = draw(drawn())
    hand.click("relabel")
    hand.click("class.1")
    hand.dab(1.0, 1.0)
    assert hand.points == (CORNERS[0], (1.0, 1.0, 1), *CORNERS[2:])
    before = hand.frame.run
    hand.dab(1.0, 1.0)  # it is of that class already
    assert hand.frame.run == before


def test_too_little_to_learn_from_starts_no_run_and_is_said(draw):
    hand = draw(drawn())
    run = hand.frame.run
    hand.click("clear")
    assert len(hand.dialog.drawing) == 0
    assert (hand.points, hand.frame.run) == (CORNERS, run)
    assert "0 of the 4 points" in hand.dialog.status.text()
    for place in ((0.5, 0.5), (-0.5, 0.5), (0.5, -0.5), (-0.5, -0.5)):
        hand.dab(*place)
    assert "one class" in hand.dialog.status.text()
    assert hand.frame.run == run
    hand.player.set(optimizer__learning_rate=0.1)  # does not bring the old points back
    assert len(hand.dialog.drawing) == 4
    hand.click("class.1")
    hand.dab(0.0, 0.0)
    assert len(hand.points) == 5
    assert hand.frame.run != run
    for _ in range(6):
        hand.click("undo")
    assert hand.points == CORNERS


def test_it_begins_with_the_generated_data_on_screen(draw):
    hand = draw(small())
    problem = hand.frame.problem
    assert len(hand.dialog.drawing) == 60
    assert hand.player.session.experiment.data.source == "circle"  # until the first stroke
    hand.dab(0.0, 0.0)
    data = hand.player.session.experiment.data
    assert data.source == "drawn"
    assert [point[:2] for point in data.points[:60]] == [
        tuple(row) for row in problem.dataset.inputs.tolist()
    ]
    assert data.class_names == problem.dataset.class_names
    assert len(hand.frame.problem.dataset) == 61


def test_taking_the_data_on_screen(draw):
    hand = draw(small())
    hand.click("clear")
    assert len(hand.dialog.drawing) == 0
    hand.click("present")
    assert len(hand.points) == 60
    assert not hand.dialog.findChild(QAbstractButton, "draw.present").isEnabled()


def test_choosing_the_source_opens_it_and_learns_from_it(open_window):
    player = open_window(small())
    player.settle()
    box = player.find("data.source", QComboBox)
    row = box.findData("drawn")
    box.setCurrentIndex(row)
    box.activated.emit(row)
    player.settle()
    dialog = player.window.findChild(DrawDialog, "draw")
    assert dialog.isVisible()
    assert player.session.experiment.data.source == "drawn"
    assert box.currentData() == "drawn"
    assert len(player.frame.problem.dataset) == 60
    button = player.find("data.points", QAbstractButton)
    assert button.text() == "60 drawn…"
    dialog.close()
    player.until(lambda: player.window.findChild(DrawDialog, "draw") is None)
    button.click()
    assert player.window.findChild(DrawDialog, "draw").isVisible()
    assert len(player.window.findChildren(DrawDialog, "draw")) == 1


def test_the_windows_own_undo_is_followed(draw):
    hand = draw(drawn())
    hand.dab(0.0, 0.0)
    hand.player.do("undo")
    assert hand.points == CORNERS
    assert hand.dialog.drawing.points() == CORNERS
    hand.player.do("redo")
    assert len(hand.dialog.drawing) == 5


def test_all_of_it_by_keyboard(draw):
    hand = draw(drawn())
    hand.dialog.activateWindow()
    hand.player.until(hand.dialog.isActiveWindow)
    hand.sheet.setFocus()
    hand.key(Key.Key_2)
    assert hand.dialog.kind == 1
    hand.key(Key.Key_Right, Key.Key_Up, Key.Key_Space)
    step = 0.05 * 2.4
    assert_near(hand.points[4], (step, step), hand.sheet)
    assert hand.points[4][2] == 1
    hand.key(Key.Key_M, Key.Key_Space)
    hand.key(Key.Key_Left, modifier=Qt.KeyboardModifier.ShiftModifier)
    hand.key(Key.Key_Down)
    assert len(hand.points) == 5
    hand.key(Key.Key_Space)
    assert_near(hand.points[4], (step - 0.01 * 2.4, 0.0), hand.sheet)
    hand.key(Key.Key_R, Key.Key_1, Key.Key_Space)
    assert hand.points[4][2] == 0
    hand.key(Key.Key_E, Key.Key_Return)
    assert hand.points == CORNERS
    hand.key(Key.Key_S, Key.Key_Space)
    assert len(hand.points) == 10
    hand.key(Key.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
    assert hand.points == CORNERS
    hand.key(Key.Key_A)
    assert hand.dialog.tool == "add"
    assert hand.player.session.state.value == "paused"  # Space was not the window's


def test_another_tool_ends_a_stroke_of_the_keyboard(draw):
    points = (*CORNERS, (0.0, 0.0, 0))
    hand = draw(drawn(points))
    hand.dialog.activateWindow()
    hand.player.until(hand.dialog.isActiveWindow)
    hand.sheet.setFocus()
    hand.key(Key.Key_M, Key.Key_Space, Key.Key_Left)
    assert hand.points == points  # it is still held
    hand.key(Key.Key_A)
    moved = hand.points[4]
    assert_near(moved, (-0.05 * 2.4, 0.0), hand.sheet)
    hand.key(Key.Key_Left, Key.Key_Space)
    assert len(hand.points) == 6
    assert hand.points[4] == moved


def test_everything_has_a_name_a_tip_and_the_keyboard(draw):
    hand = draw(drawn())
    for kind in (QAbstractButton, QSlider, DrawingSheet):
        for widget in hand.dialog.findChildren(kind):
            assert widget.accessibleName(), widget.objectName()
            assert widget.toolTip(), widget.objectName()
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget.objectName()
    button = hand.dialog.findChild(QAbstractButton, "draw.class.1")
    assert button.accessibleName() == "Draw class 2"
    icons = [
        hand.dialog.findChild(QAbstractButton, f"draw.class.{number}").icon().pixmap(22).toImage()
        for number in range(10)
    ]
    assert all(a != b for n, a in enumerate(icons) for b in icons[:n])
    assert "2 of class 1, 2 of class 2" in hand.sheet.accessibleDescription()
    assert hand.sheet.as_table()[1][2] == ["class 1", "class 1", "class 2", "class 2"]


def test_points_far_out_are_in_sight_and_keep_their_place(draw):
    far = tuple((1000 * x + 5e5, y / 100, kind) for x, y, kind in CORNERS)
    hand = draw(drawn(far))
    pixels = hand.sheet.to_pixels(np.array(far)[:, :2])
    assert all(hand.sheet.area().contains(QPointF(*pixel)) for pixel in pixels)
    hand.dab(5e5, 0.0)
    assert hand.points[:4] == far
    assert_near(hand.points[4], (5e5, 0.0), hand.sheet)


def test_openings_of_the_test_part_are_counted_by_points_and_not_by_shift():
    key = data_key(drawn())
    assert key == data_key(drawn().replace("data.shift", {"turn": 20.0}))
    assert key == data_key(drawn().with_new_seed(8))
    assert key != data_key(drawn([*CORNERS, (0.0, 0.0, 0)]))
    assert key != data_key(drawn().replace("data.seed", 8))


def test_a_sheet_is_full_at_its_most():
    drawing = Drawing([(float(n), 0.0, n % 2) for n in range(19_998)])
    drawing.spray((0.0, 0.0), (1.0, 1.0), 6, 1)
    assert (len(drawing), drawing.room) == (20_000, 0)
    drawing.add([(0.0, 0.0)], 1)
    assert len(drawing) == 20_000


def test_strokes_are_taken_back_one_by_one():
    drawing = Drawing(CORNERS)
    drawing.begin()
    assert not drawing.end()
    assert not drawing.can_undo
    for _ in range(2):
        drawing.begin()
        drawing.add([(0.0, 0.0)], 0)
        assert drawing.end()
    drawing.undo()
    assert len(drawing) == 5
    drawing.begin()
    drawing.erase(np.arange(5))
    drawing.end()
    assert not drawing.can_redo
    drawing.undo()
    drawing.undo()
    assert drawing.points() == CORNERS
    assert not drawing.can_undo


def test_it_follows_another_theme(draw):
    hand = draw(drawn())
    button = hand.dialog.findChild(QAbstractButton, "draw.class.0")
    before = button.icon().pixmap(22).toImage()
    hand.player.window.choose_theme("dark")
    hand.player.until(lambda: hand.sheet.theme.dark)
    hand.player.until(lambda: button.icon().pixmap(22).toImage() != before)
    assert hand.dialog.drawing.points() == CORNERS


def test_it_goes_with_its_window(draw):
    hand = draw(drawn())
    gone = []
    hand.dialog.destroyed.connect(lambda: gone.append(True))
    assert hand.dialog.parentWidget() is hand.player.window
    hand.dialog.close()
    hand.player.until(lambda: gone)
    hand.player.set(optimizer__learning_rate=0.1)  # nobody is left to be told
