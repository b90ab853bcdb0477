from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetrics, QImage

from mlloop_gui import theme as themes
from mlloop_gui.plots.ring import LoopRing, wrap
from mlloop_gui.plots.stage_button import StageState

STAGES = [
    (1, "represent", "Represent", "what is the input, as numbers?"),
    (2, "transform", "Transform", "what does the model do to it?"),
    (3, "predict", "Predict", "what does it guess?"),
    (4, "loss", "Loss", "how wrong is the guess?"),
    (5, "gradients", "Gradients", "which parameters caused this error?"),
    (6, "backpropagate", "Backpropagate", "how is all that found in one pass?"),
    (7, "update", "Update", "how do the parameters change?"),
    (8, "iterate", "Iterate", "again, on what?"),
    (9, "evaluate", "Evaluate", "structure learned, or noise memorised?"),
]
LONG = "Each unit passes back the blame it received, times its own slope. " * 8


@pytest.fixture
def ring(qtbot):
    made = LoopRing(STAGES)
    qtbot.addWidget(made)
    made.resize(1180, made.sizeHint().height())
    made.show()
    return made


def image(widget) -> QImage:
    return widget.grab().toImage()


def test_a_click_on_each_stage_tells_its_number(ring, qtbot):
    for number, name, label, question in STAGES:
        button = ring.findChild(type(ring.buttons[1]), f"stage.{name}")
        assert label in button.accessibleName()
        assert question in button.toolTip()
        with qtbot.waitSignal(ring.stage_clicked) as got:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert got.args == [number]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_a_stage_answers_the_keyboard_and_shows_its_focus(ring, qtbot, key):
    button = ring.buttons[6]
    ring.activateWindow()
    ring.buttons[1].setFocus()
    before = image(button)
    button.setFocus()
    assert button.hasFocus()
    assert image(button) != before
    with qtbot.waitSignal(ring.stage_clicked) as got:
        qtbot.keyClick(button, key)
    assert got.args == [6]


def test_tab_walks_the_stages_in_order(ring, qtbot):
    ring.activateWindow()
    ring.buttons[1].setFocus()
    for number in range(2, 10):
        qtbot.keyClick(ring.focusWidget(), Qt.Key.Key_Tab)
        assert ring.buttons[number].hasFocus()


def test_states_follow_the_position(ring):
    ring.set_position(6, "layer 1 of 2", 7)
    states = [ring.buttons[n].state for n in range(1, 10)]
    assert states == [StageState.DONE] * 5 + [
        StageState.HERE, StageState.NEXT, StageState.AHEAD, StageState.AHEAD,
    ]  # fmt: skip
    ring.set_position(9, None, 1)
    states = [ring.buttons[n].state for n in range(1, 10)]
    assert states == [StageState.NEXT] + [StageState.AHEAD] * 7 + [StageState.HERE]
    assert "Stage 9 done, 1 comes next" in ring.accessibleDescription()


def test_each_state_and_mark_looks_different(ring):
    button = ring.buttons[4]
    pictures = []
    for state in StageState:
        button.set_state(state)
        pictures.append(image(button))
    ring.set_marks(seen=4, caused=7)
    pictures.append(image(button))
    ring.set_marks(seen=7, caused=4)
    pictures.append(image(button))
    assert all(a != b for a, b in itertools.combinations(pictures, 2))


def test_texts_change_the_picture_and_the_description(ring):
    blank = image(ring)
    ring.set_sentence("Each unit passes back the blame.")
    told = image(ring)
    ring.set_counter("turn 1 025")
    assert blank != told != image(ring)
    assert "Each unit passes back the blame." in ring.accessibleDescription()
    assert "turn 1 025" in ring.accessibleDescription()


@pytest.mark.parametrize("width", [900, 1000, 1180, 1440, 1920])
def test_stages_never_overlap_and_labels_are_whole(ring, width):
    ring.resize(width, ring.sizeHint().height())
    boxes = [ring.buttons[n].geometry() for n in range(1, 10)]
    for a, b in itertools.combinations(boxes, 2):
        assert not a.intersects(b)
    for number, box in enumerate(boxes, start=1):
        assert ring.rect().contains(box)
        assert box.width() >= ring.buttons[number].sizeHint().width()


def test_three_lines_fit_between_the_rows(ring):
    inside = ring._layout.inside()
    lines = 2 * QFontMetrics(themes.font(bold=True)).height()
    lines += QFontMetrics(themes.font("small")).height()
    assert lines <= inside.height()
    assert ring.sizeHint().height() <= 135


def test_the_traveller_passes_every_stage_in_order(ring):
    for number in range(1, 10):
        at = ring.stage_point((number - 1) / 8).toPoint()
        assert ring.buttons[number].geometry().contains(at)
    ways = [ring.stage_point(part / 400) for part in range(401)]
    steps = [(b - a).manhattanLength() for a, b in itertools.pairwise(ways)]
    assert max(steps) < 30.0
    blank = image(ring)
    ring.set_traveller(0.3)
    assert image(ring) != blank
    ring.set_traveller(None)
    assert image(ring) == blank


def test_the_traveller_lets_clicks_through(ring, qtbot):
    ring.set_traveller(0.0)
    under = ring.childAt(ring.stage_point(0.0).toPoint())
    assert under is ring.buttons[1]
    assert isinstance(ring.stage_point(2.0), QPointF)


def test_themes_repaint_everything(ring):
    light = image(ring)
    ring.set_theme(themes.DARK)
    assert image(ring).pixelColor(2, 60).name() == themes.DARK.panel
    assert light.pixelColor(2, 60).name() == themes.LIGHT.panel


def test_a_long_sentence_takes_two_lines_and_elides(qapp):
    metrics = QFontMetrics(themes.font())
    lines = wrap(LONG, metrics, 500, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(metrics.horizontalAdvance(line) <= 500 for line in lines)
    assert wrap("short", metrics, 500, 2) == ["short"]
    assert wrap("", metrics, 500, 2) == []
