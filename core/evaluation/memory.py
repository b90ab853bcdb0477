"""Memorised or learned: false labels that are believed, and the sample that an answer came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.experiment import Experiment
from core.metrics import predicted_classes
from core.problem import Problem

Array = np.ndarray
Progress = Callable[[float], object]
Look = Callable[[Array, int], tuple[Array, Array]]  # places and distances of rows from a place on

TOGETHER = 2**20  # distances that are looked at between two calls of `progress`
LARGE = 2**30  # of so many distances on, a tree finds the nearest sooner, in few dimensions
FEW = 12
A_DESCENT = 64  # distances that finding a row's place in a tree costs


@dataclass(frozen=True, eq=False)
class Memorised:
    """What a model says of the training samples whose label is false.

    Attributes
    ----------
    rows : ndarray of int64
        The samples of the training part whose label is not the true one.
    as_labelled, as_truth, otherwise : int
        How many are predicted as their false label (learned by heart), as what they truly are,
        and as something else; together as many as `rows`.
    right : ndarray of bool, shape (rows,)
        Which are predicted as their false label.
    """

    rows: Array
    as_labelled: int
    as_truth: int
    otherwise: int
    right: Array

    @property
    def share(self) -> float:
        """Share of the false labels that are learned; NaN where there are none."""
        return self.as_labelled / len(self.rows) if len(self.rows) else float("nan")


@dataclass(frozen=True, eq=False)
class Nearest:
    """For each row of a part, the training sample that lies nearest to it.

    Attributes
    ----------
    rows : ndarray of int64, shape (m,)
        The part's rows.
    nearest : ndarray of int64, shape (m,)
        Rows of the training part, never the row itself; the lowest of several; -1 for none.
    distance : ndarray of shape (m,)
        In represented space (Euclidean); infinite for none.
    """

    rows: Array
    nearest: Array
    distance: Array


def false_labels(problem: Problem) -> Array:
    """Rows of the training part whose label is not the true one; none for numbers."""
    rows = problem.rows("train")
    if not problem.classes:
        return rows[:0]
    data = problem.dataset
    return np.asarray(rows[data.target[rows] != data.true_target[rows]])


def memorised(problem: Problem, scores: Callable[[Array], Array]) -> Memorised:
    """How many of the training part's false labels a model has learned by heart.

    Parameters
    ----------
    problem : Problem
    scores : callable
        The model's scores (m, outputs) for rows (m,), e.g. ``Examiner.scores``; asked for the
        false labels' rows alone.
    """
    rows = false_labels(problem)
    if not len(rows):
        return Memorised(rows, 0, 0, 0, np.zeros(0, bool))
    guess = predicted_classes(scores(rows))
    right = guess == problem.dataset.target[rows]
    truth = guess == problem.dataset.true_target[rows]
    said = int(right.sum()), int(truth.sum())
    return Memorised(rows, *said, len(rows) - sum(said), right)


def nearest_training(problem: Problem, part: str, progress: Progress | None = None) -> Nearest:
    """The nearest training sample of each row of a part, in represented space.

    Parameters
    ----------
    problem : Problem
    part : str
        ``"train"``, ``"validation"`` or ``"test"``; within the training part a sample's nearest
        is another one.
    progress : callable, optional
        Called with the share done; may raise to cancel.

    Notes
    -----
    Squared distances are |a|² + |b|² - 2 a·b; those that its rounding cannot tell from the
    least are computed again as |a - b|².
    """
    told = progress or (lambda share: None)
    told(0.0)
    train, rows = problem.rows("train"), problem.rows(part)
    nearest = np.full(len(rows), -1)
    distance = np.full(len(rows), np.inf)
    alone = part == "train"
    if len(rows) and len(train) > alone:
        known = problem.inputs(train).astype(np.float64)
        middle = known.mean(axis=0)
        known -= middle
        if len(train) * len(rows) > LARGE and problem.features <= FEW:
            look, cost = _by_tree(known, alone), A_DESCENT
        else:
            look, cost = _by_products(known, alone), len(train)
        together = max(1, TOGETHER // cost)
        for start in range(0, len(rows), together):
            told(start / len(rows))
            some = slice(start, start + together)
            asked = problem.inputs(rows[some]).astype(np.float64) - middle
            place, distance[some] = look(asked, start)
            nearest[some] = train[place]
    told(1.0)
    return Nearest(rows, nearest, distance)


def _by_products(known: Array, alone: bool) -> Look:
    squares = np.einsum("ij,ij->i", known, known)
    scale = 8 * known.shape[1] * np.finfo(np.float64).eps

    def products(asked: Array, start: int) -> tuple[Array, Array]:
        own = np.einsum("ij,ij->i", asked, asked)[:, None]
        gaps = own + squares - 2 * (asked @ known.T)
        if alone:
            gaps[np.arange(len(asked)), start + np.arange(len(asked))] = np.inf
        unsure = 2 * scale * (own + squares.max())
        here, place = np.nonzero(gaps <= gaps.min(axis=1, keepdims=True) + unsure)
        exact = np.square(asked[here] - known[place]).sum(axis=1)
        best = np.lexsort((place, exact, here))
        first = best[np.r_[True, np.diff(here[best]) > 0]]
        return place[first], np.sqrt(exact[first])

    return products


def _by_tree(known: Array, alone: bool) -> Look:
    from sklearn.neighbors import KDTree  # takes 1.5 s to import, and only large data need it

    tree = KDTree(known)

    def descent(asked: Array, start: int) -> tuple[Array, Array]:
        distance, place = tree.query(asked, k=1 + alone)
        if not alone:
            return place[:, 0], distance[:, 0]
        own = place[:, 0] == start + np.arange(len(asked))
        pick = own.astype(np.int64)  # among equals the tree may name another one first
        line = np.arange(len(asked))
        return place[line, pick], distance[line, pick]

    return descent


def shuffled_labels(experiment: Experiment) -> Experiment:
    """The same experiment with the training part's labels dealt out anew.

    Learned with the same zeal, it shows how much of a training loss is mere memory: validation
    can be no better than guessing.
    """
    return experiment.replace("data.shuffle_labels", True)
