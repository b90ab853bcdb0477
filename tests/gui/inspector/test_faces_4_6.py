"""The further views of stages 4 and 6: their numbers anew by hand, their keys, what they send."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.experiment import loads
from core.stages import Stage, StepSize
from mlloop_gui import theme as themes
from mlloop_gui.inspector.faces.answers import Blame, judge_delta, judge_gradient, parse
from mlloop_gui.inspector.faces.compare import CompareFace
from mlloop_gui.inspector.faces.neuron import NeuronFace
from mlloop_gui.inspector.faces.price import Counts, PriceFace, pairs, reading, weights_of
from mlloop_gui.inspector.faces.price_control import STOPS, PriceControl
from mlloop_gui.inspector.stack import InspectorStack
from mlloop_gui.plots import numbers
from tests.gui.helpers import Opener, small
from tests.gui.inspector.fakes import FakeSession

CIRCLE = "format = 1\n"
THREE = "format = 1\n[data]\nsource = 'iris'"
DIGITS = "format = 1\n[data]\nsource = 'digits'\n[optimizer]\nbatch_size = 32"
SINE = "format = 1\n[data]\nsource = 'sine'"
HINGE = "format = 1\n[loss]\nname = 'hinge'"


class Bench:
    """A stack on a session without threads, one face of it open."""

    def __init__(self, qtbot: QtBot, text: str, stage: Stage, face: str, turns: int = 12) -> None:
        self.qtbot = qtbot
        self.session = FakeSession(loads(text))
        self.stack = InspectorStack(self.session)
        qtbot.addWidget(self.stack)
        self.stack.resize(1180, 230)
        if turns:
            self.session.step(turns, StepSize.UPDATE)
        self.session.inspect(stage)
        self.stack.show()
        self.stack.show_face(stage, face)
        self.session.send()

    @property
    def face(self):
        assert self.stack.face is not None
        return self.stack.face

    def key(self, widget: QWidget, *keys: Qt.Key) -> None:
        for key in keys:
            self.qtbot.keyClick(widget, key)

    def write(self, widget: QWidget, text: str) -> None:
        self.qtbot.waitUntil(widget.isVisible)
        widget.setFocus()
        widget.selectAll()
        self.qtbot.keyClicks(widget, text)
        self.qtbot.keyClick(widget, Qt.Key.Key_Return)


# -- the loss curves -----------------------------------------------------------------------------


def test_the_prices_are_those_of_the_formulas(qtbot: QtBot) -> None:
    bench = Bench(qtbot, CIRCLE, Stage.LOSS, "compare")
    face: CompareFace = bench.face
    record = bench.session.frame.record
    place = record.rows.tolist().index(bench.session.frame.sample)
    score, truth = float(record.scores[place, 0]), float(record.y[place, 0])
    share = 1.0 / (1.0 + math.exp(-score))
    miss = abs(score - truth)
    by_hand = {
        "Binary cross-entropy": -math.log(share if truth else 1.0 - share),
        "Squared error": miss**2,
        "Absolute error": miss,
        "Huber": 0.5 * miss**2 if miss <= 1.0 else miss - 0.5,
        "Hinge": max(0.0, 1.0 - (2.0 * truth - 1.0) * score),
    }
    names, prices, chosen = face.keys.as_table()[1]
    assert set(names) == set(by_hand)
    for name, price in zip(names, prices.tolist(), strict=True):
        assert price == pytest.approx(by_hand[name], rel=1e-9), name
    assert chosen == [name == "Binary cross-entropy" for name in names]
    assert names[0] == "Binary cross-entropy"


def test_the_sample_stands_on_every_curve(qtbot: QtBot) -> None:
    bench = Bench(qtbot, SINE, Stage.LOSS, "compare")
    face: CompareFace = bench.face
    headers, columns = face.curves.as_table()
    assert headers[1] == "Squared error"
    for name, line in zip(headers[1:], columns[1:], strict=True):
        at = [dot for dot in face.curves._dots if math.isclose(dot[1], price_of(face, name))]
        assert at, name
        assert np.interp(at[0][0], columns[0], line) == pytest.approx(at[0][1], rel=0.05, abs=0.01)


def price_of(face: CompareFace, name: str) -> float:
    names, prices, _ = face.keys.as_table()[1]
    return float(prices[names.index(name)])


@pytest.mark.parametrize("text", [CIRCLE, THREE, DIGITS, SINE, HINGE])
def test_lines_are_told_apart_without_colour(qtbot: QtBot, text: str) -> None:
    face: CompareFace = Bench(qtbot, text, Stage.LOSS, "compare").face
    styles = [face.curves._series[name].style for name in face.curves.series_names()]
    assert styles.count("accent") == 1
    assert len(set(styles)) == len(styles)
    named = [text for _, _, text in face.curves._overlay.marks.names]
    assert face.keys.as_table()[1][0][0] in named


def test_the_batch_is_sorted_and_summed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, CIRCLE, Stage.LOSS, "compare")
    record = bench.session.frame.record
    names, prices, shares, right = bench.face.sorted.as_table()[1]
    assert [float(record.price[int(name) - 1]) for name in names] == pytest.approx(prices.tolist())
    assert all(a >= b for a, b in pairwise(prices.tolist()))
    running, whole = 0.0, sum(prices.tolist())
    for price, share in zip(prices.tolist(), shares.tolist(), strict=True):
        running += price
        assert share == pytest.approx(running / whole)
    target = bench.session.frame.problem.dataset.target[record.rows]
    for name, is_right in zip(names, right.tolist(), strict=True):
        at = int(name) - 1
        assert is_right == ((record.scores[at, 0] > 0) == bool(target[at]))
    half = bench.face.sorted.half()
    assert shares[half - 1] >= 0.5 > ([0.0, *shares])[half - 1]


def test_a_click_and_the_arrows_pick_the_sample(qtbot: QtBot) -> None:
    bench = Bench(qtbot, CIRCLE, Stage.LOSS, "compare")
    plot, rows = bench.face.sorted, bench.face.arrays["sorted_rows"].tolist()
    bar = plot.bar(2).center().toPoint()
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=bar)
    assert bench.session.sample == rows[2]
    bench.key(plot, Qt.Key.Key_Right)
    assert bench.session.sample == rows[3]
    bench.key(plot, Qt.Key.Key_Home, Qt.Key.Key_Left)
    assert bench.session.sample == rows[0]
    bench.key(plot, Qt.Key.Key_End)
    assert bench.session.sample == rows[-1]
    assert "In hand: sample" in plot.accessibleDescription()


def test_the_arrows_of_the_sorted_losses_do_not_step_the_loop(open_window: Opener) -> None:
    player = open_window()
    player.steps("update", 1)
    player.inspect(Stage.LOSS)
    player.window.inspectors.show_face(Stage.LOSS, "compare")
    player.settle()
    rows = player.window.inspectors.face.arrays["sorted_rows"].tolist()
    player.focus(player.find("plot.sorted_losses"))
    player.key(Qt.Key.Key_Home)
    frame = player.key(Qt.Key.Key_Right)
    assert (frame.sample, frame.turn) == (rows[1], 1)


def test_numbers_have_neither_right_nor_wrong(qtbot: QtBot) -> None:
    bench = Bench(qtbot, SINE, Stage.LOSS, "compare")
    assert bench.face.sorted.as_table()[0] == ["sample", "loss", "share up to here"]


# -- the price of a miss -------------------------------------------------------------------------


def test_weights_and_prices_mean_each_other() -> None:
    assert weights_of(3, 1, 1.0) is None
    assert weights_of(3, 1, 8.0) == (1.0, 8.0, 1.0)
    assert reading(None, 1) == (1, 1.0, True)
    assert reading((1.0, 8.0, 1.0), 0) == (1, 8.0, True)
    assert reading((2.0, 6.0, 1.0), 1) == (1, 6.0, False)
    assert reading((1.0, 0.5), 1) == (1, 1.0, False)


def test_counts_come_from_rows_and_columns() -> None:
    matrix = np.array([[5, 2, 1], [3, 6, 0], [0, 4, 9]])
    counts = Counts(7, matrix, "validation")
    assert (counts.misses(1), counts.alarms(1), counts.others(1)) == (3, 6, 1)
    assert counts.cost(1, 5.0) == 5 * 3 + 6 + 1
    rows = {pair.name: pair for pair in pairs(counts, None, 1, "b", 5.0)}
    assert rows["cost at 5 a miss"].now == 22.0
    assert rows["accuracy"].now == pytest.approx(20 / 30)
    assert all(pair.before is None and pair.now <= pair.total for pair in rows.values())


def test_the_slider_sends_by_key_and_on_release_only(qtbot: QtBot) -> None:
    control = PriceControl()
    qtbot.addWidget(control)
    control.show()
    sent, moved = [], []
    control.changed.connect(sent.append)
    control.moved.connect(moved.append)
    qtbot.keyClick(control.slider, Qt.Key.Key_Right)
    assert sent == [STOPS[1]]
    control.slider.setSliderDown(True)
    for stop in (4, 6, 9):
        control.slider.setValue(stop)
    assert sent == [STOPS[1]]
    assert moved == [STOPS[4], STOPS[6], STOPS[9]]
    control.set_price(1.0)  # a frame on its way does not move what is held
    control.slider.setSliderDown(False)
    assert sent == [STOPS[1], STOPS[9]]
    control.field.setFocus()
    control.field.selectAll()
    qtbot.keyClicks(control.field, control.field.locale().toString(3.7, "f", 1))
    qtbot.keyClick(control.field, Qt.Key.Key_Return)
    assert sent == [STOPS[1], STOPS[9], 3.7]
    assert control.slider.value() == STOPS.index(4)
    control.slider.setSliderDown(True)
    control.slider.setSliderDown(False)
    assert control.price() == 3.7


def test_a_price_is_sent_and_its_mistakes_are_counted(qtbot: QtBot) -> None:
    bench = Bench(qtbot, THREE, Stage.LOSS, "price")
    face: PriceFace = bench.face
    before = bench.session.frame.check.validation.confusion
    update = bench.session.frame.turn
    bench.key(face.control.slider, Qt.Key.Key_PageUp)
    price = float(STOPS[3])
    assert bench.session.sets == [("loss.class_weights", [1.0, price, 1.0])]
    bench.key(face.run_on, Qt.Key.Key_Space)
    assert bench.session.runs == [200]
    now = bench.session.frame.check.validation.confusion
    assert (now != before).any()
    name = bench.session.frame.problem.dataset.class_names[1]
    for column, matrix in enumerate((before, now)):
        misses = int(matrix[1].sum() - matrix[1, 1])
        alarms = int(matrix[:, 1].sum() - matrix[1, 1])
        others = int(matrix.sum() - np.trace(matrix)) - misses - alarms
        wanted = {
            f"misses of {name}": misses,
            f"false alarms for {name}": alarms,
            "other mistakes": others,
            f"cost at {price:g} a miss": price * misses + alarms + others,
        }
        for row, value in wanted.items():
            assert face.bars.text_of(row)[column] == numbers.count(int(value))
    headers, _ = face.bars.as_table()
    assert headers[1:] == [f"update {update}", f"update {update + 200}"]
    assert "walked for 200 updates" in face.note.text()


def test_another_run_has_nothing_before_it(qtbot: QtBot) -> None:
    bench = Bench(qtbot, THREE, Stage.LOSS, "price")
    face: PriceFace = bench.face
    bench.key(face.control.slider, Qt.Key.Key_PageUp)
    row = "misses of versicolor"
    assert face.bars.text_of(row)[0] != "–"
    bench.session.driver.new(loads(THREE))
    bench.session.send()
    assert face.bars.text_of(row)[0] == "–"
    assert face.control.price() == 1.0


def test_the_price_goes_over_to_another_class(qtbot: QtBot) -> None:
    bench = Bench(qtbot, THREE, Stage.LOSS, "price")
    face: PriceFace = bench.face
    bench.key(face.classes, Qt.Key.Key_Down)
    assert bench.session.sets == []
    assert face.classes.currentIndex() == 2
    bench.key(face.control.slider, Qt.Key.Key_End)
    bench.key(face.classes, Qt.Key.Key_Up)
    assert [weights for _, weights in bench.session.sets] == [[1.0, 1.0, 50.0], [1.0, 50.0, 1.0]]
    bench.key(face.control.slider, Qt.Key.Key_Home)
    assert bench.session.sets[-1] == ("loss.class_weights", None)


def test_weights_that_are_no_single_price_are_said(qtbot: QtBot) -> None:
    text = THREE + "\n[loss]\nclass_weights = [2.0, 6.0, 1.0]"
    face: PriceFace = Bench(qtbot, text, Stage.LOSS, "price").face
    assert "2.00, 6.00, 1.00" in face.note.text()


def test_dragging_says_what_the_present_mistakes_would_cost(qtbot: QtBot) -> None:
    bench = Bench(qtbot, CIRCLE, Stage.LOSS, "price")
    face: PriceFace = bench.face
    counts = Counts.of(bench.session.frame)
    face.control.slider.setSliderDown(True)
    face.control.slider.setValue(STOPS.index(10))
    cost = 10 * counts.misses(1) + counts.alarms(1)
    assert face.bars.text_of("cost at 10 a miss")[1] == numbers.count(cost)
    assert bench.session.sets == [("loss.class_weights", [1.0, 10.0])]
    face.control.slider.setSliderDown(False)
    assert set(map(str, bench.session.sets)) == {"('loss.class_weights', [1.0, 10.0])"}


def test_numbers_have_no_misses(qtbot: QtBot) -> None:
    face: PriceFace = Bench(qtbot, SINE, Stage.LOSS, "price").face
    assert face._none.isVisible()
    assert not face.bars.isVisible()
    assert not face.control.isVisible()


def test_in_the_window_the_price_is_an_event_and_the_boundary_walks(open_window: Opener) -> None:
    player = open_window(small(optimizer={"learning_rate": 0.1}, seed=3))
    player.session.set_speed(0)
    player.steps("update", 1)
    player.inspect(Stage.LOSS)
    player.window.inspectors.show_face(Stage.LOSS, "price")
    frame = player.settle()
    plane, weights = frame.map.values.copy(), player.session.experiment.loss.class_weights
    assert weights is None
    slider = player.find("price.slider")
    player.focus(slider)
    player.key(Qt.Key.Key_Right)
    assert player.session.experiment.loss.class_weights == (1.0, 1.2)
    frame = player.key(Qt.Key.Key_End)
    assert [(e.update, e.field, list(e.value)) for e in frame.experiment.change] == [
        (1, "loss.class_weights", [1.0, 50.0])
    ]
    assert (frame.map.values == plane).all()
    player.focus(player.find("price.run"))
    player.key(Qt.Key.Key_Space)
    player.settle()
    player.until(lambda: player.frame.turn == 201 and player.state == "paused")
    # What misses of class 1 cost is paid by giving it more of the plane.
    assert player.frame.map.values.mean() > plane.mean() + 0.1
    assert Counts.of(player.frame).misses(1) == 0
    before, now = player.window.inspectors.face.bars.text_of("misses of inner")
    assert now == "0"
    assert before == str(player.window.inspectors.face._before.misses(1))
    for _ in range(2):
        player.action("undo").trigger()
        player.settle()
    assert player.session.experiment.loss.class_weights is None
    assert player.find("price.field").value() == 1.0


def test_while_it_is_dragged_the_price_is_in_force_and_undo_takes_the_drag_back(
    open_window: Opener,
) -> None:
    player = open_window(small(optimizer={"learning_rate": 0.1}, seed=3))
    player.session.set_speed(500.0)
    player.steps("update", 1)
    player.inspect(Stage.LOSS)
    player.window.inspectors.show_face(Stage.LOSS, "price")
    player.settle()
    player.click("run")
    player.settle()
    slider, session = player.find("price.slider"), player.session
    slider.setSliderDown(True)
    slider.setSliderPosition(2)
    player.until(lambda: session.experiment.loss.class_weights is not None)
    before = player.window.inspectors.face._before
    assert before is not None
    assert before.update <= player.frame.turn
    for at in (3, 6, 9):
        slider.setSliderPosition(at)
        player.until(lambda: session.experiment.loss.class_weights is not None)
        player.settle()
        slider.setSliderPosition(at + 1)
        assert session.experiment.loss.class_weights == (1.0, float(STOPS[at + 1]))
        assert player.frame.state == "running"
        # Turns are made at this price while the slider is still held.
        turn = player.frame.turn
        player.until(lambda turn=turn: player.frame.turn > turn)
        player.until(lambda at=at: player.frame.settings.loss.class_weights[1] == STOPS[at + 1])
    slider.setSliderPosition(12)
    slider.setSliderDown(False)
    player.settle()
    assert session.experiment.loss.class_weights == (1.0, float(STOPS[12]))
    # The whole drag is compared with what was before its first move.
    assert player.window.inspectors.face._before is before
    player.click("run")
    player.settle()
    player.press("undo")
    assert session.experiment.loss.class_weights is None
    assert not session.edits.undo_text


def test_a_drag_that_ends_where_it_began_leaves_no_price(open_window: Opener) -> None:
    player = open_window(small())
    player.inspect(Stage.LOSS)
    player.window.inspectors.show_face(Stage.LOSS, "price")
    player.settle()
    slider = player.find("price.slider")
    slider.setSliderDown(True)
    slider.setSliderPosition(5)
    player.settle()
    assert player.session.experiment.loss.class_weights == (1.0, float(STOPS[5]))
    slider.setSliderPosition(0)
    slider.setSliderDown(False)
    player.settle()
    assert player.session.experiment.loss.class_weights is None
    assert player.find("price.field").value() == 1.0


# -- be the neuron -------------------------------------------------------------------------------

BLAME = Blame((0.2, -0.36), (-1.04, 0.7), 0.05)
WHOLE = 0.2 * -1.04 + -0.36 * 0.7 + 0.05


@pytest.mark.parametrize(
    ("answer", "right", "word"),
    [
        (WHOLE * 0.5, True, "Right"),
        (round(WHOLE * 0.5, 2), True, "Right"),
        (-WHOLE * 0.5, False, "sign"),
        (WHOLE, False, "slope is still missing"),
        (-WHOLE, False, "its sign turned"),
        (0.2 * -1.04 * 0.5, False, "Sum over all"),
        (-0.36 * 0.7, False, "One product only"),
        ((0.2 - 0.36) * 0.5, False, "through its weight"),
        (WHOLE * 0.5 / 10, False, "vote"),
        (7.0, False, "Not yet"),
    ],
)
def test_a_wrong_delta_is_told_what_it_missed(answer: float, right: bool, word: str) -> None:
    verdict = judge_delta(answer, BLAME, 0.5, 0.1)
    assert (verdict.right, word in verdict.text) == (right, True), verdict.text


@pytest.mark.parametrize(
    ("answer", "right", "word"),
    [
        (-0.3 * 1.7, True, "Right"),
        (0.3 * 1.7, False, "sign"),
        (-0.6 * 1.7, False, "blame · input"),
        (-0.3, False, "input is still missing"),
        (1.7, False, "δ is still missing"),
        (-0.051, False, "vote"),
        (1.4, False, "multiply"),
    ],
)
def test_a_wrong_gradient_is_told_what_it_missed(answer: float, right: bool, word: str) -> None:
    verdict = judge_gradient(answer, -0.3, 1.7, -0.6, 0.1)
    assert (verdict.right, word in verdict.text) == (right, True), verdict.text


def test_one_unit_above_is_nothing_to_sum() -> None:
    verdict = judge_delta(0.4 * 0.5, Blame((0.4,), (0.5,)), 0.25, 0.1)
    assert "slope is still missing" in verdict.text


def test_a_dead_unit_has_the_answer_zero() -> None:
    assert judge_delta(0.0, Blame((0.4,), (0.5,)), 0.0, 0.1).right
    assert not judge_delta(0.2, Blame((0.4,), (0.5,)), 0.0, 0.1).right


@pytest.mark.parametrize(
    ("text", "value"),
    [("-0,25", -0.25), (" −1.5 ", -1.5), ("3e-2", 0.03), ("x", None), ("nan", None), ("", None)],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float | None) -> None:
    assert parse(text) == value


def shown_numbers(face: NeuronFace) -> dict[str, str]:
    """What the picture shows, as it is written there."""
    names, values = face.picture.as_table()[1]
    return {
        name: value if isinstance(value, str) else numbers.short(float(value))
        for name, value in zip(names, values, strict=True)
    }


def by_hand(face: NeuronFace) -> tuple[float, float]:
    """δ and gradient from the digits shown alone, as a person would."""
    shown = shown_numbers(face)
    parts, rest = [], 0.0
    names = list(shown)
    for name, text in shown.items():
        if name.startswith("δ of "):
            weight = shown[names[names.index(name) + 1]]
            parts.append(parse(text) * parse(weight))
        if name.endswith("others"):
            rest = parse(text)
    blame = parse(shown["slope of the loss"]) if "slope of the loss" in shown else sum(parts) + rest
    given = next(text for name, text in shown.items() if name.startswith("input "))
    delta = blame * parse(shown["own slope"])
    return delta, delta * parse(given)


@pytest.mark.parametrize("text", [CIRCLE, SINE])
def test_answers_from_the_shown_digits_are_right(qtbot: QtBot, text: str) -> None:
    bench = Bench(qtbot, text, Stage.BACKPROPAGATE, "neuron")
    face: NeuronFace = bench.face
    assert shown_numbers(face)["δ"] == shown_numbers(face)["gradient"] == "hidden"
    delta, gradient = by_hand(face)
    assert not face.fields[1].isEnabled()
    bench.write(face.fields[0], f"{delta:.3g}")
    assert face.said[0].text().startswith("✓")
    assert bench.stack.focusWidget() is face.fields[1]
    bench.write(face.fields[1], f"{gradient:.3g}")
    assert face.said[1].text().startswith("✓")
    assert bench.stack.focusWidget() is face.another
    assert face.score.text() == "Right: 2 of 2"
    assert parse(shown_numbers(face)["gradient"]) == pytest.approx(gradient, rel=0.02)


@pytest.mark.parametrize("text", [THREE, DIGITS, HINGE])
def test_every_unit_can_be_solved_from_what_is_shown(qtbot: QtBot, text: str) -> None:
    bench = Bench(qtbot, text, Stage.BACKPROPAGATE, "neuron", turns=3)
    face: NeuronFace = bench.face
    sizes = bench.session.frame.layout.sizes
    units = {(k, u) for k, size in enumerate(sizes[1:]) for u in range(size)}
    met = set()
    for _ in units:
        met.add((int(face.arrays["layer"]), int(face.arrays["unit"])))
        whole = face.blame.value * float(face.arrays["slope"])
        assert whole == pytest.approx(float(face.arrays["delta"]), rel=1e-5, abs=1e-9)
        delta, gradient = by_hand(face)
        bench.write(face.fields[0], f"{delta:.4g}")
        assert face.said[0].text().startswith("✓"), (shown_numbers(face), delta)
        bench.write(face.fields[1], f"{gradient:.4g}")
        assert face.said[1].text().startswith("✓"), (shown_numbers(face), gradient)
        bench.key(face.another, Qt.Key.Key_Space)
    assert met == units
    assert face.score.text() == f"Right: {2 * len(units)} of {2 * len(units)}"


def test_wrong_words_and_show_me(qtbot: QtBot) -> None:
    bench = Bench(qtbot, CIRCLE, Stage.BACKPROPAGATE, "neuron")
    face: NeuronFace = bench.face
    delta, gradient = by_hand(face)
    bench.write(face.fields[0], "much")
    assert face.said[0].text() == "✗ That is no number."
    bench.write(face.fields[0], f"{-delta:.3g}")
    assert "sign" in face.said[0].text()
    assert face.score.text() == ""
    bench.key(face.show_me, Qt.Key.Key_Space)
    assert parse(face.fields[0].text()) == pytest.approx(delta, rel=0.02)
    assert face.score.text() == "Right: 0 of 1"
    bench.write(face.fields[1], f"{gradient:.3g}")
    assert face.score.text() == "Right: 1 of 2"
    assert not face.show_me.isEnabled()


def test_the_vote_is_a_factor_in_sight(qtbot: QtBot) -> None:
    bench = Bench(qtbot, CIRCLE, Stage.BACKPROPAGATE, "neuron")
    face: NeuronFace = bench.face
    record = bench.session.frame.record
    assert face.picture._view.vote == f"· vote 1/{len(record.rows)}"
    bench.key(face.show_me, Qt.Key.Key_Space, Qt.Key.Key_Space)
    share = float(face.arrays["gradient_weight"][int(face.arrays["input_index"])]) / 10
    assert face.picture._view.share == f"= {numbers.short(share)} in the batch’s mean"
    outside = next(row for row in range(99) if row not in record.rows)
    bench.session.select_sample(outside)
    assert "no vote" in face.picture._view.vote


def test_a_run_does_not_take_the_question_away(qtbot: QtBot) -> None:
    bench = Bench(qtbot, CIRCLE, Stage.BACKPROPAGATE, "neuron")
    face: NeuronFace = bench.face
    before = shown_numbers(face)
    bench.qtbot.keyClicks(face.fields[0], "0.1")
    bench.session.driver.step(StepSize.UPDATE)
    bench.session.send(running=True)
    assert (shown_numbers(face), face.fields[0].text()) == (before, "0.1")
    bench.session.send()
    assert shown_numbers(face) != before
    assert face.fields[0].text() == ""


def test_the_chosen_parameter_says_which_input_is_asked_for(qtbot: QtBot) -> None:
    bench = Bench(qtbot, CIRCLE, Stage.BACKPROPAGATE, "neuron")
    face: NeuronFace = bench.face
    layout = bench.session.frame.layout
    for row in range(layout.sizes[0]):
        bench.session.choose_unit(0, 2)
        bench.session.choose_parameter(int(layout.offsets[0]) + row * layout.sizes[1] + 2)
        assert int(face.arrays["input_index"]) == row
        assert f"input x{row + 1}" in shown_numbers(face)


# -- the page of stage 6 -------------------------------------------------------------------------


def test_the_nudge_follows_the_chosen_parameter(qtbot: QtBot) -> None:
    bench = Bench(qtbot, CIRCLE, Stage.BACKPROPAGATE, "numbers")
    page, layout = bench.stack.page, bench.session.frame.layout
    for index in (1, layout.parameters - 1, 4):
        bench.session.choose_parameter(index)
        assert page.check.text_of("parameter") == layout.name(index)
        assert page.check.text_of("relative difference").endswith("✓")
    assert page.check.text_of("passes for all") == f"1 instead of {2 * layout.parameters}"


def test_delta_by_layer_and_the_share_in_the_mean(qtbot: QtBot) -> None:
    bench = Bench(qtbot, THREE, Stage.BACKPROPAGATE, "numbers")
    page, record = bench.stack.page, bench.session.frame.record
    at = record.rows.tolist().index(bench.session.frame.sample)
    bench.session.choose_unit(0, 1)
    own = [delta[at] / record.vote[at] for delta in record.delta]
    lengths = [math.sqrt(sum(d * d for d in layer.tolist())) for layer in reversed(own)]
    text = " → ".join(numbers.short(length, 2) for length in lengths)
    assert page.check.text_of("|δ|, last layer first") == text
    assert page.check.text_of("vote of this sample") == "1/10"
    share = float(record.delta[0][at, 1])
    assert page.check.text_of("vote · δ") == numbers.short(share)
    assert page.vote.as_table()[1][0].tolist() == pytest.approx([0.1] * 10)


# -- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [CIRCLE, THREE, DIGITS, SINE, HINGE])
@pytest.mark.parametrize(
    ("stage", "face"),
    [(Stage.LOSS, "compare"), (Stage.LOSS, "price"), (Stage.BACKPROPAGATE, "neuron")],
)
def test_every_face_is_named_reachable_and_paints_in_both_themes(
    qtbot: QtBot, text: str, stage: Stage, face: str
) -> None:
    bench = Bench(qtbot, text, stage, face)
    for width, height in ((1180, 230), (900, 200)):
        bench.stack.resize(width, height)
        for theme in (themes.DARK, themes.LIGHT):
            bench.stack.set_theme(theme)
            bench.stack.grab()
    for widget in bench.face.body.findChildren(QWidget):
        takes_keys = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes_keys and widget.isVisible() and not isinstance(widget, QLabel):
            assert widget.accessibleName() or widget.text(), widget.objectName()


def test_before_turn_one_only_the_price_can_be_set(qtbot: QtBot) -> None:
    for stage, key, there in (
        (Stage.LOSS, "compare", False),
        (Stage.LOSS, "price", True),
        (Stage.BACKPROPAGATE, "neuron", False),
    ):
        bench = Bench(qtbot, CIRCLE, stage, key, turns=0)
        assert bench.face._empty.isVisible() is not there


def test_a_tooltip_says_what_a_bar_is(qtbot: QtBot) -> None:
    bench = Bench(qtbot, CIRCLE, Stage.LOSS, "compare")
    plot = bench.face.sorted
    assert plot.tip(plot.bar(0).center()).startswith("sample ")
    assert plot.tip(QPointF(0.0, 0.0)) == ""
