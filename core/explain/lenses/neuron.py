"""Stage 6: all that a neuron needs to know: the blame from above, its slope and its input."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case


def neuron(case: Case) -> ArrayTable:
    """The chosen unit's part of the backward pass, for the sample's OWN loss.

    Returns
    -------
    dict
        ``layer``, ``unit``; ``delta_above`` and ``weights_above`` (units above,), empty for an
        output; ``blame``, the sum of their products (for an output, the loss's slope); ``slope``,
        with dropout's factor; ``delta`` = blame times slope; ``input`` (inputs,),
        ``gradient_weight`` (inputs,) = delta times input, ``gradient_bias`` = delta; ``vote``;
        ``input_index``, the input of the chosen parameter if that leads into the unit, else the
        largest one. In float64.
    """
    record, sample, (layer, unit) = case.record, case.sample, case.unit
    above, weights = np.zeros(0), np.zeros(0)
    if layer < case.last:
        above = sample.delta[layer + 1].astype(np.float64)
        weights = record.layout.weight(record.theta, layer + 1)[unit].astype(np.float64)
    delta = float(sample.delta[layer][unit])
    given = sample.input_of(layer).astype(np.float64)
    at, row, to = record.layout.place(case.parameter)
    chosen = (at, to) == (layer, unit) and row < len(given)
    return {
        "layer": np.asarray(layer),
        "unit": np.asarray(unit),
        "delta_above": above,
        "weights_above": weights,
        "blame": np.asarray(float(sample.blame[layer][unit])),
        "slope": np.asarray(float(sample.slope[layer][unit])),
        "delta": np.asarray(delta),
        "input": given,
        "gradient_weight": delta * given,
        "gradient_bias": np.asarray(delta),
        "vote": np.asarray(float(sample.vote)),
        "input_index": np.asarray(row if chosen else int(np.abs(np.nan_to_num(given)).argmax())),
    }
