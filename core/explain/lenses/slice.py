"""Stage 5: the loss, and the accuracy, as ONE parameter moves."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case
from core.explain.lenses.crowd import some_rows
from core.explain.objective import NUDGE, total_gradient
from core.metrics import predicted_classes
from core.network.activations import ACTIVATIONS
from core.network.layout import Layout
from core.record import Arrays

POINTS = 121
LEAST = 2.0
MOST_ROWS, FEWEST_ROWS = 2000, 250
NUMBERS, PRODUCTS = 4_000_000, 250_000_000
CHUNK = 2**16  # numbers in a layer that are worked on together


def along_parameter(case: Case) -> ArrayTable:
    """The batch's objective and the whole training part as the chosen parameter moves.

    Returns
    -------
    dict
        ``parameter``; ``values`` (121,), ``at`` (index of the present one) and ``value``;
        ``objective``, ``data_loss`` and ``accuracy`` (121,) of the batch with the turn's own
        mask; ``train_loss`` (without penalty) and ``train_accuracy`` (121,) of ``train_rows``
        training samples without dropout; ``slope`` (from the backward pass), ``tangent`` (121,);
        ``nudge``, ``nudge_up``, ``nudge_down`` (the objective there) and ``nudged_slope``. All in
        float64; accuracies are nan for numbers.
    """
    record, problem, parameter = case.record, case.problem, case.parameter
    value = float(record.theta[parameter])
    reach = max(LEAST, 2.0 * abs(value))
    values, at = value + np.linspace(-reach, reach, POINTS), POINTS // 2
    values[at] = value
    asked = np.append(values, [value + NUDGE, value - NUDGE])

    vote = record.vote.astype(np.float64)
    if record.vote.dtype != np.float64:
        vote /= vote.sum()
    truth = problem.dataset.target
    line = _Line(case, record.x, record.y, record.mask)
    data_loss, accuracy = line.measure(asked, vote, truth[record.rows])
    objective = data_loss + _penalty(case, asked)

    rows = some_rows(case, problem.parts.train, _affordable(record.layout, parameter))
    weight = np.ones(len(rows)) if problem.weight is None else problem.weight[rows]
    weight = weight.astype(np.float64) / weight.sum(dtype=np.float64)
    whole = _Line(case, problem.inputs(rows), problem.y[rows], ())
    train_loss, train_accuracy = whole.measure(values, weight, truth[rows])

    slope = float(total_gradient(record)[parameter])
    up, down = float(objective[-2]), float(objective[-1])
    return {
        "parameter": np.asarray(parameter),
        "values": values,
        "at": np.asarray(at),
        "value": np.asarray(value),
        "objective": objective[:POINTS],
        "data_loss": data_loss[:POINTS],
        "accuracy": accuracy[:POINTS],
        "train_loss": train_loss,
        "train_accuracy": train_accuracy,
        "train_rows": np.asarray(len(rows)),
        "slope": np.asarray(slope),
        "tangent": objective[at] + slope * (values - value),
        "nudge": np.asarray(NUDGE),
        "nudge_up": np.asarray(up),
        "nudge_down": np.asarray(down),
        "nudged_slope": np.asarray((up - down) / (2.0 * NUDGE)),
    }


def _affordable(layout: Layout, parameter: int) -> int:
    """How many training rows can be asked at every value."""
    above = layout.sizes[layout.place(parameter)[0] + 2 :] or layout.sizes[-1:]
    once, each = layout.parameters, POINTS * (1 + sum(above))
    return min(MOST_ROWS, max(FEWEST_ROWS, min(PRODUCTS // once, NUMBERS // each)))


def _penalty(case: Case, values: np.ndarray) -> np.ndarray:
    """The penalty (values,) with the parameter at each value."""
    settings, layout = case.record.settings.loss, case.record.layout
    if not (settings.l1 or settings.l2):
        return np.zeros(len(values))
    w = case.record.theta.astype(np.float64) * layout.is_weight
    w[case.parameter] = 0.0
    rest = settings.l1 * np.abs(w).sum() + 0.5 * settings.l2 * w.dot(w)
    own = values * layout.is_weight[case.parameter]
    return rest + settings.l1 * np.abs(own) + 0.5 * settings.l2 * own**2


class _Line:
    """Some rows' way through the network, all but what one parameter moves done once.

    Parameters
    ----------
    x : ndarray of shape (rows, features)
    y : ndarray of shape (rows, outputs)
    mask : tuple of ndarray, each (rows, units)
        Dropout's factors; empty for none.
    """

    def __init__(self, case: Case, x: np.ndarray, y: np.ndarray, mask: Arrays) -> None:
        record = case.record
        self.problem, self.layout, self.mask = case.problem, record.layout, mask
        self.y = y.astype(np.float64)
        self.acts = [ACTIVATIONS[name] for name in case.context.activations]
        self.theta = record.theta.astype(np.float64)
        self.theta[case.parameter] = 0.0
        self.layer, row, self.unit = self.layout.place(case.parameter)
        given = x.astype(np.float64)
        for i in range(self.layer):
            given = self._out(i, self._z(i, given))
        is_bias = row == self.layout.sizes[self.layer]
        self.given = np.ones(len(x)) if is_bias else given[:, row]
        self.z = self._z(self.layer, given)
        self.last = self.layout.layers - 1
        if self.layer < self.last:
            rest = self._out(self.layer, self.z)
            rest[:, self.unit] = 0.0
            self.above = self._z(self.layer + 1, rest)

    def _z(self, i: int, given: np.ndarray) -> np.ndarray:
        return given @ self.layout.weight(self.theta, i) + self.layout.bias(self.theta, i)

    def _act(self, i: int, z: np.ndarray) -> np.ndarray:
        a = np.empty_like(z)
        self.acts[i].forward(z, a, np.empty_like(z))
        return a

    def _out(self, i: int, z: np.ndarray) -> np.ndarray:
        a = self._act(i, z)
        return a * self.mask[i] if self.mask else a

    def scores(self, values: np.ndarray) -> np.ndarray:
        """(values, rows, outputs)."""
        moving = self.z[:, self.unit] + values[:, None] * self.given
        if self.layer == self.last:
            scores = np.tile(self.z, (len(values), 1, 1))
            scores[:, :, self.unit] = moving
            return scores
        a = self._act(self.layer, moving)
        if self.mask:
            a *= self.mask[self.layer][:, self.unit]
        z = a[:, :, None] * self.layout.weight(self.theta, self.layer + 1)[self.unit]
        z += self.above
        for i in range(self.layer + 1, self.last):
            out = self._out(i, z)
            z = self._z(i + 1, out.reshape(-1, out.shape[2])).reshape(*out.shape[:2], -1)
        return z

    def measure(
        self, values: np.ndarray, vote: np.ndarray, truth: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean loss by `vote` and share of right classes, (values,) each."""
        problem, rows = self.problem, len(self.y)
        loss, right = np.empty(len(values)), np.full(len(values), np.nan)
        widest = max(self.layout.sizes[self.layer + 2 :], default=self.layout.sizes[-1])
        together = max(1, CHUNK // max(1, rows * widest))
        for start in range(0, len(values), together):
            part = slice(start, start + together)
            scores = self.scores(values[part])
            many, flat = len(scores), scores.reshape(-1, scores.shape[2])
            targets = np.tile(self.y, (many, 1))
            prices = problem.loss.sample_losses(flat, targets, problem.delta)
            loss[part] = prices.reshape(many, rows) @ vote
            if problem.classes:
                guess = predicted_classes(flat).reshape(many, rows)
                right[part] = (guess == truth).mean(axis=1)
        return loss, right
