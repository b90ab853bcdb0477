"""What the validation tab has computed: which fits, how far they are, and what they spread over."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from core.data.dataset import Dataset
from core.data.source import Progress
from core.errors import InputError
from core.evaluation.summary import summary
from core.evaluation.validation import (
    LOADED,
    CrossValidation,
    FoldResult,
    cross_validate,
    learning_curve,
    validation_curve,
)
from core.experiment import Experiment, Field, fields
from mlloop_gui.panels.fields.steps import stepped
from mlloop_gui.panels.fields.words import label_of
from mlloop_gui.panels.fields.written import format_list, parse_list
from mlloop_gui.plots import numbers
from mlloop_gui.plots.spread import FOLDS, SAMPLES, SETTING, Kind, Part, Spread, value_place

#: What a learning curve is asked for is no setting; its numbers are read like one's.
SAMPLES_FIELD = Field(
    "samples", "integers", "How many training samples to learn from.", low=2, unit="samples"
)
PROPOSED = 7
FAR = 1000


class Measure(NamedTuple):
    """One way to judge a fit: a metric of the engine, or the share it leaves to 1."""

    label: str
    metric: str
    share: bool = False
    lower: bool = True
    complement: bool = False


#: In the order in which they are offered.
MEASURES = (
    Measure("Error", "accuracy", share=True, complement=True),
    Measure("RMSE", "rmse"),
    Measure("Loss", "loss"),
    Measure("Accuracy", "accuracy", share=True, lower=False),
    Measure("Balanced accuracy", "balanced_accuracy", share=True, lower=False),
    Measure("Log loss", "log_loss"),
    Measure("MAE", "mae"),
    Measure("R²", "r2", lower=False),
)


@dataclass(frozen=True, eq=False)
class Found:
    """What was computed.

    Attributes
    ----------
    asked : Asked
    spreads : dict of Measure to Spread
        For every measure that there is a number of.
    failures : tuple of (object, FoldResult)
        Fits that are in no mean, each with the value it was for (None for folds alone).
    """

    asked: Asked
    spreads: dict[Measure, Spread]
    failures: tuple[tuple[Any, FoldResult], ...]


@dataclass(frozen=True, eq=False)
class Asked:
    """One thing that was asked for; called with a progress, it computes that.

    Attributes
    ----------
    kind : str
        ``"folds"``, ``"samples"`` or ``"setting"``.
    experiment : Experiment
    dataset : Dataset or None
        The experiment's data, where they are loaded already.
    folds, repeats : int
        Of a learning curve, how many draws for each number.
    path : str
        The setting that is varied.
    values : tuple
        Numbers of samples, or values of the setting, rising.
    """

    kind: Kind
    experiment: Experiment
    dataset: Dataset | None
    folds: int
    repeats: int
    path: str = ""
    values: tuple[Any, ...] = ()

    @property
    def fits(self) -> int:
        """How many fits are made at each place."""
        return self.repeats if self.kind == SAMPLES else self.folds * self.repeats

    @property
    def total(self) -> int:
        """How many fits are made."""
        return self.fits * max(len(self.values), 1)

    def __call__(self, progress: Progress) -> Found:
        """Compute it; raises `InputError`, and whatever ``progress`` does."""
        experiment, folds, repeats, data = self.experiment, self.folds, self.repeats, self.dataset
        if self.kind == FOLDS:
            found = cross_validate(experiment, folds, repeats, progress, data)
            return _found(self, (None,), (found,))
        if self.kind == SAMPLES:
            curve = learning_curve(experiment, self.values, repeats, folds, progress, data)
        else:
            curve = validation_curve(
                experiment, self.path, self.values, folds, repeats, progress, data
            )
        return _found(self, curve.values, curve.points)

    # -- words ---------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        """What changes from place to place."""
        if self.kind == SETTING:
            return label_of(fields()[self.path])
        return "samples" if self.kind == SAMPLES else ""

    def value_name(self, value: Any) -> str:
        """Return one place in words: ``10 samples``, ``Learning rate 0.3``."""
        if self.kind == SAMPLES:
            return f"{numbers.count(value)} samples"
        return f"{self.label} {value_place(value)}"

    def fit_name(self, fit: int) -> str:
        """Return one of a place's fits: ``fold 3 of 5``."""
        if self.kind == SAMPLES:
            return f"draw {fit + 1} of {self.repeats}"
        name = f"fold {fit % self.folds + 1} of {self.folds}"
        return name if self.repeats == 1 else f"repeat {fit // self.folds + 1}, {name}"

    def doing(self, share: float) -> str:
        """Return what is being done when so much of the whole is done."""
        if share < LOADED:
            return "making the data ready"
        done = (share - LOADED) / (1.0 - LOADED)
        # The share goes by the rows that are learned from.
        sizes = self.values if self.kind == SAMPLES else (1,) * max(len(self.values), 1)
        ends = list(accumulate(size for size in sizes for _ in range(self.fits)))
        at = min(bisect_right(ends, done * ends[-1] + 1e-9), len(ends) - 1)
        name = self.fit_name(at % self.fits)
        return (
            name if not self.values else f"{self.value_name(self.values[at // self.fits])}: {name}"
        )


def _found(asked: Asked, values: Sequence[Any], points: Sequence[CrossValidation]) -> Found:
    failures = tuple(
        (value, failed)
        for value, point in zip(values, points, strict=True)
        for failed in point.failures
    )
    spreads = {
        measure: _spread(asked, measure, points, len(failures))
        for measure in MEASURES
        if measure.metric in points[0].metrics
    }
    known = {
        measure: spread
        for measure, spread in spreads.items()
        if np.isfinite(spread.validation.scores).any() or measure.metric == "loss"
    }
    return Found(asked, known, failures)


def _spread(
    asked: Asked, measure: Measure, points: Sequence[CrossValidation], failed: int
) -> Spread:
    values = [0.0] if asked.kind == FOLDS else [float(value) for value in asked.values]
    log = asked.kind == SAMPLES or (asked.kind == SETTING and is_log(fields()[asked.path]))
    return Spread(
        asked.kind, np.array(values), asked.label, measure.label, _part(measure, points, "train"),
        _part(measure, points, "held_out"), measure.share, log, None,
        asked.fits if asked.kind == SAMPLES else asked.folds, failed,
    )  # fmt: skip


def _part(measure: Measure, points: Sequence[CrossValidation], part: str) -> Part:
    scores = np.array([point.values(measure.metric, part) for point in points])
    if measure.complement:
        scores = 1.0 - scores
    with np.errstate(all="ignore"):  # a loss may be too large to be squared
        told = [summary(row, point.overlap) for row, point in zip(scores, points, strict=True)]
    low, high = (np.array([getattr(one, end) for one in told]) for end in ("low", "high"))
    if measure.share:  # a share's mean cannot lie beyond
        low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
    mean, error = (
        np.array([getattr(one, name) for one in told]) for name in ("mean", "standard_error")
    )
    return Part(scores, mean, error, low, high)


# -- which settings, and which values of them ----------------------------------------------------


def is_log(field: Field) -> bool:
    """Whether a setting's values are told apart by their exponents: those without a near end."""
    far = field.high is None or field.high >= FAR
    return far and field.low is not None and field.low >= 0.0


def present(experiment: Experiment, path: str) -> float | None:
    """Return a setting's value in force, also where it is the optimizer's own; None for off."""
    value = experiment.get(path)
    if value is None and path in ("optimizer.beta2", "optimizer.epsilon"):
        value = getattr(experiment.optimizer, f"effective_{path.rpartition('.')[2]}")
    return value


def proposed(field: Field, value: float | None) -> tuple[float, ...]:
    """Return values about the present one, as far apart as an arrow key goes; from 0 twice as."""
    if value is None:
        value = stepped(field, None, 1)
    stride = 1 if value else 2
    below = _walk(field, value, -stride)
    above = _walk(field, value, stride)
    half = PROPOSED // 2
    left = max(half, PROPOSED - 1 - len(above))
    taken = [*reversed(below[:left]), *([] if value is None else [value])]
    return tuple(taken + above[: PROPOSED - len(taken)])


def _walk(field: Field, value: float | None, stride: int) -> list[float]:
    found: list[float] = []
    for steps in range(1, PROPOSED):
        there = stepped(field, value, steps * stride)
        if there is None or there == (found[-1] if found else value):
            break
        found.append(there)
    return found


def written(values: Sequence[float]) -> str:
    """Return values as a person types them."""
    return format_list(values)


def read_values(text: str, field: Field) -> tuple[float, ...]:
    """Return the values in a text, rising, each once.

    Raises
    ------
    InputError
        Where there is none, or one of them is not allowed.
    """
    found = sorted(set(parse_list(text, field)))
    if not found:
        raise InputError("no value is given", field=field.path, allowed="one or more values")
    if field.kind in ("integer", "integers"):
        for value in found:
            if not float(value).is_integer():
                raise InputError("not a whole number", field=field.path, value=value,
                                 allowed=field.allowed)  # fmt: skip
        return tuple(int(value) for value in found)
    return tuple(found)


def told_failures(found: Found) -> Iterator[str]:
    """Yield a line for each fit that failed."""
    asked = found.asked
    for value, failed in found.failures:
        fit = failed.repeat * asked.folds + failed.number
        where = asked.fit_name(fit)
        if value is not None:
            where = f"{asked.value_name(value)}, {where}"
        yield f"{where}: {failed.reason}"
