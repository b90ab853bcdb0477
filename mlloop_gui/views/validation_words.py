"""What the validation tab says: before a result, and what the spread of one means."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlloop_gui.plots import numbers
from mlloop_gui.plots.spread import FOLDS, SAMPLES, SETTING, Spread, value_place, value_text
from mlloop_gui.views.validation_work import Asked, Found, Measure, told_failures

SEALED = (
    "Training and validation samples are dealt into folds. What is fitted, scaling too, is fitted"
    " anew on each fold's own training samples. The test part stays sealed."
)
INTRODUCTIONS = {
    FOLDS: (
        "One split may be lucky. Hold each fold out once, and see how much the score depends on"
        " which samples were held out."
    ),
    SAMPLES: (
        "Would more data help? Learn from few samples and from many, and see whether the score on"
        " held-out ones still falls."
    ),
    SETTING: (
        "Which value generalizes best? Try several of one setting on the same folds, then click"
        " one to take it."
    ),
}
_STAYS = "The test part stays sealed."


def plain(value: Any) -> str:
    """Return a setting's value as it is written in few characters."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return value_place(float(value))


def title(asked: Asked, measure: Measure) -> str:
    """Return the words over the picture."""
    if asked.kind == FOLDS:
        repeated = f", {asked.repeats} times" if asked.repeats > 1 else ""
        return f"{measure.label} of {asked.folds} folds{repeated}"
    return f"{measure.label} against {within(asked.label)}"


def within(label: str) -> str:
    """Return a label as it stands within a sentence: ``learning rate``, ``L2 penalty``."""
    return label if label[1:2].isupper() or label[1:2].isdigit() else label[:1].lower() + label[1:]


def failures(found: Found) -> str:
    """Return how many fits failed, and the first of them; empty where none did."""
    told = list(told_failures(found))
    if not told:
        return ""
    count = f"{numbers.count(len(told))} of {numbers.count(found.asked.total)} fits failed"
    return f"{count} and are in no mean. {told[0]}"


def meaning(found: Found, measure: Measure, spread: Spread) -> str:
    """Return what the spread means, in a few sentences."""
    if not np.isfinite(spread.validation.mean).any():
        return f"No fit gave a number. {_STAYS}"
    tell = {FOLDS: _of_folds, SAMPLES: _of_samples, SETTING: _of_setting}[spread.kind]
    return f"{tell(measure, spread)} {_STAYS}"


def _of_folds(measure: Measure, spread: Spread) -> str:
    scores = spread.validation.scores[np.isfinite(spread.validation.scores)]
    ends = [value_text(float(end), spread.share) for end in (scores.min(), scores.max())]
    said = (
        f"Held-out {within(measure.label)} {spread.validation.text(0, spread.share)} (mean and its"
        f" standard error). One split alone could have said anything from {ends[0]} to {ends[1]}."
    )
    interval = spread.validation.interval_text(0, spread.share)
    if interval:
        said += (
            f" On other samples of this kind the mean would likely lie from {interval}; folds share"
            " samples, so this is wider than the band."
        )
    return said


def _of_samples(measure: Measure, spread: Spread) -> str:
    known = np.flatnonzero(np.isfinite(spread.validation.mean))
    last = int(known[-1])
    part = spread.validation
    least = value_text(float(part.mean[last]), spread.share)
    said = (
        f"From {value_place(float(spread.x[last]))} samples the held-out {within(measure.label)}"
        f" is {least}."
    )
    if len(known) > 1:
        before = int(known[-2])
        sign = 1.0 if measure.lower else -1.0
        gain = sign * float(part.mean[before] - part.mean[last])
        noise = float(np.hypot(*np.nan_to_num(part.error[[before, last]])))
        if gain > 2.0 * noise:
            said += " It still gets better with more samples: more data would help."
        else:
            said += " The last step changes no more than chance does: more data would help little."
    gap = abs(float(part.mean[last] - spread.train.mean[last]))
    said += f" Train and validation are {value_text(gap, spread.share)} apart there."
    return said


def _of_setting(measure: Measure, spread: Spread) -> str:
    part = spread.validation
    mean = part.mean if measure.lower else -part.mean
    best = int(np.nanargmin(mean))
    said = f"Best on held-out folds: {within(spread.x_label)} {value_place(float(spread.x[best]))}."
    error = float(part.error[best])
    near = np.flatnonzero(mean <= mean[best] + error) if np.isfinite(error) else np.array([best])
    if len(near) > 1:
        ends = [value_place(float(spread.x[at])) for at in (near[0], near[-1])]
        said += f" From {ends[0]} to {ends[1]} some are within its standard error: no clear winner."
    said += (
        " Its score flatters a little, for it was chosen by it. Where train is good and validation"
        " is not, noise was memorised; where both are poor, too little was learned."
    )
    return said
