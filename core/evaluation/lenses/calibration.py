"""Stage 9: whether what the model calls likely comes true as often, on unseen samples."""

from __future__ import annotations

import numpy as np

from core.evaluation.calibration import brier_score, reliability_curve, top_label
from core.explain.case import ArrayTable, Case
from core.explain.lenses.unseen import Unseen
from core.metrics import wilson

BINS = 10


def calibration(case: Case) -> ArrayTable:
    """Reliability: of two classes for the second one, of more for the likeliest one.

    Rows whose probabilities are not finite are left out. For numbers there is nothing but
    ``classes``; where scores are no probabilities, nothing but that and ``chance``.

    Returns
    -------
    dict
        ``classes``; ``chance``, whether scores are probabilities; by bin that has rows ``left``,
        ``right``, ``counts``, ``said``, ``came_true``, ``low`` and ``high`` (the ends of the 95 %
        interval); ``broken``, how many rows were left out; ``looked``, ``size`` and ``validation``
        as in `Unseen.arrays`. Where there are rows also ``calibration_error``, ``brier``;
        ``sure``, how likely the guesses are called on average; ``right_share`` of them, and
        ``right_interval``.
    """
    problem = case.problem
    if not problem.classes:
        return {"classes": np.asarray(0)}
    seen = Unseen.of(case)
    shares = problem.loss.probabilities(seen.scores)
    chance = {"classes": np.asarray(problem.classes), "chance": np.asarray(shares is not None)}
    if shares is None:
        return chance
    good = np.isfinite(shares).all(axis=1)
    truth, p = seen.truth[good], shares[good].astype(np.float64)
    right, sure = top_label(truth, p)
    positive, given = (truth == 1, p[:, 1]) if p.shape[1] == 2 else (right, sure)
    curve = reliability_curve(positive, given, BINS)
    bins = np.unique(np.searchsorted(curve.edges[1:-1], given))
    hits = np.rint(curve.came_true * curve.counts).astype(int)
    ends = [wilson(*pair) for pair in zip(hits.tolist(), curve.counts.tolist(), strict=True)]
    ends_of = np.array(ends).reshape(-1, 2)
    arrays = chance | {
        "left": curve.edges[bins],
        "right": curve.edges[bins + 1],
        "counts": curve.counts,
        "said": curve.said,
        "came_true": curve.came_true,
        "low": ends_of[:, 0].copy(),
        "high": ends_of[:, 1].copy(),
        "broken": np.asarray(len(good) - len(p)),
    }
    if len(p):
        arrays |= {
            "calibration_error": np.asarray(curve.error),
            "brier": np.asarray(brier_score(truth, p)),
            "sure": np.asarray(sure.mean()),
            "right_share": np.asarray(right.mean()),
            "right_interval": np.array(wilson(int(right.sum()), len(right))),
        }
    return arrays | seen.arrays()
