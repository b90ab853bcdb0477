"""Stage 5: each sample's share in one gradient, and the parameters by how much they matter."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case
from core.explain.objective import total_gradient
from core.network.activations import ACTIVATIONS

SHOWN = 200


def shares(case: Case) -> ArrayTable:
    """Who makes the chosen parameter's gradient, and who has the largest.

    Returns
    -------
    dict
        ``parameter``; ``rows``, ``source_rows`` and ``sample_share`` (batch,), the sample's vote
        times the derivative of its own loss; ``penalty_share``, and ``total``, the sum of all;
        ``order`` of the parameters by size of their gradient (at most 200), their
        ``sorted_gradient``, and the chosen one's ``rank`` among all, from 1; ``dead_units``
        (dead, 2), layer and unit whose activation is flat for every sample of the batch, and
        ``dead_parameters``, which of `order` lead into one.
    """
    record, parameter = case.record, case.parameter
    assert record.penalty_gradient is not None
    layer, row, unit = record.layout.place(parameter)
    own = record.delta[layer][:, unit].astype(np.float64)
    if row < record.layout.sizes[layer]:
        given = record.a[layer - 1] if layer else record.x
        own = own * given[:, row]
    total = total_gradient(record)
    size = np.abs(np.where(np.isnan(total), np.inf, total))
    order = _largest(size)
    dead = dead_units(case)
    return {
        "parameter": np.asarray(parameter),
        "rows": record.rows.copy(),
        "source_rows": case.problem.dataset.rows[record.rows],
        "sample_share": own,
        "penalty_share": np.asarray(float(record.penalty_gradient[parameter])),
        "total": np.asarray(float(total[parameter])),
        "order": order,
        "sorted_gradient": total[order].astype(np.float64),
        "rank": np.asarray(1 + int((size > size[parameter]).sum())),
        "dead_units": dead,
        "dead_parameters": _leads_into(case, order, dead),
    }


def _largest(size: np.ndarray) -> np.ndarray:
    """Places of the largest, largest first, the earlier one first where they are alike."""
    at = np.arange(len(size))
    if len(size) > SHOWN:
        at = np.sort(np.argpartition(size, -SHOWN)[-SHOWN:])
    return at[np.argsort(-size[at], kind="stable")]


def dead_units(case: Case) -> np.ndarray:
    """Layer and unit (dead, 2) of the hidden units that are flat for the whole batch.

    Dropout is not counted: a unit that it switches off lives again in the next turn.
    """
    record, found = case.record, []
    for i, name in enumerate(case.context.activations):
        slope = np.empty_like(record.z[i])
        ACTIVATIONS[name].slope(record.z[i], record.hidden[i], slope, np.empty_like(slope))
        found += [(i, int(unit)) for unit in np.flatnonzero((slope == 0.0).all(axis=0))]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _leads_into(case: Case, parameters: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Which parameters are a weight or bias into one of some units."""
    layout, known = case.record.layout, set(map(tuple, units.tolist()))
    places = (layout.place(int(parameter)) for parameter in parameters)
    return np.array([(layer, unit) in known for layer, _, unit in places], dtype=bool)
