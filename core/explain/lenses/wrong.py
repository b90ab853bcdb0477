"""Stage 9: the samples that the model gets wrong now, the dearest first."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case
from core.explain.context import kernel_of
from core.explain.lenses.crowd import some_rows, worst_first
from core.metrics import predicted_classes
from core.problem import CHECK_ROWS

SHOWN = 200
PRODUCTS = 2_000_000_000


def wrong(case: Case) -> ArrayTable:
    """Mistakes on the validation part (the training part if there is none), never on the test.

    At the parameters as they are now, without dropout. For numbers, the largest losses.

    Returns
    -------
    dict
        ``rows``, ``source_rows``, ``truth``, ``guess``, ``price`` and ``probability`` (of the
        guess, nan where scores are none), (k,) with k at most 200; ``count`` of the mistakes
        among the ``looked`` at rows, of the part's ``size``; ``validation``, whether that is the
        part.
    """
    record, problem, context = case.record, case.problem, case.context
    part = problem.parts.validation
    unseen = bool(len(part))
    part = part if unseen else problem.parts.train
    most = min(CHECK_ROWS, max(500, PRODUCTS // record.layout.parameters))
    rows = some_rows(case, part, most)
    theta = next(t for t in (context.theta, record.theta_after, record.theta) if t is not None)
    kernel = kernel_of(context, record.theta.dtype.name, False)
    scores = kernel.activations(problem.inputs(rows), theta)[-1]
    prices = problem.loss.sample_losses(scores, problem.y[rows], problem.delta)
    truth, probability = problem.dataset.target[rows], np.full(len(rows), np.nan)
    if problem.classes:
        guess = predicted_classes(scores)
        shares = problem.loss.probabilities(scores)
        if shares is not None:
            probability = shares[np.arange(len(rows)), guess].astype(np.float64)
        bad = np.flatnonzero(guess != truth)
    else:
        guess = problem.representation.inverse_target(scores[:, 0].astype(np.float64))
        bad = np.arange(len(rows))
    shown = bad[worst_first(prices[bad])][:SHOWN]
    return {
        "rows": rows[shown],
        "source_rows": problem.dataset.rows[rows[shown]],
        "truth": truth[shown],
        "guess": guess[shown],
        "price": prices[shown].astype(np.float64),
        "probability": probability[shown],
        "count": np.asarray(len(bad)),
        "looked": np.asarray(len(rows)),
        "size": np.asarray(len(part)),
        "validation": np.asarray(unseen),
    }
