"""Validation by training again and again: k folds, learning curve, validation curve.

Each fold trains the experiment's own settings to its own [stop], its representation fitted on its
own training rows; the rows it is judged on are its sealed test part. The experiment's test part
is in no fold. Long work is done in the caller's thread, which is told the share done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from core.data import load_dataset
from core.data.dataset import Dataset
from core.data.source import Progress, within
from core.errors import InputError
from core.evaluation.folds import Fold, first_rows, make_folds, open_rows, parts_of_fold
from core.evaluation.summary import LIMITS, PRICE, Summary, summary
from core.experiment import Experiment
from core.flights import Stop
from core.loop import LearningLoop
from core.problem import prepare_rows
from core.run_report import run_ending
from core.settings.base import LARGEST_COUNT
from core.stopping import Ending, ending, updates_left

LOADED = 0.05  # share of the loading in the whole
TOLD_EVERY = 0.01  # seconds
TOGETHER = 512  # rows that are looked at between two words on progress
SAVED_BYTES = 16 * 2**20  # nobody goes back in a fold
POINTS = 6
#: What may be varied of the data: neither the rows nor which of them are sealed change with it.
VARIED_DATA = ("data.noise", "data.label_noise")
COUNTS = ("stop.epochs", "stop.updates")


@dataclass(frozen=True)
class FoldResult:
    """How one fold went.

    Attributes
    ----------
    repeat, number : int
        Which fold it is, from 0.
    samples, held_out_samples : int
        Rows that it was given to learn from, and rows that it was judged on.
    status, reason : str
        ``"finished"``, ``"stopped"`` or ``"failed"``, and why.
    updates : int
    train, held_out : dict of str to float
        ``"loss"`` and the metrics, NaN where there is no such number; all NaN after a failure.
    """

    repeat: int
    number: int
    samples: int
    held_out_samples: int
    status: str
    reason: str
    updates: int
    train: dict[str, float]
    held_out: dict[str, float]


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """The folds of one setting, in order.

    Attributes
    ----------
    results : tuple of FoldResult
    overlap : float
        Held-out rows for each training row where the folds share their rows; see `summary`.
    """

    results: tuple[FoldResult, ...]
    overlap: float = 0.0

    @property
    def failures(self) -> tuple[FoldResult, ...]:
        """The folds that are in no mean."""
        return tuple(result for result in self.results if result.status == "failed")

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of what was measured: ``"loss"``, then the metrics."""
        return tuple(self.results[0].held_out)

    def values(self, metric: str, part: str = "held_out") -> np.ndarray:
        """One number a fold, shape (folds,); `part` is ``"held_out"`` or ``"train"``."""
        return np.array([getattr(result, part)[metric] for result in self.results])

    def summary(self, metric: str, part: str = "held_out") -> Summary:
        """Mean, spread and interval over the folds that did not fail."""
        return summary(self.values(metric, part), self.overlap, LIMITS.get(metric, PRICE))


@dataclass(frozen=True, eq=False)
class Curve:
    """How folds do as one thing changes.

    Attributes
    ----------
    path : str
        ``"samples"``, or the dotted path of a setting.
    values : tuple
        What it was, point by point.
    points : tuple of CrossValidation
        Of one length with `values`.
    """

    path: str
    values: tuple[Any, ...]
    points: tuple[CrossValidation, ...]

    @property
    def failures(self) -> tuple[FoldResult, ...]:
        return tuple(result for point in self.points for result in point.failures)

    def table(self, metric: str, part: str = "held_out") -> np.ndarray:
        """Every number, shape (points, folds)."""
        return np.array([point.values(metric, part) for point in self.points])


@dataclass(frozen=True, eq=False)
class Trial:
    """One training: an experiment on some of a data set's rows, judged on a fold's others."""

    dataset: Dataset
    experiment: Experiment
    fold: Fold
    train: np.ndarray


def cross_validate(
    experiment: Experiment,
    folds: int = 5,
    repeats: int = 1,
    progress: Progress | None = None,
    dataset: Dataset | None = None,
) -> CrossValidation:
    """K-fold cross-validation on the rows that are not sealed, classes in proportion.

    Parameters
    ----------
    experiment : Experiment
        With its events; folds are drawn by its data seed.
    folds, repeats : int
    progress : callable, optional
        Told the share done, every few milliseconds; what it raises ends the work.
    dataset : Dataset, optional
        The experiment's data, if they are loaded already.

    Raises
    ------
    InputError
        If the data cannot be used so.
    """
    loaded, made = _folds(experiment, folds, repeats, progress, dataset)
    trials = [Trial(loaded, experiment, fold, fold.train) for fold in made]
    return _points([trials], 1 / (folds - 1), within(progress, LOADED, 1.0))[0]


def learning_curve(
    experiment: Experiment,
    samples: Sequence[int] | None = None,
    draws: int = 5,
    folds: int = 5,
    progress: Progress | None = None,
    dataset: Dataset | None = None,
) -> Curve:
    """Error against number of training samples, several draws for each number.

    Draw d learns from the first rows of a shuffled fold and is judged on all that the fold holds
    out; the rows of a smaller number are among those of a larger one. An epoch of fewer samples
    has fewer updates.

    Parameters
    ----------
    samples : sequence of int, optional
        Ascending; without it some that grow by one factor, up to all that a fold has.
    draws : int
        Draws for each number.
    folds : int
        One part in so many is held out.

    Raises
    ------
    InputError
        If there cannot be so many samples, or the data cannot be used so.
    """
    loaded, made = _folds(experiment, folds, -(-max(draws, 1) // max(folds, 1)), progress, dataset)
    made = made[: max(draws, 1)]
    most = min(len(fold.train) for fold in made)
    given = default_samples(most, len(loaded.class_names)) if samples is None else tuple(samples)
    _require_samples(given, most)
    seed = experiment.data_seed
    trials = [
        [Trial(loaded, experiment, fold, first_rows(loaded, fold, n, seed)) for fold in made]
        for n in given
    ]
    return Curve("samples", given, _points(trials, 0.0, within(progress, LOADED, 1.0)))


def validation_curve(
    experiment: Experiment,
    path: str,
    values: Sequence[Any],
    folds: int = 5,
    repeats: int = 1,
    progress: Progress | None = None,
    dataset: Dataset | None = None,
) -> Curve:
    """Error against one setting, on the same folds for every value.

    Parameters
    ----------
    path : str
        The setting's dotted path.
    values : sequence
        Some values for it; all are checked before the first fold.

    Raises
    ------
    InputError
        If the setting cannot be varied, a value is not allowed, or the data cannot be used so.
    """
    varied = [with_value(experiment, path, value) for value in values]
    if not varied:
        raise InputError("no value is given", field=path, allowed="one or more values")
    loaded, made = _folds(experiment, folds, repeats, progress, dataset)
    trials = []
    for each in varied:
        data = load_dataset(each) if path in VARIED_DATA else loaded
        trials.append([Trial(data, each, fold, fold.train) for fold in made])
    found = _points(trials, 1 / (folds - 1), within(progress, LOADED, 1.0))
    return Curve(path, tuple(values), found)


def with_value(experiment: Experiment, path: str, value: Any) -> Experiment:
    """A copy with one setting changed and what follows from it; data and split stay.

    Raises
    ------
    InputError
        If the setting decides which rows are sealed, or the value is not allowed.
    """
    experiment.get(path)
    table = path.partition(".")[0]
    if (table == "data" and path not in VARIED_DATA) or path == "evaluation.test_fraction":
        raise InputError(
            "decides which samples there are and which are sealed",
            field=path,
            allowed=f"a setting of the model or of the learning, or {', '.join(VARIED_DATA)}",
        )
    values: dict[str, Any] = {path: value, **dict(experiment.consequences(path, value))}
    if path == "seed":
        values["data.seed"] = experiment.data_seed
    if path in COUNTS:
        values = dict.fromkeys(COUNTS) | values
    return experiment.replace_many(values)


def default_samples(most: int, classes: int = 0) -> tuple[int, ...]:
    """Numbers of samples for a learning curve: they grow by one factor, up to `most`."""
    least = min(most, max(10, 2 * classes))
    return tuple(map(int, np.unique(np.geomspace(least, most, POINTS).round())))


def train_trial(
    trial: Trial, told: Progress = lambda share: None
) -> tuple[LearningLoop, Ending | None]:
    """Fit a trial's representation and train to the experiment's [stop]; None after a failure.

    Parameters
    ----------
    told : callable
        Told the share done, at least every few milliseconds while it trains.
    """
    experiment = trial.experiment
    parts = parts_of_fold(trial.dataset, experiment, trial.train, trial.fold.held_out)
    problem = prepare_rows(trial.dataset, experiment, parts, lambda share: told(0.0))
    loop = LearningLoop(experiment, problem, SAVED_BYTES)
    told(0.0)
    loop.learner.prepare(lambda share: told(0.0))
    return loop, _run(loop, told)


def _run(loop: LearningLoop, told: Progress) -> Ending | None:
    """To the end that [stop] says; None where a failure comes first."""
    found, total = ending(loop), updates_left(loop) or LARGEST_COUNT

    def ask() -> bool:
        told(min(1.0, loop.update / total))
        return False

    def enough() -> bool:
        nonlocal found
        found = ending(loop)
        return found is not None

    # The first turns go one by one: they tell how many may be made between two words on progress.
    most, stop = 2, ask
    while found is None and loop.failure is None:
        left = updates_left(loop)
        loop.run(min(most, LARGEST_COUNT if left is None else left), stop, enough)
        found = found or (None if loop.failure else ending(loop))
        most, stop = LARGEST_COUNT, Stop().or_when(ask)
    return found


def _scores(loop: LearningLoop, part: str, told: Callable[[], None]) -> dict[str, float]:
    """Loss and metrics on a whole part."""
    rows, problem = loop.problem.rows(part), loop.problem
    scores = np.empty((len(rows), problem.outputs), problem.x.dtype)
    with np.errstate(all="ignore"):
        for start in range(0, len(rows), TOGETHER):
            told()
            some = slice(start, start + TOGETHER)
            scores[some] = loop.examiner.scores(rows[some])
        found = problem.evaluate(rows, scores)
    measured = {"loss": found.loss, **found.metrics}
    return {name: float("nan") if value is None else value for name, value in measured.items()}


def _result(trial: Trial, told: Progress) -> FoldResult:
    loop, found = train_trial(trial, told)
    status, reason = run_ending(loop, found)
    train, held_out = (_scores(loop, part, lambda: told(1.0)) for part in ("train", "test"))
    if loop.failure is None and not np.isfinite(held_out["loss"]):
        status, reason = "failed", "the loss of the held-out samples is not finite"
    if status == "failed":
        train, held_out = (dict.fromkeys(scores, float("nan")) for scores in (train, held_out))
    fold = trial.fold
    sizes = len(trial.train), len(fold.held_out)
    return FoldResult(
        fold.repeat, fold.number, *sizes, status, reason, loop.update, train, held_out
    )


def _points(
    trials: list[list[Trial]], overlap: float, progress: Progress | None
) -> tuple[CrossValidation, ...]:
    """Do all trials; the share done goes by the rows that they learn from."""
    total = sum(len(trial.train) for point in trials for trial in point)
    done, last = 0, -TOLD_EVERY
    points = []
    for point in trials:
        results = []
        for trial in point:
            size = len(trial.train)

            def told(share: float, done: int = done, size: int = size) -> None:
                nonlocal last
                if progress is not None and perf_counter() - last >= TOLD_EVERY:
                    progress((done + share * size) / total)
                    last = perf_counter()

            results.append(_result(trial, told))
            done += size
        points.append(CrossValidation(tuple(results), overlap))
    if progress is not None:
        progress(1.0)
    return tuple(points)


def _folds(
    experiment: Experiment,
    folds: int,
    repeats: int,
    progress: Progress | None,
    dataset: Dataset | None,
) -> tuple[Dataset, tuple[Fold, ...]]:
    loaded = dataset or load_dataset(experiment, within(progress, 0.0, LOADED))
    rows = open_rows(loaded, experiment)
    return loaded, make_folds(loaded, rows, folds, repeats, experiment.data_seed)


def _require_samples(samples: tuple[int, ...], most: int) -> None:
    for n in samples:
        if not 2 <= n <= most:
            raise InputError("cannot be taken", field="samples", value=n, allowed=f"2 to {most}")
    if not samples or list(samples) != sorted(set(samples)):
        raise InputError(
            "not in rising order", field="samples", value=list(samples),
            allowed="one or more rising numbers",
        )  # fmt: skip
