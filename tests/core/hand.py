"""The same network in plain Python: what explanations are checked against."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from core.experiment import Experiment
from core.explain.case import StageExplanation
from core.loop import LearningLoop
from core.stages import Stage, StepSize

Lists = list[Any]

SMALL = {"samples": 40}
CASES: dict[str, dict[str, Any]] = {
    "one output": {"data": {"source": "circle", **SMALL}, "model": {"hidden": [3]}},
    "three classes": {"data": {"source": "blobs", "classes": 3, **SMALL}, "model": {"hidden": [4]}},
    "regression": {"data": {"source": "sine", **SMALL}, "model": {"hidden": [3, 2]}},
    "scaled target": {
        "data": {"source": "plane", **SMALL},
        "model": {"hidden": [2]},
        "representation": {"target_scaling": "standard"},
    },
    "weights and penalty": {
        "data": {"source": "circle", **SMALL},
        "model": {"hidden": [2, 3]},
        "loss": {"l1": 0.01, "l2": 0.1, "class_weights": [1.0, 3.0]},
    },
    "dropout": {
        "data": {"source": "blobs", "classes": 3, **SMALL},
        "model": {"hidden": [6], "dropout": 0.4},
    },
    "squared error of classes": {
        "data": {"source": "moons", **SMALL},
        "model": {"hidden": [2]},
        "loss": {"name": "mse"},
    },
    "no hidden layer": {"data": {"source": "two_gaussians", **SMALL}, "model": {"hidden": []}},
}


def stopped_loop(tables: dict[str, Any], turn: int = 7) -> LearningLoop:
    """A loop at the end of a turn that was stepped, in batches of five."""
    tables = {"optimizer": {"learning_rate": 0.2, "batch_size": 5}, **tables}
    loop = LearningLoop(Experiment.from_dict(tables))
    loop.run(turn - 1)
    loop.step(StepSize.UPDATE)
    return loop


class Hand:
    """The same network in plain Python: lists, loops and math."""

    def __init__(self, loop: LearningLoop, theta: np.ndarray | None = None) -> None:
        record = loop.record
        assert record is not None
        self.record, self.loss = record, loop.problem.loss.name
        flat = (record.theta if theta is None else theta).tolist()
        self.weights: list[Lists] = []
        self.biases: list[Lists] = []
        sizes, at = record.layout.sizes, 0
        for inputs, outputs in pairwise(sizes):
            rows = [flat[at + r * outputs : at + (r + 1) * outputs] for r in range(inputs + 1)]
            self.weights.append(rows[:-1])
            self.biases.append(rows[-1])
            at += (inputs + 1) * outputs

    def forward(self, x: Lists, masks: Lists) -> tuple[Lists, Lists, Lists]:
        """z, activation before dropout, a; of each layer."""
        zs, hs, outs, given = [], [], [], x
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = [
                sum(given[r] * weight[r][c] for r in range(len(given))) + bias[c]
                for c in range(len(bias))
            ]
            last = i == len(self.weights) - 1
            h = z if last else [math.tanh(value) for value in z]
            given = [v * m for v, m in zip(h, masks[i], strict=True)] if masks and not last else h
            zs.append(z)
            hs.append(h)
            outs.append(given)
        return zs, hs, outs

    def price(self, scores: Lists, y: Lists) -> tuple[float, Lists]:
        """The sample's loss and its derivative by each score."""
        n = len(scores)
        if self.loss == "mse":
            pairs = list(zip(scores, y, strict=True))
            return sum((s - t) ** 2 for s, t in pairs) / n, [2 * (s - t) / n for s, t in pairs]
        if self.loss == "binary_cross_entropy":
            p = 1 / (1 + math.exp(-scores[0]))
            return -(y[0] * math.log(p) + (1 - y[0]) * math.log(1 - p)), [p - y[0]]
        exps = [math.exp(s) for s in scores]
        shares = [e / sum(exps) for e in exps]
        return -math.log(shares[y.index(1.0)]), [p - t for p, t in zip(shares, y, strict=True)]

    def backward(self, hs: Lists, delta: Lists, masks: Lists) -> Lists:
        """Delta of each layer, of the sample's own loss."""
        deltas = [delta]
        for i in range(len(self.weights) - 1, 0, -1):
            above, weight = deltas[0], self.weights[i]
            blame = [sum(w * d for w, d in zip(row, above, strict=True)) for row in weight]
            if masks:
                blame = [b * m for b, m in zip(blame, masks[i - 1], strict=True)]
            deltas.insert(0, [b * (1 - h * h) for b, h in zip(blame, hs[i - 1], strict=True)])
        return deltas

    def batch(self) -> list[tuple[Lists, Lists, Lists, float, Lists]]:
        """x, z, a, loss and delta of each sample."""
        found = []
        rows = zip(self.record.x.tolist(), self.record.y.tolist(), strict=True)
        for k, (x, y) in enumerate(rows):
            masks = [mask[k].tolist() for mask in self.record.mask]
            zs, hs, outs = self.forward(x, masks)
            loss, delta = self.price(outs[-1], y)
            found.append((x, zs, outs, loss, self.backward(hs, delta, masks)))
        return found

    def objective(self) -> float:
        settings = self.record.settings.loss
        flat = [w for layer in self.weights for row in layer for w in row]
        penalty = settings.l1 * sum(map(abs, flat)) + settings.l2 / 2 * sum(w * w for w in flat)
        votes = self.record.vote.tolist()
        return sum(v * s[3] for v, s in zip(votes, self.batch(), strict=True)) + penalty


def near(found: Any, expected: Any, tolerance: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), tolerance, tolerance)


def arrays_of(stages: list[StageExplanation]) -> dict[Stage, dict[str, np.ndarray]]:
    return {stage.stage: stage.arrays for stage in stages}
