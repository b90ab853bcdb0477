"""Stage 8: the hidden representation before and after the step, in one projection."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case
from core.explain.context import kernel_of
from core.explain.lenses.crowd import Crowd
from core.explain.lenses.plane import Plane


def moved(case: Case) -> ArrayTable:
    """Where the last hidden layer (without one: the scores) puts samples, before and after.

    Without dropout; the projection is fitted on the training samples before the step.

    Returns
    -------
    dict
        ``rows``, ``source_rows``, ``classes``, ``in_batch`` (n,) and ``chosen``; ``before`` and
        ``after`` (n, 2); ``distance`` (n,), how far each went in all of the layer's ``width``
        units; ``explained``, the share of the variance that the projection keeps.
    """
    record, crowd = case.record, Crowd.of(case)
    assert record.theta_after is not None
    kernel = kernel_of(case.context, record.theta.dtype.name, False)
    x = case.problem.inputs(crowd.rows)
    layer = max(0, case.last - 1)
    before, after = (
        kernel.activations(x, theta)[layer].astype(np.float64)
        for theta in (record.theta, record.theta_after)
    )
    plane = Plane.fit(before[: crowd.training])
    return crowd.arrays(case) | {
        "before": plane.project(before),
        "after": plane.project(after),
        "distance": np.sqrt(((after - before) ** 2).sum(axis=1)),
        "width": np.asarray(before.shape[1]),
        "explained": np.asarray(plane.explained),
    }
