"""Which rows teach and which judge: k folds, repeated, of the rows that are not sealed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.data.splits import Parts, split
from core.errors import InputError
from core.experiment import Experiment
from core.problem import parts_of
from core.seeds import stream

MOST_REPEATS = 100


@dataclass(frozen=True, eq=False)
class Fold:
    """Some rows to learn from, and others to be judged on; ascending, read-only int64."""

    repeat: int
    number: int
    train: np.ndarray
    held_out: np.ndarray

    def __post_init__(self) -> None:
        for rows in (self.train, self.held_out):
            rows.setflags(write=False)


def open_rows(dataset: Dataset, experiment: Experiment) -> np.ndarray:
    """Rows of training and validation part, ascending: all that folds may be made of.

    Raises
    ------
    InputError
        If a part that the experiment wants would be empty.
    """
    parts = parts_of(dataset, experiment)
    return np.sort(np.concatenate([parts.train, parts.validation]))


def make_folds(
    dataset: Dataset, rows: np.ndarray, folds: int, repeats: int, seed: int
) -> tuple[Fold, ...]:
    """Deal the rows out: each is held out once in every repeat.

    Held-out parts differ in size by one row at most, and in rows of a class by one at most.

    Parameters
    ----------
    dataset : Dataset
    rows : ndarray of int64
        What is dealt out.
    folds, repeats : int
    seed : int
        The data seed.

    Raises
    ------
    InputError
        If there cannot be so many folds or repeats.
    """
    if not 2 <= folds <= len(rows):
        raise InputError(
            f"cannot be made of {len(rows)} rows", field="folds", value=folds,
            allowed=f"2 to {len(rows)}",
        )  # fmt: skip
    if not 1 <= repeats <= MOST_REPEATS:
        raise InputError(
            "out of range", field="repeats", value=repeats, allowed=f"1 to {MOST_REPEATS}"
        )
    made = []
    for repeat in range(repeats):
        order = stream(seed, "folds", repeat).permutation(rows)
        if dataset.classification:
            order = order[np.argsort(dataset.target[order], kind="stable")]
        for number in range(folds):
            held_out = np.sort(order[number::folds])
            made.append(Fold(repeat, number, np.setdiff1d(rows, held_out), held_out))
    return tuple(made)


def first_rows(dataset: Dataset, fold: Fold, samples: int, seed: int) -> np.ndarray:
    """That many of a fold's training rows, each class in proportion; fewer are among more."""
    rng = stream(seed, "learning curve", fold.repeat, fold.number)
    order = rng.permutation(fold.train)
    if dataset.classification:
        labels = dataset.target[order]
        place = np.empty(len(order))
        for label in np.flatnonzero(np.bincount(labels)):
            of_it = np.flatnonzero(labels == label)
            place[of_it] = (np.arange(len(of_it)) + 0.5) / len(of_it)
        order = order[np.argsort(place, kind="stable")]
    return np.sort(order[:samples])


def parts_of_fold(
    dataset: Dataset, experiment: Experiment, train: np.ndarray, held_out: np.ndarray
) -> Parts:
    """The fold as a run's three parts: the held-out rows are its sealed test part.

    Patience and targets need samples to look at. Looking at those held out would fit the length
    of the run to them, so the experiment's share of the training rows is set aside for that.

    Raises
    ------
    InputError
        If too few training rows are left for it.
    """
    stop, fractions = experiment.stop, experiment.evaluation
    watched = (stop.patience, stop.target_loss, stop.target_metric) != (None, None, None)
    share = fractions.validation_fraction
    if dataset.given_test is None:
        share /= 1 - fractions.test_fraction
    if not watched or not share:
        return Parts(train, np.zeros(0, np.int64), held_out)
    inner = split(dataset.target[train], share, 0.0, experiment.data_seed, dataset.classification)
    return Parts(train[inner.train], train[inner.validation], held_out)
