"""Stage 7: every number between a gradient and the new parameter, for all of them."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case
from core.explain.objective import total_gradient
from core.optimizers import OPTIMIZERS

NUMBERS = {
    "momentum": ("momentum",),
    "nesterov": ("momentum",),
    "adagrad": ("epsilon",),
    "rmsprop": ("beta2", "epsilon"),
    "adam": ("beta1", "beta2", "epsilon"),
    "adamw": ("beta1", "beta2", "epsilon", "weight_decay"),
}


def step(case: Case) -> ArrayTable:
    """The update in full; arrays (parameters,) in the run's own dtype.

    Returns
    -------
    dict
        ``parameter``, the chosen one's place in each; ``theta_before``, ``gradient`` (data and
        penalty), ``clipped``, ``step``, ``theta_after``; ``clip_factor``, ``rate`` and ``count``
        (updates of this optimizer, from 1); ``slot_NAME_before`` and ``slot_NAME_after`` of each
        slot; for Adam and AdamW the bias-corrected ``corrected_mean`` and
        ``corrected_mean_square`` in float64; for AdamW ``decay``, its part of the step; the
        optimizer's own numbers by their settings' names.
    """
    record, o = case.record, case.record.settings.optimizer
    assert record.step is not None
    assert record.theta_after is not None
    assert record.slots_after is not None
    gradient, count = total_gradient(record), record.count + 1
    clipped = gradient * record.clip_factor if record.clip_factor < 1.0 else gradient
    arrays: ArrayTable = {
        "parameter": np.asarray(case.parameter),
        "theta_before": record.theta,
        "gradient": gradient,
        "clipped": clipped,
        "step": record.step,
        "theta_after": record.theta_after,
        "clip_factor": np.asarray(record.clip_factor),
        "rate": np.asarray(record.rate),
        "count": np.asarray(count),
    }
    slots = OPTIMIZERS[o.name].slots
    for slot, before, after in zip(slots, record.slots, record.slots_after, strict=True):
        name = slot.replace(" ", "_")
        arrays |= {f"slot_{name}_before": before, f"slot_{name}_after": after}
    for name in NUMBERS.get(o.name, ()):
        value = getattr(o, f"effective_{name}" if name in ("beta2", "epsilon") else name)
        arrays[name] = np.asarray(float(value))
    if o.name in ("adam", "adamw"):
        mean, square = record.slots_after.astype(np.float64)
        arrays["corrected_mean"] = mean / (1.0 - o.beta1**count)
        arrays["corrected_mean_square"] = square / (1.0 - o.effective_beta2**count)
    if o.name == "adamw":
        arrays["decay"] = record.theta * (-record.rate * o.weight_decay)
    return arrays
