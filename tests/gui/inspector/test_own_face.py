"""An object of one's own: drawn, typed or set; what it becomes, and what is predicted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from core.experiment import Experiment
from core.explain.trial import try_object
from core.stages import Stage
from mlloop_gui.inspector.faces.own import OwnFace
from mlloop_gui.inspector.faces.own_editors import PictureEditor, TextEditor, ValuesEditor
from mlloop_gui.plots.digit_pad import SIDE, DigitPad
from tests.gui.helpers import Opener

WAIT = 20_000


def own_face(open_window: Opener, qtbot, source: str) -> tuple[OwnFace, object]:
    player = open_window(Experiment().with_source(source)[0])
    window = player.window
    window.inspectors.show_face(Stage.REPRESENT, "own")
    face = window.inspectors.face
    assert isinstance(face, OwnFace)
    qtbot.waitUntil(lambda: face.editor is not None and bool(face.said.text()), timeout=WAIT)
    return face, window.session


def answered(qtbot, face: OwnFace, session) -> None:
    """Wait until what is shown is the answer to what is in the editor."""
    values = face.editor.values()
    qtbot.waitUntil(
        lambda: session.frame.own is not None and session.frame.own.values == values, timeout=WAIT
    )


def test_a_row_is_set_value_by_value(open_window, qtbot) -> None:
    face, session = own_face(open_window, qtbot, "iris")
    assert isinstance(face.editor, ValuesEditor)
    table = face.editor.table
    first = face.editor.values()
    assert first == pytest.approx(session.problem.dataset.inputs[session.frame.sample])
    table.item(2, 0).setText("6,5")
    assert face.editor.values()[2] == 6.5
    answered(qtbot, face, session)
    loop = session._worker._driver.loop
    expected = try_object(loop, face.editor.values())
    assert np.array_equal(session.frame.own.x, expected.x)
    assert session.problem.dataset.target_text(expected.guess) in face.said.text()
    assert face.bars._values == pytest.approx(expected.shares)
    # What is no number is not taken, and says so.
    table.item(2, 0).setText("long")
    assert face.editor.values()[2] == 6.5
    assert table.item(2, 0).text() == "6.5"
    assert "'long' is not allowed; a number" in face.editor.error.text()
    assert face.editor.error.isVisible()
    table.item(2, 0).setText("")
    assert not face.editor.error.isVisible()
    assert face.editor.values()[2] is None
    answered(qtbot, face, session)
    qtbot.mouseClick(face.again, Qt.MouseButton.LeftButton)
    assert face.editor.values() == first


def test_a_digit_is_drawn_with_the_mouse(open_window, qtbot) -> None:
    face, session = own_face(open_window, qtbot, "digits")
    assert isinstance(face.editor, PictureEditor)
    pad = face.editor.pad
    area = pad._area()
    start = area.topLeft().toPoint() + QPoint(round(0.5 * area.width()), round(0.1 * area.height()))
    end = start + QPoint(0, round(0.8 * area.height()))
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(pad, end)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=end)
    assert pad.ink.any()
    picture = np.array(face.editor.values()).reshape(8, 8)
    # An upright stroke: ink on every row, none at the sides.
    assert (picture.sum(axis=1) > 0).all()
    assert picture[:, [0, 7]].sum() == 0
    answered(qtbot, face, session)
    assert face.said.text().startswith("Predicted: ")
    # Seen without scrolling, however many bars are under it.
    assert face.said.visibleRegion().boundingRect() == face.said.rect()
    qtbot.mouseClick(face.editor.findChild(type(face.again), "face.own.clear"),
                     Qt.MouseButton.LeftButton)  # fmt: skip
    assert not pad.ink.any()
    assert set(face.editor.values()) == {0.0}


def test_a_sentence_is_typed_and_unknown_words_are_told(open_window, qtbot) -> None:
    face, session = own_face(open_window, qtbot, "messages")
    assert isinstance(face.editor, TextEditor)
    line = face.editor.line
    line.clear()
    qtbot.keyClicks(line, "the zorbl was great")
    answered(qtbot, face, session)
    qtbot.waitUntil(lambda: "zorbl" in face.said.text(), timeout=WAIT)
    assert "Never seen in training" in face.said.text()
    # The words that it has stand first.
    x = session.frame.own.x
    names = session.problem.representation.feature_names
    first = [face.vector.model().headerData(k, Qt.Orientation.Vertical) for k in range(2)]
    assert first == [names[k] for k in np.flatnonzero(x)[:2]]
    line.clear()
    qtbot.keyClicks(line, "zz")
    answered(qtbot, face, session)
    qtbot.waitUntil(lambda: "all zeros" in face.said.text(), timeout=WAIT)


def test_texts_have_no_plane(open_window, qtbot) -> None:
    player = open_window(Experiment().with_source("messages")[0])
    boundary, session = player.window.boundary, player.session
    assert not boundary.plot.isVisible()
    assert boundary.confusion.isVisible()
    assert boundary.embedding.isVisible()
    session.choose_source("circle")
    qtbot.waitUntil(lambda: boundary.plot.isVisible(), timeout=WAIT)
    assert not boundary.confusion.isVisible()
    player.settle()


def test_other_data_has_another_editor(open_window, qtbot) -> None:
    face, session = own_face(open_window, qtbot, "circle")
    assert isinstance(face.editor, ValuesEditor)
    session.choose_source("digits")
    qtbot.waitUntil(lambda: isinstance(face.editor, PictureEditor), timeout=WAIT)
    answered(qtbot, face, session)


# -- the pad -----------------------------------------------------------------------------------


@pytest.fixture
def pad(qtbot) -> DigitPad:
    made = DigitPad()
    qtbot.addWidget(made)
    made.resize(130, 130)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_right_button_rubs_out(pad, qtbot) -> None:
    pad.stroke([(0.2, 0.5), (0.8, 0.5)])
    before = pad.ink.sum()
    middle = pad._area().center().toPoint()
    qtbot.mouseClick(pad, Qt.MouseButton.RightButton, pos=middle)
    assert 0 < pad.ink.sum() < before
    assert not pad.ink[SIDE // 2, SIDE // 2]
    assert "Ink on" in pad.accessibleDescription()


def test_the_keys_draw(pad, qtbot) -> None:
    drawn = []
    pad.drawn.connect(lambda: drawn.append(1))
    qtbot.keyClick(pad, Qt.Key.Key_Right)
    assert not drawn
    qtbot.keyClick(pad, Qt.Key.Key_Space)
    for _ in range(4):
        qtbot.keyClick(pad, Qt.Key.Key_Down)
    qtbot.keyClick(pad, Qt.Key.Key_Space)
    ink = pad.ink
    qtbot.keyClick(pad, Qt.Key.Key_Down)
    assert np.array_equal(pad.ink, ink)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert len(rows) > len(columns)
    qtbot.keyClick(pad, Qt.Key.Key_Delete)
    assert not pad.ink.any()
    assert pad.accessibleDescription() == "Nothing is drawn yet."


def test_the_pad_as_a_table(pad) -> None:
    pad.stroke([(0.5, 0.5)])
    headers, columns = pad.as_table()
    assert len(headers) == len(columns) == SIDE
    assert sum(int(column.sum()) for column in columns) == pad.ink.sum()
