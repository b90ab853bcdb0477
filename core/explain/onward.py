"""Stages 7 to 9: the step, the next batch, and the look at unseen data."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case, StageExplanation, scalar
from core.explain.context import kernel_of
from core.explain.numbers import (
    begin,
    change,
    count,
    factor,
    listing,
    number,
    percent,
    plural,
    setting,
)
from core.explain.objective import step_effect, total_gradient
from core.metrics import Evaluation
from core.optimizers import OPTIMIZERS
from core.record import frozen
from core.stages import Stage


def update(case: Case) -> StageExplanation:
    """Stage 7."""
    record, context, chosen = case.record, case.context, case.parameter
    assert record.step is not None
    assert record.theta_after is not None
    optimizer = OPTIMIZERS[record.settings.optimizer.name]
    effect, gradient = step_effect(context), total_gradient(record)
    arrays: ArrayTable = case.parameters("", record.theta) | case.gradient_arrays()
    arrays |= case.parameters("step", record.step)
    arrays |= case.parameters("", record.theta_after, "_after")
    assert record.slots_after is not None
    for slot, before, after in zip(optimizer.slots, record.slots, record.slots_after, strict=True):
        name = slot.replace(" ", "_")
        arrays |= case.parameters(f"{name}_before", before) | case.parameters(name, after)
    arrays |= {
        "rate": scalar(record.rate),
        "clip_factor": scalar(record.clip_factor),
        "objective_before": scalar(effect.before),
        "objective_after": scalar(effect.after),
        "promised": scalar(effect.promised),
        "delivered": scalar(effect.delivered),
    }
    short, words = case.parameter_name(chosen)
    old, new, step = record.theta[chosen], record.theta_after[chosen], record.step[chosen]
    told = f"{begin(words)}, {short}, was {number(old)} with a gradient of"
    told += f" {number(gradient[chosen])}"
    if record.clip_factor < 1:
        told += f" (clipped to {percent(record.clip_factor)} of that, because the whole gradient"
        told += f" was {number(record.gradient_norm)} long)"
    told += f"; {optimizer.label} at rate {setting(record.rate)} adds {change(step)}, so it is"
    told += f" {number(new)} now. The slope promised the batch's objective"
    told += f" {change(effect.promised)}, the step delivered {change(effect.delivered)}"
    if context.effect is not None:
        before, after = context.effect
        arrays["train_loss_before"], arrays["train_loss_after"] = scalar(before), scalar(after)
        told += f"; the whole training loss went from {number(before)} to {number(after)}"
        if context.watched > 1:
            told += f" ({context.worsened} of {context.watched} watched steps made it worse)"
    worked = f"{number(old)} {_signed_term(step)} = {number(new)}"
    if optimizer.name == "sgd" and record.clip_factor == 1:
        worked = f"{number(old)} − {setting(record.rate)} · {factor(gradient[chosen])}"
        worked += f" = {number(new)}"
    return StageExplanation(Stage.UPDATE, f"{told}{case.mark}.", arrays, optimizer.formula, worked)


def _signed_term(value: float) -> str:
    return f"{'−' if value < 0 else '+'} {number(abs(value))}"


def iterate(case: Case) -> StageExplanation:
    """Stage 8."""
    record, rows_of = case.record, case.problem.dataset.rows
    assert record.next_rows is not None
    assert record.theta_after is not None
    size, batch = record.settings.optimizer.batch_size, len(record.rows)
    start = record.layout.initial(
        record.settings.model.initializer, record.settings.seed, record.theta.dtype
    )
    with np.errstate(all="ignore"):
        moved = float(np.linalg.norm(record.theta_after - record.theta))
        distance = float(np.linalg.norm(record.theta_after - start))
    upcoming = frozen(rows_of[record.next_rows])
    arrays = {
        "update": scalar(record.turn),
        "epoch": scalar(record.next_epoch),
        "batch_samples": frozen(rows_of[record.rows]),
        "next_samples": upcoming,
        "batch_loss": scalar(record.loss),
        "moved": scalar(moved),
        "distance": scalar(distance),
    }
    told = f"Update {count(record.turn)} is made"
    if record.next_epoch > record.epoch:
        told += f" and epoch {count(record.next_epoch)} is over: every one of the"
        told += f" {plural(record.size, 'training sample')} has had its vote"
    else:
        told += f"; samples {count(record.place + 1)} to {count(record.place + batch)} of the"
        told += f" epoch's {count(record.size)} have had their vote"
    if case.context.previous is not None:
        arrays["previous_batch_loss"] = scalar(case.context.previous.loss)
        told += f". This batch cost {number(record.loss)}, the one before"
        told += f" {number(case.context.previous.loss)}"
    again = case.sample.row in record.next_rows
    told += f"; the parameters moved by {number(moved)} and are {number(distance)} from their"
    told += f" start. Next come samples {listing(map(count, upcoming.tolist()), 3)}"
    told += f", {case.name} again among them" if again else ""
    shuffled = "the shuffled order" if record.settings.optimizer.shuffle else "the order"
    return StageExplanation(
        Stage.ITERATE,
        f"{told}.",
        arrays,
        f"next batch = the next {plural(size, 'sample')} in {shuffled} of the epoch",
        f"place {count(record.place)} + {batch} = {count(record.place + batch)}"
        f" of {count(record.size)}",
    )


def evaluate(case: Case) -> StageExplanation:
    """Stage 9, at the newest look."""
    check, problem, sample = case.context.check, case.problem, case.sample
    if check is None:
        raise ValueError("no look at unseen data has been taken")
    train, validation = check.train, check.validation
    gap = validation.loss - train.loss
    arrays: ArrayTable = {
        "update": scalar(check.update),
        "train_loss": scalar(train.loss),
        "validation_loss": scalar(validation.loss),
        "gap": scalar(gap),
        "truth": sample.truth,
    }
    for part, evaluation in (("train", train), ("validation", validation)):
        for name, value in evaluation.metrics.items():
            if value is not None:
                arrays[f"{part}_{name}"] = scalar(value)
    own = _own_guess(case, arrays) if check.update == case.record.turn else ""
    where = " (on a fixed sample of each part)" if check.sampled else ""
    told = f"After update {count(check.update)} the loss is {number(train.loss)} on the training"
    told += f" part{_metric(train)}"
    if validation.rows:
        told += f", and {number(validation.loss)} on unseen validation samples{_metric(validation)}"
    told += f"{where}{_verdict(gap) if validation.rows else ''}. "
    part = problem.part_of(sample.row)
    if part == "test":
        told += f"The test part stays sealed, but for {case.name}, which was asked for{own}"
    else:
        told += f"The test part stays sealed; {case.name} belongs to the {part} part{own}"
    return StageExplanation(
        Stage.EVALUATE,
        f"{told}.",
        arrays,
        "gap = validation loss − training loss",
        f"{number(validation.loss)} − {number(train.loss)} = {number(gap)}"
        if validation.rows
        else "",
    )


def _metric(evaluation: Evaluation) -> str:
    right = "" if evaluation.correct is None else " right"
    return f", {evaluation.text()}{right}" if evaluation.rows else ""


def _verdict(gap: float) -> str:
    if not np.isfinite(gap):
        return ""
    if gap > 0:
        return f": the gap, {number(gap)}, is how much of it does not carry over to unseen data"
    return ": it does no worse on unseen data"


def _own_guess(case: Case, arrays: ArrayTable) -> str:
    """What the model makes of the sample after the update, without dropout."""
    record, problem = case.record, case.problem
    if record.theta_after is None:
        return ""
    kernel = kernel_of(case.context, record.theta.dtype.name, False)
    row = problem.inputs(np.array([case.sample.row]))
    with np.errstate(all="ignore"):
        scores = kernel.activations(row, record.theta_after)[-1]
        arrays["scores_now"] = frozen(scores[0])
        if not problem.classes:
            guess = float(problem.representation.inverse_target(scores[0, :1])[0])
            unit = problem.dataset.target_unit
            return f" and is now guessed as {number(guess)}{unit and f' {unit}'}"
        p = problem.loss.probabilities(scores)
    truth = int(case.sample.truth)
    if p is None:
        return ""
    arrays["probabilities_now"] = frozen(p[0])
    return f" and its true class now gets {percent(float(p[0, truth]))}"
