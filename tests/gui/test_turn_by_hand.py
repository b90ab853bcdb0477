"""One whole turn clicked through in the window, every number against plain Python."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from core.experiment import Experiment
from core.stages import Stage
from mlloop_gui.frames import Frame
from tests.core.hand import Hand, near
from tests.gui.helpers import Player

CASES: dict[str, dict[str, Any]] = {
    "two classes": {},
    "three classes": {
        "data": {"source": "blobs", "classes": 3, "samples": 90},
        "optimizer": {"batch_size": 8, "learning_rate": 0.2},
    },
    "numbers": {
        "data": {"source": "sine", "samples": 80},
        "model": {"hidden": [3, 2]},
        "representation": {"scaling": "standard"},
        "loss": {"l1": 0.01, "l2": 0.02},
        "optimizer": {"batch_size": 7, "learning_rate": 0.1},
    },
}


def column(table: Any, name: str) -> np.ndarray:
    """A column of a table of numbers, at full precision."""
    return np.asarray({c.name: c.values for c in table.numbers.columns()}[name], float)


def written(text: str) -> float:
    """A number as it is written on the screen."""
    return float(text.replace("−", "-").replace("\u2009", "").replace("+", ""))


class Turn:
    """The turn in plain Python: lists, loops and math."""

    def __init__(self, frame: Frame) -> None:
        self.hand = Hand(frame)  # type: ignore[arg-type]  # has record and problem like a loop
        self.samples = self.hand.batch()
        settings = frame.settings
        self.rate, self.l1, self.l2 = (
            settings.optimizer.learning_rate,
            settings.loss.l1,
            settings.loss.l2,
        )

    def by_layer(self, which: int, layer: int) -> list[list[float]]:
        """z (1), a (2) or delta (4) of each sample."""
        return [sample[which][layer] for sample in self.samples]

    def loss(self) -> float:
        return sum(sample[3] for sample in self.samples) / len(self.samples)

    def gradient(self) -> list[float]:
        """Of the objective, by parameter, in the flat vector's order."""
        found, count = [], len(self.samples)
        for layer, weight in enumerate(self.hand.weights):
            for k, row in enumerate(weight):
                for j, w in enumerate(row):
                    total = 0.0
                    for x, _, outs, _, deltas in self.samples:
                        total += (outs[layer - 1] if layer else x)[k] * deltas[layer][j]
                    sign = (w > 0) - (w < 0)
                    found.append(total / count + self.l1 * sign + self.l2 * w)
            for j in range(len(self.hand.biases[layer])):
                found.append(sum(s[4][layer][j] for s in self.samples) / count)
        return found


def right_of(frame: Frame, part: str) -> int:
    """How many of a part a plain Python network gets right at the parameters on screen."""
    hand = Hand(frame, frame.theta)  # type: ignore[arg-type]  # has record and problem
    right = 0
    for row in frame.problem.rows(part).tolist():
        scores = hand.forward(frame.problem.x[row, :-1].tolist(), [])[2][-1]
        guess = int(scores[0] > 0) if len(scores) == 1 else scores.index(max(scores))
        right += guess == int(frame.problem.dataset.target[row])
    return right


def error_of(frame: Frame, part: str) -> float:
    """Mean squared error over a part in plain Python."""
    hand = Hand(frame, frame.theta)  # type: ignore[arg-type]  # has record and problem
    rows = frame.problem.rows(part).tolist()
    total = 0.0
    for row in rows:
        scores = hand.forward(frame.problem.x[row, :-1].tolist(), [])[2][-1]
        total += (scores[0] - float(frame.problem.y[row, 0])) ** 2
    return total / len(rows)


@pytest.mark.parametrize("case", CASES)
def test_a_turn_by_stage(open_window, case) -> None:
    player = open_window(Experiment.from_dict(CASES[case]))
    player.steps("update", 2)
    frame = player.stages(1)
    turn = Turn(frame)
    layers = frame.layout.layers

    page = player.inspect(Stage.REPRESENT)
    check_represent(page, frame)

    frame = player.stages(1)
    page = player.inspect(Stage.TRANSFORM)
    layer, unit = page.place(page.moment)
    near(page.z.as_table()[1], np.transpose(turn.by_layer(1, layer)))
    if layer < layers - 1:
        near(page.a.as_table()[1], np.transpose(turn.by_layer(2, layer)))
    chosen = page.moment.shown.chosen
    (fact,) = page.total._facts
    z = turn.samples[chosen][1][layer][unit]
    near(float(fact.exact), z)
    assert sum(column(page.terms, "product")) == pytest.approx(z, abs=1e-12)

    player.stages(1)
    page = player.inspect(Stage.PREDICT)
    near(page.scores.as_table()[1], np.transpose(turn.by_layer(2, layers - 1)))

    frame = player.stages(1)
    page = player.inspect(Stage.LOSS)
    near(column(page.losses, "loss"), [sample[3] for sample in turn.samples])
    near(frame.record.loss, turn.loss())
    near(sum(column(page.losses, "vote · loss")), turn.loss())
    assert written(page.sums.text_of("loss, mean")) == pytest.approx(turn.loss(), rel=1e-3)
    if turn.l1:
        shown = written(page.sums.text_of("= objective"))
        assert shown == pytest.approx(turn.hand.objective(), rel=1e-3)

    player.stages(1)
    page = player.inspect(Stage.GRADIENTS)
    gradient = turn.gradient()
    near(column(page.parameters, "gradient"), gradient, 1e-11)
    assert np.allclose(column(page.parameters, "nudged"), gradient, atol=1e-7)
    assert page.account.text_of("forward passes") == str(2 * frame.parameters)

    player.stages(1)
    page = player.inspect(Stage.BACKPROPAGATE)
    layer, unit = page.place(page.moment)
    near(page.delta.as_table()[1], np.transpose(turn.by_layer(4, layer)), 1e-11)

    frame = player.stages(1)
    page = player.inspect(Stage.UPDATE)
    step = [-turn.rate * g for g in gradient]
    near(column(page.parameters, "step"), step, 1e-11)
    old = [float(w) for w in frame.record.theta]
    near(column(page.parameters, "w new"), [w + s for w, s in zip(old, step, strict=True)])
    near(frame.theta, [w + s for w, s in zip(old, step, strict=True)])
    assert player.status() == (7, 3, 0)

    frame = player.stages(1)
    player.inspect(Stage.ITERATE)
    assert player.status() == (8, 3, 0)
    size = frame.settings.optimizer.batch_size
    assert frame.place == 3 * size
    assert f"batch 3 of {math.ceil(len(frame.problem.parts.train) / size)}" in (
        player.window.ring_bar.ring._counter
    )

    check_evaluate(player)


def check_represent(page: Any, frame: Frame) -> None:
    """The batch's matrix, standardised by the training part's own mean and deviation."""
    problem = frame.problem
    shown = np.transpose(page.batch.as_table()[1]).tolist()
    raw = problem.dataset.inputs.tolist()
    train = problem.parts.train.tolist()
    scaled = frame.settings.representation.scaling == "standard"
    for j in range(len(raw[0])):
        mean, deviation = 0.0, 1.0
        if scaled:
            mean = sum(raw[row][j] for row in train) / len(train)
            deviation = math.sqrt(sum((raw[row][j] - mean) ** 2 for row in train) / len(train))
        for place, row in enumerate(frame.record.rows.tolist()):
            assert shown[place][j] == pytest.approx((raw[row][j] - mean) / deviation, rel=1e-12)


def check_evaluate(player: Player) -> None:
    """The line under the boundary, and the losses of the check."""
    frame = player.frame
    view = player.window.boundary
    if not frame.problem.classes:
        for part, check in (
            ("train", frame.check.train),
            ("validation", frame.check.validation),
        ):
            assert check.loss == pytest.approx(error_of(frame, part), rel=1e-12)
        assert frame.check.validation.text() in view._validation.text()
        return
    for part, label in (("train", view._train), ("validation", view._validation)):
        assert f"{right_of(frame, part)} of {len(frame.problem.rows(part))}" in label.text()
