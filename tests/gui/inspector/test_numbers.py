"""What the inspectors show of a turn, against the same turn worked out in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.experiment import loads
from core.stages import Stage
from mlloop_gui.inspector.stack import InspectorStack
from mlloop_gui.inspector.strip import StripTable
from tests.gui.inspector.by_hand import Sample, agrees, gradient, layers_of, walk
from tests.gui.inspector.fakes import FakeSession

_HORIZONTAL = Qt.Orientation.Horizontal
EXPERIMENTS = {
    "two classes": "format = 1",
    "three classes": "format = 1\n[data]\nsource = 'blobs'\n[model]\nhidden = [5, 3]",
    "numbers": "format = 1\n[data]\nsource = 'sine'\n[model]\nhidden = [3]",
}


class Turn:
    """A stack after turn 2, and what turn 2 is by hand."""

    def __init__(self, text: str, qtbot: QtBot) -> None:
        self.session = FakeSession(loads(text))
        self.session.step(16)
        self.stack = InspectorStack(self.session)
        qtbot.addWidget(self.stack)
        self.stack.resize(1420, 190)
        self.stack.show()
        assert self.session.frame
        self.frame = self.session.frame
        record = self.frame.record
        assert record is not None
        assert (record.turn, record.done) == (2, Stage.ITERATE)
        self.record = record
        self.layers = layers_of(record.theta.tolist(), record.layout.sizes)
        self.loss = self.frame.problem.loss.name
        self.samples: list[Sample] = [
            walk(self.layers, x, y, self.loss)
            for x, y in zip(record.x.tolist(), record.y.tolist(), strict=True)
        ]
        self.mean = sum(s.loss for s in self.samples) / len(self.samples)
        self.gradient = gradient(self.layers, self.samples)

    def page(self, stage: Stage) -> Any:
        self.session.inspect(stage)
        return self.stack.page


@pytest.fixture(params=EXPERIMENTS, ids=lambda name: name.replace(" ", "-"))
def turn(request: pytest.FixtureRequest, qtbot: QtBot) -> Turn:
    return Turn(EXPERIMENTS[request.param], qtbot)


def every_cell(table: StripTable, value: Callable[[int, int], float]) -> None:
    """Each cell of a table is a value rounded, and its tooltip the value itself."""
    rows, columns = table.row_count(), table.column_count()
    assert rows
    assert columns
    for row in range(rows):
        for column in range(columns):
            wanted = value(row, column)
            assert agrees(table.text_at(row, column), wanted, table.title_text())
            exact = table.as_table()[1][column][row]
            assert float(exact) == pytest.approx(wanted, rel=1e-12, abs=1e-14)


def test_represent_shows_object_and_batch(turn: Turn) -> None:
    page, problem = turn.page(Stage.REPRESENT), turn.frame.problem
    every_cell(page.batch, lambda row, column: turn.record.x[row, column])
    every_cell(page.truths, lambda row, column: turn.record.y[row, column])
    raw = problem.dataset.inputs[turn.record.rows[0]]
    stats = problem.representation.stats
    for at, value in enumerate(raw.tolist()):
        by_hand = (value - float(stats.center[at])) / float(stats.width[at])
        assert agrees(page.object.text_at(at, "the object"), value)
        assert agrees(page.object.text_at(at, "x"), by_hand)


def test_transform_shows_z_and_a_of_every_layer(turn: Turn) -> None:
    page = turn.page(Stage.TRANSFORM)
    for layer, made in enumerate(turn.layers):
        turn.stack.choice.choose(layer, 0)
        every_cell(page.weights, lambda row, unit, made=made: made.weight[row][unit])
        every_cell(page.bias, lambda _row, unit, made=made: made.bias[unit])
        every_cell(page.z, lambda row, unit, layer=layer: turn.samples[row].z[layer][unit])
        last = layer == len(turn.layers) - 1
        assert page.a.isHidden() == last
        if not last:
            every_cell(
                page.a, lambda row, unit, layer=layer: turn.samples[row].given[layer + 1][unit]
            )


def test_transform_adds_up_term_by_term(turn: Turn) -> None:
    page = turn.page(Stage.TRANSFORM)
    turn.stack.choice.choose(0, 1)
    sample, layer = turn.samples[0], turn.layers[0]
    terms = [x * row[1] for x, row in zip(sample.given[0], layer.weight, strict=True)]
    for at, term in enumerate([*terms, layer.bias[1]]):
        assert agrees(page.terms.text_at(at, "product"), term)
    name = f"sum of the {len(terms) + 1} terms, z"
    assert agrees(page.total.text_of(name), sum(terms) + layer.bias[1])
    assert sum(terms) + layer.bias[1] == pytest.approx(sample.z[0][1], rel=1e-12)
    assert "unit 2 of layer 1" in page.words.describe().lower()


def test_predict_shows_guess_beside_truth(turn: Turn) -> None:
    page, problem = turn.page(Stage.PREDICT), turn.frame.problem
    every_cell(page.scores, lambda row, column: turn.samples[row].z[-1][column])
    for place, sample in enumerate(turn.samples):
        truth = problem.dataset.target[turn.record.rows[place]]
        if problem.classes:
            guess = max(range(problem.classes), key=sample.shares.__getitem__)
            assert page.guesses.text_at(place, "guess") == problem.dataset.class_names[guess]
            assert page.guesses.text_at(place, "truth") == problem.dataset.class_names[truth]
            verdict = page.guesses.text_at(place, "verdict")
            assert verdict == ("✓ right" if guess == truth else "✗ wrong")
        else:
            assert agrees(page.guesses.text_at(place, "guess"), sample.z[-1][0])
            assert agrees(page.guesses.text_at(place, "miss"), sample.z[-1][0] - truth)
    if problem.classes:
        every_cell(page.shares, lambda row, column: turn.samples[row].shares[column])
        for at, share in enumerate(turn.samples[0].shares):
            assert agrees(page.bars.value_text(at), share)


def test_loss_shows_each_price_and_the_mean(turn: Turn) -> None:
    page = turn.page(Stage.LOSS)
    for place, sample in enumerate(turn.samples):
        assert agrees(page.losses.text_at(place, "loss"), sample.loss)
        assert agrees(page.losses.text_at(place, "vote · loss"), sample.loss / len(turn.samples))
    assert agrees(page.sums.text_of("loss, mean"), turn.mean)
    assert page.sums.text_of("penalty") == "none"
    x, y = page.curve._point
    assert y == pytest.approx(turn.samples[0].loss, rel=1e-12)
    line = page.curve._series["loss"]
    assert line.x.min() <= x <= line.x.max()
    if turn.frame.problem.classes:
        hits = sum(
            max(range(len(s.shares)), key=s.shares.__getitem__)
            == turn.frame.problem.dataset.target[row]
            for s, row in zip(turn.samples, turn.record.rows, strict=True)
        )
        assert page.sums.text_of("accuracy") == f"{hits} of {len(turn.samples)}"


def test_gradients_shows_every_parameter_both_ways(turn: Turn) -> None:
    page = turn.page(Stage.GRADIENTS)
    heads = [page.parameters.numbers.headerData(k, _HORIZONTAL) for k in range(4)]
    for at, wanted in enumerate(turn.gradient):
        assert agrees(page.parameters.text_at(at, "gradient"), wanted, heads[1])
        # Nudging is off by some 1e-10, which can turn the last of seven digits.
        written = page.parameters.text_at(at, "nudged")
        assert agrees(written, wanted, heads[2]) or written == page.parameters.text_at(
            at, "gradient"
        )
    assert page.account.text_of("forward passes") == str(2 * len(turn.gradient))
    length = sum(g * g for g in turn.gradient) ** 0.5
    assert agrees(page.account.text_of("length of the gradient"), length)
    assert page.account.text_of("relative difference").endswith("✓")


def test_backpropagate_shows_the_product_of_each_layer(turn: Turn) -> None:
    page = turn.page(Stage.BACKPROPAGATE)
    for layer in range(len(turn.layers)):
        turn.stack.choice.choose(layer, 0)
        every_cell(page.delta, lambda row, unit, layer=layer: turn.samples[row].delta[layer][unit])
        if layer < len(turn.layers) - 1:
            above = turn.layers[layer + 1].weight
            every_cell(
                page.above, lambda row, unit, layer=layer: turn.samples[row].delta[layer + 1][unit]
            )
            every_cell(page.weights, lambda row, unit, above=above: above[unit][row])
            every_cell(
                page.slope, lambda row, unit, layer=layer: turn.samples[row].slope[layer][unit]
            )
    assert page.check.text_of("vote of this sample") == f"1/{len(turn.samples)}"
    name = page.check.text_of("parameter")
    wanted = turn.gradient[list(_parameter_names(turn)).index(name)]
    assert agrees(page.check.text_of("backpropagation"), wanted)
    assert page.check.text_of("relative difference").endswith("✓")


def test_update_shows_each_step_and_what_it_delivered(turn: Turn) -> None:
    page = turn.page(Stage.UPDATE)
    rate, old = turn.record.rate, turn.record.theta.tolist()
    heads = {
        column.name: page.parameters.numbers.headerData(at, _HORIZONTAL)
        for at, column in enumerate(page.parameters.numbers.columns())
    }
    new = [w - rate * g for w, g in zip(old, turn.gradient, strict=True)]
    for at, (w, g) in enumerate(zip(old, turn.gradient, strict=True)):
        assert agrees(page.parameters.text_at(at, "w"), w, heads["w"])
        assert agrees(page.parameters.text_at(at, "gradient"), g, heads["gradient"])
        assert agrees(page.parameters.text_at(at, "step"), -rate * g, heads["step"])
        assert agrees(page.parameters.text_at(at, "w new"), new[at], heads["w new"])
    promised = -rate * sum(g * g for g in turn.gradient)
    assert agrees(page.account.text_of("promised: g · step"), promised)
    after = layers_of(new, turn.record.layout.sizes)
    rows = zip(turn.record.x.tolist(), turn.record.y.tolist(), strict=True)
    costs = [walk(after, x, y, turn.loss).loss for x, y in rows]
    delivered = sum(costs) / len(costs) - turn.mean
    assert agrees(page.account.text_of("delivered"), delivered)


def test_iterate_shows_place_and_next_batch(turn: Turn) -> None:
    page, dataset = turn.page(Stage.ITERATE), turn.frame.problem.dataset
    assert "batch 2 of 25: samples 11 to 20 of 250" in page.bar.title_text()
    assert turn.record.next_rows is not None
    for at, row in enumerate(turn.record.next_rows):
        assert page.next.text_at(at, "next batch: row") == str(dataset.rows[row])
    moved = turn.record.rate * sum(g * g for g in turn.gradient) ** 0.5
    assert agrees(page.account.text_of("length of the step"), moved)
    assert agrees(page.account.text_of("loss of this batch"), turn.mean)


def test_evaluate_shows_parts_and_gap(turn: Turn) -> None:
    page, problem = turn.page(Stage.EVALUATE), turn.frame.problem
    after = layers_of(turn.frame.theta.tolist(), turn.record.layout.sizes)
    losses = []
    for at, part in enumerate(("train", "validation")):
        rows = problem.rows(part)
        found = [
            walk(after, problem.x[row, :-1].tolist(), problem.y[row].tolist(), turn.loss)
            for row in rows
        ]
        losses.append(sum(s.loss for s in found) / len(found))
        assert agrees(page.parts.text_at(at, "loss"), losses[-1])
        if problem.classes:
            hits = sum(
                max(range(problem.classes), key=s.shares.__getitem__) == problem.dataset.target[row]
                for s, row in zip(found, rows, strict=True)
            )
            assert page.parts.text_at(at, "right") == f"{hits} of {len(rows)}"
            assert agrees(page.parts.text_at(at, "accuracy"), 100 * hits / len(rows))
        else:
            truth = [float(problem.dataset.target[row]) for row in rows]
            middle = sum(truth) / len(truth)
            missed = sum((s.z[-1][0] - t) ** 2 for s, t in zip(found, truth, strict=True))
            share = 1.0 - missed / sum((t - middle) ** 2 for t in truth)
            assert agrees(page.parts.text_at(at, "R²"), share)
    assert agrees(page.gap.text_of("gap of the loss"), losses[1] - losses[0])
    assert page.parts.text_at(2, "loss") == "sealed"
    assert page.gap.text_of("test part") == "sealed"


def _parameter_names(turn: Turn) -> Iterator[str]:
    for layer, made in enumerate(turn.layers):
        for row in range(len(made.weight)):
            for unit in range(len(made.bias)):
                yield f"weight_{layer}[{row},{unit}]"
        for unit in range(len(made.bias)):
            yield f"bias_{layer}[{unit}]"
