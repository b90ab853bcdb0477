"""Stage 4: what each guess costs, the batch's mean, the penalty, and the sample on its curve."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from core.losses import Loss
from core.metrics import predicted_classes, wilson
from core.stages import Stage
from mlloop_gui.inspector.base import Inspector, Scrolled
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.numbers_table import Column, NumbersTable, truth_column
from mlloop_gui.plots import numbers
from mlloop_gui.plots.loss_view import LossCurveView

_POINTS = 161
_LEAST_SHARE = 1e-3


class LossInspector(Inspector):
    """Each sample's loss and its share in the mean; the loss against the prediction."""

    stage: ClassVar[Stage] = Stage.LOSS
    text_width: ClassVar[tuple[float, int, int]] = (0.27, 270, 420)
    side_width: tuple[float, int, int] = (0.25, 230, 400)

    def build(self) -> None:
        """Make the table of the batch, the sums, and the curve."""
        self.losses = NumbersTable("loss of each sample")
        self.losses.row_chosen.connect(self._pick)
        self.sums = Facts("The batch")
        self.curve = LossCurveView("Loss of this sample")
        self.add(self.losses, 3)
        self.add(Scrolled(self.sums))
        self.register(self.sums)
        self.add_side(self.curve)

    def fill(self, moment: Moment) -> None:
        """Show prices, sums and the curve."""
        self._fill_table(moment)
        self._fill_sums(moment)
        self._fill_curve(moment)

    def _fill_table(self, moment: Moment) -> None:
        problem, shown = moment.problem, moment.shown
        assert shown.price is not None
        columns = [truth_column(problem, shown.rows)]
        shares = moment.loss.probabilities(shown.scores) if problem.classes else None
        if shares is not None:
            truth = problem.dataset.target[shown.rows]
            given = shares[np.arange(len(truth)), truth]
            columns.append(Column("p(truth)", given, "The probability given to the true class"))
        elif shown.scores.shape[1] == 1:
            columns.append(Column("output", shown.scores[:, 0], "The model's output"))
            columns.append(Column("wanted", shown.y[:, 0], "The target as the loss wants it"))
        columns.append(Column("loss", shown.price, "What this guess costs", digits=4))
        if not shown.outside:
            columns.append(Column("vote", shown.vote, "The sample's weight in the batch's mean"))
            share = shown.vote * shown.price
            columns.append(Column("vote · loss", share, "They add up to the loss", digits=4))
        self.losses.set_numbers(shown.names, columns, shown.chosen)

    def _fill_sums(self, moment: Moment) -> None:
        record, problem = moment.turn, moment.problem
        mean = "loss, weighted mean" if problem.weight is not None else "loss, mean"
        facts = [Fact.of(mean, record.loss, numbers.short(record.loss, 4), strong=True)]
        settings = record.settings.loss
        if settings.l1 or settings.l2:
            total = record.loss + record.penalty
            facts.append(Fact.of("+ penalty", record.penalty, numbers.short(record.penalty, 4)))
            facts.append(Fact.of("= objective", total, numbers.short(total, 4)))
        else:
            facts.append(Fact("penalty", "none"))
        note = ""
        if problem.classes:
            right = predicted_classes(record.scores) == problem.dataset.target[record.rows]
            hits, size = int(right.sum()), len(right)
            low, high = (numbers.percent(end, 0) for end in wilson(hits, size))
            facts.append(Fact("accuracy", f"{hits} of {size}", f"95 % interval: {low} to {high}"))
            note = "The model never sees the accuracy."
        self.sums.set_facts(facts, note)

    def _fill_curve(self, moment: Moment) -> None:
        shown, loss = moment.shown, moment.loss
        at = shown.chosen or 0
        assert shown.price is not None
        x, y, here, name = loss_curve(
            loss, shown.scores[at], shown.y[at], moment.turn.settings.loss.delta
        )
        self.curve.set_curve(x, y, name)
        self.curve.set_sample(here, float(shown.price[at]))

    def _pick(self, row: int) -> None:
        if self.moment is not None:
            self.pick(self.moment.shown.rows, row)


def loss_curve(
    loss: Loss, scores: np.ndarray, target: np.ndarray, delta: float
) -> tuple[np.ndarray, np.ndarray, float, str]:
    """Return a sample's loss against its prediction.

    Parameters
    ----------
    loss : Loss
    scores, target : ndarray of shape (outputs,)
    delta : float
        Huber's.

    Returns
    -------
    x, y : ndarray of shape (points,)
        Predictions, and the losses they would cost this sample. For cross-entropies the
        prediction is the probability of the truth, else the (true class's) score, all other
        scores as they are.
    here : float
        The sample's own prediction.
    name : str
        What the prediction is.
    """
    s, y = scores.astype(np.float64), target.astype(np.float64)
    if loss.link == "softmax" or (loss.link == "sigmoid" and len(s) == 1):
        shares = loss.probabilities(s[None, :])
        assert shares is not None
        truth = int(y.argmax()) if len(y) > 1 else int(y[0])
        here = float(shares[0, truth])
        # Even steps of the loss, so that the steep end is as smooth as the flat one.
        costs = np.linspace(-np.log(min(_LEAST_SHARE, max(0.9 * here, 1e-300))), 0.0, _POINTS)
        return np.exp(-costs), costs, here, "p(truth)"
    which = int(y.argmax()) if len(y) > 1 else 0
    middle = 2.0 * y[which] - 1.0 if loss.name in ("hinge", "binary_cross_entropy") else y[which]
    reach = max(2.0, 1.5 * abs(float(s[which]) - float(middle)))
    x = np.linspace(middle - reach, middle + reach, _POINTS)
    grid = np.repeat(s[None, :], _POINTS, axis=0)
    grid[:, which] = x
    costs = loss.sample_losses(grid, np.repeat(y[None, :], _POINTS, axis=0), delta)
    return x, costs, float(s[which]), "score of the truth" if len(s) > 1 else "output"
