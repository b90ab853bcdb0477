"""Stage 9: what predictions of numbers leave over, on samples that were not learned from."""

from __future__ import annotations

from math import sqrt

import numpy as np

from core.evaluation import residuals as engine
from core.explain.case import ArrayTable, Case
from core.explain.lenses.unseen import Unseen


def residuals(case: Case) -> ArrayTable:
    """Truth minus prediction in the target's unit; for classes there is nothing but ``classes``.

    Rows whose prediction is not finite are left out.

    Returns
    -------
    dict
        ``classes``; ``rows``, ``source_rows``, ``predicted`` and ``residual`` (n,); ``broken``,
        how many rows were left out; ``looked``, ``size`` and ``validation`` as in
        `Unseen.arrays`. Where there are rows also ``mean`` and ``rmse``; where there are three
        that differ ``deviation`` and, for the normal law, ``normal`` and ``ordered`` (n,),
        ``slope``, ``intercept`` and ``correlation``; where the target varies ``r2``.
    """
    problem = case.problem
    if problem.classes:
        return {"classes": np.asarray(problem.classes)}
    seen = Unseen.of(case)
    scores, truth = seen.scores[:, 0].astype(np.float64), seen.truth.astype(np.float64)
    guess = problem.representation.inverse_target(scores)
    # Squares of what is farther out would overflow.
    good = np.abs(truth - guess) < 1e150
    rows, guess, truth = seen.rows[good], guess[good], truth[good]
    arrays = {
        "classes": np.asarray(0),
        "rows": rows,
        "source_rows": problem.dataset.rows[rows],
        "predicted": guess,
        "residual": truth - guess,
        "broken": np.asarray(len(good) - len(rows)),
    } | seen.arrays()
    if not len(rows):
        return arrays
    found = engine.residuals(truth, guess)
    rmse = sqrt(float(found.residual.dot(found.residual)) / len(rows))
    arrays |= {"mean": np.asarray(found.mean), "rmse": np.asarray(rmse)}
    if found.r2 is not None:
        arrays["r2"] = np.asarray(found.r2)
    if len(rows) < 3 or not found.deviation:
        return arrays
    law = engine.normal_quantiles(found.residual)
    return arrays | {
        "deviation": np.asarray(found.deviation),
        "normal": law.normal,
        "ordered": law.residual,
        "slope": np.asarray(law.slope),
        "intercept": np.asarray(law.intercept),
        "correlation": np.asarray(law.correlation),
    }
