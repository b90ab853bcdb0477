"""How a model does on a shifted copy of the test part."""

from __future__ import annotations

import numpy as np

from core.data.shift import Shift, shifted_rows
from core.learners.network import NetworkLearner
from core.metrics import Evaluation
from core.problem import Problem

TOGETHER = 4096  # rows scored at once


def shifted_problem(problem: Problem, shift: Shift, seed: int = 0) -> Problem:
    """The same task with a shifted copy of the test part as its only rows.

    The representation is the one that was fitted to the training part.

    Raises
    ------
    InputError
        If the shift does not fit the data.
    """
    train, test = problem.parts.train, problem.parts.test
    inputs, target, _ = shifted_rows(problem.dataset, train, test, shift, seed)
    return problem.tested_on(inputs, target)


def shifted(
    problem: Problem, shift: Shift, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """A shifted copy of the test part, as the model takes it.

    Parameters
    ----------
    problem : Problem
    shift : Shift
    seed : int
        Noise, flips and resampling follow from it.

    Returns
    -------
    x : ndarray of shape (n, features)
        Represented inputs, in the run's dtype.
    target : ndarray of shape (n,), int64 classes or float64 numbers
    weight : ndarray of shape (n,) or None
        Each sample's class weight.

    Raises
    ------
    InputError
        If the shift does not fit the data.
    """
    copy = shifted_problem(problem, shift, seed)
    return copy.inputs(copy.parts.test), copy.dataset.target, copy.weight


def evaluate_shifted(learner: NetworkLearner, shift: Shift) -> Evaluation:
    """Loss and metrics on a shifted copy of the test part, which the caller has opened.

    Raises
    ------
    InputError
        If the shift does not fit the data.
    """
    copy = shifted_problem(learner.problem, shift, learner.settings.data_seed)
    rows = copy.parts.test
    blocks = [rows[start : start + TOGETHER] for start in range(0, len(rows), TOGETHER)]
    scores = [np.array(learner.scores(copy.inputs(block))) for block in blocks]
    empty = np.empty((0, copy.outputs), copy.x.dtype)
    return copy.evaluate(rows, np.concatenate([empty, *scores]))
