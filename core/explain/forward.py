"""Stages 1 to 3: the sample as numbers, through the layers, and the guess."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case, StageExplanation, by_layer
from core.explain.numbers import MINUS, begin, count, factor, listing, number, percent, plural
from core.network.activations import ACTIVATIONS
from core.record import frozen
from core.representation.objects import Value, object_view
from core.stages import Stage

TERMS = 3
LONGEST = 80  # characters of a text that are told


def represent(case: Case) -> StageExplanation:
    """Stage 1."""
    record, problem, sample = case.record, case.problem, case.sample
    view = object_view(problem.dataset, sample.row)
    kinds = {column.name: column.kind for column in problem.dataset.columns}
    features = problem.representation.features
    # Most terms are not in a text: those that weigh most in it are told first.
    ranks = [
        -abs(v) * (kinds.get(f.column) == "text") for f, v in zip(features, sample.x, strict=True)
    ]
    told = [(features[at], sample.x[at]) for at in np.argsort(ranks, kind="stable")]
    shown = listing([f"{f.name} = {number(v)}" for f, v in told], TERMS)
    if view.picture is not None:
        known = f"a picture of {view.picture.shape[0]} × {view.picture.shape[1]} dots"
    else:
        known = listing([_value_text(value, kinds[value.name]) for value in view.values], TERMS)
    if sample.in_batch:
        assert sample.place is not None
        where = f"it is number {sample.place + 1} of the {len(record.rows)} in this batch"
    else:
        where = "it is not in this batch, so it has no vote in this update"
    return StageExplanation(
        Stage.REPRESENT,
        f"{begin(case.name)} ({known}) becomes {plural(len(features), 'number')}"
        f" for the model: {shown}; {where}.",
        {
            "x": sample.x,
            "target": sample.y,
            "batch": record.x,
            "batch_targets": record.y,
            "batch_samples": frozen(problem.dataset.rows[record.rows]),
            "vote": frozen(np.asarray(sample.vote)),
        },
        "number = how often the text has the term, weighed as the training part asked for"
        if set(kinds.values()) == {"text"}
        else "number = what the column says, moved and scaled as the training part asked for",
        listing([f"{f.name}: {f.formula} = {number(v)}" for f, v in told], TERMS),
    )


def _value_text(value: Value, kind: str) -> str:
    if kind == "text" and value.text != "missing":
        cut = len(value.text) > LONGEST
        return f'{value.name} "{value.text[:LONGEST]}{"…" if cut else ""}"'
    text = f"{MINUS}{value.text[1:]}" if value.text.startswith("-") else value.text
    return f"{value.name} {text}{value.unit and f' {value.unit}'}"


def transform(case: Case) -> StageExplanation:
    """Stage 2."""
    record, sample = case.record, case.sample
    layer, unit = case.unit
    given, z, a = sample.input_of(layer), sample.z[layer][unit], sample.a[layer][unit]
    name = case.unit_name(layer, unit)
    arrays: ArrayTable = {"x": sample.x} | case.parameters("", record.theta)
    arrays |= by_layer("z", sample.z) | by_layer("a", sample.a)
    if sample.mask:
        arrays |= by_layer("mask", sample.mask) | by_layer("hidden", sample.hidden[:-1])
    weights = plural(len(given), "input")
    if layer == case.last:
        told = f"{begin(name)} adds up its {weights}, each times its weight, and its bias:"
        told += f" the score is {number(z)}"
        formula, worked = "z = Σ input · weight + bias", _sum(case, layer, unit)
    else:
        act = ACTIVATIONS[case.context.activations[layer]]
        hidden = sample.hidden[layer][unit]
        told = f"{begin(name)} adds up its {weights}, each times its weight, and its bias to"
        told += f" z = {number(z)}"
        if act.name == "linear":
            told += f" and passes it on as it is, a = {number(hidden)}"
        else:
            told += f", and {act.label} makes a = {number(hidden)} of it"
        told += _dropped(case, layer, unit)
        told += f"; at the end {_score_text(case)}"
        formula = f"z = Σ input · weight + bias,  {act.formula}"
        worked = f"{_sum(case, layer, unit)},  a = {number(hidden)}"
        if sample.mask:
            worked += f",  × {number(sample.mask[layer][unit])} = {number(a)}"
    return StageExplanation(Stage.TRANSFORM, f"{told}{case.mark}.", arrays, formula, worked)


def _dropped(case: Case, layer: int, unit: int) -> str:
    if not case.sample.mask:
        return ""
    times = case.sample.mask[layer][unit]
    if not times:
        return ", which dropout switches off in this turn"
    return f", which dropout makes {number(times)} times as large in this turn"


def _score_text(case: Case) -> str:
    scores = case.sample.scores
    if len(scores) == 1:
        return f"the score is {number(scores[0])}"
    return f"the scores are {listing([number(s) for s in scores], TERMS)}"


def _sum(case: Case, layer: int, unit: int) -> str:
    """``z = 0.40 · 0.84 + ... + 0.05 = 0.27``; of many terms the largest."""
    layout, theta, sample = case.record.layout, case.record.theta, case.sample
    given, weights = sample.input_of(layer), layout.weight(theta, layer)[:, unit]
    terms = np.nan_to_num(given * weights)
    most = len(terms) if len(terms) <= TERMS + 2 else TERMS + 1
    shown = np.sort(np.argsort(-np.abs(terms), kind="stable")[:most])
    parts = [f"{factor(given[k])} · {factor(weights[k])}" for k in shown]
    if len(shown) < len(terms):
        rest = terms.sum() - terms[shown].sum()
        parts.append(f"{factor(rest)} from the other {count(len(terms) - len(shown))} inputs")
    parts.append(factor(layout.bias(theta, layer)[unit]))
    return f"z = {' + '.join(parts)} = {number(sample.z[layer][unit])}"


def predict(case: Case) -> StageExplanation:
    """Stage 3."""
    sample = case.sample
    arrays: ArrayTable = {
        "scores": sample.scores,
        "prediction": sample.prediction,
        "truth": sample.truth,
    }
    if sample.probabilities is not None:
        arrays["probabilities"] = sample.probabilities
    told, formula, worked = _guess(case) if case.problem.classes else _estimate(case)
    return StageExplanation(Stage.PREDICT, f"{told}{case.mark}.", arrays, formula, worked)


def _guess(case: Case) -> tuple[str, str, str]:
    sample, link = case.sample, case.problem.loss.link
    guess, truth = int(sample.prediction), int(sample.truth)
    named = case.class_name(guess)
    verdict = f"the truth is {case.class_name(truth)}, {'right' if guess == truth else 'wrong'}"
    p, scores = sample.probabilities, sample.scores
    if len(scores) == 1:
        s = number(scores[0])
        above = f"{number(scores[0])} is {'above' if guess else 'not above'} 0"
        if p is None:
            return (
                f"The score {above}, so the guess is {named}; {verdict}",
                f"guess {case.class_name(1)} if s > 0, else {case.class_name(0)}",
                f"s = {above}: {named}",
            )
        return (
            f"The score {s} gives {case.class_name(1)} a probability of {percent(p[1])}, so the"
            f" guess is {named}; {verdict}",
            f"p = σ(s) = 1 / (1 + e⁻ˢ); guess {case.class_name(1)} if s > 0",
            f"p = σ({s}) = {number(p[1])}",
        )
    chosen = f"the largest of {len(scores)} scores, {number(scores[guess])}, is that of {named}"
    if p is None:
        return f"{begin(chosen)}; {verdict}", "guess the class of the largest score", chosen
    own = "" if guess == truth else f" (it gave that {percent(p[truth])})"
    rule = "p = softmax(s) = eˢ / Σ eˢ" if link == "softmax" else "p = σ(s), for each class alone"
    return (
        f"{begin(chosen)}, at {percent(p[guess])}; {verdict}{own}",
        f"{rule}; guess the class of the largest",
        f"p({named}) = {number(p[guess])}",
    )


def _estimate(case: Case) -> tuple[str, str, str]:
    sample, dataset = case.sample, case.problem.dataset
    stats, unit = case.problem.representation.target_stats, dataset.target_unit
    guess, truth, score = float(sample.prediction), float(sample.truth), float(sample.scores[0])
    center, width = float(stats.center[0]), float(stats.width[0])
    miss = guess - truth
    unit = f" {unit}" if unit else ""
    scaled = center != 0 or width != 1
    said = f"The output {number(score)} means {dataset.target_name} = {number(guess)}{unit}"
    if not scaled:
        said = f"The model's guess is {dataset.target_name} = {number(guess)}{unit}"
    how = f"{number(abs(miss))}{unit} too {'high' if miss > 0 else 'low'}" if miss else "exact"
    return (
        f"{said}; the truth is {number(truth)}{unit}, so it is {how}",
        f"{dataset.target_name} = output · width + centre of the training part"
        if scaled
        else f"{dataset.target_name} = output",
        f"{number(score)} · {number(width)} + {factor(center)} = {number(guess)}"
        if scaled
        else f"{dataset.target_name} = {number(guess)}",
    )
