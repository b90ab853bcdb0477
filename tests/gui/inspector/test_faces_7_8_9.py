"""Faces of stages 7 to 9: numbers worked out by hand, through the widgets, mouse and keyboard."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.experiment import Experiment
from core.leap import NAME, RATE
from core.loop import LearningLoop
from core.optimizers import OPTIMIZERS
from core.stages import Stage, StepSize
from mlloop_gui.inspector.stack import InspectorStack
from mlloop_gui.plots import numbers
from tests.gui.helpers import Opener, Player, small
from tests.gui.inspector.fakes import FakeSession

SMALL: dict[str, Any] = {"data": {"source": "circle", "samples": 60}, "model": {"hidden": [3]}}
LEFT = Qt.MouseButton.LeftButton


class Look:
    """A stack of inspectors on a session that has stepped some turns."""

    def __init__(self, qtbot: QtBot, turns: int = 3, **tables: Any) -> None:
        self.qtbot = qtbot
        self.session = FakeSession(Experiment.from_dict({**SMALL, **tables}))
        self.session.step(turns, StepSize.UPDATE)
        self.stack = InspectorStack(self.session)
        qtbot.addWidget(self.stack)
        self.stack.resize(1180, 240)
        self.stack.show()

    def face(self, stage: Stage, key: str) -> Any:
        self.session.inspect(stage)
        self.stack.show_face(stage, key)
        return self.stack.face

    def page(self, stage: Stage) -> Any:
        self.session.inspect(stage)
        return self.stack.page

    @property
    def record(self) -> Any:
        return self.session.loop.record

    def key(self, widget: QWidget, *keys: Qt.Key) -> None:
        for key in keys:
            self.qtbot.keyClick(widget, key)

    def click(self, widget: QWidget, at: Any) -> None:
        self.qtbot.mouseClick(widget, LEFT, pos=QPoint(round(at.x()), round(at.y())))


# -- stage 7: the page, and a weight edited in it ------------------------------------------------


def test_a_row_of_the_update_page_chooses_the_parameter(qtbot: QtBot) -> None:
    look = Look(qtbot)
    page, gradient = look.page(Stage.UPDATE), look.record.gradient
    largest = int(np.abs(gradient).argmax())
    assert page.parameters.currentIndex().row() == largest
    assert page.field.path == look.record.layout.name(largest)
    page.parameters.selectRow(4)
    assert look.session.view.parameter == 4
    assert page.field.path == "weight_0[1,1]"
    assert page.field.line.text() == numbers.signed(f"{look.record.theta_after[4]:.6g}")
    look.key(page.parameters, Qt.Key.Key_Down)
    assert (look.session.view.parameter, page.field.path) == (5, "weight_0[1,2]")
    assert page.parameters.currentIndex().row() == 5
    told = look.session.frame.explanations[Stage.UPDATE].sentence
    assert "weight_0[1,2]" in told


@pytest.fixture
def player(open_window: Opener) -> Player:
    return open_window(small())


def test_a_weight_is_edited_in_the_inspector_and_undone(player: Player) -> None:
    player.steps("update", 3)
    page = player.inspect(Stage.UPDATE)
    page.parameters.selectRow(2)
    player.settle()
    before = player.frame.theta.copy()
    player.focus(page.field.line)
    page.field.line.selectAll()
    player.qtbot.keyClicks(page.field.line, "0.5")
    player.key(Qt.Key.Key_Return)
    events = [(c.update, c.field, c.value) for c in player.frame.experiment.change]
    assert events == [(3, "weight_0[0,2]", 0.5)]
    assert player.frame.theta[2] == 0.5
    player.action("undo").trigger()
    player.settle()
    np.testing.assert_array_equal(player.frame.theta, before)
    assert page.field.line.text() == numbers.signed(f"{before[2]:.6g}")


def test_a_cell_of_the_transform_page_chooses_weight_and_unit(qtbot: QtBot) -> None:
    look = Look(qtbot)
    page, layout = look.page(Stage.TRANSFORM), look.record.layout
    look.click(page.weights, page.weights.cell_rect(1, 2).center())
    assert look.session.view.parameter == layout.index("weight", 0, (1, 2))
    assert look.session.view.unit == (0, 2)
    assert page.field.path == "weight_0[1,2]"
    assert page.terms.currentIndex().row() == 1
    look.click(page.bias, page.bias.cell_rect(0, 1).center())
    assert (page.field.path, look.session.view.unit) == ("bias_0[1]", (0, 1))
    assert page.terms.currentIndex().row() == 2
    look.key(page.terms, Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert page.field.path == "weight_0[0,1]"
    assert page.terms.currentIndex().row() == 0


# -- stage 7: step by step -----------------------------------------------------------------------


def plain_step(name: str, arrays: dict[str, np.ndarray], at: int) -> dict[str, float]:
    """The arithmetic of one parameter in plain Python; what is remembered by the links' names."""

    def of(key: str) -> float:
        return float(arrays[key][at] if arrays[key].shape else arrays[key])

    g, w, rate = of("gradient"), of("theta_before"), of("rate")
    found = {"gradient": g}
    if of("clip_factor") < 1.0:
        g *= of("clip_factor")
        found["clipped"] = g
    if name == "sgd":
        step = -rate * g
    elif name in ("momentum", "nesterov"):
        v = of("momentum") * of("slot_velocity_before") + g
        found["velocity"] = v
        step = -rate * (v if name == "momentum" else g + of("momentum") * v)
    elif name in ("adagrad", "rmsprop"):
        if name == "adagrad":
            s = found["sum of squares"] = of("slot_sum_of_squares_before") + g * g
        else:
            b = of("beta2")
            s = found["mean square"] = b * of("slot_mean_square_before") + (1.0 - b) * g * g
        step = -rate * g / (math.sqrt(s) + of("epsilon"))
    else:
        b1, b2, t = of("beta1"), of("beta2"), int(of("count"))
        m = b1 * of("slot_mean_before") + (1.0 - b1) * g
        v = b2 * of("slot_mean_square_before") + (1.0 - b2) * g * g
        found |= {"mean": m, "mean square": v}
        m, v = m / (1.0 - b1**t), v / (1.0 - b2**t)
        found |= {"m̂": m, "v̂": v}
        step = -rate * m / (math.sqrt(v) + of("epsilon"))
        if name == "adamw":
            step -= rate * of("weight_decay") * w
    return found | {"step": step, "new w": w + step}


@pytest.mark.parametrize("clip", [None, 0.05])
@pytest.mark.parametrize("name", OPTIMIZERS.names)
def test_the_chain_is_the_optimizers_arithmetic(
    qtbot: QtBot, name: str, clip: float | None
) -> None:
    look = Look(qtbot, optimizer={"name": name, "clip_norm": clip})
    face = look.face(Stage.UPDATE, "step")
    for at in (0, 7, look.record.layout.parameters - 1):
        look.session.choose_parameter(at)
        want = plain_step(name, face.arrays, at)
        shown = [(link.formula[:1] + "̂" if link.name == "corrected" else link.name, link)
                 for link in face.chain._links]  # fmt: skip
        assert [key for key, _ in shown] == list(want)
        for key, link in shown:
            assert link.value == pytest.approx(want[key], rel=1e-12, abs=1e-300)
        labels = [row[3].text() for row in face.chain._rows if not row[3].isHidden()]
        assert labels == [f"= {numbers.short(value, 4)}" for value in want.values()]
        assert face.arrays["theta_after"][at] == look.record.theta_after[at]


def test_the_worked_numbers_of_plain_sgd(qtbot: QtBot) -> None:
    look = Look(qtbot)
    look.session.choose_parameter(1)
    face, record = look.face(Stage.UPDATE, "step"), look.record
    g, w = (numbers.short(float(value), 4) for value in (record.gradient[1], record.theta[1]))
    bracketed = f"({g})" if record.gradient[1] < 0 else g
    lines = face.chain.describe().splitlines()
    assert lines[1].startswith(f"step: step = −rate · g: −0.3 · {bracketed} = ")
    assert lines[2].startswith(f"new w: w ← w + step: {w} + ")


def test_plain_sgd_lies_on_one_line_and_adam_does_not(qtbot: QtBot) -> None:
    face = Look(qtbot).face(Stage.UPDATE, "step")
    assert face.scatter.on_line()
    assert "one line: −0.3 · gradient" in face.scatter.describe()
    assert "All points lie on the line" in face.scatter.accessibleDescription()
    clipped = Look(qtbot, optimizer={"clip_norm": 0.05}).face(Stage.UPDATE, "step")
    assert clipped.scatter.on_line()
    factor = float(clipped.arrays["clip_factor"])
    assert factor < 1.0
    assert clipped.scatter._slope == -0.3 * factor
    adam = Look(qtbot, optimizer={"name": "adam"}).face(Stage.UPDATE, "step")
    assert not adam.scatter.on_line()
    assert "SGD would: −0.01 · gradient" in adam.scatter.describe()


def test_pictures_of_all_parameters_choose_one(qtbot: QtBot) -> None:
    look = Look(qtbot)
    face, view = look.face(Stage.UPDATE, "step"), look.session
    for at in (0, 4, 8, 9, 12):
        look.click(face.map, face.map.cell_rect(at).center())
        assert view.view.parameter == at
        assert face.chain._links[0].value == look.record.gradient[at]
        assert f"= {float(look.record.step[at])!r}" in face.map.tip(face.map.cell_rect(at).center())
    order = np.argsort(look.record.gradient, kind="stable")
    look.click(face.scatter, face.scatter.pixel(int(order[0])))
    assert view.view.parameter == order[0]
    look.key(face.scatter, Qt.Key.Key_Right)
    assert view.view.parameter == order[1]
    look.key(face.scatter, Qt.Key.Key_End)
    assert view.view.parameter == order[-1]
    look.key(face.map, Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Right)
    assert view.view.parameter == 4  # 3 units: a row further is 3 places further
    assert face.chooser.index == 4


def test_promise_delivery_and_the_share_that_made_the_whole_worse(qtbot: QtBot) -> None:
    look = Look(qtbot, turns=9, optimizer={"learning_rate": 3.0})
    face, loop = look.face(Stage.UPDATE, "step"), look.session.loop
    text = face.account.text()
    promised = float(look.record.gradient @ look.record.step)
    assert f"g · step: {numbers.short(promised)}" in text
    worse = sum(after > before for before, after in loop.effects.values())
    assert len(loop.effects) == 9
    assert f"{worse} of 9 stepped turns ({round(100 * worse / 9)}" in text.replace("\u202f", "")


# -- stage 7: why not in one step ----------------------------------------------------------------


def test_the_curve_is_the_lens_and_can_be_looked_at_close(qtbot: QtBot) -> None:
    look = Look(qtbot)
    face = look.face(Stage.UPDATE, "leap")
    lens = face.arrays
    np.testing.assert_array_equal(face.curve.as_table()[1][1], lens["objective"])
    slope = float(look.record.gradient @ look.record.step)
    np.testing.assert_allclose(
        face.curve.as_table()[1][2], look.record.loss + slope * lens["scale"], rtol=1e-12
    )
    assert face.curve.x_limits() == (0.0, 100.0)
    look.key(face.reaches[1000], Qt.Key.Key_Space)
    assert face.curve.x_limits() == (0.0, 1000.0)
    look.key(face.reaches[10], Qt.Key.Key_Space)
    assert face.curve.x_limits() == (0.0, 10.0)
    near = lens["scale"] <= 10.0
    low, high = face.curve._range_y
    seen = np.concatenate([lens["objective"][near], lens["train_loss"][near]])
    assert low < seen.min() < seen.max() < high


def leap_face(player: Player) -> Any:
    player.qtbot.mouseClick(player.find("face.leap"), LEFT)
    player.settle()
    return player.find("face.leap.page")


def test_the_leap_is_made_in_a_fork_and_the_person_stays(player: Player) -> None:
    player.steps("update", 4)
    player.stages(3)  # in the middle of turn 5: it stays there
    player.inspect(Stage.UPDATE)
    face, before = leap_face(player), player.frame
    player.focus(face.button)
    player.key(Qt.Key.Key_Space)
    after = player.frame
    assert (after.run, after.position) == (before.run, before.position)
    np.testing.assert_array_equal(after.theta, before.theta)
    assert after.head == 1003
    (leap,) = after.leaps
    assert (leap.turn, leap.run, leap.steps) == (4, before.run, 1000)
    names = [(run.name, run.parent, run.forked_at) for run in after.runs if run.number == leap.fork]
    assert names == [(NAME, before.run, 3)]

    plain = LearningLoop(before.experiment)
    plain.run(3)
    values = [plain.evaluate("train").loss]
    long = LearningLoop(
        before.experiment.with_changes([
            {"update": 3, "field": RATE, "value": 300.0},
            {"update": 4, "field": RATE, "value": 0.3},
        ])
    )  # fmt: skip
    long.run(4)
    values.append(long.evaluate("train").loss)
    plain.run(1000)
    values.append(plain.evaluate("train").loss)
    assert list(face.outcomes.values().values()) == values
    assert not face.button.isEnabled()
    assert "only true nearby" in face.words.text()

    player.do("switch_run", leap.fork)
    np.testing.assert_array_equal(player.frame.theta, long.learner.state()[0])
    assert player.frame.settings.optimizer.learning_rate == 0.3


def test_another_turn_can_be_leapt_from_too(player: Player) -> None:
    player.steps("update", 2)
    player.inspect(Stage.UPDATE)
    face = leap_face(player)
    assert face.outcomes.isHidden()
    player.qtbot.mouseClick(face.button, LEFT)
    assert not face.button.isEnabled()
    player.settle()
    assert face.outcomes.isVisible()
    player.do("go_to", 1)
    assert face.outcomes.isHidden()
    assert face.button.isEnabled()
    player.do("go_to", 2)
    assert face.outcomes.isVisible()
    assert not face.button.isEnabled()


# -- stage 8 -------------------------------------------------------------------------------------


def test_the_epoch_in_the_order_drawn_with_its_losses(qtbot: QtBot) -> None:
    look = Look(qtbot, turns=1, optimizer={"batch_size": 7})
    face = look.face(Stage.ITERATE, "epoch")
    seen: list[int] = []
    for batch in range(5):  # 30 training samples: 7, 7, 7, 7, 2
        if batch:
            look.session.step(1, StepSize.UPDATE)
        seen += look.record.rows.tolist()
        assert face.arrays["rows"][: len(seen)].tolist() == seen
        losses = face.strip._losses
        assert losses[batch] == look.record.loss
        assert np.isfinite(losses).sum() == batch + 1
        assert face.strip._this == batch
    assert sorted(seen) == sorted(look.session.loop.problem.parts.train.tolist())
    assert face.strip._starts.tolist() == [0, 7, 14, 21, 28, 30]
    known = losses[np.isfinite(losses)]
    low, high = numbers.short(float(known.min())), numbers.short(float(known.max()))
    assert f"cost {low} to {high}" in face.words.text()


def test_samples_of_the_epoch_are_picked(qtbot: QtBot) -> None:
    look = Look(qtbot)
    face = look.face(Stage.ITERATE, "epoch")
    rows, strip = face.arrays["rows"], face.strip
    middle = strip.strip().center()
    middle.setX((strip.across(25) + strip.across(26)) / 2.0)
    look.click(strip, middle)
    assert look.session.sample == rows[25]
    look.key(strip, Qt.Key.Key_Left)
    assert look.session.sample == rows[24]
    look.key(strip, Qt.Key.Key_Home)
    assert look.session.sample == look.record.rows[0]
    assert strip._chosen == int(face.arrays["place"])


def test_what_moved_and_by_how_much(qtbot: QtBot) -> None:
    look = Look(qtbot, model={"hidden": [2]})
    face = look.face(Stage.ITERATE, "moved")
    record, problem = look.record, look.session.loop.problem
    rows = face.arrays["rows"]

    def hidden(theta: np.ndarray, row: int) -> list[float]:
        w, b = record.layout.weight(theta, 0).tolist(), record.layout.bias(theta, 0).tolist()
        x = problem.inputs(np.array([row]))[0].tolist()
        return [math.tanh(x[0] * w[0][k] + x[1] * w[1][k] + b[k]) for k in range(2)]

    away = []
    for at, row in enumerate(rows.tolist()):
        before, after = hidden(record.theta, row), hidden(record.theta_after, row)
        away.append(math.dist(before, after))
        assert face.arrays["distance"][at] == pytest.approx(away[-1], abs=1e-14)
        # Two units are drawn as they are.
        assert face.picture._before[at].tolist() == pytest.approx(before, abs=1e-14)
    farthest = int(np.argmax(away))
    assert int(face.movers.text_at(0, "sample")) == face.arrays["source_rows"][farthest]
    face.movers.selectRow(0)
    assert look.session.sample == rows[farthest]
    assert "way from the start" in face.facts.describe()


def test_arrows_can_be_drawn_longer(qtbot: QtBot) -> None:
    look = Look(qtbot, model={"hidden": [2]})
    face = look.face(Stage.ITERATE, "moved")
    before, after = face.arrays["before"], face.arrays["after"]
    for factor in (100, 10, 1):
        look.key(face.factors[factor], Qt.Key.Key_Space)
        np.testing.assert_allclose(face.picture.ends(), before + factor * (after - before))
        assert (f"{factor} times as long" in face.picture.title_text()) == (factor > 1)
    look.session.step(1, StepSize.UPDATE)
    assert face.factors[1].isChecked()  # what a person chose stays


# -- stage 9 -------------------------------------------------------------------------------------


def test_mistakes_worst_first(qtbot: QtBot) -> None:
    look = Look(qtbot)
    face = look.face(Stage.EVALUATE, "wrong")
    loop = look.session.loop
    problem, theta = loop.problem, loop.learner.kernel.theta
    mistakes = []
    for row in problem.parts.validation.tolist():
        x = problem.inputs(np.array([row]))
        score = float(loop.learner.scores(x, theta)[0, 0])
        p, truth = 1.0 / (1.0 + math.exp(-score)), int(problem.dataset.target[row])
        if (score > 0) != truth:
            mistakes.append((-math.log(p if truth else 1.0 - p), row, max(p, 1.0 - p)))
    mistakes.sort(reverse=True)
    assert face.table.numbers.rowCount() == len(mistakes) > 3
    for at, (price, row, sure) in enumerate(mistakes):
        assert face.arrays["rows"][at] == row
        assert face.arrays["price"][at] == pytest.approx(price, rel=1e-9)
        assert face.table.text_at(at, "how sure") == numbers.percent(sure)
        truth = problem.dataset.class_names[int(problem.dataset.target[row])]
        assert face.table.text_at(at, "truth") == truth
        assert face.table.text_at(at, "guess") != truth
    assert f"{len(mistakes)} of 15 validation samples are wrong" in face.words.text()
    face.table.selectRow(2)
    assert look.session.sample == mistakes[2][1]
    look.key(face.table, Qt.Key.Key_Down)
    assert look.session.sample == mistakes[3][1]
    assert face.table.currentIndex().row() == 3


def test_digits_are_shown_as_pictures(qtbot: QtBot) -> None:
    look = Look(qtbot, data={"source": "digits"}, model={"hidden": [8]})
    face = look.face(Stage.EVALUATE, "wrong")
    model = face.table.model()
    image = model.data(model.index(0, 0), Qt.ItemDataRole.DecorationRole)
    row = int(face.arrays["rows"][0])
    ink = look.session.loop.problem.dataset.inputs[row].reshape(8, 8)
    side = image.width() / 8.0
    dark, light = (divmod(int(at), 8) for at in (ink.argmax(), ink.argmin()))
    shades = [
        image.pixelColor(int((column + 0.5) * side), int((line + 0.5) * side)).lightness()
        for line, column in (dark, light)
    ]
    assert shades[0] < shades[1]
    assert face.table.verticalHeader().defaultSectionSize() >= image.height()
    pairs = face.pairs.describe().splitlines()
    truth, guess = face.arrays["truth"], face.arrays["guess"]
    first = pairs[0].split(" taken for ")
    a, b = int(first[0]), int(first[1].split(":")[0])
    count = int(((truth == a) & (guess == b)).sum())
    assert pairs[0].endswith(": once" if count == 1 else f": {count} times")


def test_numbers_are_listed_by_their_misses(qtbot: QtBot) -> None:
    look = Look(qtbot, data={"source": "sine", "samples": 60})
    face = look.face(Stage.EVALUATE, "wrong")
    missed = face.arrays["guess"] - face.arrays["truth"]
    assert face.table.numbers.columns()[3].values.tolist() == missed.tolist()
    assert (np.diff(face.arrays["price"]) <= 0.0).all()
    assert "largest misses" in face.words.text()


# -- all of them ---------------------------------------------------------------------------------

FACES = [(Stage.UPDATE, "step"), (Stage.UPDATE, "leap"), (Stage.ITERATE, "epoch"),
         (Stage.ITERATE, "moved"), (Stage.EVALUATE, "wrong")]  # fmt: skip
KINDS: dict[str, dict[str, Any]] = {
    "three classes": {"data": {"source": "blobs", "classes": 3, "samples": 60}},
    "regression": {"data": {"source": "sine", "samples": 60}},
    "no hidden layer": {"model": {"hidden": []}},
    "deep": {"model": {"hidden": [4, 4, 4]}, "optimizer": {"name": "adam"}},
    "no validation": {"evaluation": {"validation_fraction": 0.0}},
    "scores": {"loss": {"name": "hinge"}},
    "dropout": {"model": {"hidden": [4], "dropout": 0.5}},
    "diverging": {"data": {"source": "plane", "samples": 60}, "model": {"hidden": []},
                  "optimizer": {"learning_rate": 1e6}},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_run_is_shown_and_described(qtbot: QtBot, kind: str) -> None:
    look = Look(qtbot, turns=4, **KINDS[kind])
    for stage, key in FACES:
        face = look.face(stage, key)
        assert face.body.isVisible(), key
        look.stack.grab()
        parts = [w for w in face.findChildren(QWidget) if hasattr(w, "as_table")]
        for part in parts:
            headers, columns = part.as_table()
            assert len(headers) == len(columns)
            assert part.accessibleName()
            assert part.describe() == part.accessibleDescription()


@pytest.mark.parametrize(("stage", "key"), FACES)
def test_before_turn_one(qtbot: QtBot, stage: Stage, key: str) -> None:
    look = Look(qtbot, turns=0)
    face = look.face(stage, key)
    assert face.body.isVisible() == (stage is Stage.EVALUATE)
    look.session.step(9)
    assert face.body.isVisible()
