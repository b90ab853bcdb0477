"""Stage 7: the loss along the step's own direction, up to a thousand times its length."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case
from core.explain.context import kernel_of
from core.explain.lenses.crowd import some_rows
from core.explain.objective import Objective, total_gradient

POINTS = 60
LONGEST = 1000.0
MOST_ROWS, FEWEST_ROWS, PRODUCTS = 2000, 250, 50_000_000


def leap(case: Case) -> ArrayTable:
    """The batch's objective and the whole training loss at theta + s * step.

    Returns
    -------
    dict
        ``scale`` (60,), s from 0 over 1 to 1000, evenly spaced in its logarithm after 0;
        ``objective`` (60,), of the batch with the turn's own mask; ``promise`` (60,), the straight
        line that the gradient draws from its start; ``slope``, gradient · step, what one step
        promises; ``train_loss`` (60,), the data loss of ``train_rows`` training samples without
        dropout. All in float64.
    """
    record, problem, layout = case.record, case.problem, case.record.layout
    assert record.step is not None
    scale = np.concatenate(([0.0], np.geomspace(1.0, LONGEST, POINTS - 1)))
    scale[1], scale[-1] = 1.0, LONGEST
    objective, step = Objective(case.context), record.step.astype(np.float64)
    slope = float(total_gradient(record).astype(np.float64).dot(step))

    most = max(FEWEST_ROWS, min(MOST_ROWS, PRODUCTS // layout.parameters))
    rows = some_rows(case, problem.parts.train, most)
    vote = np.ones(len(rows)) if problem.weight is None else problem.weight[rows]
    vote = vote.astype(np.float64) / vote.sum(dtype=np.float64)
    kernel = kernel_of(case.context, "float64", False)
    x, y = problem.inputs(rows).astype(np.float64), problem.y[rows].astype(np.float64)
    batch, whole = np.empty(POINTS), np.empty(POINTS)
    for k, s in enumerate(scale.tolist()):
        theta = objective.start + s * step
        batch[k] = sum(objective.at(theta))
        scores = kernel.activations(x, theta)[-1]
        whole[k] = vote.dot(problem.loss.sample_losses(scores, y, problem.delta))
    return {
        "scale": scale,
        "objective": batch,
        "promise": batch[0] + slope * scale,
        "slope": np.asarray(slope),
        "train_loss": whole,
        "train_rows": np.asarray(len(rows)),
    }
