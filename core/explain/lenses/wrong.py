"""Stage 9: the samples that the model gets wrong now, the dearest first."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case
from core.explain.lenses.crowd import worst_first
from core.explain.lenses.unseen import Unseen
from core.metrics import predicted_classes

SHOWN = 200


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
    problem, seen = case.problem, Unseen.of(case)
    rows, scores, truth = seen.rows, seen.scores, seen.truth
    prices = problem.loss.sample_losses(scores, problem.y[rows], problem.delta)
    probability = np.full(len(rows), np.nan)
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
    } | seen.arrays()
