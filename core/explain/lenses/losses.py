"""Stage 4: the sample on the loss's curve beside other losses, and the batch's worst."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case
from core.explain.lenses.crowd import worst_first
from core.losses import LOSSES, Loss

POINTS = 161
LEAST = 3.0
MARGIN = 0.1
FARTHEST = 1e6


def losses(case: Case) -> ArrayTable:
    """Each loss as a function of one score, at the sample's own truth; and the batch, worst first.

    With several outputs the score is the true class's, the others are held where they are.

    Returns
    -------
    dict
        ``score`` (161,), ``target``, ``sample_score``, ``sample_price`` and ``slope`` (of the
        loss in force, at the sample); ``curve_NAME`` (161,) and ``price_NAME`` of every loss that
        takes this target; by falling loss ``sorted_places``, ``sorted_rows``,
        ``sorted_source_rows``, ``sorted_prices``, ``sorted_votes``, for classes
        ``sorted_right``, and ``cumulative_share`` of the batch's loss, all (batch,).
    """
    problem, sample, output = case.problem, case.sample, case.output
    score, scores = _axis(case), sample.scores.astype(np.float64)
    y = sample.y.astype(np.float64)
    along = np.tile(scores, (POINTS, 1))
    along[:, output] = score
    arrays: ArrayTable = {
        "score": score,
        "target": np.asarray(y[output]),
        "sample_score": np.asarray(scores[output]),
        "sample_price": np.asarray(float(sample.loss)),
        "slope": np.asarray(float(sample.delta[-1][output])),
    }
    for loss in LOSSES:
        if loss is problem.loss or _fits(case, loss):
            targets = np.tile(y, (POINTS, 1))
            arrays[f"curve_{loss.name}"] = loss.sample_losses(along, targets, problem.delta)
            price = loss.sample_losses(scores[None, :], y[None, :], problem.delta)
            arrays[f"price_{loss.name}"] = np.asarray(price[0])
    return arrays | _batch(case)


def _fits(case: Case, loss: Loss) -> bool:
    """Whether another loss can price the very same scores."""
    problem = case.problem
    if not problem.classes:
        return loss.for_numbers
    if problem.outputs == 1:
        return loss.for_classes and loss.link != "softmax"
    return loss.for_classes and not (problem.classes == 2 and loss.one_score)


def _axis(case: Case) -> np.ndarray:
    """What the batch's scores and targets take, with some room; at least ±`LEAST` for classes."""
    problem, sample, output = case.problem, case.sample, case.output
    column = case.record.scores[:, output].astype(np.float64)
    seen = np.append(column, [sample.scores[output], sample.y[output]])
    seen = seen[np.isfinite(seen) & (np.abs(seen) < FARTHEST)]
    if problem.classes or not len(seen):
        seen = np.append(seen, [-LEAST, LEAST])
    low, high = float(seen.min()), float(seen.max())
    room = MARGIN * (high - low) or 1.0
    return np.linspace(low - room, high + room, POINTS)


def _batch(case: Case) -> ArrayTable:
    record, dataset = case.record, case.problem.dataset
    assert record.price is not None
    order = worst_first(record.price)
    rows, prices = record.rows[order], record.price[order].astype(np.float64)
    votes = record.vote[order].astype(np.float64)
    running = np.cumsum(votes * prices)
    arrays = {
        "sorted_places": order,
        "sorted_rows": rows,
        "sorted_source_rows": dataset.rows[rows],
        "sorted_prices": prices,
        "sorted_votes": votes,
        "cumulative_share": running / running[-1],
    }
    if case.problem.classes and record.prediction is not None:
        arrays["sorted_right"] = record.prediction[order] == dataset.target[rows]
    return arrays
