"""Stages 5 and 6: who caused the error, found by nudging and found in one pass."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case, StageExplanation, by_layer, scalar
from core.explain.numbers import begin, count, factor, full, number, percent, plural, setting
from core.explain.objective import Objective, total_gradient
from core.network.activations import ACTIVATIONS
from core.record import frozen
from core.stages import Stage

STEEP, FLAT = 0.6, 0.1
STEEPEST = {"sigmoid": 0.25}


def gradients(case: Case) -> StageExplanation:
    """Stage 5: nudge a parameter both ways and see what the objective does."""
    record, chosen = case.record, case.parameter
    objective = Objective(case.context)
    nudges = objective.nudged(objective.chosen(chosen))
    total = total_gradient(record)
    at = int(np.flatnonzero(nudges.indices == chosen)[0])
    arrays: ArrayTable = case.gradient_arrays() | {
        "nudged_parameters": frozen(nudges.indices),
        "nudged_gradient": frozen(nudges.gradient),
        "backprop_gradient": frozen(total[nudges.indices]),
        "objective_up": frozen(nudges.up),
        "objective_down": frozen(nudges.down),
        "nudge": scalar(nudges.size),
        "passes": scalar(nudges.passes),
        "passes_for_all": scalar(nudges.all_passes),
        "seconds_for_all": scalar(nudges.seconds),
        "gradient_norm": scalar(record.gradient_norm),
        "objective": scalar(record.loss + record.penalty),
    }
    short, words = case.parameter_name(chosen)
    slope = float(nudges.gradient[at])
    told = f"A nudge to {words}, {short}, both ways shows the batch's objective"
    if slope:
        way = "falling" if slope < 0 else "rising"
        told += f" {way} by {number(abs(slope))} per unit, so this parameter should"
        told += " grow" if slope < 0 else " shrink"
    else:
        told += " standing still, so this parameter is not asked to change"
    parameters = len(total)
    if len(nudges.indices) == parameters:
        told += f"; to ask all {count(parameters)} parameters that way took"
        told += f" {plural(nudges.passes, 'forward pass')}"
    else:
        told += f"; {len(nudges.indices)} of {count(parameters)} parameters asked that way took"
        told += f" {plural(nudges.passes, 'forward pass')}, all would take"
        told += f" {count(nudges.all_passes)} (about {number(nudges.seconds, 2)} s)"
    return StageExplanation(
        Stage.GRADIENTS,
        f"{told}{case.mark}.",
        arrays,
        "slope ≈ (L(w + h) − L(w − h)) / 2h,  L = data loss + penalty of the batch",
        f"({full(nudges.up[at])} − {full(nudges.down[at])}) / {setting(2 * nudges.size)}"
        f" = {number(slope)}",
    )


def backpropagate(case: Case) -> StageExplanation:
    """Stage 6: the same numbers from one backward pass."""
    record, sample = case.record, case.sample
    layout = record.layout
    shares = np.zeros_like(record.theta)
    for i in range(layout.layers):
        own = sample.vote * sample.delta[i]
        layout.weight(shares, i)[:] = np.outer(sample.input_of(i), own)
        layout.bias(shares, i)[:] = own
    arrays: ArrayTable = {"x": sample.x, "vote": scalar(sample.vote)}
    arrays |= by_layer("delta", sample.delta)
    arrays |= by_layer("slope", sample.slope[:-1]) | by_layer("blame", sample.blame[:-1])
    arrays |= by_layer("a", sample.a)
    arrays |= case.parameters("sample_gradient", frozen(shares)) | case.gradient_arrays()
    told, formula, worked = _output_blame(case) if case.unit[0] == case.last else _blame(case)
    saved = f"one such pass gave all {count(len(shares))} slopes at once"
    if sample.in_batch:
        told += f"; with its vote of {setting(sample.vote)} that is its share in the gradient, and"
        told += f" {saved}"
    else:
        told += f"; {saved}"
    return StageExplanation(Stage.BACKPROPAGATE, f"{told}{case.mark}.", arrays, formula, worked)


def _output_blame(case: Case) -> tuple[str, str, str]:
    layer, unit = case.unit
    delta, given = float(case.sample.delta[layer][unit]), case.sample.input_of(layer)
    loudest = int(np.abs(np.nan_to_num(given)).argmax())
    name = case.unit_name(layer, unit)
    source = case.input_name(layer, loudest)
    product = number(delta * float(given[loudest]))
    return (
        f"A little more of {name} would change this sample's loss by δ = {number(delta)} per unit;"
        f" the weight from {source} answers for δ times that input ({number(given[loudest])}),"
        f" {product}",
        f"δ = {case.problem.loss.slope_formula};  slope of a weight = input · δ",
        f"{factor(given[loudest])} · {factor(delta)} = {product}",
    )


def _blame(case: Case) -> tuple[str, str, str]:
    sample, (layer, unit) = case.sample, case.unit
    above = sample.delta[layer + 1]
    weights = case.record.layout.weight(case.record.theta, layer + 1)[unit]
    blame, slope = float(sample.blame[layer][unit]), float(sample.slope[layer][unit])
    delta, name = number(sample.delta[layer][unit]), case.unit_name(layer, unit)
    if len(above) == 1:
        told = f"The error above (δ = {number(above[0])}) reaches {name} through its weight"
        told += f" ({number(weights[0])})"
        sum_text = f"{factor(above[0])} · {factor(weights[0])}"
    else:
        told = f"The errors above reach {name} through its {len(above)} weights and add up to"
        told += f" {number(blame)}"
        products = [f"{factor(w)} · {factor(d)}" for w, d in zip(weights, above, strict=True)]
        sum_text = f"({' + '.join(products)})" if len(products) <= 4 else factor(blame)
    told += f", and {_passage(case, layer, unit, slope)}: its own δ is {delta}"
    act = ACTIVATIONS[case.context.activations[layer]]
    return (
        begin(told),
        f"δ = (Σ weight · δ above) · slope,  slope of {act.label} = {act.slope_formula}",
        f"δ = {sum_text} · {factor(slope)} = {delta}",
    )


def _passage(case: Case, layer: int, unit: int, slope: float) -> str:
    """How much of the blame gets through a unit, and why."""
    sample, name = case.sample, case.context.activations[layer]
    act, a = ACTIVATIONS[name], sample.hidden[layer][unit]
    if sample.mask and not sample.mask[layer][unit]:
        return "dropout has switched the unit off in this turn, so no blame passes through"
    through = f"so {percent(slope)} of the blame passes through"
    if slope == 0:
        through = "so no blame passes through"
    elif slope == 1:
        through = "so all of the blame passes through"
    if name == "linear":
        where = "the unit is linear"
    elif name in ("relu", "leaky_relu"):
        z = sample.z[layer][unit]
        where = f"the unit is {'on' if z > 0 else 'off'} (z = {number(z)})"
    else:
        factor_of_mask = sample.mask[layer][unit] if sample.mask else 1.0
        part = slope / float(factor_of_mask) / STEEPEST.get(name, 1.0)
        kind = "steep part" if part >= STEEP else "bend" if part >= FLAT else "flat part"
        if part <= -FLAT:
            kind = "falling part"
        where = f"the unit is on the {kind} of {act.label} (a = {number(a)})"
    if sample.mask:
        where += f", made {number(sample.mask[layer][unit])} times as large by dropout"
    return f"{where}, {through}"
