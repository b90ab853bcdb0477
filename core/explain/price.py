"""Stage 4: how wrong the guess is, in the words of each loss."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.explain.case import Case, StageExplanation, scalar
from core.explain.numbers import factor, number, ordinal, percent
from core.stages import Stage

Words = tuple[str, str]


def measure(case: Case) -> StageExplanation:
    """Stage 4."""
    record, problem, sample = case.record, case.problem, case.sample
    assert record.price is not None
    arrays = {
        "sample_loss": scalar(sample.loss),
        "scores": sample.scores,
        "target": sample.y,
        "batch_losses": record.price,
        "votes": record.vote,
        "batch_loss": scalar(record.loss),
        "penalty": scalar(record.penalty),
        "objective": scalar(record.loss + record.penalty),
    }
    told, worked = _WORDS[problem.loss.name](case)
    weighted = "weighted mean" if problem.weight is not None else "mean"
    told += f"; the {weighted} over the batch's {case.batch_size} is {number(record.loss)}"
    if sample.place is not None and len(record.rows) > 1:
        rank = 1 + int((record.price > record.price[sample.place]).sum())
        below = 1 + int((record.price < record.price[sample.place]).sum())
        place, what = (rank, "highest") if rank <= below else (below, "lowest")
        told += f", and this loss is the {what if place == 1 else f'{ordinal(place)} {what}'}"
    if record.penalty:
        told += f"; the penalty on the weights adds {number(record.penalty)}"
    if problem.classes and record.prediction is not None:
        right = record.prediction == problem.dataset.target[record.rows]
        arrays["batch_correct"] = scalar(int(right.sum()))
        told += f". {int(right.sum())} of {len(right)} are right, which training never looks at"
    formula = f"loss = {problem.loss.formula}"
    if len(sample.scores) > 1 and problem.loss.name != "cross_entropy":
        formula += ",  mean over the outputs"
    return StageExplanation(Stage.LOSS, f"{told}{case.mark}.", arrays, formula, worked)


def _surprise(case: Case) -> Words:
    """Cross-entropies: the price of the probability that the truth was given."""
    sample, loss = case.sample, case.problem.loss
    cost = number(sample.loss)
    if loss.name == "binary_cross_entropy" and len(sample.scores) > 1:
        n = len(sample.scores)
        return (
            f"The {n} yes-or-no guesses, one for each class, cost {cost} on average",
            f"loss = mean over {n} outputs of −y ln p − (1 − y) ln(1 − p) = {cost}",
        )
    assert sample.probabilities is not None
    p = float(sample.probabilities[int(sample.truth)])
    return (
        f"The true class {case.class_name(int(sample.truth))} was given {percent(p)},"
        f" which costs −ln {number(p)} = {cost}",
        f"loss = −ln {number(p)} = {cost}",
    )


def _misses(case: Case) -> tuple[np.ndarray, str]:
    sample = case.sample
    miss = sample.scores - sample.y
    if len(miss) > 1:
        return miss, (
            f"The {len(miss)} scores should be 1 for {case.class_name(int(sample.truth))} and 0 for"
            " the rest"
        )
    how = "high" if miss[0] > 0 else "low"
    return miss, f"The output is {number(abs(miss[0]))} too {how}"


def _squared(case: Case) -> Words:
    miss, told = _misses(case)
    cost = number(case.sample.loss)
    if len(miss) > 1:
        squares = " + ".join(f"{factor(m)}²" for m in miss[:4]) + (" + …" if len(miss) > 4 else "")
        return (
            f"{told}: the mean of their squared misses is {cost}",
            f"loss = ({squares}) / {len(miss)} = {cost}",
        )
    return f"{told}, and squared that costs {cost}", f"loss = {factor(miss[0])}² = {cost}"


def _absolute(case: Case) -> Words:
    miss, told = _misses(case)
    cost = number(case.sample.loss)
    if len(miss) > 1:
        sizes = " + ".join(f"|{number(m)}|" for m in miss[:4]) + (" + …" if len(miss) > 4 else "")
        return (
            f"{told}: the mean size of their misses is {cost}",
            f"loss = ({sizes}) / {len(miss)} = {cost}",
        )
    return f"{told}, and costs just that, {cost}", f"loss = |{number(miss[0])}| = {cost}"


def _huber(case: Case) -> Words:
    miss, told = _misses(case)
    cost, delta = number(case.sample.loss), case.problem.delta
    if len(miss) > 1:
        return f"{told}: on average their misses cost {cost}", f"loss = {cost}"
    if abs(miss[0]) <= delta:
        return (
            f"{told}, not more than δ = {number(delta)}, and costs half its square, {cost}",
            f"loss = ½ · {factor(miss[0])}² = {cost}",
        )
    return (
        f"{told}, more than δ = {number(delta)}, and costs in proportion, {cost}",
        f"loss = {number(delta)} · ({number(abs(miss[0]))} − ½ · {number(delta)}) = {cost}",
    )


def _margin(case: Case) -> Words:
    sample = case.sample
    cost = number(sample.loss)
    if len(sample.scores) > 1:
        return (
            f"The {len(sample.scores)} scores, one for each class, should be above 1 for the true"
            f" class and under −1 for the others, and fall short by {cost} on average",
            f"loss = mean over {len(sample.scores)} outputs of max(0, 1 − t s) = {cost}",
        )
    side = 1 if sample.y[0] else -1
    wanted = "at least 1" if side == 1 else "at most −1"
    worked = f"loss = max(0, 1 − {factor(side)} · {factor(sample.scores[0])}) = {cost}"
    if not sample.loss:
        return f"The score {number(sample.scores[0])} is {wanted}, so it costs nothing", worked
    return (
        f"The score {number(sample.scores[0])} should be {wanted} and falls short by {cost},"
        " which is the price",
        worked,
    )


_WORDS: dict[str, Callable[[Case], Words]] = {
    "binary_cross_entropy": _surprise,
    "cross_entropy": _surprise,
    "mse": _squared,
    "mae": _absolute,
    "huber": _huber,
    "hinge": _margin,
}
