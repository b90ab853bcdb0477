"""Faces of stage 9: threshold, classes, calibration, residuals and shift, by mouse and keyboard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.evaluation.threshold import cost_curve, counts_at
from core.experiment import Experiment
from core.settings.shift import ShiftSettings
from core.stages import Stage, StepSize
from mlloop_gui.frames import RunState
from mlloop_gui.inspector.faces.threshold import steps
from mlloop_gui.inspector.stack import InspectorStack
from mlloop_gui.plots import numbers
from tests.gui.helpers import Opener, small
from tests.gui.inspector.fakes import FakeSession

CIRCLE: dict[str, Any] = {"data": {"source": "circle", "samples": 200}, "model": {"hidden": [3]}}
BLOBS: dict[str, Any] = {"data": {"source": "blobs", "classes": 4, "samples": 200, "noise": 0.8}}
SINE: dict[str, Any] = {"data": {"source": "sine", "samples": 120}}
HINGE: dict[str, Any] = CIRCLE | {"loss": {"name": "hinge"}}
LEFT = Qt.MouseButton.LeftButton


class Look:
    """A stack of inspectors on a session that has stepped some turns."""

    def __init__(self, qtbot: QtBot, tables: dict[str, Any], key: str, turns: int = 20) -> None:
        self.qtbot = qtbot
        self.session = FakeSession(Experiment.from_dict(tables))
        self.session.step(turns, StepSize.UPDATE)
        self.stack = InspectorStack(self.session)
        qtbot.addWidget(self.stack)
        self.stack.resize(1180, 240)
        self.stack.show()
        self.session.inspect(Stage.EVALUATE)
        self.stack.show_face(Stage.EVALUATE, key)

    @property
    def face(self) -> Any:
        return self.stack.face

    @property
    def said(self) -> str:
        return self.face._empty.text() if self.face._empty.isVisible() else ""

    def click(self, widget: QWidget, at: QPointF) -> None:
        self.qtbot.mouseClick(widget, LEFT, pos=QPoint(round(at.x()), round(at.y())))

    def label(self, name: str) -> str:
        return self.face.findChild(QLabel, name).text()


# -- threshold -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tables", [CIRCLE, BLOBS, HINGE])
def test_counts_and_costs_at_the_threshold_that_the_slider_has(
    qtbot: QtBot, tables: dict[str, Any]
) -> None:
    look = Look(qtbot, tables, "threshold")
    face = look.face
    scores, positive = face.arrays["scores"], face.arrays["positive"]
    assert face.threshold() == face.slider.number() == face.arrays["present"]
    face.alarm.setValue(3.0)
    face.miss.setValue(7.0)
    qtbot.keyClick(face.slider.slider, Qt.Key.Key_PageUp)
    assert face.threshold() > face.arrays["present"]
    want = counts_at(positive, scores, face.threshold())
    assert face.counts == want
    best = cost_curve(positive, scores, 3.0, 7.0)
    assert face.facts.text_of("cost a sample") == numbers.short(want.cost(3.0, 7.0))
    assert numbers.short(best.least) in face.facts.text_of("the least")
    assert face.roc.marks[0].x == want.false_positives / (~positive).sum()
    assert face.roc.marks[0].y == want.true_positives / positive.sum()
    face.take.click()
    assert face.counts == best.counts
    assert face.counts.cost(3.0, 7.0) == best.least


def test_the_cost_is_level_between_two_scores() -> None:
    curve = cost_curve(np.array([False, True, True]), np.array([0.2, 0.4, 0.8]), 1.0, 1.0)
    x, y = steps(curve, (0.0, 1.0))
    assert x.tolist() == [0.0, 0.2, 0.2, 0.4, 0.4, 0.8, 0.8, 1.0]
    third = 1 / 3
    np.testing.assert_allclose(y, [third, third, 0, 0, third, third, 2 * third, 2 * third])


def test_a_point_of_a_curve_gives_its_threshold(qtbot: QtBot) -> None:
    look = Look(qtbot, CIRCLE, "threshold")
    face = look.face
    roc = face.roc
    place = len(roc.lines[0].x) // 2
    look.click(roc, QPointF(*roc.pixels(roc.lines[0].x, roc.lines[0].y)[place].tolist()))
    assert face.threshold() in face.arrays["roc_thresholds"]
    before = face.threshold()
    qtbot.keyClick(roc, Qt.Key.Key_Right)
    assert face.threshold() < before
    qtbot.keyClick(roc, Qt.Key.Key_Left)
    assert face.threshold() == before
    area = face.cost.area()
    look.click(face.cost, QPointF(area.left() + 0.75 * area.width(), area.center().y()))
    assert abs(face.threshold() - 0.75) < 0.02


def test_another_class_is_looked_for(qtbot: QtBot) -> None:
    look = Look(qtbot, BLOBS, "threshold")
    face = look.face
    assert (face.kinds.count(), face.kinds.currentIndex()) == (4, 1)
    face.kinds.setCurrentIndex(3)
    assert look.session.view.asked.kind == 3
    look.session.send()
    assert face.arrays["kind"] == 3
    truth = look.session.loop.problem.dataset.target[look.session.loop.problem.parts.validation]
    assert face.arrays["positive"].sum() == (truth == 3).sum()
    assert look.session.loop.problem.dataset.class_names[3] in look.label("face.threshold.words")


def test_costs_of_nothing_need_no_threshold(qtbot: QtBot) -> None:
    face = Look(qtbot, CIRCLE, "threshold").face
    face.alarm.setValue(0.0)
    face.miss.setValue(0.0)
    assert not face.take.isEnabled()
    assert "need no threshold" in face.words.text()
    face.miss.setValue(2.0)
    assert face.take.isEnabled()


def test_the_curves_follow_a_run_in_the_window(qtbot: QtBot, open_window: Opener) -> None:
    player = open_window(small())
    stack = player.window.findChild(InspectorStack)
    stack.show_face(Stage.EVALUATE, "threshold")
    player.until(lambda: stack.face.arrays)
    first = stack.face.arrays["scores"]
    player.session.set_speed(0.0)
    player.session.run()
    player.until(lambda: not np.array_equal(stack.face.arrays["scores"], first))
    player.session.pause()
    player.until_state(RunState.PAUSED)
    assert stack.face.counts.rows == len(first)


# -- classes -------------------------------------------------------------------------------------


def test_a_click_on_a_class_picks_samples_that_were_wrong(qtbot: QtBot) -> None:
    look = Look(qtbot, BLOBS, "classes", turns=2)
    face = look.face
    assert face.table.order() == face.arrays["order"].tolist()
    worst = face.table.order()[0]
    rows = face.arrays["examples"][worst]
    assert (rows >= 0).sum() > 1
    at = face.table.row_rect(0).center()
    for want in rows[:2].tolist():
        look.click(face.table, at)
        assert look.session.sample == want
    assert "mistake 2 of" in look.label("face.classes.words")
    qtbot.keyClick(face.table, Qt.Key.Key_Down)
    assert face.table._chosen == face.table.order()[1]


def test_a_model_without_mistakes_says_so(qtbot: QtBot) -> None:
    look = Look(qtbot, {"data": {"source": "blobs", "samples": 60, "noise": 0.0}}, "classes", 200)
    assert (look.face.arrays["f1"] == 1.0).all()
    assert "never mistaken" in look.label("face.classes.words")


# -- calibration ---------------------------------------------------------------------------------


def test_a_model_that_overfits_is_overconfident(qtbot: QtBot) -> None:
    tables = {
        "data": {"source": "circle", "samples": 120, "label_noise": 0.3},
        "model": {"hidden": [20, 20]},
        "optimizer": {"name": "adam", "learning_rate": 0.03},
    }
    look = Look(qtbot, tables, "calibration", 600)
    assert "it is overconfident" in look.label("face.calibration.words")
    assert look.face.plot.as_table()[1][2].sum() == look.face.arrays["looked"]
    place = int(look.face.plot._counts.argmax())
    middle = (look.face.plot._left[place] + look.face.plot._right[place]) / 2.0
    assert "came true" in look.face.plot.tip(look.face.plot.pixel(middle, 0.1))


# -- residuals -----------------------------------------------------------------------------------


def test_a_residual_is_picked(qtbot: QtBot) -> None:
    look = Look(qtbot, SINE, "residuals")
    face = look.face
    places = face.plot.pixels(face.arrays["predicted"], face.arrays["residual"])
    largest = int(np.abs(face.arrays["residual"]).argmax())
    look.click(face.plot, QPointF(*places[largest].tolist()))
    row = look.session.sample
    assert row in face.arrays["rows"]
    picked = int(np.flatnonzero(face.arrays["rows"] == row)[0])
    assert np.hypot(*(places[picked] - places[largest])) < 2.0
    qtbot.keyClick(face.law, Qt.Key.Key_End)
    assert look.session.sample == face.arrays["rows"][face.arrays["residual"].argmax()]
    rmse = numbers.short(float(face.arrays["rmse"]))
    assert face.facts.text_of("typical miss (RMSE)").startswith(rmse)


# -- shift ---------------------------------------------------------------------------------------


def test_the_sealed_part_is_opened_by_a_person(qtbot: QtBot, open_window: Opener) -> None:
    player = open_window(small())
    stack, session = player.window.findChild(InspectorStack), player.session
    stack.show_face(Stage.EVALUATE, "shift")
    player.until(lambda: stack.face.arrays)
    face = stack.face
    assert face.sealed.isVisible()
    assert not face.sliding.isVisible()
    assert (session.view.asked.shift, bool(face.arrays["opened"])) == (None, False)
    qtbot.mouseClick(face.open, LEFT)
    player.until(lambda: face.arrays["opened"])
    assert session.test_openings == 1
    assert face.sliding.isVisible()
    assert face.bars._bars[0].value == player.frame.test.metrics["accuracy"]
    player.set(data__noise=0.2)
    player.until(lambda: not face.arrays["opened"])
    assert session.view.asked.shift is None
    assert face.sealed.isVisible()


def opened(qtbot: QtBot, tables: dict[str, Any]) -> Look:
    look = Look(qtbot, tables, "shift", 200)
    look.session.test_openings = 1
    look.session.send()
    look.session.send()
    return look


def test_sliders_shift_the_part_in_three_ways_kept_apart(qtbot: QtBot) -> None:
    look = opened(qtbot, CIRCLE)
    face, session = look.face, look.session
    assert session.view.asked.shift == ShiftSettings()
    assert [bar.name for bar in face.bars._bars] == ["as it is"]
    face.sliders["move"].field.setValue(2.0)
    face.often.field.setValue(4.0)
    qtbot.keyClick(face.sliders["concept"].slider, Qt.Key.Key_End)
    asked = session.view.asked.shift
    assert (asked.move, asked.concept, asked.kinds) == (
        (2.0,), 1.0, ("covariate", "label", "concept"))  # fmt: skip
    problem = session.loop.problem
    counts = np.bincount(problem.dataset.target[problem.parts.test])
    assert asked.class_shares == (4.0 * counts[0], float(counts[1]))
    session.send()
    names = [bar.name for bar in face.bars._bars]
    assert names == ["as it is", "covariate shift", "label shift", "concept shift", "all together"]
    assert "%" in face.bars._bars[1].text
    qtbot.mouseClick(face.back, LEFT)
    session.send()
    assert session.view.asked.shift == ShiftSettings()
    assert len(face.bars._bars) == 1


def test_numbers_shift_too_but_have_no_labels_to_flip(qtbot: QtBot) -> None:
    look = opened(qtbot, SINE)
    face = look.face
    assert not face.often.isEnabled()
    assert not face.sliders["label_flips"].isEnabled()
    face.sliders["move"].field.setValue(1.0)
    look.session.send()
    before, after = (bar.value for bar in face.bars._bars)
    assert after > before > 0.0
    assert "typical miss" in look.label("face.shift.words")


# -- all of them ---------------------------------------------------------------------------------

FACES = ("threshold", "classes", "calibration", "residuals", "shift")
KINDS: dict[str, dict[str, Any]] = {
    "two classes": CIRCLE,
    "four classes": BLOBS,
    "numbers": SINE,
    "scores": HINGE,
    "no validation": {**CIRCLE, "evaluation": {"validation_fraction": 0.0}},
    "no test": {**CIRCLE, "evaluation": {"test_fraction": 0.0}},
    "diverging": {"data": {"source": "plane", "samples": 60}, "model": {"hidden": []},
                  "optimizer": {"learning_rate": 1e6}},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", FACES)
def test_a_face_fits_the_task_or_says_why_not(qtbot: QtBot, kind: str, key: str) -> None:
    look = Look(qtbot, KINDS[kind], key, turns=4)
    numbers_only, classes_only = key == "residuals", key not in ("residuals", "shift")
    predicts = bool(look.session.loop.problem.classes)
    unfit = predicts if numbers_only else classes_only and not predicts
    unfit |= (key, kind) in {("calibration", "scores"), ("shift", "no test")}
    assert bool(look.said) == unfit
    look.stack.grab()
    for part in look.face.findChildren(QWidget):
        if hasattr(part, "as_table"):
            headers, columns = part.as_table()
            assert len(headers) == len(columns)
            assert part.accessibleName()
            assert part.describe() == part.accessibleDescription()


@pytest.mark.parametrize("key", FACES)
def test_everything_a_hand_can_reach_has_a_name(qtbot: QtBot, key: str) -> None:
    look = opened(qtbot, SINE if key == "residuals" else CIRCLE)
    look.stack.show_face(Stage.EVALUATE, key)
    for widget in look.face.findChildren(QWidget):
        reached = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if reached and widget.isVisible() and not widget.objectName().startswith("qt_"):
            named = widget.accessibleName() or getattr(widget, "text", lambda: "")()
            assert named, (type(widget).__name__, widget.objectName())
