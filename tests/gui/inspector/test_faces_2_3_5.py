"""The faces of stages 2, 3 and 5: numbers by hand, picked by mouse and by keyboard."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.experiment import loads
from core.network.layout import Layout
from core.stages import Stage, StepSize
from mlloop_gui import theme as themes
from mlloop_gui.inspector.base import NOT_YET
from mlloop_gui.inspector.faces.drag import flat_stretch, why_loss
from mlloop_gui.inspector.faces.shares import DEAD
from mlloop_gui.inspector.parameter_chooser import ParameterChooser
from mlloop_gui.inspector.stack import InspectorStack
from mlloop_gui.plots.planes import Crowd, Plane, PlanePanels
from mlloop_gui.plots.slice import Slice
from tests.gui.inspector.by_hand import Sample, agrees, gradient, layers_of, walk
from tests.gui.inspector.fakes import FakeSession

EXPERIMENTS = {
    "two classes": "format = 1",
    "three classes": "format = 1\n[data]\nsource = 'blobs'\n[model]\nhidden = [5, 3]",
    "numbers": "format = 1\n[data]\nsource = 'sine'\n[model]\nhidden = [3]",
}
DEAD_UNIT = (
    "format = 1\n[model]\nhidden = [6]\nactivation = 'relu'\n"
    "[[change]]\nupdate = 1\nfield = 'bias_0[2]'\nvalue = -50.0"
)
FACES = {"warp": 2, "embedding": 3, "drag": 5, "shares": 5}
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Shown:
    """A stack after turn 2, and what turn 2 is by hand."""

    def __init__(self, text: str, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.session = FakeSession(loads(text))
        self.session.step(16)
        self.stack = InspectorStack(self.session)  # type: ignore[arg-type]
        qtbot.addWidget(self.stack)
        self.stack.resize(1180, 234)
        self.stack.show()

    def face(self, key: str) -> Any:
        self.stack.show_face(Stage(FACES[key]), key)
        self.session.send()
        return self.stack.face

    def key(self, widget: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        self.qtbot.keyClick(widget, key, *modifiers)

    @property
    def record(self) -> Any:
        assert self.session.frame
        return self.session.frame.record

    @property
    def problem(self) -> Any:
        assert self.session.frame
        return self.session.frame.problem

    def walked(self, theta: list[float], x: Any = None, y: Any = None) -> list[Sample]:
        layers = layers_of(theta, self.record.layout.sizes)
        x = self.record.x if x is None else x
        y = self.record.y if y is None else y
        name = self.problem.loss.name
        return [walk(layers, a, b, name) for a, b in zip(x.tolist(), y.tolist(), strict=True)]

    def moved(self, index: int, value: float, **rows: Any) -> tuple[float, float]:
        """Mean loss and accuracy with one parameter at another value."""
        theta = self.record.theta.tolist()
        theta[index] = value
        samples = self.walked(theta, **rows)
        truths = (self.record.y if not rows else rows["y"]).tolist()
        right = 0
        for sample, y in zip(samples, truths, strict=True):
            if self.problem.classes:
                truth = int(y[0]) if len(y) == 1 else y.index(1.0)
                right += sample.shares.index(max(sample.shares)) == truth
        return sum(s.loss for s in samples) / len(samples), right / len(samples)


@pytest.fixture(params=EXPERIMENTS, ids=lambda name: name.replace(" ", "-"))
def shown(request: pytest.FixtureRequest, qtbot: QtBot) -> Shown:
    return Shown(EXPERIMENTS[request.param], qtbot)


@pytest.fixture
def classes(qtbot: QtBot) -> Shown:
    return Shown(EXPERIMENTS["two classes"], qtbot)


# The parameter that is dragged


def test_drag_shows_the_loss_by_hand(shown: Shown) -> None:
    face = shown.face("drag")
    made, record = face.plot.shown, shown.record
    total = gradient(layers_of(record.theta.tolist(), record.layout.sizes),
                     shown.walked(record.theta.tolist()))  # fmt: skip
    index = int(np.abs(total).argmax())
    assert made.name == record.layout.name(index)
    assert face.chooser.index == index
    here, _ = shown.moved(index, float(record.theta[index]))
    for at in (0, 31, made.at, 120):
        value = float(made.values[at])
        loss, right = shown.moved(index, value)
        assert made.loss[at] == pytest.approx(loss, rel=1e-12)
        tangent = here + total[index] * (value - float(record.theta[index]))
        assert made.tangent[at] == pytest.approx(tangent, rel=1e-12)
        if shown.problem.classes:
            assert made.accuracy[at] == pytest.approx(right, abs=1e-15)
    (down, loss_down), (up, loss_up) = made.nudges
    assert loss_up == pytest.approx(shown.moved(index, up)[0], rel=1e-12)
    assert loss_down == pytest.approx(shown.moved(index, down)[0], rel=1e-12)
    assert agrees(face.facts.text_of("loss"), here)
    assert agrees(face.facts.text_of("slope, backward pass"), total[index])
    nudged = (loss_up - loss_down) / (up - down)
    assert agrees(face.facts.text_of("nudged by ±1 × 10⁻⁵"), nudged)
    assert made.has_accuracy == bool(shown.problem.classes)
    assert face.plot.shares.isVisible() == bool(shown.problem.classes)


def test_drag_reads_off_by_keyboard(shown: Shown) -> None:
    face = shown.face("drag")
    plot, made = face.plot, face.plot.shown
    index = face.chooser.index
    moves = [
        ((Qt.Key.Key_Left,), made.at - 1),
        ((Qt.Key.Key_Right, SHIFT), made.at + 9),
        ((Qt.Key.Key_Left, SHIFT), made.at - 1),
        ((Qt.Key.Key_End,), 120),
        ((Qt.Key.Key_Right,), 120),
        ((Qt.Key.Key_Home,), 0),
    ]
    for keys, at in moves:
        shown.key(plot, *keys)
        assert plot.index == at
        loss, right = shown.moved(index, float(made.values[at]))
        assert agrees(face.facts.text_of("loss"), loss)
        here, _ = shown.moved(index, float(made.values[made.at]))
        assert agrees(face.facts.text_of("change of loss"), loss - here)
        if shown.problem.classes:
            assert agrees(face.facts.text_of("accuracy"), 100.0 * right)
        ends = [min(max(at + by, 0), 120) for by in (-1, 1)]
        low, high = (shown.moved(index, float(made.values[end]))[0] for end in ends)
        slope = (high - low) / (made.values[ends[1]] - made.values[ends[0]])
        assert agrees(face.facts.text_of("slope there"), slope)
    assert "Handle:" in plot.accessibleDescription()


def test_drag_shows_the_whole_training_part(shown: Shown) -> None:
    face = shown.face("drag")
    shown.key(face.parts["whole"], Qt.Key.Key_Space)
    made, rows = face.plot.shown, shown.problem.parts.train
    assert (made.whose, made.tangent, made.nudges) == ("training part", None, ())
    part = {"x": shown.problem.inputs(rows), "y": shown.problem.y[rows]}
    for at in (7, made.at):
        loss, right = shown.moved(face.chooser.index, float(made.values[at]), **part)
        assert made.loss[at] == pytest.approx(loss, rel=1e-12)
        if shown.problem.classes:
            assert made.accuracy[at] == pytest.approx(right, abs=1e-15)
    shown.key(face.parts["batch"], Qt.Key.Key_Space)
    assert face.plot.shown.whose == "batch"


def test_drag_by_mouse_takes_the_nearest_value(classes: Shown, qtbot: QtBot) -> None:
    plot = classes.face("drag").plot
    values = plot.shown.values

    def pixel(at: int) -> QPoint:
        return plot.to_pixel(float(values[at]), float(plot.shown.loss[at])).toPoint()

    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(plot.viewport(), left, pos=pixel(20))
    assert plot.index == 20
    at, none = QPointF(pixel(95)), Qt.MouseButton.NoButton
    drag = QMouseEvent(QMouseEvent.Type.MouseMove, at, plot.viewport().mapToGlobal(at),
                       none, left, Qt.KeyboardModifier.NoModifier)  # fmt: skip
    QGuiApplication.sendEvent(plot.viewport(), drag)
    qtbot.mouseRelease(plot.viewport(), left, pos=pixel(95))
    assert plot.index == 95
    plot.hover(QPointF(pixel(20)))
    assert plot.readout() == plot.value_text(20)
    assert f"loss {float(plot.shown.loss[20]):.4f}"[:10] in plot.readout()
    plot.unhover()
    assert plot.readout() == ""


def test_set_it_here_is_an_event_by_keyboard(classes: Shown) -> None:
    face, session = classes.face("drag"), classes.session
    index, name = face.chooser.index, face.plot.shown.name
    assert not face.set_button.isEnabled()
    assert not face.back.isEnabled()
    classes.key(face.plot, Qt.Key.Key_Right)
    value = float(face.plot.shown.values[face.plot.index])
    classes.key(face.set_button, Qt.Key.Key_Space)
    assert session.edited == [(name, value)]
    assert session.frame is not None
    assert session.frame.theta[index] == value
    # The parameter is now chosen, so that the next turn shows the same one at its new value.
    assert session.view.parameter == index
    session.step(8)
    assert float(face.arrays["value"]) == value
    assert face.plot.index == face.plot.shown.at


def test_back_takes_the_handle_home(classes: Shown) -> None:
    face = classes.face("drag")
    classes.key(face.plot, Qt.Key.Key_End)
    classes.key(face.back, Qt.Key.Key_Space)
    assert face.plot.index == face.plot.shown.at
    assert not face.set_button.isEnabled()


def test_the_handle_stays_while_the_slice_is_the_same(classes: Shown) -> None:
    face = classes.face("drag")
    classes.key(face.plot, Qt.Key.Key_Left)
    classes.session.send()
    assert face.plot.index == face.plot.shown.at - 1
    classes.session.choose_parameter((face.chooser.index + 1) % 17)
    assert face.plot.index == face.plot.shown.at


def test_why_the_model_never_sees_accuracy() -> None:
    made = Slice(
        name="w",
        values=np.arange(7.0),
        at=3,
        loss=np.array([9.0, 5.0, 4.0, 3.5, 3.0, 2.0, 1.0]),
        accuracy=np.array([0.8, 0.5, 0.8, 0.8, 0.8, 0.9, 0.8]),
    )
    assert flat_stretch(made) == (2, 4)
    told = why_loss(made)
    assert "From 2.00 to 4.00 the accuracy stands still at 80.0" in told
    assert "the loss moves by 1.00" in told
    assert "never sees accuracy" in told
    assert made.slope(3) == pytest.approx(-0.5)
    assert made.slope(0) == pytest.approx(-4.0)


# The chooser


def test_chooser_offers_the_largest_gradients_first(qtbot: QtBot) -> None:
    chooser = ParameterChooser()
    qtbot.addWidget(chooser)
    chooser.show()
    chooser.set_parameters(Layout((2, 1)), np.array([0.25, -3.0, 1.5]), 2)
    texts = [chooser.box.itemText(at) for at in range(chooser.box.count())]
    assert texts == [
        "weight_0[1,0]   gradient −3.00",
        "bias_0[0]   gradient 1.50",
        "weight_0[0,0]   gradient 0.250",
    ]
    assert chooser.edit.text() == "bias_0[0]"
    with qtbot.waitSignal(chooser.chosen, timeout=1000) as chosen:
        qtbot.keyClick(chooser.box, Qt.Key.Key_Down)
    assert chosen.args == [0]
    assert chooser.edit.text() == "weight_0[0,0]"


def test_chooser_takes_any_name_and_says_what_is_wrong(qtbot: QtBot) -> None:
    chooser, layout = ParameterChooser(), Layout((20, 20, 1))
    qtbot.addWidget(chooser)
    chooser.show()
    chooser.set_parameters(layout, np.linspace(0.0, 1.0, 441), 440)
    assert chooser.box.count() == 200
    assert chooser.error.isHidden()
    # The smallest gradient, which the menu has no room for.
    chooser.edit.selectAll()
    qtbot.keyClicks(chooser.edit, "weight_0[0, 0]")
    with qtbot.waitSignal(chooser.chosen, timeout=1000) as chosen:
        qtbot.keyClick(chooser.edit, Qt.Key.Key_Return)
    assert chosen.args == [0]
    for wrong, said in (("weight_0[0,77]", "0 to 19"), ("w1", "weight_0[1,0] or bias_0[3]")):
        chooser.edit.selectAll()
        qtbot.keyClicks(chooser.edit, wrong)
        with qtbot.assertNotEmitted(chooser.chosen):
            qtbot.keyClick(chooser.edit, Qt.Key.Key_Return)
        assert said in chooser.error.text()
        assert chooser.error.isVisible()
        assert chooser.edit.text() == wrong
    # A new frame writes over neither the name being typed nor the error.
    chooser.set_parameters(layout, np.linspace(1.0, 0.0, 441), 440)
    assert chooser.edit.text() == "w1"
    chooser.set_parameters(layout, np.linspace(1.0, 0.0, 441), 3)
    assert chooser.edit.text() == "weight_0[0,3]"
    assert chooser.error.isHidden()


def test_a_chosen_parameter_holds_in_every_view_of_the_stage(classes: Shown) -> None:
    face, record = classes.face("drag"), classes.record
    face.chooser.edit.selectAll()
    classes.qtbot.keyClicks(face.chooser.edit, "bias_0[1]")
    classes.key(face.chooser.edit, Qt.Key.Key_Return)
    index = record.layout.index("bias", 0, (1,))
    assert classes.session.view.parameter == index
    assert face.plot.shown.name == "bias_0[1]"
    shares = classes.face("shares")
    assert shares.parameters.name_at(shares.parameters.chosen) == "bias_0[1]"
    classes.stack.show_face(Stage.GRADIENTS, "numbers")
    page = classes.stack.page
    assert page.parameters.currentIndex().row() == index
    assert "bias_0[1]" in page.words.describe()


# The page of numbers of stage 5


def test_a_row_of_the_gradients_picks_its_parameter(shown: Shown) -> None:
    shown.stack.show_face(Stage.GRADIENTS, "numbers")
    page: Any = shown.stack.page
    table = page.parameters
    largest = int(np.abs(shown.record.gradient + shown.record.penalty_gradient).argmax())
    assert table.currentIndex().row() == largest
    table.selectRow(0)
    assert shown.session.view.parameter == 0
    assert "weight_0[0,0]" in page.words.describe()
    shown.key(table, Qt.Key.Key_Down)
    assert shown.session.view.parameter == 1
    assert "weight_0[0,1]" in page.words.describe()
    told = page.moment.explanation.arrays
    text = table.text_at(1, "nudged")
    assert agrees(text, told["nudged_gradient"][1])


# Who is to blame


def test_shares_add_up_to_the_gradient_by_hand(shown: Shown) -> None:
    face, record = shown.face("shares"), shown.record
    theta = record.theta.tolist()
    layers = layers_of(theta, record.layout.sizes)
    samples = shown.walked(theta)
    alone = [gradient(layers, [sample]) for sample in samples]
    total = gradient(layers, samples)
    order = sorted(range(len(total)), key=lambda k: (-abs(total[k]), k))
    values = np.asarray(face.parameters.as_table()[1][1])
    assert values == pytest.approx([total[k] for k in order], rel=1e-9, abs=1e-15)
    assert np.all(np.diff(np.abs(values)) <= 0)
    for row, index in enumerate(order[:4]):
        assert face.parameters.name_at(row) == record.layout.name(index)
        assert agrees(face.parameters.text_at(row), total[index])
    chosen = int(face.arrays["parameter"])
    own = [each[chosen] / len(samples) for each in alone]
    found = {face.samples.name_at(row).split(",")[0]: row for row in range(len(face.samples))}
    shares = np.asarray(face.samples.as_table()[1][1])
    for place, share in enumerate(own):
        row = found[f"sample {place + 1}"]
        assert shares[row] == pytest.approx(share, rel=1e-9, abs=1e-15)
        assert agrees(face.samples.text_at(row), share)
    assert shares.sum() == pytest.approx(total[chosen], rel=1e-10)
    assert agrees(face.notes[1].text().partition("gradient, ")[2], total[chosen])
    should = "grow" if total[chosen] < 0 else "fall"
    assert face.notes[1].text().endswith(f"the parameter should {should}.")


def test_the_penalty_has_its_part(qtbot: QtBot) -> None:
    shown = Shown("format = 1\n[loss]\nl2 = 0.5", qtbot)
    face, record = shown.face("shares"), shown.record
    index = record.layout.index("weight", 0, (1, 0))
    shown.session.choose_parameter(index)
    theta = record.theta.tolist()
    data = gradient(layers_of(theta, record.layout.sizes), shown.walked(theta))[index]
    penalty = 0.5 * theta[index]
    text = face.notes[1].text()
    assert agrees(text.partition("add up to")[2], data)
    assert agrees(text.partition("penalty's is")[2], penalty)
    assert agrees(text.partition("gradient ")[2], data + penalty)


def test_blame_is_picked_by_keyboard_and_mouse(classes: Shown, qtbot: QtBot) -> None:
    face, session = classes.face("shares"), classes.session
    first = face.parameters.name_at(0)
    assert face.parameters.chosen == 0
    classes.key(face.parameters, Qt.Key.Key_Down)
    name = classes.record.layout.name(session.view.parameter)
    assert name == face.parameters.name_at(1)
    assert name != first
    assert name in face.headings[1].text()
    assert "number 2 by size" in face.headings[1].text()
    bar = face.lists[0].verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    classes.key(face.parameters, Qt.Key.Key_End)
    assert face.parameters.chosen == 16
    # The last rows are out of sight; the chosen one is scrolled to.
    assert bar.value() > 0
    at = face.samples.row_rect(3).center().toPoint()
    row = int(face.samples.name_at(3).split(",")[0].split()[1]) - 1
    qtbot.mouseClick(face.samples, Qt.MouseButton.LeftButton, pos=at)
    assert session.sample == classes.record.rows[row]
    classes.key(face.samples, Qt.Key.Key_Home)
    row = int(face.samples.name_at(0).split(",")[0].split()[1]) - 1
    assert session.sample == classes.record.rows[row]


def test_a_dead_unit_is_not_acquitted(qtbot: QtBot) -> None:
    shown = Shown(DEAD_UNIT, qtbot)
    face = shown.face("shares")
    # Two weights and the bias lead into unit 3.
    dead = {"weight_0[0,2]", "weight_0[1,2]", "bias_0[2]"}
    noted = {
        face.parameters.name_at(row): face.parameters.text_at(row)
        for row in range(len(face.parameters))
        if face.parameters.note_at(row) == DEAD
    }
    assert noted == dict.fromkeys(dead, "0")
    text = face.notes[0].text()
    assert "unit 3 of layer 1" in text
    assert "3 parameters into it" in text
    assert "may still be the culprit" in text
    assert not Shown(EXPERIMENTS["two classes"], qtbot).face("shares").notes[0].isVisible()


# The warped plane and the embedding


def test_the_plane_is_bent_by_hand(qtbot: QtBot) -> None:
    shown = Shown("format = 1\n[model]\nhidden = [2, 3]", qtbot)
    face, record = shown.face("warp"), shown.record
    planes = face.panels.planes
    assert [plane.title for plane in planes] == ["inputs", "layer 1", "layer 2"]
    assert planes[0].labels == ("x1", "x2")
    x = shown.problem.inputs(face.arrays["rows"])
    first = layers_of(record.theta.tolist(), record.layout.sizes)[0]
    for at in (0, 100, 249):
        assert planes[0].points[at] == pytest.approx(x[at].tolist())
        bent = []
        for unit in range(2):
            terms = [v * row[unit] for v, row in zip(x[at].tolist(), first.weight, strict=True)]
            bent.append(math.tanh(sum(terms) + first.bias[unit]))
        assert planes[1].points[at] == pytest.approx(bent, rel=1e-12)
    for i, plane in enumerate(planes):
        assert plane.grid is not None
        assert agrees(plane.told.partition("tells ")[2], 100.0 * float(face.arrays[f"probe_{i}"]))
    assert "3 units" in planes[2].note
    kept = float(face.arrays["explained_2"])
    assert agrees(planes[2].note.partition(", ")[2], 100.0 * kept)
    assert "kept" not in planes[1].note


def test_the_plane_follows_the_run(classes: Shown) -> None:
    face = classes.face("warp")
    before = face.panels.planes[1].points.copy()
    classes.session.step(5, StepSize.UPDATE)
    assert not np.allclose(face.panels.planes[1].points, before)
    assert np.array_equal(face.panels.planes[0].points, face.arrays["points_0"])
    classes.session.driver.go_to(2)
    classes.session.send()
    assert np.array_equal(face.panels.planes[1].points, before)


def test_a_point_picks_its_sample(shown: Shown, qtbot: QtBot) -> None:
    for key in ("warp", "embedding"):
        face = shown.face(key)
        panels = face.panels if key == "warp" else face.scatter
        last = len(panels.planes) - 1
        pixels = panels.pixels(last, panels.planes[last].points)
        # One that no other hides.
        apart = [np.sort(np.hypot(*(pixels - own).T))[1] for own in pixels]
        at = int(np.argmax(apart))
        pos = QPointF(*pixels[at]).toPoint()
        qtbot.mouseClick(panels, Qt.MouseButton.LeftButton, pos=pos)
        assert shown.session.sample == face.arrays["rows"][at]
        assert int(face.arrays["chosen"]) == at
        assert str(int(face.arrays["source_rows"][at])) in panels.tip(QPointF(pos))
        shown.key(panels, Qt.Key.Key_Right)
        assert shown.session.sample == face.arrays["rows"][(at + 1) % 250]
        shown.key(panels, Qt.Key.Key_Left)
        assert shown.session.sample == face.arrays["rows"][at]


def test_many_layers_are_scrolled_to(qtbot: QtBot) -> None:
    deep = Shown("format = 1\n[model]\nhidden = [4, 4, 4, 4, 4, 4]", qtbot)
    face = deep.face("warp")
    bar = face.across.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    widths = [face.panels.area(at) for at in range(7)]
    assert all(a.right() < b.left() for a, b in itertools.pairwise(widths))
    assert widths[-1].right() <= face.panels.width()


def test_the_embedding_stands_beside_the_answer(shown: Shown) -> None:
    face, record = shown.face("embedding"), shown.record
    (plane,) = face.scatter.planes
    assert np.array_equal(plane.points, face.arrays[f"points_{record.layout.layers - 1}"])
    place = 3
    shown.session.select_sample(int(record.rows[place]))
    sample = shown.walked(record.theta.tolist())[place]
    if shown.problem.classes:
        values = np.asarray(face.bars.as_table()[1][1])
        assert values == pytest.approx(sample.shares, rel=1e-12)
        assert not face.bars.isHidden()
        assert face.facts.isHidden()
        wrong = int(face.arrays["wrong"].sum())
        assert (f"the {wrong} that it gets wrong" in face.words.text()) == bool(wrong)
    else:
        assert face.bars.isHidden()
        truth = float(shown.problem.dataset.target[record.rows[place]])
        assert agrees(face.facts.text_of("truth"), truth)


def test_what_is_not_finite_is_left_out(qtbot: QtBot) -> None:
    panels = PlanePanels("points")
    qtbot.addWidget(panels)
    panels.resize(300, 200)
    points = np.array([[0.0, 1.0], [np.nan, 2.0], [np.inf, 0.0], [1.0, 3.0]])
    rows = np.arange(4)
    crowd = Crowd(rows, rows, None, 1, ("a", "b", "c", "d"))
    panels.set_planes([Plane("inputs", points, ("x", "y"))], crowd)
    panels.grab()
    assert panels.nearest(QPointF(*panels.pixels(0, points)[0])) == (0, 0)
    pixels = panels.pixels(0, points)
    assert pixels[0, 0] < pixels[3, 0]
    assert pixels[0, 1] > pixels[3, 1]
    assert "Chosen: row 1: b" in panels.accessibleDescription()


# All of them


@pytest.mark.parametrize("key", FACES)
def test_not_yet_before_turn_one(key: str, qtbot: QtBot) -> None:
    session = FakeSession(loads("format = 1"))
    stack = InspectorStack(session)  # type: ignore[arg-type]
    qtbot.addWidget(stack)
    stack.show()
    stack.show_face(Stage(FACES[key]), key)
    session.send()
    assert stack.face is not None
    assert NOT_YET in stack.face._empty.text()
    session.step(8)
    assert stack.face.body.isVisible()


@pytest.mark.parametrize("key", FACES)
def test_every_view_is_named_and_opens_as_a_table(shown: Shown, key: str, qtbot: QtBot) -> None:
    face = shown.face(key)
    plots = {
        "warp": ["panels"],
        "embedding": ["scatter"],
        "drag": ["plot"],
        "shares": ["parameters", "samples"],
    }[key]
    for name in plots:
        plot = getattr(face, name)
        assert plot.objectName().startswith(f"face.{key}.")
        assert plot.accessibleName()
        assert plot.accessibleDescription()
        headers, columns = plot.as_table()
        assert len(headers) == len(columns) >= 2
        assert len({len(column) for column in columns}) == 1
        window = plot.open_table()
        assert window.model.rowCount() == len(columns[0])
        window.copy()
        assert QGuiApplication.clipboard().text().startswith("\t".join(headers))
        window.close()
    for button in face.findChildren(QPushButton):
        assert button.objectName()
        assert button.toolTip()
    for theme in (themes.DARK, themes.LIGHT):
        shown.stack.set_theme(theme)
        assert not face.grab().isNull()


def test_a_diverged_run_is_shown(qtbot: QtBot) -> None:
    shown = Shown("format = 1\n[model]\nactivation = 'relu'\n[loss]\nname = 'mse'\n"
                  "[optimizer]\nlearning_rate = 1e30", qtbot)  # fmt: skip
    shown.session.step(6, StepSize.UPDATE)
    for key in FACES:
        face = shown.face(key)
        assert not face.grab().isNull()
